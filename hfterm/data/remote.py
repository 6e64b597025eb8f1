"""Files of the Hub that are read in place: the parts that are needed, as they are needed."""

import io
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any
from weakref import WeakValueDictionary

from hfterm.hub.client import Repo
from hfterm.hub.fetch.get import USUALLY
from hfterm.hub.fetch.hub import Entry, Hub
from hfterm.hub.fetch.retry import Garbled, Patience

# The first piece is small, for a look at the first rows; later ones grow.
FIRST_BYTES = 1 << 18
PIECE_BYTES = 4 << 20
# Of a Parquet file the end is asked for with the footer in it, mostly.
TAIL_BYTES = 1 << 16
_RANGE = re.compile(r"bytes (\d+)-(\d+)/")


class HubFile(str):
    """A file of a commit, as ``hf://datasets/org/name@SHA/path``; it knows its size and how to get bytes of it."""

    entry: Entry
    _hub: Hub
    _repo: Repo
    _kept: list[tuple[int, bytes]]  # its end, then what was read last

    @classmethod
    def of(cls, hub: Hub, repo: Repo, entry: Entry) -> "HubFile":
        """The file that ``entry`` tells of; ``repo`` is at a commit."""
        made = cls(repo._replace(path=entry.path))
        made.entry, made._hub, made._repo, made._kept = entry, hub, repo._replace(path=entry.path), []
        return made

    @property
    def size(self) -> int:
        """Bytes."""
        return self.entry.size

    def fetch(self, start: int, length: int) -> bytes:
        """These bytes; fewer at the end of the file.

        Raises:
            NotFoundError, AccessError, NetworkError.
        """
        length = min(length, self.size - start)
        if length <= 0:
            return b""
        assert self._repo.revision
        url = self._hub.url(self._repo, self._repo.revision, self.entry.path)

        def once() -> bytes:
            with self._hub.send("GET", url, {"Range": f"bytes={start}-{start + length - 1}"}) as answer:
                skip = start
                if answer.status == 206:
                    said = _RANGE.match(answer.headers.get("Content-Range", ""))
                    if said is None or int(said[1]) != start:
                        raise Garbled("another part came than was asked for")
                    skip = 0
                data = bytearray()
                for piece in answer.pieces():
                    data += piece[skip:]
                    skip = max(0, skip - len(piece))
                    if len(data) >= length:
                        break
                if len(data) < length:
                    raise Garbled(f"{length - len(data)} bytes are missing")
                return bytes(data[:length])

        return self._hub.trying(once, self.entry.path, self._repo)

    def part(self, start: int, length: int) -> bytes:
        """The same; of its end, and of what lies behind what is asked for, a little more is got and kept.

        Raises:
            NotFoundError, AccessError, NetworkError.
        """
        for begin, data in self._kept:
            if begin <= start and start + length <= begin + len(data):
                return data[start - begin : start - begin + length]
        begin = start
        if start >= self.size - TAIL_BYTES:
            begin = max(0, self.size - TAIL_BYTES)
            self._kept = [(begin, self.fetch(begin, TAIL_BYTES))]
        else:
            self._kept = [*self._kept[:1], (begin, self.fetch(begin, max(length, FIRST_BYTES)))]
        return self._kept[-1][1][start - begin : start - begin + length]

    def open(self) -> IO[bytes]:
        """The content as a stream from its beginning."""
        return io.BufferedReader(_Stream(self), FIRST_BYTES)


class _Hub(Hub):
    """A Hub whose connections last as long as its files are of use."""

    def __del__(self) -> None:
        if hasattr(self, "wire"):
            self.wire.close()


def hub(say: Callable[[str], None] = lambda text: None) -> Hub:
    """The Hub, asked with the usual patience."""
    return _Hub(Patience(retries=USUALLY.retries, silence=USUALLY.stall, say=say))


class _Stream(io.RawIOBase):
    """A file from its beginning, a piece at a time."""

    def __init__(self, file: HubFile) -> None:
        self._file, self._at, self._step, self._piece = file, 0, FIRST_BYTES, memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what comes next."""
        if not self._piece:
            self._piece = memoryview(self._file.fetch(self._at, self._step))
            self._at += len(self._piece)
            self._step = min(self._step * 4, PIECE_BYTES)
        count = min(len(buffer), len(self._piece))
        buffer[:count] = self._piece[:count]
        self._piece = self._piece[count:]
        return count


class _Parts(io.RawIOBase):
    """A file that is read here and there, as Parquet is."""

    def __init__(self, file: HubFile, failures: list[BaseException]) -> None:
        self._file, self._failures, self._at = file, failures, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The byte that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a byte."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._file.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """The bytes that come next."""
        left = max(0, self._file.size - self._at)
        try:
            found = self._file.part(self._at, left if size is None or size < 0 else min(size, left))
        except BaseException as exc:
            self._failures.append(exc)
            raise
        self._at += len(found)
        return found

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


# The files that engines read by their names, and what went wrong with them; a name stands for one content for ever.
_served: WeakValueDictionary[str, HubFile] = WeakValueDictionary()
_failures: list[BaseException] = []


def serve(con: Any, files: Iterable[str]) -> list[BaseException]:
    """Make files of the Hub readable for an engine's database by their names.

    What is returned will hold the failures, in better words than those that the engine makes of them.
    """
    _served.update({str(file): file for file in files if isinstance(file, HubFile)})
    _failures.clear()
    if not con.filesystem_is_registered("hf"):
        con.register_filesystem(_filesystem(_served, _failures))
    return _failures


def _filesystem(files: Mapping[str, HubFile], failures: list[BaseException]) -> Any:
    from fsspec import AbstractFileSystem

    class Files(AbstractFileSystem):  # type: ignore[misc]
        """These files and no others."""

        protocol = "hf"
        cachable = False

        def _file(self, path: str) -> HubFile:
            found = files.get(path if path.startswith("hf://") else f"hf://{path}")
            if found is None:
                raise FileNotFoundError(path)
            return found

        def info(self, path: str, **_: Any) -> dict[str, Any]:
            return {"name": path, "size": self._file(path).size, "type": "file"}

        def ls(self, path: str, detail: bool = True, **_: Any) -> list[Any]:
            return [self.info(path) if detail else path]

        def exists(self, path: str, **_: Any) -> bool:
            return (path if path.startswith("hf://") else f"hf://{path}") in files

        def glob(self, path: str, **_: Any) -> list[str]:
            return [path] if self.exists(path) else []

        def modified(self, path: str) -> Any:
            import datetime

            return datetime.datetime.fromtimestamp(0, datetime.UTC)  # a commit's file never changes

        def _open(self, path: str, mode: str = "rb", **_: Any) -> Any:
            return _Parts(self._file(path), failures)

        def open(self, path: str, mode: str = "rb", **_: Any) -> Any:
            return self._open(path)

    return Files()


def footer(file: HubFile) -> Any:
    """What a Parquet file's footer tells (:class:`hfterm.hub.inspect.parquet.Table`).

    Raises:
        Damaged: it is none. NotFoundError, AccessError, NetworkError.
    """
    from hfterm.hub.inspect import parquet
    from hfterm.hub.inspect.window import Window

    return parquet.parse(Window(file, file.size, file.part, first=TAIL_BYTES))


def first_files(files: Iterable[str], most: int | None) -> tuple[str, ...]:
    """The Parquet files that hold the first so many rows: their footers tell (None: all of them).

    Raises:
        Damaged: one is none. NotFoundError, AccessError, NetworkError.
    """
    if most is None:
        return tuple(files)
    found: list[str] = []
    for file in files:
        found.append(file)
        if isinstance(file, HubFile):  # of those that are here one more does not matter
            most -= footer(file).rows
        if most <= 0:
            break
    return tuple(found)
