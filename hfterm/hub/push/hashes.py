"""Hashes of files, and a record of them: what was hashed once is not read again while it stays as it was.

The record is ``hashes.jsonl`` in the cache folder: a line a file, ``{"path", "size", "mtime", "inode", "sha256"}``,
appended whole; a torn or odd line is passed over.
"""

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from hfterm.files import write_text
from hfterm.hub.push.local import Local, Stamp
from hfterm.paths import cache_dir

CHUNK = 1 << 20
# Smaller files are hashed faster than looked up.
LEAST_BYTES = 1 << 20
# A file changed within so short a time may change again without its time showing it (git: racy entries).
RACY_NS = 2_000_000_000
# A record longer than this is made anew from its last lines.
MOST_BYTES = 8 << 20
KEPT_LINES = 10_000


class Hashes:
    """The record; safe to use from several threads and processes."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or cache_dir() / "hashes.jsonl"
        self._known: dict[tuple[str, Stamp], str] | None = None
        self._lock = threading.Lock()

    def known(self, file: Local) -> str | None:
        """The SHA-256 that is recorded of a file as it is now; None when there is none."""
        with self._lock:
            if self._known is None:
                self._known = self._load()
            return self._known.get((_name(file.where), file.stamp))

    def keep(self, file: Local, sha256: str, began: int) -> None:
        """Record a SHA-256; ``began``: when reading the file began, in ns since the epoch."""
        if file.size < LEAST_BYTES or began - file.stamp.mtime < RACY_NS:
            return
        name = _name(file.where)
        row = {"path": name, "size": file.size, "mtime": file.stamp.mtime, "inode": file.stamp.inode, "sha256": sha256}
        line = f"\n{json.dumps(row)}\n".encode()  # the first newline ends what a kill may have torn
        with self._lock, contextlib.suppress(OSError):  # a record that cannot be written costs time alone
            if self._known is not None:
                self._known[name, file.stamp] = sha256
            self._file.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(fd, line)
            finally:
                os.close(fd)

    def sha256(self, file: Local, moved: Callable[[int], None] = lambda _: None) -> str:
        """The SHA-256 of a file, recorded or computed; ``moved`` is told the bytes read.

        Raises:
            HftermError: it changed meanwhile. OSError.
        """
        if (found := self.known(file)) is not None:
            moved(file.size)
            return found
        began = time.time_ns()
        digest = hashlib.sha256()
        _feed(file.where, digest.update, moved)
        file.check()
        self.keep(file, digest.hexdigest(), began)
        return digest.hexdigest()

    def _load(self) -> dict[tuple[str, Stamp], str]:
        known: dict[tuple[str, Stamp], str] = {}
        try:
            lines = self._file.read_bytes().splitlines()
        except OSError:
            return known
        for line in lines:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                row = json.loads(line)
                known[str(row["path"]), Stamp(row["size"], row["mtime"], row["inode"])] = str(row["sha256"])
        if sum(map(len, lines)) > MOST_BYTES:
            last = [line.decode("utf-8", "replace") for line in lines[-KEPT_LINES:] if line]
            with contextlib.suppress(OSError):
                write_text(self._file, "\n".join(last) + "\n", fsync=False)
        return known


def _name(path: Path) -> str:
    return os.path.realpath(path)


def _feed(path: Path, update: Callable[[bytes], object], moved: Callable[[int], None]) -> None:
    with path.open("rb", buffering=0) as stream:
        while chunk := stream.read(CHUNK):
            update(chunk)
            moved(len(chunk))


def git_sha1(path: Path, size: int, moved: Callable[[int], None] = lambda _: None) -> str:
    """The id that git gives a file's content (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects)."""
    digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    _feed(path, digest.update, moved)
    return digest.hexdigest()
