"""Contents on disk, named by their hash: ``blobs/ab/abcdef...`` (git's SHA-1 for small files, else SHA-256).

A content appears whole or not at all: it is written under ``incoming/`` and renamed once its hash is known.
"""

import contextlib
import errno
import hashlib
import os
import uuid
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from hfterm.hub.share.gitids import blob_id
from hfterm.hub.share.refusal import Refusal, bad


class Blobs:
    """The contents under a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.incoming = folder / "blobs", folder / "incoming"

    def path(self, name: str) -> Path:
        """Where the content of that hash lies, or would lie."""
        return self.folder / name[:2] / name

    def size(self, name: str) -> int | None:
        """Its size in bytes; None when it is not there."""
        try:
            return self.path(name).stat().st_size
        except FileNotFoundError:
            return None

    def touch(self, name: str) -> None:
        """Note that it is wanted, so that a clean-up of unused contents spares it for a while."""
        with contextlib.suppress(OSError):
            os.utime(self.path(name))

    def add(self, data: bytes) -> str:
        """Keep a small content (not yet synced, see :func:`sync`); return git's id of it."""
        name = blob_id(data)
        if self.size(name) is not None:
            self.touch(name)
            return name
        with Incoming(self) as incoming:
            incoming.write(data)
            incoming.keep(name, sync=False)
        return name

    def sync(self, names: Iterable[str]) -> None:
        """Make contents survive a power cut."""
        sync_paths({self.path(name) for name in names})


def sync_paths(paths: Collection[Path]) -> None:
    """Make files and their names survive a power cut."""
    if paths:
        with ThreadPoolExecutor(8) as pool:  # many at once: a journalling disk writes them together
            list(pool.map(_sync, paths))
            list(pool.map(_sync, {path.parent for path in paths}))


def _sync(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fsync(fd)
        except OSError as exc:  # some file systems cannot sync a folder
            if not path.is_dir() or exc.errno not in (errno.EINVAL, errno.EBADF, errno.ENOTSUP):
                raise
        finally:
            os.close(fd)


class Incoming:
    """A content that is being received: a file that vanishes at the block's end unless it was kept."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._sha256 = hashlib.sha256()
        self._path = blobs.incoming / uuid.uuid4().hex
        self.size = 0

    def __enter__(self) -> "Incoming":
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._stream: IO[Any] = self._path.open("xb")
        return self

    def __exit__(self, *exc: object) -> None:
        self._stream.close()
        self._path.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Add bytes; hashes them on the way."""
        self._stream.write(data)
        self._sha256.update(data)
        self.size += len(data)

    def keep(self, name: str, *, sync: bool = True) -> None:
        """Put it in its place under ``name``."""
        self._stream.flush()
        if sync:
            os.fsync(self._stream.fileno())
        target = self._blobs.path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._path.replace(target)
        if sync:
            _sync(target.parent)

    def keep_large(self, sha256: str, size: int | None = None) -> None:
        """Put it in its place once it is what was announced.

        Raises:
            Refusal: its hash or size is another.
        """
        found = self._sha256.hexdigest()
        if found != sha256 or (size is not None and size != self.size):
            raise bad(f"the content received is not the one announced: sha256 {found}, {self.size} bytes")
        self.keep(sha256)


def disk_full(exc: OSError) -> Refusal | None:
    """The answer when a disk, a quota or the limit of this process is full; None for another error."""
    if exc.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Refusal(507, "no space left on the server's disk")
    return None
