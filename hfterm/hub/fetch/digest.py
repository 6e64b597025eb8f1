"""The hash that names a content: SHA-256 of a large file, git's id of a small one."""

import hashlib
import os
from collections.abc import Callable
from typing import Any

from hfterm.hub.fetch.hub import Entry

PIECE = 1 << 20


class Digest:
    """The hash of a file that is being written: what comes in order is hashed on its way, the rest read again."""

    def __init__(self, entry: Entry) -> None:
        large = len(entry.etag) == 64
        self._hash: Any = hashlib.sha256() if large else hashlib.sha1(b"blob %d\0" % entry.size)
        self._at = 0

    def feed(self, at: int, data: memoryview | bytes) -> None:
        """Bytes that were written at ``at``."""
        if at == self._at:
            self._hash.update(data)
            self._at += len(data)

    def of(self, fd: int, size: int, check: Callable[[], None] = lambda: None) -> str:
        """The hash of the file's first ``size`` bytes; ``check`` may call it off."""
        while self._at < size and (data := os.pread(fd, min(PIECE, size - self._at), self._at)):
            check()
            self.feed(self._at, data)
        return str(self._hash.hexdigest())


def digest_of(path: str, entry: Entry) -> str:
    """The hash of a file as the repository would name it.

    Raises:
        OSError.
    """
    fd = os.open(path, os.O_RDONLY)
    try:
        return Digest(entry).of(fd, entry.size)
    finally:
        os.close(fd)
