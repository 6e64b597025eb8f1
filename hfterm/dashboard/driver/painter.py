"""The bytes that turn what a terminal shows into what it should show, as few as can be found cheaply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hfterm.dashboard.driver.cells import Cell
from hfterm.dashboard.driver.scroll import Scroll
from hfterm.dashboard.driver.strokes import Stroke, changed_cells, strokes, with_neighbours
from hfterm.dashboard.driver.styles import NO_LINK, PLAIN, Style, emptying, transition

# With more styles than this they are taken as they come instead of looking for the nearest each time.
_STYLES = 24


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
        self._link_open = False
        # The lowest row that exists (``relative``).
        self.deepest = 0
        # The column is None after text whose width is doubtful or that reached the right edge.
        self.x: int | None = None
        self.y: int | None = None

    def forget(self) -> None:
        """Rely on nothing: someone else wrote to the terminal."""
        self._link_open = self._link_open or bool(self.style and self.style.link)
        self.style = None
        if not self.relative:
            self.x = self.y = None

    def begin(self) -> None:
        """The cursor stands where the first cell is to be, and below it is nothing (``relative``)."""
        self.forget()
        self.x = self.y = self.deepest = 0

    def move(self, x: int, y: int) -> str:
        """The shortest sequence that brings the cursor to a cell."""
        if self.relative and y > self.deepest:
            # Rows that are not there yet: a line feed makes them, scrolling where it must, in the current background.
            made = self.move(0, self.deepest) + self.write_in(PLAIN) + "\n" * (y - self.deepest)
            self.x, self.y, self.deepest = 0, y, y
            return made + self.move(x, y)
        if self.y == y:
            found = self._along(x)
        else:
            down = y - (self.y or 0)
            letter = "B" if down > 0 else "A"
            found = (f"\x1b[{abs(down)}{letter}" if abs(down) > 1 else f"\x1b[{letter}") + self._along(x)
            if not self.relative:
                place = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
                found = min(place, found, key=len) if self.y is not None else place
                if self.x == x and (row := f"\x1b[{y + 1}d") and len(row) < len(found):
                    found = row
        self.x, self.y = x, y
        return found

    def _along(self, x: int) -> str:
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

    def write_in(self, style: Style) -> str:
        """Switch to a style."""
        before, self.style = self.style, style
        text = transition(before, style)
        if self._link_open:
            self._link_open = False
            return NO_LINK + text
        return text

    def scroll(self, what: Scroll) -> str:
        """Let the terminal move whole rows; what the rows that come in show is its own affair."""
        begin = f"\x1b[{what.top + 1};{what.bottom + 1}r\x1b[{(what.bottom if what.lines > 0 else what.top) + 1}H"
        self.x = self.y = None
        return begin + ("\n" * what.lines if what.lines > 0 else "\x1bM" * -what.lines) + "\x1b[r"

    def rows(self, rows: Iterable[tuple[int, list[Cell], Sequence[Cell]]]) -> str:
        """Paint what differs in some rows, given as number, what is shown, what is wanted; the shown become the wanted.

        Colours are long and moves are short: where that is shorter, what is written in one style is written together.
        """
        ordered: list[Stroke] = []
        free: list[Stroke] = []
        for y, shown, wanted in rows:
            changed = changed_cells(shown, wanted)
            if any(wanted[x].reach for x in changed):
                # What such a cell may spill over has to be written after it.
                ordered += strokes(y, with_neighbours(changed, wanted), wanted, bce=self.bce)
            elif changed:
                free += strokes(y, changed, wanted, bce=self.bce)
            shown[:] = wanted
        start = self.x, self.y, self.style, self._link_open, self.deepest
        as_they_come = self._write(ordered) + self._write(free)
        if len(free) < 3:
            return as_they_come
        end = self.x, self.y, self.style, self._link_open, self.deepest
        self.x, self.y, self.style, self._link_open, self.deepest = start
        by_style = self._write(ordered) + self._write(self._grouped(free))
        if len(by_style) < len(as_they_come):
            return by_style
        self.x, self.y, self.style, self._link_open, self.deepest = end
        return as_they_come

    def _write(self, what: Iterable[Stroke]) -> str:
        out: list[str] = []
        for y, x, style, empty, text, after in what:
            if self.x != x or self.y != y:
                out.append(self.move(x, y))
            if style is not self.style:
                out.append(self.write_in(emptying(self.style, style) if empty else style))
            out.append(text)
            self.x = after
        return "".join(out)

    def _grouped(self, free: list[Stroke]) -> list[Stroke]:
        """The strokes style by style, the next style always the one that is nearest."""
        groups: dict[Style, list[Stroke]] = {}
        for stroke in free:
            groups.setdefault(stroke.style, []).append(stroke)
        # Emptiness goes along with any text on its background.
        for style in list(groups):
            if all(stroke.empty for stroke in groups[style]):
                host = next((other for other in groups if other is not style and other.blank is style), None)
                if host is not None:
                    groups[host] = sorted(groups[host] + groups.pop(style), key=lambda stroke: stroke[:2])
        if len(groups) > _STYLES:
            return [stroke for group in groups.values() for stroke in group]
        found: list[Stroke] = []
        near = self.style
        while groups:
            style = min(groups, key=lambda other: len(transition(near, other)))
            found += groups.pop(style)
            near = style
        return found
