"""Trees of files: folders named by what they hold, found by path, walked page by page, changed by copying.

A folder never changes once it has an id, so readers need no lock and what is unchanged is shared between
commits. Where folders are kept is somebody else's business: see :class:`Folders`.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from hfterm.hub.share.gitids import tree_id, tree_key


class Entry(NamedTuple):
    """A file or a folder in a folder.

    ``oid``: git's id (of the pointer for a large file). ``size`` in bytes (0 for a folder).
    ``sha256``: set for a file of the large file storage.
    """

    oid: str
    size: int = 0
    sha256: str | None = None
    folder: bool = False


Children = Mapping[str, Entry]
EMPTY = tree_id(())


class Folders(Protocol):
    """Where folders are kept."""

    def children(self, oid: str) -> Children:
        """The entries of a folder, in git's order."""

    def keep(self, children: Children) -> str:
        """Keep a folder; return its id."""


def in_order(children: Children) -> dict[str, Entry]:
    """The entries in git's order."""
    return dict(sorted(children.items(), key=lambda item: tree_key(item[0], item[1].folder)))


def id_of(children: Children) -> str:
    """The id of a folder of these entries."""
    return tree_id((name, e.oid, e.folder) for name, e in children.items())


class Memory:
    """Folders kept in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, Children] = {EMPTY: {}}

    def children(self, oid: str) -> Children:
        """See :class:`Folders`."""
        return self._kept[oid]

    def keep(self, children: Children) -> str:
        """See :class:`Folders`."""
        oid = id_of(children)
        self._kept[oid] = in_order(children)
        return oid


def find(folders: Folders, root: str, path: str) -> Entry | None:
    """The entry at ``path`` under the folder ``root``; the root itself for an empty path."""
    entry: Entry | None = Entry(root, folder=True)
    for name in path.split("/") if path else ():
        if entry is None or not entry.folder:
            return None
        entry = folders.children(entry.oid).get(name)
    return entry


def walk(
    folders: Folders, root: str, *, under: str = "", after: str = "", recursive: bool = True
) -> Iterator[tuple[str, Entry]]:
    """Paths and entries below the folder ``root``, each folder before what it holds.

    ``under`` is put before the paths. ``after``: go on behind this :func:`cursor` (relative to ``root``).
    """
    children = folders.children(root)
    rows = iter(children.items())
    prefix = f"{under}/" if under else ""
    if after:
        first, _, rest = after.partition("/")
        if first in children:
            for name, entry in rows:
                if name == first:
                    if entry.folder and recursive:
                        yield from walk(folders, entry.oid, under=prefix + name, after=rest)
                    break
        else:  # of another tree: go on where it would have been
            start = tree_key(first, first != after)
            rows = iter([(n, e) for n, e in rows if tree_key(n, e.folder) > start])
    for name, entry in rows:
        yield prefix + name, entry
        if entry.folder and recursive:
            yield from walk(folders, entry.oid, under=prefix + name)


def cursor(path: str, entry: Entry) -> str:
    """What :func:`walk` needs to go on behind an entry that it gave."""
    return f"{path}/" if entry.folder else path


def files(folders: Folders, root: str, under: str = "") -> Iterator[tuple[str, Entry]]:
    """Paths and entries of the files alone."""
    return ((path, entry) for path, entry in walk(folders, root, under=under) if not entry.folder)


# A change of a tree: path -> its new entry, or None to take it away.
Changes = Mapping[str, Entry | None]


def changed(folders: Folders, root: str, changes: Changes) -> str:
    """The id of a copy of ``root`` with ``changes`` made; folders left empty vanish.

    A file put where a folder is (or below a file) replaces it.
    """
    here: dict[str, Entry | None] = {}
    below: dict[str, dict[str, Entry | None]] = {}
    for path, entry in changes.items():
        name, slash, rest = path.partition("/")
        if slash:
            below.setdefault(name, {})[rest] = entry
        else:
            here[name] = entry
    children = dict(folders.children(root))
    for name, entry in here.items():
        if entry is None:
            children.pop(name, None)
        else:
            children[name] = entry
    for name, inner in below.items():
        old = children.get(name)
        start = old.oid if old is not None and old.folder else EMPTY
        if old is not None and not old.folder and all(e is None for e in inner.values()):
            continue
        oid = changed(folders, start, inner)
        if oid == EMPTY:
            children.pop(name, None)
        else:
            children[name] = Entry(oid, folder=True)
    return folders.keep(children)


def differences(folders: Folders, old: str, new: str, under: str = "") -> Iterator[str]:
    """Paths of files and folders that differ between two folders; what is equal is never opened."""
    if old == new:
        return
    before, after = folders.children(old), folders.children(new)
    for name in {**before, **after}:
        one, two = before.get(name), after.get(name)
        if one == two:
            continue
        path = f"{under}/{name}" if under else name
        yield path
        inner_old = one.oid if one is not None and one.folder else EMPTY
        inner_new = two.oid if two is not None and two.folder else EMPTY
        yield from differences(folders, inner_old, inner_new, path)
