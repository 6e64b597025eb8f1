"""Hashes of files that have no name by hash, computed once and remembered on disk.

Format of the memory: JSON Lines, ``[path, size, mtime_ns, inode, kind, hash]``, in hfterm's cache folder.
"""

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from hfterm.hub.share.gitids import blob_hash
from hfterm.paths import cache_dir

_PIECE = 4 * 2**20
# Smaller files are hashed faster than their hash is looked up.
WORTH_KEEPING = 2**20
YOUNG_NS = 10**9

Key = tuple[str, int, int, int, str]


class Hashes:
    """Remembered hashes; any thread may call. ``note`` is told of files that take long."""

    def __init__(self, note: Callable[[str], None] | None = None, *, file: Path | None = None) -> None:
        self._file = file or cache_dir() / "share-hashes.jsonl"
        self._note = note or (lambda text: None)
        self._lock = threading.Lock()
        self._known: dict[Key, str] | None = None

    def of(self, path: str, stat: os.stat_result, *, large: bool) -> str:
        """The SHA-256 of a large file, git's id of another.

        Raises:
            OSError: it cannot be read.
        """
        kind = "sha256" if large else "git"
        key = (path, stat.st_size, stat.st_mtime_ns, stat.st_ino, kind)
        with self._lock:
            if self._known is None:
                self._known = self._load()
            if (known := self._known.get(key)) is not None:
                return known
        if stat.st_size > 2**30:
            self._note(f"hashing {path} ({stat.st_size / 1e9:.1f} GB), the first time it is asked for")
        digest = hashlib.sha256() if large else blob_hash(stat.st_size)
        with open(path, "rb", buffering=0) as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
        if time.time_ns() - stat.st_mtime_ns < YOUNG_NS:  # another change could bear the same time
            return digest.hexdigest()
        with self._lock:
            self._known[key] = digest.hexdigest()
        if stat.st_size >= WORTH_KEEPING:
            self._keep([*key, digest.hexdigest()])
        return digest.hexdigest()

    def _load(self) -> dict[Key, str]:
        known: dict[Key, str] = {}
        with contextlib.suppress(OSError), open(self._file, encoding="utf-8") as stream:
            for line in stream:
                with contextlib.suppress(ValueError, TypeError):  # a line torn by a kill
                    path, size, mtime, inode, kind, value = json.loads(line)
                    known[path, size, mtime, inode, kind] = value
        return known

    def _keep(self, row: list[object]) -> None:
        with contextlib.suppress(OSError):  # a full or read-only disk: it is hashed again next time
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with open(self._file, "a", encoding="utf-8") as stream:
                stream.write(json.dumps(row) + "\n")
