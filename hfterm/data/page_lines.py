"""Rows of a file of lines (JSON Lines, CSV, TSV, text) by their number, however many: an index grows beside.

The index holds the place and number of one row in each ``STEP`` bytes, so that any row is found by reading no more than
that; of 10 GB it takes 640 kB. A file may still be growing: standard input, or what is unpacked.
"""

import csv
import json
import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import IO, Any, NamedTuple

from hfterm.data.blocks import BOM
from hfterm.data.csv_files import header
from hfterm.errors import one_line

STEP = 1 << 18
_READ_BYTES = 1 << 20
# No more of one row is shown.
MOST_BYTES = 8 << 20


class Found(NamedTuple):
    """A row as it was read: its values, or ``why`` it has none and its ``text``."""

    value: dict[str, Any]
    why: str = ""
    text: str = ""


class LinePages:
    """The rows of one file of ``format`` jsonl, csv, tsv or text; it must be there, with its first line."""

    def __init__(self, path: str, format: str) -> None:
        self.path, self.format, self.rows, self.done = path, format, 0, False
        self.read_bytes = 0
        self.textual = format in ("csv", "tsv")  # numbers are texts
        self._names: list[str] = []
        self._delimiter = ","
        self._places, self._numbers = array("Q"), array("Q")
        self._quoted, self._last = False, b"\n"
        self._begun = False

    # The index, which one thread makes while others read.

    def index(self, stop: Callable[[], bool]) -> None:
        """Read the file to its end, or until ``stop()``."""
        with open(self.path, "rb") as stream:
            while not stop() and (block := stream.read(_READ_BYTES)):
                self.feed(block)
        self.finish()

    def feed(self, block: bytes) -> None:
        """Note the rows of the file's next bytes (which are in the file already)."""
        for at in range(0, len(block), STEP):
            piece = block[at : at + STEP]
            first, count = self._ends(piece)
            if not self._begun:
                self._begin(piece)
            if first >= 0:
                self._places.append(self.read_bytes + first + 1)
                self._numbers.append(self.rows + 1)  # last: readers find a place by its number
            self.read_bytes += len(piece)
            self.rows += count
        self._last = block[-1:]

    def finish(self) -> None:
        """Nothing more comes; what is behind the last newline is a row, too."""
        if self._begun and self._last != b"\n":
            self.rows += 1
        self.done = True

    def _begin(self, piece: bytes) -> None:
        """The first row begins behind a byte-order mark; of CSV the header is number -1."""
        self._begun = True
        if self.format in ("csv", "tsv"):
            self._names, self._delimiter = header(self.path, "\t" if self.format == "tsv" else None)
            self.rows = -1
        self._places.append(len(BOM) if piece.startswith(BOM) else 0)
        self._numbers.append(0)

    def _ends(self, piece: bytes) -> tuple[int, int]:
        """Where the first row ends in a piece (-1: nowhere), and how many do; newlines in quotes end none."""
        if self.format not in ("csv", "tsv"):
            return piece.find(b"\n"), piece.count(b"\n")
        parts = piece.split(b'"')
        first, count, at = -1, 0, 0
        for part in parts:
            if not self._quoted:
                if first < 0 and (cut := part.find(b"\n")) >= 0:
                    first = at + cut
                count += part.count(b"\n")
            at += len(part) + 1
            self._quoted = not self._quoted
        self._quoted = not self._quoted  # there is one quote less than parts
        return first, count

    # Reading.

    def read(self, start: int, count: int) -> list[Found]:
        """So many rows from ``start`` on, as far as they are known."""
        count = min(count, max(0, self.rows - start))
        return [] if count <= 0 else [self._made(one) for one in self._raw(start, count)]

    def lines(self, start: int, count: int) -> bytes | None:
        """The same as they are in the file; None: of this format one row may be several lines."""
        if self.textual:
            return None
        return b"".join(line if line.endswith(b"\n") else line + b"\n" for line in self._raw(start, count))

    def around(self, start: int, count: int) -> bytes:
        """A part of the file that holds these rows, and perhaps others beside them."""
        places = len(self._numbers)
        first = max(0, bisect_right(self._numbers, start, 0, places) - 1)
        last = bisect_right(self._numbers, start + count, first, places)
        with open(self.path, "rb") as stream:
            stream.seek(self._places[first])
            return stream.read(self._places[last] - self._places[first] if last < places else -1)

    def _raw(self, start: int, count: int) -> Iterator[Any]:
        at = max(0, bisect_right(self._numbers, start) - 1)
        with open(self.path, "rb") as stream:
            stream.seek(self._places[at])
            number = self._numbers[at]
            if self.textual and at == 0:
                number = -1  # the header
            for row in self._records(stream) if self.textual else _lines(stream):
                if number >= start + count:
                    return
                if number >= start:
                    yield row
                number += 1

    def _records(self, stream: IO[bytes]) -> Iterator[list[str]]:
        csv.field_size_limit(MOST_BYTES * 8)
        texts = (line.decode("utf-8", "replace").replace("\0", "\ufffd") for line in _lines(stream))
        reader = csv.reader(texts, delimiter=self._delimiter)
        while True:
            try:
                row = next(reader, None)
            except csv.Error as exc:
                row = [one_line(exc)]
            if row is None:
                return
            yield row

    def _made(self, row: Any) -> Found:
        if self.format == "text":
            return Found({"text": row.decode("utf-8", "replace").rstrip("\r\n")})
        if self.format == "jsonl":
            return _of_json(row)
        value = dict(zip(self._names, (text or None for text in row), strict=False))
        if len(row) == len(self._names) or not row:
            return Found(value)
        return Found(value, f"has {len(row)} values for {len(self._names)} columns", self._delimiter.join(row))


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file; of one that is longer than ``MOST_BYTES`` the beginning."""
    while line := stream.readline(MOST_BYTES):
        if len(line) == MOST_BYTES and not line.endswith(b"\n"):
            while (more := stream.readline(MOST_BYTES)) and not more.endswith(b"\n"):
                pass
        yield line


def _of_json(line: bytes) -> Found:
    text = line.decode("utf-8", "replace").strip("\r\n")
    if len(line) >= MOST_BYTES:
        return Found({}, f"is longer than {MOST_BYTES >> 20} MiB", text[:10_000])
    if not text.strip():
        return Found({}, "is empty")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as exc:
        return Found({}, f"is not JSON ({one_line(exc)})", text)
    return Found(value) if isinstance(value, dict) else Found({}, "is not a JSON object", text)


_ESCAPED = re.compile(r'[^\x20-\x7e]|["\\/]')


def raw_pattern(text: str) -> re.Pattern[bytes] | None:
    """What finds a text in lines of JSON where it can stand there in one way only; None: it cannot be told so."""
    return None if _ESCAPED.search(text) else re.compile(re.escape(text.encode()), re.IGNORECASE)
