"""Files that rows are written to one after another, each full at so many rows or bytes."""

import contextlib
import math
from pathlib import Path
from typing import IO, Any

from hfterm import extras
from hfterm.data.saving import Target, ipc_options, noted, packed

# So many bytes tell how well a file packs.
_TELLING_BYTES = 1 << 20


class Shard:
    """A file that is being written to. ``stream``: Arrow's are streams, as in the folders of data sets."""

    def __init__(self, path: Path, target: Target, *, stream: bool = False) -> None:
        self.target, self.stream = target, stream
        self.file: IO[bytes] = path.open("wb")
        self._given = 0  # bytes, before they were packed

    def take(self, part: Any, rows: int | None, most: int | None) -> tuple[int, Any]:
        """Write what fits of a piece: at most so many rows, and bytes in the file; the rows written, and the rest.

        The first row is written however large it is. The rest is None where all was written, and else not empty.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Finish the file."""
        self.file.close()

    def _room(self, most: int) -> float:
        """How many bytes more may be given, as far as the file so far tells."""
        size = self.file.tell()
        ratio = size / self._given if size >= _TELLING_BYTES else 1.0
        return (most - size) / ratio


class Lines(Shard):
    """Rows as lines of text: JSON Lines, text; or as an array of JSON."""

    def __init__(self, path: Path, target: Target, *, stream: bool = False) -> None:
        super().__init__(path, target, stream=stream)
        self._stack = contextlib.ExitStack()
        self._out = self._stack.enter_context(packed(self.file, target.packing))
        self._array = target.suffix == ".json"

    def take(self, part: bytes, rows: int | None, most: int | None) -> tuple[int, bytes | None]:
        """As :meth:`Shard.take`; a piece is whole lines."""
        cut = len(part) if part.endswith(b"\n") else len(part) + 1
        if most is None:
            room = math.inf
        elif not self.target.packing:
            room = most - self._given
            if self._array:  # a comma for each line, brackets around
                room -= part.count(b"\n", 0, max(0, room)) + 4
        elif self._room(most) < max(len(part), self._given // 8):
            self._out.flush()  # what the packer holds back counts now
            room = self._room(most - most // 100)  # a packed end is not told to the byte
        else:
            room = math.inf
        if room < len(part):
            cut = part.rfind(b"\n", 0, max(0, int(room))) + 1
            if not cut and self._given:
                return 0, part
            cut = cut or part.find(b"\n") + 1
        if rows is not None and part.count(b"\n", 0, cut) > rows:
            cut = 0
            for _ in range(rows):
                cut = part.find(b"\n", cut) + 1
        now, rest = part[:cut], part[cut:]
        count = now.count(b"\n")
        if self._array:
            now = (b",\n" if self._given else b"[\n") + now.removesuffix(b"\n").replace(b"\n", b",\n")
        self._out.write(now)
        self._given += len(now)
        return count, rest or None

    def close(self) -> None:
        """As :meth:`Shard.close`."""
        if self._array:
            self._out.write(b"\n]\n" if self._given else b"[]\n")
        self._stack.close()
        super().close()


class Columns(Shard):
    """Rows as Arrow tables: in Parquet, Arrow, CSV."""

    _writer: Any = None
    _pieces = 0

    def take(self, part: Any, rows: int | None, most: int | None) -> tuple[int, Any]:
        """As :meth:`Shard.take`; a piece is a table."""
        if most is not None and self._pieces and self._room(most - self._end(part)) < part.nbytes:
            return 0, part
        now, rest = (part, None) if rows is None or rows >= part.num_rows else (part.slice(0, rows), part.slice(rows))
        now = noted(now, self.target.note)
        if self._writer is None:
            self._writer = self._open(now.schema)
        self._writer.write_table(now)
        self._given += now.nbytes
        self._pieces += 1
        return now.num_rows, rest

    def _end(self, table: Any) -> int:
        """About how many bytes the places of all columns of all pieces take at the file's end."""
        if self.target.suffix in (".csv", ".tsv"):
            return 0
        return 1024 + 256 * (self._pieces + 1) * int(table.num_columns)

    def _open(self, schema: Any) -> Any:
        target = self.target
        if target.suffix == ".parquet":
            parquet = extras.require("pyarrow.parquet", "data")
            return parquet.ParquetWriter(self.file, schema, compression=target.codec or "zstd")
        if target.suffix == ".arrow":
            pa = extras.require("pyarrow", "data")
            make = pa.ipc.new_stream if self.stream else pa.ipc.new_file
            return make(self.file, schema, options=ipc_options(target))
        csv = extras.require("pyarrow.csv", "data")
        self._stack = contextlib.ExitStack()
        out = self._stack.enter_context(packed(self.file, target.packing))
        how = csv.WriteOptions(delimiter="\t" if target.suffix == ".tsv" else ",")
        return self._stack.enter_context(csv.CSVWriter(out, schema, write_options=how))

    def close(self) -> None:
        """As :meth:`Shard.close`."""
        if self.target.suffix in (".csv", ".tsv"):
            self._stack.close()
        else:
            self._writer.close()
        super().close()
