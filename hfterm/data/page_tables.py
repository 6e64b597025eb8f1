"""Rows of Parquet and Arrow files by their number: Parquet by its row groups, Arrow as it lies in memory."""

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

from hfterm import extras
from hfterm.data.page_lines import Found
from hfterm.errors import HftermError, one_line

# So many rows of a row group are decoded at once.
BATCH_ROWS = 256


class ParquetPages:
    """The rows of one Parquet file.

    Raises:
        HftermError: it is none.
    """

    textual = False

    def __init__(self, path: str) -> None:
        self.path = path
        parquet = extras.require("pyarrow.parquet", "data")
        try:
            self._file = parquet.ParquetFile(path, memory_map=True)
        except (OSError, ValueError) as exc:
            raise HftermError(f"cannot read {path}: {one_line(exc)}") from exc
        meta = self._file.metadata
        self._starts = [0, *accumulate(meta.row_group(at).num_rows for at in range(meta.num_row_groups))]
        self.rows, self.done, self.read_bytes = int(meta.num_rows), True, 0
        self._open: tuple[int, int, Iterator[Any]] | None = None  # row group, next row in it, its batches
        self._batch: tuple[int, Any] = (0, None)
        self._lock = threading.Lock()

    def index(self, stop: Callable[[], bool]) -> None:
        """Its own notes are the index."""

    def read(self, start: int, count: int) -> list[Found]:
        """So many rows from ``start`` on."""
        found: list[Found] = []
        with self._lock:
            while count > 0 and start < self.rows:
                first, batch = self._at(start)
                part = batch.slice(start - first, count)
                found += [Found(value) for value in plain(part)]
                start, count = start + part.num_rows, count - part.num_rows
        return found

    def lines(self, start: int, count: int) -> bytes | None:
        """None: there are no lines."""
        return None

    def around(self, start: int, count: int) -> bytes | None:
        """None: there are no lines."""
        return None

    def _at(self, row: int) -> tuple[int, Any]:
        """The batch with a row, and its first row's number; going on from the last one where that goes."""
        first, batch = self._batch
        if batch is not None and first <= row < first + batch.num_rows:
            return self._batch
        group = bisect_right(self._starts, row) - 1
        if self._open is None or self._open[0] != group or self._open[1] > row:
            batches = self._file.iter_batches(batch_size=BATCH_ROWS, row_groups=[group])
            self._open = group, self._starts[group], batches
        _, at, batches = self._open
        for batch in batches:
            self._open = group, at + batch.num_rows, batches
            if row < at + batch.num_rows:
                self._batch = at, batch
                return self._batch
            at += batch.num_rows
        raise HftermError(f"cannot read {self.path}: row {row + 1} is missing")


class ArrowPages:
    """The rows of one Arrow file or stream.

    Raises:
        HftermError: it is none.
    """

    textual = False

    def __init__(self, path: str) -> None:
        pa = extras.require("pyarrow", "data")
        try:
            mapped = pa.memory_map(path)
            with open(path, "rb") as stream:
                whole = stream.read(6) == b"ARROW1"
            self._table = (pa.ipc.open_file(mapped) if whole else pa.ipc.open_stream(mapped)).read_all()
        except (OSError, ValueError) as exc:
            raise HftermError(f"cannot read {path}: {one_line(exc)}") from exc
        self.path, self.rows, self.done, self.read_bytes = path, int(self._table.num_rows), True, 0

    def index(self, stop: Callable[[], bool]) -> None:
        """Nothing is to be done."""

    def read(self, start: int, count: int) -> list[Found]:
        """So many rows from ``start`` on."""
        return [Found(value) for value in plain(self._table.slice(start, count))]

    def lines(self, start: int, count: int) -> bytes | None:
        """None: there are no lines."""
        return None

    def around(self, start: int, count: int) -> bytes | None:
        """None: there are no lines."""
        return None


def plain(table: Any) -> list[dict[str, Any]]:
    """The rows of an Arrow table or batch as Python has them; nanoseconds, which it has not, as texts."""
    columns: list[list[Any]] = []
    for column in table.columns:
        try:
            columns.append(column.to_pylist())
        except ValueError:
            columns.append([None if value is None else str(value) for value in column.cast("string").to_pylist()])
    names = table.schema.names
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
