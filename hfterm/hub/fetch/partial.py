"""A file that has come in part: which bytes are there is known after a kill at any moment.

Two states, told apart by the length alone. Up to ``size``: it grows in order, and its length is how much has
come. Longer: parts of it grow at once (several connections), and behind the last byte of the content stands the
ledger, the parts that are still to come::

    magic (8 bytes), count, CRC-32 of the parts (4 bytes each, little-endian), count x (from, to: 8 bytes each)

The ledger is written after the bytes it tells of. A power cut can turn that round; the content's hash tells.
"""

import errno
import os
import struct
import threading
import zlib
from dataclasses import dataclass

MAGIC = b"hfterm\x00\x01"
MOST_SPANS = 64
LEDGER_BYTES = 16 + 16 * MOST_SPANS
# So many bytes of a part may come before the ledger tells of them.
NOTE_EVERY = 1 << 16
# A part is not divided below twice this.
LEAST_SPAN = 4 << 20


@dataclass
class Span:
    """A part still to come: the bytes from ``pos`` to before ``end``; ``owner`` None: nobody is at it."""

    pos: int
    end: int
    owner: object = None
    noted: int = 0


class Partial:
    """The file at ``path`` of which ``size`` bytes are wanted; opened, made if need be."""

    def __init__(self, path: str, size: int) -> None:
        self.path, self.size = path, size
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        self.lock = threading.Condition()
        self.spans: list[Span] = []
        self._ledger, self._writers = False, 0
        length = os.fstat(self.fd).st_size
        if length <= size:
            self.spans = [Span(length, size, noted=length)] if length < size else []
        elif (spans := read_ledger(self.fd, size, length)) is not None:
            self.spans, self._ledger = spans, True
        else:
            self.rewind()

    @property
    def have(self) -> int:
        """Bytes that are there."""
        with self.lock:
            return self.size - sum(span.end - span.pos for span in self.spans)

    def claim(self, owner: object, divide: bool = True) -> Span | None:
        """A part for ``owner`` to get: one that nobody is at, else the second half of the longest.

        None: there is none, or none long enough to be divided.
        """
        with self.lock:
            free = [span for span in self.spans if span.owner is None]
            if free:
                span = min(free, key=lambda span: span.pos)
                span.owner = owner
                return span
            longest = max(self.spans, key=lambda span: span.end - span.pos, default=None)
            if longest is None or not divide or len(self.spans) >= MOST_SPANS:
                return None
            left = longest.end - longest.pos
            if left < 2 * LEAST_SPAN:
                return None
            middle = longest.pos + left // 2
            new = Span(middle, longest.end, owner, middle)
            longest.end = middle
            self.spans.append(new)
            self._ledger = True
            self._note()
            return new

    def release(self, span: Span) -> None:
        """Leave a part to others."""
        with self.lock:
            span.owner = None

    def write(self, span: Span, data: memoryview | bytes) -> int:
        """Put the next bytes of a part in place; returns how many of them were wanted.

        Raises:
            OSError: the disk is full, or fails; EBADF: it was closed.
        """
        with self.lock:
            if self.fd < 0:
                raise OSError(errno.EBADF, "the partial file was closed")
            self._writers += 1
            data = memoryview(data)[: span.end - span.pos]
            at = span.pos
        try:
            while data:
                n = os.pwrite(self.fd, data, at)
                at += n
                data = data[n:]
        finally:
            with self.lock:
                self._writers -= 1
                self.lock.notify_all()
        with self.lock:
            # Its second half may have been given to somebody else meanwhile: those bytes are right all the same.
            came = min(at, span.end) - span.pos
            span.pos += came
            done = span.pos >= span.end
            if done:
                self.spans.remove(span)
            if self._ledger and (done or span.pos - span.noted >= NOTE_EVERY):
                self._note()
                span.noted = span.pos
        return came

    def rewind(self) -> None:
        """Begin again at the first byte."""
        with self.lock:
            self._truncate(0)
            self._ledger = False
            self.spans = [Span(0, self.size)] if self.size else []

    def seal(self) -> None:
        """Cut the ledger off and bring everything to the disk: the content is whole."""
        with self.lock:
            if self._ledger:
                self._truncate(self.size)
                self._ledger = False
            os.fsync(self.fd)

    def close(self) -> None:
        """Close it, the ledger up to date."""
        with self.lock:
            fd, self.fd = self.fd, -1
            self.lock.wait_for(lambda: not self._writers)
            if fd < 0:
                return
            self.fd = fd
            if self._ledger:
                self._note()
            os.close(fd)
            self.fd = -1

    def _ours(self) -> bool:
        """Whether the file is still the one at its path.

        Where locks are not honoured somebody else may have finished and published this very file.
        """
        try:
            here, there = os.fstat(self.fd), os.stat(self.path)
        except OSError:
            return False
        return (here.st_ino, here.st_dev) == (there.st_ino, there.st_dev)

    def _truncate(self, length: int) -> None:
        if self._ours():
            os.ftruncate(self.fd, length)

    def _note(self) -> None:
        listed = b"".join(struct.pack("<QQ", span.pos, span.end) for span in self.spans)
        head = MAGIC + struct.pack("<II", len(self.spans), zlib.crc32(listed))
        if self._ours():
            os.pwrite(self.fd, (head + listed).ljust(LEDGER_BYTES, b"\0"), self.size)


def came(path: str, size: int) -> int:
    """How many bytes of ``size`` are in the partial file at ``path``; it is only looked at."""
    try:
        length = os.stat(path).st_size
        if length <= size:
            return length
        with open(path, "rb") as stream:
            return size - sum(span.end - span.pos for span in read_ledger(stream.fileno(), size, length) or ())
    except OSError:
        return 0


def read_ledger(fd: int, size: int, length: int) -> list[Span] | None:
    """The parts still to come of a file ``length`` bytes long, of which ``size`` are content; None: no ledger."""
    if length != size + LEDGER_BYTES:
        return None
    data = os.pread(fd, LEDGER_BYTES, size)
    count, check = struct.unpack_from("<II", data, 8) if len(data) == LEDGER_BYTES else (0, 0)
    listed = data[16 : 16 + 16 * count]
    if data[:8] != MAGIC or count > MOST_SPANS or zlib.crc32(listed) != check:
        return None
    spans = [Span(pos, end, noted=pos) for pos, end in struct.iter_unpack("<QQ", listed)]
    return spans if all(0 <= span.pos < span.end <= size for span in spans) else None
