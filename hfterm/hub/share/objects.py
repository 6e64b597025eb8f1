"""Folders of trees on disk: ``trees/ab/abcdef....json``, one file a folder, shared by every commit that has it.

Format: ``{"NAME": [OID], "NAME": [OID, SIZE], "NAME": [OID, SIZE, SHA256]}`` for a folder, a small file and one
of the large file storage, in git's order.
"""

import json
import threading
from collections import OrderedDict
from pathlib import Path

from hfterm.errors import HftermError
from hfterm.files import atomic_file
from hfterm.hub.share.blobs import sync_paths
from hfterm.hub.share.tree import EMPTY, Children, Entry, id_of, in_order

# Entries kept in memory, of all folders together; about 300 bytes each.
REMEMBERED = 400_000


class DiskFolders:
    """Folders under a folder of the disk; any thread may call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "trees"
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, Children] = OrderedDict()
        self._entries = 0
        self._unsynced: set[Path] = set()

    def path(self, oid: str) -> Path:
        """The file of a folder."""
        return self.folder / oid[:2] / f"{oid}.json"

    def children(self, oid: str) -> Children:
        """The entries of a folder, in git's order.

        Raises:
            HftermError: its file is missing or damaged.
        """
        if oid == EMPTY:
            return {}
        with self._lock:
            if (known := self._recent.get(oid)) is not None:
                self._recent.move_to_end(oid)
                return known
        try:
            rows = json.loads(self.path(oid).read_bytes())
            children = {
                name: Entry(row[0], *row[1:]) if row[1:] else Entry(row[0], folder=True) for name, row in rows.items()
            }
        except (OSError, ValueError, TypeError, IndexError, AttributeError) as exc:
            raise HftermError(f"the store's folder {oid} cannot be read: {exc}") from exc
        self._remember(oid, children)
        return children

    def keep(self, children: Children) -> str:
        """Write a folder (not yet synced, see :meth:`sync`); return its id."""
        oid = id_of(children)
        if oid == EMPTY:
            return oid
        children = in_order(children)
        path = self.path(oid)
        if not path.exists():
            rows = {
                n: [e.oid] if e.folder else [e.oid, e.size, *([e.sha256] if e.sha256 else ())]
                for n, e in children.items()
            }
            with atomic_file(path, fsync=False) as stream:
                json.dump(rows, stream, separators=(",", ":"), ensure_ascii=False)
            with self._lock:
                self._unsynced.add(path)
        self._remember(oid, children)
        return oid

    def sync(self) -> None:
        """Make what was written survive a power cut."""
        with self._lock:
            paths, self._unsynced = self._unsynced, set()
        sync_paths(paths)

    def _remember(self, oid: str, children: Children) -> None:
        with self._lock:
            if oid not in self._recent:
                self._recent[oid] = children
                self._entries += len(children)
            while self._entries > REMEMBERED and len(self._recent) > 1:
                self._entries -= len(self._recent.popitem(last=False)[1])
