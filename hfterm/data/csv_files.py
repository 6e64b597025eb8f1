"""CSV, TSV and text files, line by line: their header, which of their rows are bad, a copy without these.

A row is read as the engine reads it: a value in quotes may hold separators, newlines and doubled quotes, with blanks
around it; a quote within a value that does not begin with one is a character like others; an empty line is no row.
"""

import contextlib
import csv
import io
import re
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator
from typing import IO, NamedTuple

from hfterm.data.blocks import BOM, MAX_LINE_BYTES, open_bytes
from hfterm.data.lines import OnBad
from hfterm.errors import HftermError

# Formats that are read line by line here.
LINED = ("csv", "tsv", "text")
HEADER_BYTES = 1 << 20
_READ_BYTES = 1 << 20
_BLOCK_BYTES = 1 << 19
_ROW_BYTES = 2 << 20
# A value in quotes that is longer is taken for one whose quote was never closed.
MAX_QUOTED_BYTES = 64 << 20
_QUOTE, _BLANK, _NEWLINE = b'" \n'
_PARTS = re.compile(rb"[^\n]*\n")
_RETURN = "has a carriage return outside quotes"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Bad(NamedTuple):
    """A row that cannot be read: the number of its first line (from 1), why, its bytes without the last newline."""

    line: int
    why: str
    raw: bytes


def is_whole(column: str) -> str:
    """The SQL of whether every text of a column is a whole number as one is written: no leading zeros, no plus."""
    same = f"coalesce(TRY_CAST({column} || '' AS BIGINT)::VARCHAR = {column}, false)"
    return f"count({column}) > 0 AND bool_and({column} IS NULL OR {same})"


def is_number(column: str) -> str:
    """As :func:`is_whole`: a number that a double holds, no long row of digits."""
    form = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"
    fits = f"regexp_full_match({column}, '{form}') AND len(regexp_extract({column}, '[0-9]+')) <= 15"
    return f"count({column}) > 0 AND bool_and({column} IS NULL OR ({fits}))"


def header(path: str, delimiter: str | None = None, shown: str = "") -> tuple[list[str], str]:
    """The names of a CSV file's columns, and what stands between them; a column without one is ``column0`` and so on.

    ``shown`` is the file's name in errors.

    Raises:
        HftermError: they cannot be told.
    """
    shown = shown or path
    stream = open_bytes(path)
    try:
        head = stream.read(HEADER_BYTES).removeprefix(BOM)
    finally:
        stream.close()
    if head[:2] in _UTF16:
        raise HftermError(f"cannot read {shown}: it is UTF-16", "make it UTF-8 first: iconv -f utf-16 -t utf-8 FILE")
    text = head.decode("utf-8", "surrogateescape")
    if delimiter is None:
        first = text.split("\n", 1)[0]
        delimiter = max(",;\t|", key=lambda char: (first.count(char), char == ","))
    csv.field_size_limit(HEADER_BYTES)
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error as exc:
        raise HftermError(f"cannot read {shown}: line 1 is not CSV ({exc})") from exc
    wrong = next((name for name in names if any("\udc80" <= char <= "\udcff" for char in name)), None)
    if wrong is not None:
        raise HftermError(
            f"cannot read {shown}: line 1 is not UTF-8", "if it is Latin-1: iconv -f latin1 -t utf-8 FILE"
        )
    names = [name or f"column{at}" for at, name in enumerate(names)]
    known: dict[str, str] = {}
    for name in names:
        if (other := known.get(name.casefold())) is not None:
            same = "" if other == name else f" ({other!r} and {name!r} are one name in SQL)"
            raise HftermError(f"cannot read {shown}: it names column {name!r} twice{same}")
        known[name.casefold()] = name
    return names, delimiter


def ends_differ(path: str) -> bool:
    """Whether some lines at a file's beginning end in carriage return and newline, and some in a newline alone."""
    with open(path, "rb") as stream:
        head = stream.read(HEADER_BYTES)
    pairs = head.count(b"\r\n")
    return 0 < pairs < head.count(b"\n")


def equal_ends(path: str, out: IO[bytes]) -> None:
    """Copy a CSV file; its rows end in newlines alone, and what stands in quotes stays as it is."""
    for part in _scanned(path, "csv", path):
        out.write(part.raw + b"\n" if isinstance(part, Bad) else part)


def row_bytes(path: str, *, quotes: bool = True) -> int:
    """How large a row of a file may be, at least 2 MiB: the engine takes many times as much memory as it is told.

    ``quotes``: newlines in quotes end no row.
    """
    longest = run = 0
    quoted = False
    with open(path, "rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            ends = _ends_a_row(block, quoted) if quotes else b"\n" in block or b"\r" in block
            quoted ^= quotes and bool(block.count(b'"') & 1)
            run = 0 if ends else run + 1
            longest = max(longest, run)
    return max(_ROW_BYTES, min(MAX_LINE_BYTES, 1 << ((longest + 2) * _BLOCK_BYTES - 1).bit_length()))


def _ends_a_row(block: bytes, quoted: bool) -> bool:
    """Whether a newline stands outside quotes."""
    at = 0
    while True:
        cut = block.find(b'"', at)
        end = len(block) if cut < 0 else cut
        if not quoted and (block.find(b"\n", at, end) >= 0 or block.find(b"\r", at, end) >= 0):
            return True
        if cut < 0:
            return False
        quoted, at = not quoted, cut + 1


def clean(path: str, format: str, on_bad: OnBad, out: IO[bytes]) -> None:
    """Copy a file of a format in ``LINED`` without its bad rows, each told of; rows end in a newline alone.

    Raises:
        HftermError: the file, or its header, cannot be read.
    """
    label = "standard input" if path == "-" else path
    with contextlib.ExitStack() as stack:
        if path == "-" or path.startswith("hf://"):  # is read twice
            stream = open_bytes(path)
            copy = stack.enter_context(tempfile.NamedTemporaryFile(prefix="hfterm-"))
            shutil.copyfileobj(stream, copy, _READ_BYTES)
            copy.flush()
            path = copy.name
        for part in _scanned(path, format, label):
            if isinstance(part, Bad):
                on_bad(label, part.line, part.why, part.raw)
            else:
                out.write(part)


def first_bad(path: str, format: str, label: str) -> Bad | None:
    """The first bad row of a file, None: there is none.

    Raises:
        HftermError: as :func:`clean`.
    """
    return next((part for part in _scanned(path, format, label) if isinstance(part, Bad)), None)


def _scanned(path: str, format: str, label: str) -> Iterator[bytes | Bad]:
    width = delimiter = None
    if format != "text":
        names, delimiter = header(path, "\t" if format == "tsv" else None, label)
        width = len(names)
    stream = open_bytes(path)
    try:
        yield from scan(_lines(stream, label), width, (delimiter or ",").encode())
    except (OSError, EOFError) as exc:
        raise HftermError(f"cannot read {label}: {exc}") from exc
    finally:
        stream.close()


def _lines(stream: IO[bytes], label: str) -> Iterator[bytes]:
    """The lines of a file, each with its newline; carriage returns end lines where there are no newlines."""
    held, number, old = [stream.read(len(BOM)).removeprefix(BOM)], 1, None
    size = 0
    while got := stream.read(_READ_BYTES):
        if old is None:
            old = b"\r" in got and b"\n" not in got
        got = got.replace(b"\r", b"\n") if old else got
        held.append(got)
        size += len(got)
        cut = got.rfind(b"\n") + 1
        if not cut:
            if size > MAX_LINE_BYTES:
                raise HftermError(f"cannot read {label}: line {number} is longer than {MAX_LINE_BYTES >> 20} MiB")
            continue
        held[-1] = got[:cut]
        data = b"".join(held)
        held, size = [got[cut:]], len(got) - cut
        lines = data.splitlines(keepends=True) if b"\r" not in data else _PARTS.findall(data)
        number += len(lines)
        yield from lines
    if rest := b"".join(held):
        yield rest + b"\n"


def scan(lines: Iterator[bytes], width: int | None, delimiter: bytes = b",") -> Iterator[bytes | Bad]:
    """The records of ``width`` values (None: a line is one value), perhaps of several lines each; first the header.

    They end in a newline alone. A quote that is not closed makes its first line bad; what follows is read anew.
    """
    back: deque[bytes] = deque()
    number = 0

    def following() -> bytes | None:
        return back.popleft() if back else next(lines, None)

    while (line := following()) is not None:
        number += 1
        why, taken = None, [line]
        if width is not None and b'"' in line:
            record = Record(line, delimiter)
            while record.open and len(record.text) <= MAX_QUOTED_BYTES and (more := following()) is not None:
                record.add(more)
                taken.append(more)
            if record.open or record.wrong:
                why = record.wrong or "has a quote that is not closed"
                back.extendleft(reversed(taken[1:]))
                del taken[1:]
            count = record.count
        else:
            count = 1 if width is None else line.count(delimiter) + 1
            if width is not None and line.find(b"\r", 0, -2) >= 0:
                why = _RETURN
        whole = taken[0] if len(taken) == 1 else b"".join(taken)
        if whole.endswith(b"\r\n"):
            whole = whole[:-2] + b"\n"
        if not whole.isascii() and (odd := _not_utf8(whole)):
            why = odd
        elif why is None and width is None and b"\0" in whole:
            why = "holds a NUL byte"
        elif why is None and width is not None and number > 1 and not _fits(whole, count, width, delimiter):
            why = f"has {count} value{'s' * (count != 1)} for {width} column{'s' * (width != 1)}"
        yield whole if why is None else Bad(number, why, whole[:-1])
        number += len(taken) - 1


def _fits(record: bytes, count: int, width: int, delimiter: bytes) -> bool:
    """Whether a record has as many values as there are columns; a separator behind the last one does no harm."""
    return count == width or record == b"\n" or (count == width + 1 and record.endswith(delimiter + b"\n"))


def _not_utf8(data: bytes) -> str | None:
    try:
        data.decode()
    except UnicodeDecodeError as exc:
        start = data.rfind(b"\n", 0, exc.start) + 1
        return f"is not UTF-8 (byte 0x{data[exc.start]:02x} at column {exc.start - start + 1})"
    return None


class Record:
    """A record that is being read: its text, whether a quote is open, its values so far, what is ``wrong`` with it."""

    def __init__(self, line: bytes, delimiter: bytes) -> None:
        self.text, self._delimiter = bytearray(line), delimiter
        self.count, self.open, self.wrong = 0, False, ""
        self._at = 0
        self._read()

    def add(self, line: bytes) -> None:
        """Go on with another line, inside the quotes."""
        self._at = len(self.text)
        self.text += line
        self._read()

    def _read(self) -> None:
        """Values from here on, to the line's end or to a quote that is not closed in it."""
        text, delimiter = self.text, self._delimiter
        while True:
            if not self.open:
                start = self._past_blanks(self._at)
                if text[start] != _QUOTE:
                    self.count += 1
                    end = text.find(delimiter, start)
                    if text.find(b"\r", start, len(text) - 2 if end < 0 else end) >= 0:
                        self.wrong = _RETURN
                    if end < 0 or self.wrong:
                        return
                    self._at = end + 1
                    continue
                self.open, self._at = True, start + 1
            at = self._at
            while (at := text.find(b'"', at)) >= 0 and text[at + 1] == _QUOTE:
                at += 2
            if at < 0:
                return
            self.open, at = False, self._past_blanks(at + 1)
            self.count += 1
            if text.startswith((b"\n", b"\r\n"), at):
                return
            if not text.startswith(delimiter, at):
                self.wrong = "has text behind a closing quote"
                return
            self._at = at + 1

    def _past_blanks(self, at: int) -> int:
        while self.text[at] == _BLANK:
            at += 1
        return at
