"""What one cell of a terminal shows, and how text falls into cells.

Rich and Textual lay out with :func:`rich.cells.cell_len`; cells here are exactly as wide. Terminals agree on plain
letters and on East Asian ones, and disagree on emoji, joined sequences and fresh code points: such a cell is
*doubtful*, and whoever paints it does not rely on where the cursor stands afterwards.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size

from hfterm.dashboard.driver.styles import PLAIN, Style, drop_styles, too_many_styles

_ZWJ = "\u200d"
# Always one cell, everywhere: letters, boxes, blocks, shapes, braille, arrows.
SIMPLE: frozenset[str] = frozenset(
    chr(code)
    for first, last in (
        (0x20, 0x7E),
        (0xA0, 0xAC),
        (0xAE, 0x2FF),
        (0x370, 0x373),
        (0x391, 0x3A1),
        (0x3A3, 0x482),
        (0x2010, 0x2027),
        (0x2190, 0x21FF),
        (0x2500, 0x25FC),
        (0x2800, 0x28FF),
    )
    for code in range(first, last + 1)
)
# East Asian scripts: two cells in every terminal.
_WIDE_SCRIPTS = (
    (0x1100, 0x115F),
    (0x2E80, 0x303E),
    (0x3041, 0x4DBF),
    (0x4E00, 0xA4CF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE6F),
    (0xFF00, 0xFF60),
    (0xFFE0, 0xFFE6),
    (0x20000, 0x3FFFD),
)


@lru_cache(4096)
def reach(text: str) -> int:
    """Columns that the most wasteful terminal may use for a cell's text; 0 when all agree with Rich."""
    if len(text) == 1:
        code = ord(text)
        if text in SIMPLE or any(first <= code <= last for first, last in _WIDE_SCRIPTS):
            return 0
        width = _widest(text)
        sure = width == 1 and code < 0x1F000 and unicodedata.category(text) not in ("Cn", "Co", "So")
        return 0 if sure else max(width, cell_len(text))
    return max(sum(map(_widest, text)) + ("\ufe0f" in text), cell_len(text))


def _widest(character: str) -> int:
    category = unicodedata.category(character)
    if category in ("Mn", "Me") or (category == "Cf" and character != "\xad"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Cell:
    """One cell: its text (empty in the right part of a wide one), style and width in columns (0 in a right part).

    ``reach`` is 0 for text on whose width terminals agree, else the columns that some terminal may need for it.
    """

    __slots__ = ("reach", "size", "style", "text", "width")

    def __init__(self, text: str, style: Style, width: int) -> None:
        self.text = text
        self.style = style
        self.width = width
        self.size = len(text.encode("utf-8", "replace"))
        self.reach = reach(text) if width else 0

    def __repr__(self) -> str:
        return f"Cell({self.text!r}, {self.style!r})"


UNKNOWN = Cell("", PLAIN, 0)
"""Nobody knows what the terminal shows there."""


class Cells(dict[str, Cell]):
    """The cells of one style, by text; each is made once, so that two equal cells are the same object."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.style = style

    def __missing__(self, text: str) -> Cell:
        if text == " " and self.style.blank is not self.style:
            cell = cells_of(self.style.blank)[" "]
        else:
            shown = text.encode("utf-8", "replace").decode() if "\ud800" <= text[:1] <= "\udfff" else text
            cell = Cell(shown, self.style, cell_len(shown) if shown else 0)
        self[text] = cell
        return cell


_cells: dict[Style, Cells] = {}
_TEXTS = 20_000


def cells_of(style: Style) -> Cells:
    """The cells of a style."""
    found = _cells.get(style)
    if found is None:
        found = _cells[style] = Cells(style)
    return found


def drop_when_many() -> None:
    """Keep memory bounded: when very many cells were made, forget them. What is painted twice for it is no harm."""
    if too_many_styles() or sum(map(len, _cells.values())) > _TEXTS:
        plain = _cells[PLAIN]
        plain.clear()
        plain[" "] = BLANK
        _cells.clear()
        _cells[PLAIN] = plain
        drop_styles()


BLANK = cells_of(PLAIN)[" "]
"""An empty cell in the terminal's own colours."""


def clusters(text: str) -> Iterator[str]:
    """Split text into what cells hold: a base with its marks and joined parts, a flag's two letters.

    Marks without a base come first, alone: they belong to the cell before.
    """
    held = ""
    joined = False
    for character in text:
        flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        if held and not (
            joined
            or get_character_cell_size(character) == 0
            or (flag and len(held) == 1 and "\U0001f1e6" <= held <= "\U0001f1ff")
        ):
            yield held
            held = ""
        held += character
        joined = character == _ZWJ
    if held:
        yield held
