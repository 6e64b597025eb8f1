"""Packed rows as Parquet, as ``datasets.load_dataset`` and training libraries read them.

Each row is one block of ``length`` tokens, in three lists of that length (int32):

- ``input_ids``: the tokens.
- ``position_ids``: their places in their document, or in the part of it that is in the row: 0 begins a document.
- ``segment_ids``: 1 for the tokens of the row's first document, 2 for the second's, ... and 0 for padding.

A model that is given the positions (or the segments) keeps documents apart: transformers'
``DataCollatorWithFlattening`` and its attention with varying lengths go by positions that begin at 0.
"""

import os
from array import array
from pathlib import Path
from typing import Any

from hfterm import extras
from hfterm.errors import UsageError
from hfterm.tok.pack_files import Packed, Writer

FOLDER = "data"
COLUMNS = ("input_ids", "position_ids", "segment_ids")
# Tokens of a row group: what is held in memory, and what is read at once.
GROUP_TOKENS = 1 << 20


class ParquetWriter(Writer):
    """Writes one shard after the other into ``data``; a shard is ``size`` tokens, the last one what is left.

    Raises:
        UsageError: rows have no length. MissingExtraError: pyarrow is not installed.
    """

    def __init__(self, folder: Path, size: int, done: Packed) -> None:
        if done.length is None:
            raise UsageError("rows of Parquet have one length", "add --length N")
        self.pa = extras.require("pyarrow", "data")
        extras.require("pyarrow.parquet", "data")
        super().__init__(size, done)
        self.folder, self.length = folder / FOLDER, done.length
        self.folder.mkdir()
        done.dtype = "int32"
        self.group = max(1, GROUP_TOKENS // self.length) * self.length
        self.writer: Any = None
        self.held = [array(self.code) for _ in COLUMNS]
        self.begun = 0  # of the shard
        self.segment = self.begun_in_row = 0

    def abandon(self) -> None:
        """Close what is open."""
        if self.writer is not None:
            self.writer.close()

    def finish(self, filling: int | None) -> None:
        """Fill or cut the last row, and close the last shard."""
        over = self.tokens % self.length
        if over and filling is not None:
            self.done.padding = self.length - over
            self.segment = -1
            self.put(array(self.code, [filling]) * (self.length - over), begins=False)
        elif over:
            self.done.dropped = over
            self.tokens -= over
            self.begun -= self.begun_in_row
            for column in self.held:
                del column[len(column) - over :]
        self._close()
        self.done.rows = self.done.written // self.length
        for number, shard in enumerate(self.done.shards):
            name = f"{FOLDER}/train-{number:05}-of-{len(self.done.shards):05}.parquet"
            os.replace(self.folder.parent / shard["tokens_file"], self.folder.parent / name)
            shard["tokens_file"] = name

    def put(self, values: "array[int]", begins: bool = True) -> None:
        """Take tokens in; ``begins``: the first one begins a document."""
        at = 0
        while at < len(values):
            room = self.length - self.tokens % self.length
            if room == self.length:
                self.segment, self.begun_in_row = 0, 0
            self.segment += 1
            if begins and at == 0:
                self.begun += 1
                self.begun_in_row += 1
            part = values[at : at + room]
            ids, positions, segments = self.held
            ids += part
            positions.extend(range(len(part)))
            segments += array(self.code, [self.segment]) * len(part)
            self.tokens += len(part)
            at += len(part)
            if len(ids) == self.group:
                self._write()
            if self.tokens == self.size:
                self._close()

    def _write(self) -> None:
        if not self.held[0]:
            return
        pa = self.pa
        lists = []
        for column in self.held:
            values = pa.Array.from_buffers(pa.int32(), len(column), [None, pa.py_buffer(column.tobytes())])
            lists.append(pa.FixedSizeListArray.from_arrays(values, self.length))
        table = pa.table(lists, names=COLUMNS)
        if self.writer is None:
            name = f"{FOLDER}/{len(self.done.shards):05}.parquet"
            places = {f"{column}.list.element": "DELTA_BINARY_PACKED" for column in COLUMNS[1:]}
            self.writer = pa.parquet.ParquetWriter(
                self.folder.parent / name,
                table.schema,
                compression="zstd",
                use_dictionary=False,
                column_encoding=places,
            )
            self.done.shards.append({"tokens_file": name})
        self.writer.write_table(table)
        self.held = [array(self.code) for _ in COLUMNS]

    def _close(self) -> None:
        self._write()
        if self.writer is None:
            return
        self.writer.close()
        self.writer = None
        self.done.shards[-1] |= {"tokens": self.tokens, "documents_begun": self.begun}
        self.done.written += self.tokens
        self.tokens = self.begun = 0
