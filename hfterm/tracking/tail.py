"""A log file of any size, read by byte offset and never wholly: its end, what is above, a search that can pause.

A line ends with a newline. Where none comes for a whole block of ``BLOCK`` bytes, a line also ends with the block,
so that a file without newlines is read in bounded memory too.
"""

import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from hfterm.text import redact, sanitize

BLOCK = 1 << 20
PAGE = 1 << 16
# Longer lines are cut; of an overlong one only the beginning and the last page are looked at.
LONGEST = 4096

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[ -/]+[0-~]|\x1b[0-Z\\-~]"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# A progress bar that goes back by backspaces.
_BACK = re.compile(r"\x08{8,}")


class Line(NamedTuple):
    """A line of the file: from byte ``offset`` to before byte ``end``; ``text`` is safe to print."""

    offset: int
    text: str
    end: int


class Unfinished(NamedTuple):
    """A search that used up its time: go on with another ``find`` from ``offset``."""

    offset: int


Test = str | re.Pattern[str] | Callable[[str], bool]


class LogTail:
    """A log file that may grow, be truncated, replaced or removed at any time; :meth:`poll` tells.

    ``size`` is in bytes, as of the last poll; offsets hold while ``generation`` stays the same. ``problem`` says
    why the file cannot be read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.size = 0
        self.missing = True
        self.problem: str | None = None
        self.generation = 0
        self._seen: tuple[object, ...] | None = None

    def poll(self) -> bool:
        """Look again; return whether anything changed: grown, truncated, replaced, gone or back."""
        identity, size, written = self._look()
        seen = (identity, size, written)
        if seen == self._seen:
            return False
        if self._seen is not None and (identity != self._seen[0] or size < self.size):
            self.generation += 1
        self._seen, self.size, self.missing = seen, size, identity is None
        return True

    def last(self, count: int) -> list[Line]:
        """The last lines, in order; a line without its newline yet is one of them."""
        return self.before(self.size, count)

    def before(self, offset: int, count: int) -> list[Line]:
        """The ``count`` lines above byte ``offset``, in order."""
        pages = _Pages(self._read, self.size)
        end = self._boundary(pages, offset)
        found: list[Line] = []
        while end > 0 and len(found) < count:
            start = pages.line_start(end - 1)
            if not (line := pages.line(start, end)):
                break  # it cannot be read, or is shorter now
            found.append(Line(start, _shown(line, end - start), end))
            end = start
        return found[::-1]

    def after(self, offset: int, count: int) -> list[Line]:
        """The ``count`` lines from byte ``offset`` on, in order; a line that it cuts is left out."""
        pages = _Pages(self._read, self.size)
        offset = max(0, offset)
        start = self._boundary(pages, offset)
        if start < offset < self.size:
            start = pages.line_end(start)
        found: list[Line] = []
        while start < self.size and len(found) < count:
            end = pages.line_end(start)
            if not (line := pages.line(start, end)):
                break
            found.append(Line(start, _shown(line, end - start), end))
            start = end
        return found

    def find(
        self, what: Test, offset: int, backwards: bool = True, budget_seconds: float = 0.2
    ) -> Line | Unfinished | None:
        """The nearest line above ``offset`` (or from it on) that matches; None when there is none.

        Args:
            what: a text in any case, an expression, or a test of a line.
            offset: where to begin: a line's ``offset`` backwards, its ``end`` forwards.
            backwards: towards the beginning of the file.
            budget_seconds: after so long the search pauses, see :class:`Unfinished`.
        """
        test = _test(what)
        needle = what.lower().encode() if isinstance(what, str) and what.isascii() else b""
        until = time.monotonic() + budget_seconds
        pages = _Pages(self._read, self.size)
        at = self._boundary(pages, offset)
        if not backwards and at < offset < self.size:
            at = pages.line_end(at)
        while at > 0 if backwards else at < self.size:
            if backwards:
                start, end = pages.line_start(max(0, at - BLOCK)), at
            else:
                start, end = at, min(self.size, at + BLOCK)
                end = self._boundary(pages, end) if end < self.size else end
                end = end if end > start else pages.line_end(start)
            data = self._read(start, end - start)
            if not data:
                return None
            if needle in data.lower() or b"\x1b" in data:
                lines = list(_lines(data, start))
                for begin, piece in reversed(lines) if backwards else lines:
                    if test(_whole(piece)):
                        return Line(begin, _shown(piece, len(piece)), begin + len(piece))
            at = start if backwards else end
            pages.forget()
            if time.monotonic() > until:
                return Unfinished(at)
        return None

    def _boundary(self, pages: "_Pages", offset: int) -> int:
        """The start of the line that ``offset`` lies in; the size beyond the end."""
        if offset >= self.size:
            return self.size
        return pages.line_start(offset) if offset > 0 else 0

    def _look(self) -> tuple[object, int, int]:
        """What the file is (None: not there), its size, and when it was written."""
        try:
            found = os.stat(self.path)
        except OSError as exc:
            self.problem = (exc.strerror or str(exc)).lower()
            return None, 0, 0
        if not stat.S_ISREG(found.st_mode):
            self.problem = "not a regular file"
            return None, 0, 0
        self.problem = None
        return (found.st_dev, found.st_ino), found.st_size, found.st_mtime_ns

    def _read(self, start: int, count: int) -> bytes:
        """Bytes from ``start``; fewer at the end, none when the file cannot be read."""
        try:
            with open(self.path, "rb", buffering=0) as stream:
                stream.seek(start)
                parts = []
                while count > 0 and (part := stream.read(count)):
                    parts.append(part)
                    count -= len(part)
                return b"".join(parts)
        except OSError as exc:
            self.problem = (exc.strerror or str(exc)).lower()
            return b""


class _Pages:
    """The file in aligned pages, kept while one question is answered."""

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        self._read, self.size = read, size
        self._kept: dict[int, bytes] = {}

    def forget(self) -> None:
        self._kept.clear()

    def _page(self, number: int) -> bytes:
        if number not in self._kept:
            if len(self._kept) > 2 * BLOCK // PAGE:
                self._kept.clear()
            self._kept[number] = self._read(number * PAGE, min(PAGE, self.size - number * PAGE))
        return self._kept[number]

    def _newline(self, low: int, high: int, *, last: bool) -> int:
        """Offset of the first or last newline within ``low`` to before ``high``; -1 for none."""
        numbers = range(low // PAGE, (high - 1) // PAGE + 1) if high > low else range(0)
        for number in reversed(numbers) if last else numbers:
            base = number * PAGE
            page = self._page(number)
            search = page.rfind if last else page.find
            at = search(b"\n", max(0, low - base), max(0, high - base))
            if at >= 0:
                return base + at
        return -1

    def line_start(self, at: int) -> int:
        """Where the line begins that byte ``at`` belongs to."""
        block = at // BLOCK * BLOCK
        found = self._newline(block, at, last=True)
        if found < 0 < block:
            found = self._newline(block - BLOCK, block, last=True)
            if found < 0:
                return block
        return found + 1

    def line_end(self, start: int) -> int:
        """Where the line ends that begins at ``start``, its newline included."""
        limit = min(self.size, (start + BLOCK - 1) // BLOCK * BLOCK + BLOCK)
        found = self._newline(start, limit, last=False)
        return found + 1 if found >= 0 else limit

    def line(self, start: int, end: int) -> bytes:
        """The bytes of a line; of an overlong one the beginning, or all of the last page's last state."""
        if end - start <= PAGE:
            return b"".join(
                self._page(number)[max(0, start - number * PAGE) : max(0, end - number * PAGE)]
                for number in range(start // PAGE, (end - 1) // PAGE + 1)
            )
        tail = self._read(end - PAGE, PAGE)
        return tail if b"\r" in tail.rstrip(b"\r\n") else self._read(start, PAGE)


def _lines(data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The lines of a stretch that begins with one, as (offset, bytes)."""
    for piece in data.splitlines(keepends=True) if b"\r" not in data else _by_newline(data):
        end = start + len(piece)
        while len(piece) > BLOCK and (limit := (start + BLOCK - 1) // BLOCK * BLOCK + BLOCK) < end:
            yield start, piece[: limit - start]
            piece, start = piece[limit - start :], limit
        yield start, piece
        start = end


def _by_newline(data: bytes) -> Iterator[bytes]:
    *whole, rest = data.split(b"\n")
    yield from (piece + b"\n" for piece in whole)
    if rest:
        yield rest


def _test(what: Test) -> Callable[[str], bool]:
    if isinstance(what, str):
        folded = what.casefold()
        return lambda text: folded in text.casefold()
    if isinstance(what, re.Pattern):
        search = what.search
        return lambda text: search(text) is not None
    return what


def _whole(line: bytes) -> str:
    """A line for reading: its last state, without escape sequences; what could steer a terminal is made visible."""
    text = line.rstrip(b"\r\n").decode("utf-8", "replace")
    if not _CONTROL.search(text):
        return sanitize(text, cell=True)
    states = [state for state in _BACK.sub("\r", text).split("\r")[-8:] if _ESCAPES.sub("", state).strip()]
    return sanitize(_ESCAPES.sub("", states[-1] if states else "").expandtabs(4), cell=True)


def _shown(line: bytes, size: int) -> str:
    """As :func:`_whole`, without secrets, and cut; ``size`` is that of the whole line in bytes."""
    if len(line) > 4 * LONGEST and b"\r" not in line.rstrip(b"\r\n"):
        line = line[: 4 * LONGEST]  # as many bytes as the characters shown can have
    text = redact(_whole(line))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({size:,} bytes)"
