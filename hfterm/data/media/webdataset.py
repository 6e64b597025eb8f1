"""WebDataset archives as rows: the members with one basename are a row, their suffixes its columns.

Format: https://github.com/webdataset/webdataset and ``datasets/packaged_modules/webdataset``, whose decoding of texts,
whole numbers and JSON is kept; other members stay bytes (arrays, pickles).
"""

import json
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from hfterm import extras
from hfterm.data.blocks import open_bytes
from hfterm.data.media import shapes, tar
from hfterm.data.media.errors import MediaError, carrier
from hfterm.errors import HftermError

# So many rows, or bytes, tell what the columns are.
SAMPLE_ROWS = 100
SAMPLE_BYTES = 64 << 20
BATCH_ROWS = 32
BATCH_BYTES = 4 << 20  # some are read ahead
_TEXTS = ("txt", "text", "transcript")
_NUMBERS = ("cls", "cls2", "index", "inx", "id")
_JSON = ("json", "jsn")
_NAME = re.compile(r"((?:.*/|)[^.]+)[.]([^/]*)", re.DOTALL)

# Is told of a row that is left out: archive, number (from 1), why, its key.
OnBad = Callable[[str, int, str, str], None]
Row = dict[str, Any]


class Sample(NamedTuple):
    """A row: its number in its archive, its columns; ``why``: it cannot be read, and why not."""

    number: int
    row: Row
    why: str | None = None
    broken: HftermError | None = None  # the archive cannot be read further


def _sampled(rows: Iterator[Sample]) -> Iterator[Sample]:
    """The rows that tell what the columns are.

    Raises:
        HftermError: the first one cannot be read.
    """
    size = 0
    for at, sample in enumerate(rows):
        if sample.broken and not at:
            raise sample.broken
        yield sample
        size += sum(len(value) for value in sample.row.values() if isinstance(value, bytes | str))
        if at + 1 == SAMPLE_ROWS or size > SAMPLE_BYTES:
            return


def samples(path: str) -> Iterator[Sample]:
    """The rows of an archive (``-``: standard input), as they come.

    Raises:
        HftermError: it cannot be read.
    """
    label = "standard input" if path == "-" else path
    stream = open_bytes(path)
    number, key, row, why = 0, None, Row(), None
    try:
        for member in tar.members(stream, label):
            named = _NAME.fullmatch(member.name)
            if named is None:
                continue
            if named[1] != key:
                if key is not None:
                    number += 1
                    yield Sample(number, row | {"__key__": key, "__url__": label}, why)
                key, row, why = named[1], {}, None
            field = named[2]
            if field in row:
                why = why or f"has {field!r} twice"
            try:
                row[field] = _decoded(field, member)
            except ValueError as exc:
                row[field], why = None, why or f"has a {field!r} that {exc}"
        if key is not None:
            yield Sample(number + 1, row | {"__key__": key, "__url__": label}, why)
    finally:
        if path != "-":
            stream.close()


def _decoded(field: str, member: tar.Member) -> Any:
    """The value of a member.

    Raises:
        ValueError: it is not what its name says.
    """
    if member.why:
        raise ValueError(member.why)
    kind = field.split(".")[-1].lower()
    try:
        if kind in _TEXTS:
            return member.data.decode()
        if kind in _NUMBERS:
            return int(member.data)
        if kind in _JSON:
            return json.loads(member.data, parse_constant=_no_constant)
    except UnicodeDecodeError as exc:
        raise ValueError(f"is not UTF-8 (byte {exc.start + 1})") from exc
    except (ValueError, RecursionError) as exc:
        raise ValueError("is no whole number" if kind in _NUMBERS else f"is not JSON ({exc})") from exc
    return member.data


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is none of its values")


class Archives:
    """Archives as a table that the engine can read as often as it likes; standard input once.

    ``most``: so many rows are all that is needed, and no more are waited for.
    """

    def __init__(self, paths: Sequence[str], on_bad: OnBad | None = None, most: int | None = None) -> None:
        self.paths, self.on_bad, self.most = list(paths), on_bad, most
        self._first: list[Sample] = []
        self._rest: Iterator[Sample] | None = None  # of standard input: it is read once
        self._read, self._gone = 0, False
        self._pa = extras.require("pyarrow", "data")
        rows = self._samples()
        first = list(_sampled(rows))
        if self.paths != ["-"]:
            rows.close()
        self.columns = shapes.columns([sample.row for sample in first if sample.why is None])
        self.schema = self._pa.schema([(name, shapes.arrow(self._pa, kind)) for name, kind in self.columns.items()])
        if self.paths == ["-"]:
            self._first, self._rest = first, rows

    def _samples(self) -> Generator[Sample]:
        yield from islice(self._all(), self.most)

    def _all(self) -> Iterator[Sample]:
        """The rows of all archives; one that breaks off is an error, or a last row that is bad."""
        for path in self.paths:
            number = 0
            try:
                for sample in samples(path):
                    number = sample.number
                    yield sample
            except HftermError as exc:
                why = "cannot be read, nor what follows it"
                yield Sample(number + 1, {"__key__": "?", "__url__": path}, why, exc)

    def __arrow_c_schema__(self) -> Any:
        """What the columns are."""
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """All rows from the first on."""
        self._read += 1
        rows = self._samples() if self._rest is None else self._again(self._rest)
        reader = self._pa.RecordBatchReader.from_batches(self.schema, self._batches(rows))
        return reader.__arrow_c_stream__(requested_schema)

    def _again(self, rest: Iterator[Sample]) -> Iterator[Sample]:
        """The first rows, as often as they are looked at, and then those behind them, once."""
        yield from self._first
        if self._gone:
            raise carrier(HftermError("standard input can be read once only", "save it to a file first"))
        for sample in rest:
            self._gone = True
            yield sample

    def _batches(self, rows: Iterator[Sample]) -> Iterator[Any]:
        held: list[Row] = []
        size = 0
        for sample in rows:
            try:
                held.append(self._row(sample))
            except (ValueError, TypeError, OverflowError) as exc:
                if self.on_bad is None:
                    if held:  # what comes before it is handed on
                        yield self._pa.RecordBatch.from_pylist(held, self.schema)
                    raise self._error(sample, exc) from exc
                if self._read < 2:
                    self.on_bad(str(sample.row["__url__"]), sample.number, str(exc), str(sample.row["__key__"]))
                continue
            size += sum(len(value) for value in sample.row.values() if isinstance(value, bytes | str))
            if len(held) >= BATCH_ROWS or size > BATCH_BYTES or (self._first and sample is self._first[-1]):
                yield self._pa.RecordBatch.from_pylist(held, self.schema)
                held, size = [], 0
        if held:
            yield self._pa.RecordBatch.from_pylist(held, self.schema)

    def _error(self, sample: Sample, exc: Exception) -> Exception:
        if sample.broken is not None:
            return carrier(sample.broken)
        return carrier(MediaError(f"{sample.row['__url__']}, row {sample.number} ({sample.row['__key__']})", str(exc)))

    def _row(self, sample: Sample) -> Row:
        """A row as its columns hold it.

        Raises:
            ValueError: they do not.
        """
        if sample.why is not None:
            raise ValueError(sample.why)
        if unknown := sample.row.keys() - self.columns.keys():
            raise ValueError(f"has {min(unknown)!r}, which the first rows have not")
        return {name: self._held_as(name, sample.row) for name in self.columns}

    def _held_as(self, name: str, row: Row) -> Any:
        try:
            return shapes.held(row.get(name), self.columns[name], f"{row['__key__']}.{name}")
        except ValueError as exc:
            raise ValueError(f"has a {name!r} that {exc}") from exc
