"""What the last minutes were like, in several rows: a filled curve, its name and its newest value over it."""

from collections.abc import Sequence

from rich.text import Text

from hfterm.dashboard.widgets.meter import Meter
from hfterm.tracking.glyphs import glyphs as named
from hfterm.tracking.spark import spark


def area(
    values: Sequence[float | None], width: int, height: int, low: float = 0, high: float = 100, glyphs: str = "braille"
) -> list[str]:
    """The newest values as a filled curve of ``width`` by ``height`` cells, the newest on the right.

    Braille shows two values a cell in four heights a row, the other sets one. Blank for None, NaN and what is not
    there yet; values beyond ``low`` and ``high`` are shown as if they were there; the lowest still shows a dot.
    """
    if height <= 1:
        return [spark(values, width, low, high, glyphs)][: max(0, height)]
    found = named(glyphs)
    levels = 4 if found.paired else 8 if glyphs == "blocks" else 2
    each = 2 if found.paired else 1
    newest: list[float | None] = list(values[-width * each :]) if width > 0 else []
    newest[:0] = [None] * (width * each - len(newest))
    tops = [_top(value, low, high, height * levels) for value in newest]
    rows = []
    for row in reversed(range(height)):
        filled = [min(levels, max(0, top - row * levels)) for top in tops]
        if found.paired:
            fill = [[sum(side[4 - n :]) for n in range(5)] for side in found.bits]
            pairs = zip(filled[::2], filled[1::2], strict=True)
            rows.append("".join(found.signs[fill[0][left] + fill[1][right]] for left, right in pairs))
        else:
            signs = " " + found.levels if glyphs == "blocks" else " .#"
            rows.append("".join(signs[n] for n in filled))
    return rows


def _top(value: float | None, low: float, high: float, dots: int) -> int:
    """How many dots high, from 1; 0 for nothing."""
    if value is None or value != value:
        return 0
    part = (min(high, max(low, value)) - low) / (high - low) if high > low else 1.0
    return max(1, round(part * dots))


def round_size(values: Sequence[float | None], least: float) -> float:
    """A round number of bytes over all values, that seldom changes: 1, 2, 5, 10, 20 ... times ``least``."""
    most = max((value for value in values if value is not None), default=0.0)
    unit = least
    while most > 500 * unit:
        unit *= 1024
    return next(unit * n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500) if unit * n >= most)


def block(
    meter: Meter,
    title: str,
    value: str,
    values: Sequence[float | None],
    width: int,
    height: int,
    *,
    high: float = 100,
    scale: str = "",
    color: int = 0,
    value_role: str = "plain",
) -> list[Text]:
    """A line with the name, the newest value and on the right the ``scale``; then the curve in a series' colour."""
    head = Text(no_wrap=True, end="").append_text(meter.fact(title, value, value_role))
    if scale and (room := width - head.cell_len - len(scale)) > 0:
        head.append(" " * room + scale, style=meter.shade("dim"))
    head.truncate(width)
    head.pad_right(width - head.cell_len)
    lines = [head]
    rows, edge = area(values, width, height - 1, 0, high, meter.glyphs), meter.shade(color)
    inside = meter.shade((color, "dim"))
    for n, row in enumerate(rows):
        line = Text("", end="")
        for column, sign in enumerate(row):
            # The curve's edge stands out against what is filled below it.
            line.append(sign, style=inside if n and rows[n - 1][column] != " " else edge)
        lines.append(line)
    return lines[:height]


def beside(blocks: Sequence[Sequence[Text]], widths: Sequence[int], gap: int = 2) -> list[Text]:
    """Blocks side by side, each as wide as ``widths`` says."""
    lines = []
    for n in range(max((len(lines_) for lines_ in blocks), default=0)):
        line = Text(no_wrap=True, end="")
        for column, (lines_, width) in enumerate(zip(blocks, widths, strict=True)):
            part = lines_[n].copy() if n < len(lines_) else Text("", end="")
            part.truncate(width)
            part.pad_right(max(0, width - part.cell_len))
            line.append(" " * gap if column else "").append_text(part)
        lines.append(line)
    return lines


def widths(total: int, count: int, gap: int = 2) -> list[int]:
    """``count`` widths that fill ``total`` cells with ``gap`` between them."""
    room = max(0, total - gap * (count - 1))
    return [room // count + (n < room % count) for n in range(count)]
