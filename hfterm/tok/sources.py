"""Records of any source that the data group reads; plain text and JSON without its engine."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from hfterm import records
from hfterm.errors import HftermError
from hfterm.records import BadRecord

if TYPE_CHECKING:
    from hfterm.data.formats import Format
    from hfterm.data.source import Source

FORMATS = (*records.FORMATS, "parquet", "arrow")
Row = dict[str, Any]
OnBad = Callable[[HftermError], None] | None
# What standard input, or a file of no telling name, begins with where records cannot read it.
_MAGIC = (b"PAR1", b"ARRO", b"\xff\xff\xff\xff", b"\x28\xb5\x2f\xfd")


class Chosen(str):
    """A source, and what is chosen of the data set that it names; ``note`` is told what was chosen unasked."""

    wanted: dict[str, str]
    note: Callable[[str], None] | None

    def __new__(
        cls,
        text: str,
        *,
        config: str | None = None,
        split: str | None = None,
        note: Callable[[str], None] | None = None,
    ) -> "Chosen":
        """The same text, with the choice."""
        made = super().__new__(cls, text)
        named = {"config": config, "split": split}
        made.wanted, made.note = {name: value for name, value in named.items() if value is not None}, note
        return made


def _found(source: str, format: str | None) -> "list[Source]":
    from hfterm.data.source import sources

    kind = cast("Format | None", format)
    if isinstance(source, Chosen):
        return sources([str(source)], kind, note=source.note, **source.wanted)
    return sources([source], kind)


def rows(source: str, *, format: str | None = None, on_bad: OnBad = None) -> Iterator[Row]:
    """The records of a source, as they come: a file, a pattern, a folder, an ``hf://`` file, or ``-``.

    A data set on the Hub or of several splits gives what is :class:`Chosen`, else the one that data sets begin with.
    Lines and JSON are read by :mod:`hfterm.records`, all else by the data group's engine. With ``on_bad``, a record
    that cannot be read is given to it and left out.

    Raises:
        HftermError: the source cannot be read. MissingExtraError: the engine is not installed.
    """
    if plain(source, format):
        yield from records.read(source, format=format, skip_bad=on_bad is not None, on_bad=on_bad)
        return
    from hfterm.data import engine

    con = None
    for found in _found(source, format):
        kept = [path for path in found.paths if plain(path, found.format)]
        if kept and len(kept) == len(found.paths):
            for path in kept:
                yield from records.read(path, format=found.format, skip_bad=on_bad is not None, on_bad=on_bad)
            continue
        con = con or engine.connect()
        yield from _by_engine(con, found, on_bad)


def paths(source: str, format: str | None = None) -> list[str]:
    """The files of a source that is not :func:`plain`, such as a pattern's.

    Raises:
        HftermError: there are none.
    """
    return [path for found in _found(source, format) for path in found.paths]


def plain(source: str, format: str | None) -> bool:
    """Whether :mod:`hfterm.records` can read a source itself: standard input, or one file, of lines or JSON."""
    if isinstance(source, Chosen) and source.wanted:
        return False
    if source == "-":
        return format in records.FORMATS or not _head_of_input().startswith(_MAGIC)
    if format is not None and format not in records.FORMATS:
        return False
    if records.format_of(source) is not None and not any(char in source for char in "*?[") and "://" not in source:
        return not os.path.isdir(source)
    if not os.path.isfile(source):
        return False
    if source.endswith(".zst"):
        return False
    if format is not None:
        return True
    from hfterm.data.formats import format_of

    with contextlib.suppress(OSError), open(source, "rb") as stream:
        return format_of(source) is None and not stream.read(4).startswith(_MAGIC)
    return True


def _head_of_input() -> bytes:
    if sys.stdin is None or sys.stdin.closed:
        return b""
    buffer: Any = sys.stdin.buffer
    return bytes(buffer.peek(4)[:4]) if hasattr(buffer, "peek") else b""


def _by_engine(con: Any, found: Any, on_bad: OnBad) -> Iterator[Row]:
    from hfterm.data.records import batches

    with contextlib.closing(cast(Any, batches(con, [found]))) as parts:
        for batch in parts:
            for record in batch:
                if record.why is None:
                    yield record.value
                    continue
                bad = BadRecord(record.source, record.number, record.why)
                if on_bad is None:
                    raise bad
                on_bad(bad)
