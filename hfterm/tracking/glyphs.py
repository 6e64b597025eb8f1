"""What a terminal can draw dots with: braille (2x4 a cell), half blocks (1x2), ASCII (1x2)."""

from typing import NamedTuple

from hfterm.errors import UsageError


class Glyphs(NamedTuple):
    """A way to draw: a cell has ``across`` x ``down`` dots, ``bits[x][y]`` each, ``signs[bits]`` shows them."""

    across: int
    down: int
    bits: tuple[tuple[int, ...], ...]
    signs: str
    vertical: str
    tick: str
    corner: str
    horizontal: str
    step: str
    # From a lowest to a highest value; and whether a trend packs two of them into a cell by its dots.
    levels: str
    paired: bool = False


_LINES = ("│", "┤", "└", "─", "┬")

GLYPHS = {
    "braille": Glyphs(
        2,
        4,
        # https://www.unicode.org/charts/PDF/U2800.pdf: dots 1 2 3 7 on the left, 4 5 6 8 on the right
        ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80)),
        " " + "".join(chr(0x2800 + bits) for bits in range(1, 256)),
        *_LINES,
        levels="1234",
        paired=True,
    ),
    "blocks": Glyphs(1, 2, ((1, 2),), " ▀▄█", *_LINES, levels="▁▂▃▄▅▆▇█"),
    "ascii": Glyphs(1, 2, ((1, 2),), " '.:", "|", "+", "+", "-", "+", levels="_.-:=+*#"),
}


def glyphs(name: str) -> Glyphs:
    """The set of that name.

    Raises:
        UsageError: there is none.
    """
    if name not in GLYPHS:
        raise UsageError(f"no glyphs named {name!r}", f"choose from {', '.join(GLYPHS)}")
    return GLYPHS[name]
