"""The bytes that turn what a terminal shows into what it should show, as few as can be found cheaply."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import compress
from operator import is_not

from hfterm.dashboard.driver.cells import Cell
from hfterm.dashboard.driver.styles import Style, emptying, transition

# Unchanged cells between two changed ones are looked at for rewriting up to this many.
_GAP = 4
# Erasing pays from this many empty cells on: to the end of the line, and in the middle of it.
_ERASE_END, _ERASE = 4, 12


class Painter:
    """Writes for one terminal: knows where its cursor stands and which style it writes in.

    ``bce``: the terminal erases with the current background (terminfo's flag of that name), so that coloured
    emptiness can be erased instead of written. ``relative``: the grid does not start at the terminal's first row;
    moves are relative.
    """

    def __init__(self, *, bce: bool = False, relative: bool = False) -> None:
        self.bce = bce
        self.relative = relative
        self.style: Style | None = None
        # The column is None after text whose width is doubtful or that reached the right edge.
        self.x: int | None = None
        self.y: int | None = None

    def forget(self) -> None:
        """Rely on nothing: someone else wrote to the terminal."""
        self.style = self.x = self.y = None

    def move(self, x: int, y: int) -> str:
        """The shortest sequence that brings the cursor to a cell."""
        if self.y is None or (self.y != y and self.relative):
            found = self._far(x, y)
        elif self.y == y:
            found = self._along(x, y)
        elif self.x == x:
            found = f"\x1b[{y + 1}d"
        else:
            found = self._far(x, y)
        self.x, self.y = x, y
        return found

    def _far(self, x: int, y: int) -> str:
        if not self.relative:
            return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
        down = y - (self.y or 0)
        step = (
            ""
            if not down
            else f"\x1b[{abs(down)}{'B' if down > 0 else 'A'}"
            if abs(down) > 1
            else "\x1b[" + "AB"[down > 0]
        )
        self.y = y
        return step + self._along(x, y)

    def _along(self, x: int, y: int) -> str:
        """Move within the cursor's row."""
        if x == 0:
            return "" if self.x == 0 else "\r"
        here = self.x
        if here is None:
            return f"\x1b[{x + 1}G"
        if x == here:
            return ""
        if x > here:
            return "\x1b[C" if x == here + 1 else f"\x1b[{x - here}C"
        return "\b" * (here - x) if here - x < 4 else f"\x1b[{min(here - x, x + 1)}{'D' if here - x <= x else 'G'}"

    def row(self, y: int, shown: list[Cell], wanted: Sequence[Cell]) -> str:
        """Paint what differs in row ``y``, and note in ``shown`` that it is there now."""
        changed = list(compress(range(len(wanted)), map(is_not, shown, wanted)))
        if not changed:
            return ""
        if any(wanted[x].reach for x in changed):
            changed = _with_neighbours(changed, wanted)
        out: list[str] = []
        at, count = 0, len(changed)
        while at < count:
            x = changed[at]
            if wanted[x].text == " " and (past := self._past_erasable(changed, at, wanted)):
                out.append(self.move(x, y) + self._switch(wanted[x]))
                end = changed[past - 1] + 1
                to_end = past == count and all(cell is wanted[x] for cell in wanted[end:])
                out.append("\x1b[K" if to_end else f"\x1b[{end - x}X")
                at = past
            else:
                out.append(self._reach(x, y, wanted))
                at = self._run(changed, at, wanted, out)
        shown[:] = wanted
        return "".join(out)

    def _past_erasable(self, changed: list[int], at: int, wanted: Sequence[Cell]) -> int:
        """The index in ``changed`` after the equal empty cells that are cheaper to erase from ``at`` on; 0: none."""
        x, cell = changed[at], wanted[changed[at]]
        style = cell.style
        if at + _ERASE_END > len(changed) or wanted[changed[at + _ERASE_END - 1]] is not cell:
            return 0
        if style.blank is not style or style.attributes or style.link or (style.background and not self.bce):
            return 0
        end = x + 1
        while end < len(wanted) and wanted[end] is cell:
            end += 1
        past = bisect_left(changed, end, at)
        return past if past - at >= (_ERASE_END if end == len(wanted) else _ERASE) else 0

    def _run(self, changed: list[int], at: int, wanted: Sequence[Cell], out: list[str]) -> int:
        """Write changed cells that follow each other, the cursor being on the first; return the next index."""
        start = at
        x: int | None = changed[at]
        while at < len(changed) and changed[at] == x:
            cell = wanted[x]
            if cell.text == " " and at > start and self._past_erasable(changed, at, wanted):
                break
            at += 1
            if not cell.width:
                break
            out.append(self._switch(cell))
            if cell.reach and cell.width > 1:  # a terminal may draw it narrower: leave nothing old beside it
                out.append(f"\x1b[{cell.width}X")
            out.append(cell.text)
            x += cell.width
            while at < len(changed) and changed[at] < x:
                at += 1
            if cell.reach or x >= len(wanted):
                x = None
        self.x = x
        return at

    def _switch(self, cell: Cell) -> str:
        """Change to a style in which ``cell`` looks right."""
        before, after = self.style, cell.style
        if before is after:
            return ""
        if cell.text == " ":
            after = emptying(before, after)
        self.style = after
        return transition(before, after)

    def _reach(self, x: int, y: int, wanted: Sequence[Cell]) -> str:
        """Bring the cursor to ``x``: over a short gap by writing what stands there, if that is shorter."""
        here = self.x
        if here is not None and self.y == y and 0 < x - here <= _GAP:
            gap = wanted[here:x]
            style = self.style
            if all(
                cell.width == 1
                and not cell.reach
                and (cell.style is style or (cell.text == " " and emptying(style, cell.style) is style))
                for cell in gap
            ) and sum(cell.size for cell in gap) <= (3 if x - here == 1 else 4):
                self.x = x
                return "".join([cell.text for cell in gap])
        return self.move(x, y)

    def write_in(self, style: Style) -> str:
        """Switch to a style."""
        before, self.style = self.style, style
        return transition(before, style)


def _with_neighbours(changed: list[int], wanted: Sequence[Cell]) -> list[int]:
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
