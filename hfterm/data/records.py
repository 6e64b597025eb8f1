"""Rows of any source as records, each with the place that it came from."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hfterm.data.blocks import blocks
from hfterm.data.lines import unreadable
from hfterm.data.rows import whole
from hfterm.data.source import Source


class Record(NamedTuple):
    """One row: its source, its number there (from 1; of JSON Lines the line's), its text and the object in it.

    ``why``: it cannot be read, and why not.
    """

    source: str
    number: int
    text: bytes
    value: dict[str, Any]
    why: str | None = None


def batches(con: Any, sources: Sequence[Source], *, all_text: bool = False) -> Iterator[list[Record]]:
    """The rows of sources as they come, those that cannot be read among them.

    Raises:
        HftermError: a source cannot be read.
    """
    for source in sources:
        if source.format == "jsonl":
            for path in source.paths:
                yield from _of_lines("standard input" if path == "-" else path, path)
        else:
            with contextlib.closing(whole(con, [source], all_text=all_text).lines()) as parts:
                number = 0
                for part in parts:
                    lines = part.splitlines()
                    yield [
                        Record(source.label, number + at, line, json.loads(line)) for at, line in enumerate(lines, 1)
                    ]
                    number += len(lines)


def _of_lines(label: str, path: str) -> Iterator[list[Record]]:
    for block in blocks(path):
        found = []
        for number, line in enumerate(block.data.split(b"\n"), block.first):
            if not line.strip():
                continue
            try:
                value = json.loads(line.decode())  # given bytes it would look for their encoding, each time
            except (ValueError, RecursionError):
                value = None
            why = None
            if not isinstance(value, dict) or (b"\\" in line and b"\\ud" in line.lower()):
                why = unreadable(block.with_data(line)).get(0)
            found.append(Record(label, number, line, value if isinstance(value, dict) else {}, why))
        yield found
