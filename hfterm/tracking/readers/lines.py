"""A growing file of lines, read in slices: the part that JSON Lines, CSV and our own events share."""

import os
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from hfterm.tracking.readers.reader import MOST_METRICS, Names, Point

CHUNK = 1 << 18
# A longer line is no line of metrics: it is skipped.
LONGEST = 16 << 20
_HEAD = 256


class LineReader(ABC):
    """See :class:`hfterm.tracking.readers.reader.Reader`; subclasses say what a line holds.

    A last line without a newline is read once the file has stayed as it is from one call to the next, and again
    when it has grown.
    """

    kind = "lines"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.problem: str | None = None
        self.more = False
        self.generation = 0
        self.written = 0.0
        self.facts: dict[str, Any] = {}
        self._identity: tuple[int, int] | None = None
        self._begin()

    def _begin(self) -> None:
        """Forget what was read."""
        self._offset = self._number = 0
        self._head = b""
        self._rest_at = -1  # the file's size when its torn last line was seen; negative once that was read
        self._skipping = False
        self._size = self._changed = -1
        self.names = Names()

    @abstractmethod
    def line(self, line: bytes, count: int) -> list[Point]:
        """The points of a line; ``count`` is its number, from 1."""

    def poll(self, budget: float = 0.1) -> list[Point]:
        """See :meth:`hfterm.tracking.readers.reader.Reader.poll`."""
        until = time.monotonic() + budget
        self.more = False
        try:
            found = self.path.stat()
            if (found.st_size, found.st_mtime_ns) == (self._size, self._changed) and self._rest_at < 0:
                return []
            with self.path.open("rb", buffering=0) as stream:
                self.written, self.problem = found.st_mtime, None
                if self._replaced(stream, found):
                    self.generation += 1
                    self._begin()
                self._identity = (found.st_dev, found.st_ino)
                if len(self._head) < _HEAD:
                    stream.seek(0)
                    self._head = stream.read(_HEAD)
                points = self._read(stream, found.st_size, until)
                if not self.more:
                    self._size, self._changed = found.st_size, found.st_mtime_ns
        except OSError as exc:
            self.problem = (exc.strerror or str(exc)).lower()
            return []
        if self.names.full:
            self.problem = f"more than {MOST_METRICS} metrics: the others are left out"
        return points

    def _replaced(self, stream: Any, found: os.stat_result) -> bool:
        """Whether what was read before is no longer what the file begins with."""
        if self._identity is None:
            return False
        if (found.st_dev, found.st_ino) != self._identity or found.st_size < self._offset:
            return True
        return bool(stream.read(len(self._head)) != self._head)

    def _read(self, stream: Any, size: int, until: float) -> list[Point]:
        points: list[Point] = []
        want, began = CHUNK, self._offset
        while self._offset < size:
            if self._offset > began and time.monotonic() > until:
                self.more = True
                return points
            stream.seek(self._offset)
            data = stream.read(min(want, size - self._offset))
            end = data.rfind(b"\n") + 1
            if end:
                if not self._skipping:
                    for line in data[:end].splitlines() if b"\r" in data else data[: end - 1].split(b"\n"):
                        self._number += 1
                        points += self.line(line, self._number)
                else:
                    end = data.find(b"\n") + 1
                    self._skipping = False
                self._offset += end
                want = CHUNK
            elif self._skipping or len(data) >= LONGEST:
                self._skipping = True
                self.problem = f"a line of more than {LONGEST >> 20} MB is left out"
                self._offset += len(data)
            elif self._offset + len(data) < size:
                want = LONGEST
            else:
                return points + self._torn(data, size)
        self._rest_at = -1
        return points

    def _torn(self, rest: bytes, size: int) -> list[Point]:
        """The last line, without its newline yet."""
        if self._rest_at == size:
            self._rest_at = -1
            return self.line(rest, self._number + 1)
        self._rest_at = size
        self.more = True
        return []
