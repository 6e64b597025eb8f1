"""The changed cells of a row, gathered into strokes: pieces that are written in one style from one place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import compress
from operator import is_not
from typing import NamedTuple

from hfterm.dashboard.driver.cells import Cell
from hfterm.dashboard.driver.styles import Style, emptying

# A gap of unchanged cells is written over when that takes no more bytes than moving across it.
_GAP = 4
# Erasing pays from this many empty cells on: to the end of the line, and in the middle of it.
_ERASE_END, _ERASE = 4, 12


class Stroke(NamedTuple):
    """``text`` to write at column ``x`` of row ``y`` in ``style``; the cursor then stands in column ``after``.

    ``empty``: the text is emptiness, of which only the background counts. ``after`` is None where it is not sure.
    """

    y: int
    x: int
    style: Style
    empty: bool
    text: str
    after: int | None


def changed_cells(shown: Sequence[Cell], wanted: Sequence[Cell]) -> list[int]:
    """The columns in which two rows differ."""
    return list(compress(range(len(wanted)), map(is_not, shown, wanted)))


def with_neighbours(changed: list[int], wanted: Sequence[Cell]) -> list[int]:
    """Add the cells that a changed doubtful one may spill over; a wide cell is named by its first column."""
    found = set(changed)
    for x in changed:
        cell = wanted[x]
        found.update(range(x, min(x + max(cell.reach, cell.width), len(wanted))))
    for x in sorted(found):
        while x and not wanted[x].width:
            x -= 1
            found.add(x)
    return sorted(found)


def strokes(y: int, changed: list[int], wanted: Sequence[Cell], *, bce: bool) -> list[Stroke]:
    """The strokes that paint the ``changed`` cells of row ``y``, from left to right."""
    found: list[Stroke] = []
    at, count = 0, len(changed)
    while at < count:
        x = changed[at]
        cell = wanted[x]
        if cell.text == " " and (past := _past_erasable(changed, at, wanted, bce)):
            end = changed[past - 1] + 1
            to_end = past == count and all(other is cell for other in wanted[end:])
            found.append(Stroke(y, x, cell.style, True, "\x1b[K" if to_end else f"\x1b[{end - x}X", x))
            at = past
        else:
            stroke, at = _written(y, changed, at, wanted, bce)
            found.append(stroke)
    return found


def _past_erasable(changed: list[int], at: int, wanted: Sequence[Cell], bce: bool) -> int:
    """The index in ``changed`` after the equal empty cells that are cheaper to erase from ``at`` on; 0: none."""
    x, cell = changed[at], wanted[changed[at]]
    style = cell.style
    if at + _ERASE_END > len(changed) or wanted[changed[at + _ERASE_END - 1]] is not cell:
        return 0
    if style.blank is not style or style.attributes or style.link or (style.background and not bce):
        return 0
    end = x + 1
    while end < len(wanted) and wanted[end] is cell:
        end += 1
    past = bisect_left(changed, end, at)
    return past if past - at >= (_ERASE_END if end == len(wanted) else _ERASE) else 0


def _written(y: int, changed: list[int], at: int, wanted: Sequence[Cell], bce: bool) -> tuple[Stroke, int]:
    """One stroke of text from ``changed[at]`` on, and the index after it."""
    begin = x = changed[at]
    style, empty = wanted[x].style, True
    parts: list[str] = []
    after: int | None = x
    while at < len(changed):
        if changed[at] > x:
            if not (size := _bridge(x, changed[at], wanted, style, empty)):
                break
            parts += [cell.text for cell in wanted[x : x + size]]
            after = x = x + size
        cell = wanted[x]
        if cell.text == " " and cell.style.blank is cell.style:
            if parts and _past_erasable(changed, at, wanted, bce):
                break
            if emptying(style, cell.style) is not style:
                break
        elif cell.style is not style:
            # Emptiness before the text may as well be written in the text's style.
            if not empty or emptying(cell.style, style) is not cell.style:
                break
            style = cell.style
        empty = empty and cell.text == " " and cell.style.blank is cell.style
        if cell.reach and cell.width > 1:  # a terminal may draw it narrower: leave nothing old beside it
            parts.append(f"\x1b[{cell.width}X")
        parts.append(cell.text)
        x += max(cell.width, 1)
        while at < len(changed) and changed[at] < x:
            at += 1
        after = x
        if cell.reach or x >= len(wanted):
            after = None
            break
    return Stroke(y, begin, style, empty, "".join(parts), after), at


def _bridge(x: int, to: int, wanted: Sequence[Cell], style: Style, empty: bool) -> int:
    """How many unchanged cells from ``x`` to ``to`` to write over; 0 when moving is shorter."""
    if to - x > _GAP:
        return 0
    size = 0
    for cell in wanted[x:to]:
        if cell.width != 1 or cell.reach:
            return 0
        if cell.style is not style and (cell.text != " " or emptying(style, cell.style) is not style):
            return 0
        size += cell.size
    return to - x if size <= (3 if to - x == 1 else 4) else 0
