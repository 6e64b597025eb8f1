"""Messages as one long column of lines, of which only those near the window are ever drawn.

A place in it is (message, part, line of the part): it needs no heights of what lies above, so a window of a
conversation of any length is drawn in the time of a window.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual.strip import Strip

from hfterm.dashboard.widgets.md_look import Look
from hfterm.dashboard.widgets.md_view import CodeAt
from hfterm.dashboard.widgets.message import MessageLines
from hfterm.dashboard.widgets.part import Part


class Place(NamedTuple):
    """A line: that of a part of a message."""

    message: int
    part: int
    line: int


class CodePlace(NamedTuple):
    """A code block: the part it is drawn in, and where in it (its lines are counted without the blank ones above)."""

    message: int
    part: int
    at: CodeAt


START = Place(0, 0, 0)


class Transcript:
    """The messages, ``width`` cells wide."""

    def __init__(self, look: Look) -> None:
        self.look, self.width = look, 1
        self.messages: list[MessageLines] = []

    def part(self, place: Place | CodePlace) -> Part:
        """The part that a place is in."""
        return self.messages[place.message].parts[place.part]

    def count(self, message: int, part: int) -> int:
        """How many lines a part has."""
        return self.messages[message].parts[part].count(self.width, self.look)

    @property
    def end(self) -> Place:
        """After the last line."""
        if not self.messages:
            return START
        message = len(self.messages) - 1
        part = len(self.messages[message].parts) - 1
        return Place(message, part, self.count(message, part))

    def up(self, place: Place, lines: int) -> Place:
        """So many lines further up, or the first line."""
        message, part, line = place
        while lines > line:
            lines -= line
            if part:
                part -= 1
            elif message:
                message -= 1
                part = len(self.messages[message].parts) - 1
            else:
                return START
            line = self.count(message, part)
        return Place(message, part, line - lines)

    def down(self, place: Place, lines: int) -> Place:
        """So many lines further down, or the end."""
        message, part, line = place
        while message < len(self.messages):
            parts = len(self.messages[message].parts)
            while part < parts:
                left = self.count(message, part) - line
                if lines < left:
                    return Place(message, part, line + lines)
                lines, part, line = lines - left, part + 1, 0
            message, part = message + 1, 0
        return self.end

    def window(self, top: Place, height: int) -> Iterator[tuple[Place, Strip | None]]:
        """``height`` lines from ``top`` on, fewer at the end; None is a blank one."""
        message, part, line = top
        for m in range(message, len(self.messages)):
            for p, found in enumerate(self.messages[m].parts):
                if m == message and p < part:
                    continue
                first = line if (m, p) == (message, part) else 0
                for n in range(first, found.count(self.width, self.look)):
                    if height <= 0:
                        return
                    height -= 1
                    yield (
                        Place(m, p, n),
                        found.drawn(self.width, self.look).lines[n - found.above] if n >= found.above else None,
                    )

    def fit(self, place: Place) -> Place:
        """A place that there is, as near as can be, after messages or the width have changed."""
        if not self.messages:
            return START
        message, part, line = place
        if message >= len(self.messages):
            return self.end
        part = min(part, len(self.messages[message].parts) - 1)
        return Place(message, part, min(line, max(0, self.count(message, part) - 1)))

    # How far.

    def share(self, top: Place, height: int) -> tuple[float, float]:
        """About where a window lies, and how much of the whole it is; both from 0 to 1."""
        above = total = 0
        for m, message in enumerate(self.messages):
            lines = message.guess(self.width, self.look)
            total += lines
            if m < top.message:
                above += lines
            elif m == top.message:
                parts = message.parts[: top.part]
                above += top.line + sum(part.guess(self.width, self.look) for part in parts)
        total = max(total, above + height, 1)
        return above / total, min(1.0, height / total)

    # Code.

    def codes(self, message: int, *, backwards: bool = False) -> Iterator[CodePlace]:
        """The code blocks of a message, those of an answer that is still growing at its end left out."""
        parts: Sequence[Part] = self.messages[message].parts
        for p in reversed(range(len(parts))) if backwards else range(len(parts)):
            if self.messages[message].role == "assistant" and _may_hold_code(parts[p].text):
                found = parts[p].drawn(self.width, self.look).codes
                yield from (CodePlace(message, p, at) for at in (reversed(found) if backwards else found))

    def next_code(self, message: int, after: CodePlace | None) -> CodePlace | None:
        """The code block after one, else the first from ``message`` on."""
        key = _order(after) if after else None
        for m in range(after.message if after else message, len(self.messages)):
            for code in self.codes(m):
                if key is None or _order(code) > key:
                    return code
        return None

    def previous_code(self, message: int, before: CodePlace | None) -> CodePlace | None:
        """The code block before one, else the last up to ``message``."""
        key = _order(before) if before else None
        for m in range(before.message if before else min(message, len(self.messages) - 1), -1, -1):
            for code in self.codes(m, backwards=True):
                if key is None or _order(code) < key:
                    return code
        return None


def _order(code: CodePlace) -> tuple[int, int, int]:
    return code.message, code.part, code.at.first


def _may_hold_code(text: str) -> bool:
    return "```" in text or "~~~" in text or "    " in text or "\t" in text
