"""The caches beside the Hub's: prepared data sets, Xet's chunks, assets of libraries.

Each is seen as named folders: a prepared data set, ``ENDPOINT/chunk-cache`` of Xet, ``LIBRARY/NAMESPACE`` of assets.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from hfterm.hub.cache import layout

# The parts of Xet's cache that only save time; its others hold what an upload still needs, or logs.
XET_COPIES = ("chunk-cache", "chunk_cache", "shard-cache", "shard_cache")


@dataclass(slots=True)
class Folder:
    """A folder of a cache: bytes counted once, when it was last read and last written; ``incomplete`` in part only."""

    cache: str
    name: str
    path: str
    size: int = 0
    files: int = 0
    used: float = 0.0
    modified: float = 0.0
    partials: list[tuple[str, int, float]] = field(default_factory=list)
    locks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def ref(self) -> str:
        """How a user names it: ``prepared:org/name``, ``xet:...``, ``assets:...``."""
        return f"{self.cache}:{self.name}"

    @property
    def incomplete(self) -> int:
        """Bytes of what came only in part."""
        return sum(size for _, size, _ in self.partials)


def scan(cache: str, root: str | None = None) -> Iterator[Folder]:
    """The folders of a cache (``prepared``, ``xet`` or ``assets``), sorted by name; not those that hold nothing.

    Raises:
        OSError: the cache is there and cannot be read.
    """
    root = os.path.abspath(layout.root(cache) if root is None else root)
    for name in _names(root):
        path = os.path.join(root, name)
        parts = [name]
        if cache in ("xet", "assets"):
            below = _names(path, quiet=True)
            parts = [f"{name}/{child}" for child in below] or [name]
        for part in parts:
            shown = part.replace("___", "/") if cache == "prepared" else part
            folder = Folder(cache, shown, os.path.join(root, part) if part != name else path)
            _measure(folder)
            if cache == "prepared":
                folder.locks += _locks_beside(root, path)
            if folder.files or folder.problems:
                yield folder


def _names(folder: str, quiet: bool = False) -> list[str]:
    try:
        with os.scandir(folder) as rows:
            return sorted(row.name for row in rows if row.is_dir(follow_symlinks=False))
    except FileNotFoundError:
        return []
    except OSError:
        if quiet:
            return []
        raise


def _locks_beside(root: str, path: str) -> list[str]:
    """The locks that ``datasets`` keeps at the top of its cache for a folder: the path, slashes as underlines."""
    flat = path.replace(os.sep, "_").strip("_")
    try:
        with os.scandir(root) as rows:
            return [row.path for row in rows if row.name.endswith(".lock") and flat in row.name]
    except OSError:
        return []


def _measure(folder: Folder) -> None:
    seen: set[tuple[int, int]] = set()
    pending = [(folder.path, False)]
    while pending:
        place, partial = pending.pop()
        try:
            with os.scandir(place) as rows:
                entries = list(rows)
        except FileNotFoundError:
            continue
        except OSError as exc:
            folder.problems.append(f"{place}: {(exc.strerror or 'cannot be read').lower()}")
            continue
        for row in entries:
            unfinished = partial or row.name.endswith(layout.PARTIAL)
            try:
                found = row.stat(follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISDIR(found.st_mode):
                pending.append((row.path, unfinished))
                continue
            if row.name.endswith(".lock"):
                folder.locks.append(row.path)
            if unfinished:
                folder.partials.append((row.path, found.st_size, found.st_mtime))
            if (found.st_dev, found.st_ino) in seen:
                continue
            seen.add((found.st_dev, found.st_ino))
            folder.files += 1
            folder.size += found.st_size
            folder.used = max(folder.used, found.st_atime)
            folder.modified = max(folder.modified, found.st_mtime)


def is_copy(folder: Folder) -> bool:
    """Whether a folder of Xet's cache only saves time, and may go."""
    return folder.cache == "xet" and any(part in XET_COPIES for part in folder.name.split("/"))
