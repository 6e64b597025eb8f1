"""The first rows of a file, in the format that it has: no more is read than they need."""

import codecs
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import IO

from hfterm.data.blocks import MAX_LINE_BYTES, open_bytes

# The first piece of JSON is small, for a look at the first rows; later ones grow.
_FIRST_BYTES = 1 << 18


def first_rows(stream: IO[bytes], format: str, most: int | None) -> Iterator[tuple[bytes, int]]:
    """The beginning of a file in its own format, in parts and how many rows each holds, until ``most`` are reached.

    Lines with CSV's quotes in mind; of JSON whole records.

    Raises:
        HftermError: it cannot be read.
    """
    left = most if most is not None else sys.maxsize
    if format == "json":
        before = b"[\n"
        for row in islice(_json_records(stream), left):
            yield before + row, 1
            before = b",\n"
        yield b"[]" if before == b"[\n" else b"\n]\n", 0
        return
    delimited = format in ("csv", "tsv")
    quoted, left, header = False, left + delimited, delimited
    while left > 0 and (line := stream.readline(MAX_LINE_BYTES)):
        quoted ^= delimited and line.count(b'"') % 2 == 1
        ends = not quoted and (format == "text" or bool(line.strip()))
        left -= ends
        yield line, int(ends and not header)
        header = header and not ends


def _json_records(stream: IO[bytes]) -> Iterator[bytes]:
    """The texts of the records of a JSON array (or of several objects), read as far as they are asked for."""
    decode, find = codecs.getincrementaldecoder("utf-8-sig")("replace").decode, json.JSONDecoder().raw_decode
    text, at, want = "", 0, _FIRST_BYTES
    while True:
        while at < len(text) and text[at] in "[, \t\r\n":
            at += 1
        if text[at : at + 1] == "]":
            return
        try:
            _, end = find(text, at)
            yield text[at:end].encode()
            at, want = end, _FIRST_BYTES
        except json.JSONDecodeError:
            data = stream.read(want)
            text, at, want = text[at:] + decode(data, final=not data), 0, want * 2
            if not data:
                if text.strip():
                    yield text.encode()  # the engine says what is wrong with it
                return


def copied(files: Iterable[str], format: str, most: int | None, into: Callable[[str], IO[bytes]]) -> list[str]:
    """The names of files here that begin as those do, with ``most`` rows in all; ``into`` makes each of them.

    Raises:
        BadRecord, HftermError: one cannot be read.
    """
    found = []
    for file in files:
        target = into(file)
        with open_bytes(file) as stream:
            for part, rows in first_rows(stream, format, most):
                target.write(part)
                most = None if most is None else most - rows
        target.flush()
        found.append(target.name)
        if most is not None and most <= 0:
            break
    return found
