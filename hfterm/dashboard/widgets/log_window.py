"""What of a log file is seen through a window: rows of the screen, wherever in the file it stands."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import chop_cells

if TYPE_CHECKING:
    from hfterm.tracking.tail import Line, LogTail


class Place(NamedTuple):
    """The first row of a window: the offset of its line, and which row of the wrapped line."""

    offset: int = 0
    part: int = 0


class Row(NamedTuple):
    """A row of the screen: a line of the file, or a part of it."""

    line: "Line"
    text: str


class Window(NamedTuple):
    """``place`` is where the rows begin; ``at_end``: it has come to stand at the end of the file."""

    rows: Sequence[Row]
    place: Place
    at_end: bool


class Glass:
    """Looks at a tail through ``width`` x ``height`` cells; longer lines are ``wrapped``, or left to be cut."""

    def __init__(self, tail: "LogTail", width: int, height: int, wrapped: bool) -> None:
        self.tail = tail
        self.width, self.height, self.wrapped = max(1, width), max(1, height), wrapped

    def see(self, place: Place | None, move: int = 0) -> Window:
        """The rows ``move`` rows below ``place`` (None: those at the end of the file), never past either end."""
        if place is None or place.offset > self.tail.size:  # the file is shorter now
            end = self._end()
            if move >= 0 or not end.rows:
                return end
            place = end.place
        place = self._up(place, -move) if move < 0 else self._down(place, move)
        rows = self._rows(self.tail.after(place.offset, self.height + 1))[place.part :]
        if len(rows) < self.height:
            return self._end()
        at_end = move > 0 and len(rows) == self.height and rows[-1].line.end >= self.tail.size
        return Window(rows[: self.height], place, at_end)

    def _end(self) -> Window:
        rows = self._rows(self.tail.last(self.height))
        cut = max(0, len(rows) - self.height)
        return Window(rows[cut:], _place(rows, cut), True)

    def _parts(self, line: "Line") -> list[str]:
        return folded(line.text, self.width) if self.wrapped else [line.text]

    def _rows(self, lines: "Iterable[Line]") -> list[Row]:
        return [Row(line, text) for line in lines for text in self._parts(line)]

    def _up(self, place: Place, count: int) -> Place:
        """``count`` rows further up."""
        if count <= place.part:
            return Place(place.offset, place.part - count)
        count -= place.part
        rows = self._rows(self.tail.before(place.offset, count))
        return _place(rows, max(0, len(rows) - count)) if rows else Place(place.offset)

    def _down(self, place: Place, count: int) -> Place:
        """``count`` rows further down."""
        if not count:
            return place
        rows = self._rows(self.tail.after(place.offset, count + 1))
        return _place(rows, min(place.part + count, len(rows) - 1)) if rows else place


def folded(text: str, width: int) -> list[str]:
    """A text in rows of ``width`` cells, broken after words where they are not too long."""
    if not text.isascii():
        return chop_cells(text, width) or [""]
    rows, at = [], 0
    while len(text) - at > width:
        blank = text.rfind(" ", at + width // 2, at + width)
        end = blank + 1 if blank >= 0 else at + width
        rows.append(text[at:end])
        at = end
    return [*rows, text[at:]]


def _place(rows: Sequence[Row], at: int) -> Place:
    """Where row ``at`` of these is in the file."""
    if not rows:
        return Place()
    offset = rows[at].line.offset
    return Place(offset, sum(row.line.offset == offset for row in rows[:at]))
