"""Token ids and labels of many examples as one Arrow table: in memory, or what is more in a file that is mapped."""

import mmap
import os
import tempfile
import uuid
from array import array
from typing import Any

from hfterm import files, paths

# Files that are mapped; by their names in /proc the processes that load batches find them, while this one lives.
_held: list[Any] = []
# So many tokens stay in memory, at 8 bytes each.
MOST_TOKENS = 2**24


class TokenTable:
    """Rows of ``input_ids`` and ``labels``, 32-bit integers both.

    Beyond ``most`` tokens they are written to a file in the cache's folder. It has no name there, so that nothing is
    left when this process ends, however it ends.
    """

    def __init__(self, most: int = MOST_TOKENS) -> None:
        self._most, self._rows = most, 0
        self._ids, self._labels, self._ends = array("i"), array("i"), array("q", [0])
        self._file: Any = None
        self._writer: Any = None

    def __len__(self) -> int:
        return self._rows + len(self._ends) - 1

    def add(self, ids: "array[int]", labels: "array[int]") -> None:
        """Take one row; both are of one length.

        Raises:
            HftermError: no space is left for the file.
        """
        self._ids.extend(ids)
        self._labels.extend(labels)
        self._ends.append(len(self._ids))
        if len(self._ids) >= self._most:
            self._write()

    def _batch(self) -> Any:
        import pyarrow as pa

        ends = pa.Array.from_buffers(pa.int64(), len(self._ends), [None, pa.py_buffer(self._ends)])
        columns = []
        for flat in (self._ids, self._labels):
            values = pa.Array.from_buffers(pa.int32(), len(flat), [None, pa.py_buffer(flat)])
            columns.append(pa.LargeListArray.from_arrays(ends, values))
        return pa.record_batch(columns, ["input_ids", "labels"])

    def _write(self) -> None:
        import pyarrow as pa

        batch, folder = self._batch(), paths.cache_dir()
        if self._writer is None:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(prefix="tokens-", dir=folder)  # noqa: SIM115
            self._writer = pa.ipc.new_stream(self._file, batch.schema)
        files.require_space(folder, batch.nbytes)
        self._writer.write_batch(batch)
        self._rows += batch.num_rows
        self._ids, self._labels, self._ends = array("i"), array("i"), array("q", [0])

    def dataset(self) -> Any:
        """The rows as a ``datasets.Dataset``; no more can be added."""
        import datasets
        import pyarrow as pa
        from datasets.table import InMemoryTable, MemoryMappedTable

        datasets.disable_progress_bars()
        if self._writer is None:
            table = pa.Table.from_batches([self._batch()])
            return datasets.Dataset(InMemoryTable(table), fingerprint=_fingerprint())
        if len(self._ends) > 1:
            self._write()
        self._writer.close()
        self._file.flush()
        _held.append(self._file)
        name = f"/proc/{os.getpid()}/fd/{self._file.fileno()}"
        if os.path.exists(name):
            # What a trainer makes of it would be kept beside the file.
            datasets.disable_caching()
            return datasets.Dataset(MemoryMappedTable.from_file(name), fingerprint=_fingerprint())
        mapped = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        table = pa.ipc.open_stream(pa.py_buffer(mapped)).read_all()
        return datasets.Dataset(InMemoryTable(table), fingerprint=_fingerprint())


def _fingerprint() -> str:
    """A name for a table; a digest, which is the default, would take copies of all of it."""
    return uuid.uuid4().hex[:16]
