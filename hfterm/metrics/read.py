"""Records of any source, with their numbers; those that cannot be read among them."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from hfterm.data import records as data_records
from hfterm.data import source
from hfterm.data.blocks import open_bytes
from hfterm.data.formats import Format
from hfterm.errors import HftermError
from hfterm.records import BadRecord, read


class Item(NamedTuple):
    """A record and where it is, as in ``line 3 of a.jsonl``; ``why``: it cannot be read, and why not."""

    where: str
    value: dict[str, Any]
    why: str | None = None


def items(
    texts: Sequence[str], format: Format | None = None, note: Callable[[str], None] | None = None
) -> Iterator[Item]:
    """The records of sources (``-``, or none: standard input) as they come.

    JSON Lines, JSON, CSV, TSV and text need no extra; other formats are read by the engine of ``data``.

    Raises:
        HftermError: a source cannot be read at all. MissingExtraError.
    """
    for one in source.sources(texts, format, note=note):
        if one.format in ("json", "csv", "tsv", "text"):
            for path in one.paths:
                yield from _of_file("standard input" if path == "-" else path, path, one.format)
        else:
            con: Any = None
            if one.format != "jsonl":
                from hfterm.data import engine

                con = engine.connect()
            unit = "line" if one.format == "jsonl" else "row"
            for record in chain.from_iterable(data_records.batches(con, [one])):
                yield Item(f"{unit} {record.number} of {record.source}", record.value, record.why)


def _of_file(label: str, path: str, format: str) -> Iterator[Item]:
    bad: list[Item] = []

    def on_bad(error: BadRecord) -> None:
        why = error.message.partition(f": line {error.number} ")[2]
        bad.append(Item(f"line {error.number} of {label}", {}, why or error.message))

    stream = open_bytes(path)
    with contextlib.nullcontext() if path == "-" else stream:
        number = 0
        unit = "line" if format == "text" else "record"
        try:
            for value in read(stream, format=format, skip_bad=True, on_bad=on_bad):
                number += 1 + len(bad)
                yield from bad
                bad.clear()
                yield Item(f"{unit} {number} of {label}", value)
        except BadRecord as exc:  # a stream has a name of its own
            text = exc.message.replace(str(getattr(stream, "name", label)), label)
            raise HftermError(text, exc.hint) from None
        yield from bad
