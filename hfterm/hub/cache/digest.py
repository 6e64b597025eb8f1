"""Hash files without pushing when they were last read."""

import hashlib
import os
from collections.abc import Callable
from typing import IO

PIECE = 1 << 20


def new(algorithm: str, size: int) -> "hashlib._Hash":
    """A hash to feed with ``size`` bytes: ``sha256``, or ``git`` (git's id of a file)."""
    if algorithm == "sha256":
        return hashlib.sha256()
    return hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)


def opened(path: str) -> IO[bytes]:
    """Open for reading; where we may, so that the time of the last use stays as it is."""
    flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0)
    try:
        fd = os.open(path, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:  # somebody else's file
        fd = os.open(path, flags)
    return open(fd, "rb", buffering=0)


def of(path: str, algorithm: str, advance: Callable[[int], None] = lambda count: None) -> str:
    """The hash of a file; ``advance`` is told of the bytes as they are read.

    Raises:
        OSError: it cannot be read.
    """
    with opened(path) as stream:
        digest = new(algorithm, os.fstat(stream.fileno()).st_size)
        while piece := stream.read(PIECE):
            digest.update(piece)
            advance(len(piece))
    return digest.hexdigest()
