"""Records in: JSON Lines, JSON, CSV, TSV and text, as a stream in bounded memory.

The format follows the file's name (``.jsonl .ndjson .json .csv .tsv .txt``, each also with ``.gz``);
standard input and unknown names are looked at: ``{`` begins JSON Lines, ``[`` a JSON array, the rest is
text. A record of text is ``{"text": line}``.
"""

import contextlib
import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from hfterm.errors import HftermError, NotFoundError, UsageError

FORMATS = ("jsonl", "json", "csv", "tsv", "text")
# No single record may be larger: a stream without newlines must not fill the memory.
MAX_RECORD_BYTES = 256 * 2**20
_CHUNK = 2**16
_decoder: Any = json.JSONDecoder()  # typeshed does not know scan_once
_scan = _decoder.scan_once

Record = dict[str, Any]
_SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
}


class BadRecord(HftermError):
    """One record cannot be read; ``number`` is its line (from 1)."""

    def __init__(self, source: str, number: int, why: str) -> None:
        super().__init__(f"cannot read {source}: line {number} {why}", "skip such lines with --skip-bad")
        self.number = number


def read(
    source: str | Path | IO[bytes],
    *,
    format: str | None = None,
    skip_bad: bool = False,
    on_bad: Callable[[BadRecord], None] | None = None,
) -> Iterator[Record]:
    """Yield the records of a file, or of ``-`` (standard input), as they come.

    ``format`` is one of ``FORMATS`` (default: by name, else by content). With ``skip_bad`` an
    unreadable record is given to ``on_bad`` and left out.

    Raises:
        NotFoundError: there is no such file. UsageError: a folder, or no such format.
        BadRecord: a record cannot be read. HftermError: the file cannot.
    """
    if format is not None and format not in FORMATS:
        raise UsageError(f"no such record format {format!r}", f"choose from {', '.join(FORMATS)}")
    name = _name(source)
    with _open(source, name) as stream:
        kind = format or _by_name(name) or _by_content(stream)
        if kind is None:
            return
        try:
            yield from _READERS[kind](_lines(stream, name), name, _Bad(name, skip_bad, on_bad))
        except (gzip.BadGzipFile, EOFError, zlib.error) as exc:
            raise HftermError(f"cannot read {name}: damaged or half-written gzip file ({exc})") from exc


def format_of(name: str) -> str | None:
    """The format that a file's name says, or None."""
    return _by_name(name)


def _name(source: str | Path | IO[bytes]) -> str:
    if isinstance(source, str | Path):
        return "standard input" if str(source) == "-" else str(source)
    return str(getattr(source, "name", "input"))


def _by_name(name: str) -> str | None:
    path = Path(name)
    suffix = path.suffix.lower()
    return _SUFFIXES.get(Path(path.stem).suffix.lower() if suffix == ".gz" else suffix)


def _by_content(stream: io.BufferedReader) -> str | None:
    """Look at the first character that is no white space; None at the end of an empty stream."""
    head = stream.peek(_CHUNK).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        return "text" if stream.peek(1) else None
    if head.split(b"\n", 1)[0].strip() == b"{":
        return "json"  # one object over several lines
    return {b"{": "jsonl", b"[": "json"}.get(head[:1], "text")


@contextlib.contextmanager
def _open(source: str | Path | IO[bytes], name: str) -> Iterator[io.BufferedReader]:
    if not isinstance(source, str | Path):
        yield source if isinstance(source, io.BufferedReader) else io.BufferedReader(source)  # type: ignore[arg-type]
        return
    if str(source) == "-":
        if sys.stdin is None or sys.stdin.closed:
            raise UsageError("standard input is closed", "name a file, or pipe records in")
        yield sys.stdin.buffer  # type: ignore[misc]
        return
    path = Path(source)
    if path.is_dir():
        raise UsageError(f"cannot read {name}: it is a folder")
    try:
        raw = path.open("rb")
    except FileNotFoundError:
        raise NotFoundError(f"no such file: {name}") from None
    with raw:
        # By content, not by name: a renamed .gz reads, and a plain file named .gz too.
        if raw.peek(2)[:2] == b"\x1f\x8b":
            with gzip.open(raw) as unzipped:
                yield io.BufferedReader(unzipped)
        else:
            yield raw


class _Bad:
    """What to do with an unreadable record: raise, or report and go on."""

    def __init__(self, name: str, skip: bool, on_bad: Callable[[BadRecord], None] | None) -> None:
        self.name, self.skip, self.on_bad = name, skip, on_bad

    def __call__(self, number: int, why: str) -> None:
        bad = BadRecord(self.name, number, why)
        if not self.skip:
            raise bad
        if self.on_bad:
            self.on_bad(bad)


def _lines(stream: io.BufferedReader, name: str) -> Iterator[tuple[int, bytes]]:
    """Numbered lines (from 1) without their ends; a byte-order mark is dropped."""
    number = 0
    while line := stream.readline(MAX_RECORD_BYTES):
        number += 1
        if len(line) == MAX_RECORD_BYTES and not line.endswith(b"\n"):
            raise HftermError(f"cannot read {name}: line {number} is longer than {MAX_RECORD_BYTES >> 20} MiB")
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        yield number, line.rstrip(b"\r\n")


def _decode(line: bytes) -> tuple[str, str]:
    """The text, or why there is none."""
    try:
        return line.decode("utf-8"), ""
    except UnicodeDecodeError as exc:
        return "", f"is not UTF-8 (byte 0x{line[exc.start]:02x} at column {exc.start + 1})"


def parse_json(text: str) -> Any:
    """Like ``json.loads``, with one-line messages; a hopeless nesting is a ValueError too.

    Raises:
        ValueError: it is not JSON; the message says what and at which column.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as exc:
        raise ValueError(f"{exc.msg} at column {exc.colno}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _text(lines: Iterator[tuple[int, bytes]], name: str, bad: _Bad) -> Iterator[Record]:
    for number, line in lines:
        text, why = _decode(line)
        if why:
            bad(number, why)
        else:
            yield {"text": text}


def _jsonl(lines: Iterator[tuple[int, bytes]], name: str, bad: _Bad) -> Iterator[Record]:
    for number, line in lines:
        text, why = _decode(line)
        if text.startswith("{"):  # the usual line, at the least cost; what is wrong with another one is told below
            try:
                row, end = _scan(text, 0)
            except (ValueError, StopIteration, RecursionError):
                end = -1
            if end == len(text):
                yield row
                continue
        if not why and not text.strip():
            continue
        if not why:
            try:
                row = parse_json(text)
                if isinstance(row, dict):
                    yield row
                    continue
                why = f"is not a JSON object but {_kind(row)}"
            except ValueError as exc:
                why = f"is not JSON ({exc})"
        bad(number, why)


def _kind(value: Any) -> str:
    return {list: "an array", str: "a string", bool: "true or false", type(None): "null"}.get(type(value), "a number")


def _json(lines: Iterator[tuple[int, bytes]], name: str, bad: _Bad) -> Iterator[Record]:
    """An array of objects, decoded one element at a time; one object, or several, are taken too."""
    array, number, parts, size, tried = _Array(name), 0, list[str](), 0, 0
    for number, line in lines:
        text, why = _decode(line)
        if why:
            raise _broken(name, number, why)
        parts.append(text)
        size += len(text) + 1
        if size > MAX_RECORD_BYTES:
            raise HftermError(f"cannot read {name}: a record near line {number} is over {MAX_RECORD_BYTES >> 20} MiB")
        # An unfinished element is tried again only when it has doubled: linear time in all.
        if size >= 2 * tried:
            yield from array.drain("\n".join([*parts, ""]), number)
            parts, size = [array.rest], len(array.rest)
            tried = size
    yield from array.drain("\n".join(parts), number)
    if array.rest.strip():
        try:
            parse_json(array.rest)
        except ValueError as exc:
            raise _broken(name, number, f"is not JSON ({exc} of the last record)") from None
        raise _broken(name, number, "holds no record (a JSON object)")
    if array.open:
        raise _broken(name, number, "is the last, and the array is not closed: the file is cut off")


class _Array:
    """The undecoded rest of a JSON text, and whether its outer array is open."""

    def __init__(self, name: str) -> None:
        self.name, self.rest, self.open, self.comma = name, "", False, False
        self._decoder = json.JSONDecoder()

    def drain(self, text: str, number: int) -> Iterator[Record]:
        """Yield the whole records at the front of ``text``, keep the rest; ``number`` is the line reached."""
        at = 0
        while at < len(text):
            char = text[at]
            if char in " \t\r\n":
                at += 1
            elif char == "[" and not self.open:
                self.open, self.comma, at = True, True, at + 1
            elif char == "]" and self.open:
                self.open, at = False, at + 1
            elif char == "," and self.open and not self.comma:
                self.comma, at = True, at + 1
            elif self.open and not self.comma:
                raise _broken(self.name, number, "is not JSON (expecting ',' between records)")
            else:
                try:
                    row, at = self._decoder.raw_decode(text, at)
                except json.JSONDecodeError:
                    break
                except RecursionError:
                    raise _broken(self.name, number, "is not JSON (nested too deeply)") from None
                if not isinstance(row, dict):
                    raise _broken(self.name, number, f"holds {_kind(row)} where a record (a JSON object) is due")
                self.comma = False
                yield row
        self.rest = text[at:]


def _broken(name: str, number: int, why: str) -> BadRecord:
    """An error that no skipping helps."""
    error = BadRecord(name, number, why)
    error.hint = None
    return error


def _csv(lines: Iterator[tuple[int, bytes]], name: str, bad: _Bad, delimiter: str = ",") -> Iterator[Record]:
    at = [0]

    def text() -> Iterator[str]:
        for number, line in lines:
            at[0] = number
            value, why = _decode(line)
            if why:
                bad(number, why)
            else:
                yield value + "\n"

    csv.field_size_limit(MAX_RECORD_BYTES)
    rows = csv.reader(text(), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as exc:
            bad(at[0], f"is not CSV ({exc})")
            continue
        if not row:
            continue
        if header is None:
            header = row
            if twice := {n for n in header if header.count(n) > 1}:
                raise _broken(name, at[0], f"names column {sorted(twice)[0]!r} twice")
            continue
        if len(row) != len(header):
            bad(at[0], f"has {len(row)} values for {len(header)} columns")
            continue
        yield dict(zip(header, row, strict=True))


def _tsv(lines: Iterator[tuple[int, bytes]], name: str, bad: _Bad) -> Iterator[Record]:
    return _csv(lines, name, bad, delimiter="\t")


_READERS = {"jsonl": _jsonl, "json": _json, "csv": _csv, "tsv": _tsv, "text": _text}
