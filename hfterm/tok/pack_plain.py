"""Packed tokens as ``.npy`` or raw files."""

import os
import sys
from array import array
from pathlib import Path
from typing import IO

from hfterm.tok.pack_files import Packed, Writer

_HEADER_BYTES = 128


class PlainWriter(Writer):
    """Writes ``.npy`` or raw ``.bin`` shards, and where documents begin beside them."""

    def __init__(self, folder: Path, form: str, size: int, done: Packed) -> None:
        super().__init__(size, done)
        self.folder, self.form = folder, form
        self.code = "H" if done.dtype == "uint16" else "I"
        self.stream: IO[bytes] | None = None
        self.starts = array("Q")

    def abandon(self) -> None:
        """Close what is open."""
        if self.stream is not None:
            self.stream.close()

    def finish(self, filling: int | None) -> None:
        """Fill or cut the last row, and close the last shard."""
        length = self.done.length
        over = self.tokens % length if length else 0
        if over and length and filling is not None:
            self.done.padding = length - over
            self.put(array(self.code, [filling]) * (length - over), begins=False)
        elif over and self.stream is not None:
            self.done.dropped = over
            self.tokens -= over
            self.stream.seek(self._offset() + self.tokens * self._width())
            self.stream.truncate()
            while self.starts and self.starts[-1] >= self.tokens:
                self.starts.pop()
        if self.stream is not None:
            self._close()
        self.done.rows = self.done.written // length if length else None

    def put(self, values: "array[int]", begins: bool = True) -> None:
        """Take tokens in; ``begins``: the first one begins a document."""
        at = 0
        while at < len(values):
            if self.stream is None:
                self._open()
            assert self.stream is not None
            if begins and at == 0:
                self.starts.append(self.tokens)
            part = values[at : at + self.size - self.tokens]
            self._write(self.stream, part)
            self.tokens += len(part)
            at += len(part)
            if self.tokens == self.size:
                self._close()

    def _write(self, stream: IO[bytes], values: "array[int]") -> None:
        if sys.byteorder == "big":
            values = array(values.typecode, values)
            values.byteswap()
        stream.write(values.tobytes())

    def _width(self) -> int:
        return 2 if self.code == "H" else 4

    def _offset(self) -> int:
        return _HEADER_BYTES if self.form == "npy" else 0

    def _name(self, what: str) -> str:
        return f"{what}-{len(self.done.shards):05}.{self.form}"

    def _open(self) -> None:
        self.stream = (self.folder / self._name("tokens")).open("w+b")
        self.stream.write(b"\0" * self._offset())

    def _close(self) -> None:
        assert self.stream is not None
        length, name = self.done.length, self._name("tokens")
        if self.form == "npy":
            shape = (self.tokens // length, length) if length else (self.tokens,)
            self.stream.seek(0)
            self.stream.write(npy_header(f"<u{self._width()}", shape))
        self.stream.close()
        self.stream = None
        if not self.tokens:
            os.unlink(self.folder / name)
            return
        with (self.folder / self._name("starts")).open("wb") as stream:
            if self.form == "npy":
                stream.write(npy_header("<u8", (len(self.starts),)))
            self._write(stream, self.starts)
        self.done.written += self.tokens
        row = {"tokens_file": name, "starts_file": self._name("starts"), "tokens": self.tokens}
        self.done.shards.append({**row, "documents_begun": len(self.starts)})
        self.tokens, self.starts = 0, array("Q")


def npy_header(dtype: str, shape: tuple[int, ...]) -> bytes:
    """The 128 bytes before the values of a ``.npy`` file, format version 1.0."""
    text = repr({"descr": dtype, "fortran_order": False, "shape": shape})
    room = _HEADER_BYTES - 10
    return b"\x93NUMPY\x01\x00" + (room).to_bytes(2, "little") + f"{text:<{room - 1}}\n".encode()
