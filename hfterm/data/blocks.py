"""Whole lines in blocks: of any size of file in bounded memory, and from a pipe as soon as they come."""

import bisect
import contextlib
import gzip
import io
import os
import select
import stat
import sys
import tempfile
import threading
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple, cast

from hfterm import extras
from hfterm.errors import HftermError, NotFoundError, UsageError

FIRST_BYTES = 1 << 16
BLOCK_BYTES = 4 << 20
# Of a file, which is not held in memory, more at once costs less.
FILE_BYTES = 8 << 20
# No single line may be longer: a stream without newlines must not fill the memory.
MAX_LINE_BYTES = 256 << 20
# So long a pipe that has given something is waited for before what came is handed on.
WAIT_SECONDS = 0.02
# A pipe gives no more at once; room for a whole block, made for each read, would cost more than the reading.
PIPE_BYTES = 1 << 16
BOM = b"\xef\xbb\xbf"
# Standard input and how it is unpacked: what was looked at to tell what it holds is kept there.
_standard_input: list[tuple[IO[bytes], IO[bytes]]] = []


class Block:
    """Whole lines of one source, in memory or still in their file.

    ``more``: the lines behind them can be read without waiting.
    """

    def __init__(self, source: str, data: bytes | None, first: int, more: bool, place: "_Place | None" = None):
        self.source, self.more = source, more
        self._data, self._first, self._place = data, first, place or _Place(None, 0, 0)

    @property
    def data(self) -> bytes:
        """The lines."""
        if self._data is None:
            self._data = self._place.read()
        return self._data

    @property
    def first(self) -> int:
        """The number of the first line (from 1); in a file it is counted only now."""
        if not self._first:
            self._first = 1 + self._place.lines_before()
        return self._first

    @property
    def place(self) -> tuple[int, int] | None:
        """Where in their file the lines begin, and how many bytes they have; None: they are in memory."""
        return None if self._data is not None else (self._place.at, self._place.length)

    def __len__(self) -> int:
        return self._place.length if self._data is None else len(self._data)

    def with_data(self, data: bytes) -> "Block":
        """The same place with other lines."""
        return Block(self.source, data, self.first, self.more)

    def into(self, scratch: "Scratch") -> None:
        """Write the lines into a scratch file, from file to file where that goes."""
        if self._data is not None:
            scratch.write(self._data)
            return
        if not self._place.send(scratch.fd):
            scratch.write(self.data)


class _File:
    """A file that is open as long as a block of it is about."""

    def __init__(self, fd: int) -> None:
        self.fd = os.dup(fd)
        # Places in it, in order, and the lines before each: no part of it is counted twice.
        self._known = [(0, 0)]
        self._lock = threading.Lock()

    def lines_before(self, place: int) -> int:
        """How many lines end before a place."""
        with self._lock:
            at, lines = self._known[bisect.bisect_right(self._known, (place, sys.maxsize)) - 1]
            while at < place and (part := os.pread(self.fd, min(BLOCK_BYTES, place - at), at)):
                at, lines = at + len(part), lines + part.count(b"\n")
                bisect.insort(self._known, (at, lines))
            return lines

    def __del__(self) -> None:
        os.close(self.fd)


class _Place(NamedTuple):
    """A part of a file, in bytes."""

    file: _File | None
    at: int
    length: int

    def read(self) -> bytes:
        assert self.file is not None
        at, length, parts = self.at, self.length, []
        while length and (part := os.pread(self.file.fd, length, at)):
            parts.append(part)
            at, length = at + len(part), length - len(part)
        return b"".join(parts)

    def lines_before(self) -> int:
        assert self.file is not None
        return self.file.lines_before(self.at)

    def send(self, target: int) -> bool:
        """Copy it to the start of another file within the kernel; False: that does not go here."""
        assert self.file is not None
        os.lseek(target, 0, os.SEEK_SET)
        done = 0
        with contextlib.suppress(OSError):  # a file system, or a system, without it
            while done < self.length and (
                sent := os.sendfile(target, self.file.fd, self.at + done, self.length - done)
            ):
                done += sent
        os.ftruncate(target, done)  # afterwards: its memory is used again
        return done == self.length


def open_bytes(path: str) -> IO[bytes]:
    """A file's content, or that of standard input (``-``), out of gzip or Zstandard by its first bytes.

    Raises:
        NotFoundError, UsageError, HftermError: it cannot be opened. MissingExtraError: Zstandard is not installed.
    """
    if path == "-":
        if sys.stdin is None or sys.stdin.closed:
            raise UsageError("standard input is closed", "name a file, or pipe records in")
        raw: IO[bytes] = sys.stdin.buffer
        if _standard_input and _standard_input[0][0] is raw:
            return _standard_input[0][1]
    elif path.startswith("hf://"):
        from hfterm.data.remote import HubFile

        if not isinstance(path, HubFile):
            raise UsageError(f"{path} is not here", "its repository must be looked up first")
        raw = path.open()
    else:
        try:
            raw = open(path, "rb")  # noqa: SIM115
        except FileNotFoundError:
            raise NotFoundError(f"no such file: {path}") from None
        except IsADirectoryError:
            raise UsageError(f"cannot read {path}: it is a folder") from None
        except OSError as exc:
            raise HftermError(f"cannot read {path}: {exc.strerror}") from exc
    head = raw.peek(4)[:4] if isinstance(raw, io.BufferedReader) else b""
    if head[:2] == b"\x1f\x8b":
        packed = gzip.GzipFile(fileobj=raw)
        packed.myfileobj = cast(io.FileIO, raw) if path != "-" else None  # closes it, too
        unpacked = cast(IO[bytes], io.BufferedReader(cast(io.RawIOBase, packed), BLOCK_BYTES))
    elif head == b"\x28\xb5\x2f\xfd":
        zstandard = extras.require("zstandard", "data")
        reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
        unpacked = io.BufferedReader(reader, BLOCK_BYTES)
    else:
        return raw
    if path == "-":
        _standard_input[:] = [(raw, unpacked)]
    return unpacked


def blocks(path: str, *, size: int | None = None) -> Iterator[Block]:
    """The lines of a file or of standard input, in blocks of about ``size`` bytes (the first ones smaller).

    A pipe's lines are handed on as soon as it pauses. A byte-order mark is dropped.

    Raises:
        NotFoundError, UsageError, HftermError: the file cannot be read, or a line is too long.
    """
    stream = open_bytes(path)
    try:
        if isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO) and _regular(stream.fileno()):
            yield from _of_file(stream.fileno(), path, size or FILE_BYTES)
        else:
            label = "standard input" if path == "-" else path
            yield from _of_stream(stream, label, size or BLOCK_BYTES, slow=path.startswith("hf://"))
    finally:
        if path != "-":
            stream.close()


def part(path: str, source: str, at: int, length: int) -> Block:
    """The lines of a file that are at a place of it, as :attr:`Block.place` says.

    Raises:
        OSError: it cannot be read. ValueError: it is shorter.
    """
    with open(path, "rb") as stream:
        if os.fstat(stream.fileno()).st_size < at + length:
            raise ValueError(f"{path} ends before byte {at + length}")
        return Block(source, None, 0 if at > len(BOM) else 1, True, _Place(_File(stream.fileno()), at, length))


def _of_file(fd: int, path: str, size: int) -> Iterator[Block]:
    label = "standard input" if path == "-" else path
    # Where a shell's redirection stands in the file; nothing of it has been read but the first bytes looked at.
    at = len(BOM) if os.pread(fd, len(BOM), 0) == BOM else 0
    file, want, first = _File(fd), min(FIRST_BYTES, size), 1
    try:
        while True:
            end = at + want
            while (tail := os.pread(fd, FIRST_BYTES, end - 1)) and (cut := tail.find(b"\n")) < 0:
                end += len(tail)
                if end - at > MAX_LINE_BYTES:
                    raise _too_long(label, 1 + _Place(file, at + want - 1, 0).lines_before())
            end = end + cut if tail else os.fstat(fd).st_size
            if end <= at:
                return
            yield Block(label, None, first, True, _Place(file, at, end - at))
            at, first, want = end, 0, min(size, want * 4)
    except OSError as exc:
        raise HftermError(f"cannot read {label}: {exc.strerror}") from exc


def _too_long(label: str, number: int) -> HftermError:
    return HftermError(f"cannot read {label}: line {number} is longer than {MAX_LINE_BYTES >> 20} MiB")


def _of_stream(stream: IO[bytes], label: str, size: int, *, slow: bool = False) -> Iterator[Block]:
    piped = _waits(stream)
    parts: list[bytes] = []
    held, lines, first, want = 0, False, 1, min(FIRST_BYTES, size)
    while True:
        try:
            got = stream.read1(PIPE_BYTES) if piped and hasattr(stream, "read1") else stream.read(want)
        except (gzip.BadGzipFile, EOFError, zlib.error) as exc:
            raise HftermError(f"cannot read {label}: damaged or half-written gzip file ({exc})") from exc
        except (OSError, _zstd_error()) as exc:
            raise HftermError(f"cannot read {label}: {exc}") from exc
        if got:
            parts.append(got)
            held += len(got)
            lines = lines or b"\n" in got
            if not lines and held > MAX_LINE_BYTES:
                raise _too_long(label, first)
            more = not slow and (not piped or _ready(stream))
            if not lines or (held < want and more):
                continue
        else:
            more = False
        rest = b""
        if got:  # only what comes last is cut: the others are copied once
            while (cut := parts[-1].rfind(b"\n") + 1) == 0 and len(parts) > 1:
                rest = parts.pop() + rest
            parts[-1], rest = parts[-1][:cut], parts[-1][cut:] + rest
        data = b"".join(parts)
        if first == 1:
            data = data.removeprefix(BOM)
        if data:
            yield Block(label, data, first, more)
            first += data.count(b"\n")
        if not got:
            return
        parts = [rest]
        held, lines, want = len(rest), False, min(size, want * 4)


def _zstd_error() -> type[Exception]:
    """What a damaged Zstandard file raises (a kind that never occurs where it is not installed)."""
    if "zstandard" in sys.modules:
        found: type[Exception] = sys.modules["zstandard"].ZstdError
        return found
    return EOFError


def _regular(fd: int) -> bool:
    return stat.S_ISREG(os.fstat(fd).st_mode)


def _waits(stream: IO[bytes]) -> bool:
    """Whether reading may have to wait: a pipe, a terminal, a socket."""
    try:
        return not _regular(stream.fileno())
    except (OSError, ValueError, AttributeError):
        return False


def _ready(stream: IO[bytes]) -> bool:
    """Whether more can be read at once, or very soon."""
    try:
        return bool(select.select([stream], [], [], WAIT_SECONDS)[0])
    except (OSError, ValueError):
        return True


class Scratch:
    """A file without a place on the disk that the engine can read and write by name."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        if hasattr(os, "memfd_create") and os.path.isdir("/proc/self/fd"):
            self.fd = os.memfd_create("hfterm", os.MFD_CLOEXEC)
            self.path = f"/proc/self/fd/{self.fd}"
        else:
            self._file = tempfile.NamedTemporaryFile(prefix="hfterm-")  # noqa: SIM115
            self.fd, self.path = self._file.fileno(), self._file.name

    def write(self, data: bytes) -> None:
        """Make ``data`` the content."""
        view, at = memoryview(data), 0
        while at < len(data):
            at += os.pwrite(self.fd, view[at:], at)
        os.ftruncate(self.fd, len(data))  # afterwards: its memory is used again

    def read(self) -> bytes:
        """The content, whole."""
        size, at, parts = os.fstat(self.fd).st_size, 0, []
        while at < size:
            part = os.pread(self.fd, size - at, at)
            if not part:
                break
            parts.append(part)
            at += len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Give the memory back."""
        with contextlib.suppress(OSError):
            if self._file is not None:
                self._file.close()
            else:
                os.close(self.fd)
