"""Look at the Hub client's cache: one pass of ``os.scandir``, one ``stat`` a file, nothing opened but references.

Files may come and go meanwhile. What cannot be read is told in :attr:`CachedRepo.problems`, and the rest goes on.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hfterm.hub.cache import layout


@dataclass(slots=True)
class Blob:
    """A content on disk: ``path`` is where the repository has it, ``target`` where its bytes lie.

    ``links``: hard links to it; ``since``: when it came here or was last renamed (unix seconds).
    """

    name: str
    path: str
    target: str
    size: int
    inode: tuple[int, int]
    links: int
    used: float
    modified: float
    since: float


@dataclass(slots=True)
class Revision:
    """A commit's folder: its files (None: a link to nothing), and the references that name it."""

    sha: str
    path: str
    files: dict[str, Blob | None] = field(default_factory=dict)
    refs: list[str] = field(default_factory=list)
    changed: float = 0.0

    @property
    def size(self) -> int:
        """Bytes of its contents, each counted once."""
        return total(blob for blob in self.files.values() if blob is not None)

    @property
    def modified(self) -> float:
        """When the last of its files came (unix seconds)."""
        return max((blob.modified for blob in self.files.values() if blob is not None), default=self.changed)


@dataclass(slots=True)
class CachedRepo:
    """A repository in the cache; ``folder`` is its name there, ``root`` the cache."""

    kind: str
    id: str
    root: str
    folder: str
    revisions: dict[str, Revision] = field(default_factory=dict)
    blobs: dict[str, Blob] = field(default_factory=dict)
    partials: list[Blob] = field(default_factory=list)
    refs: dict[str, str] = field(default_factory=dict)
    # Left over by killed clients: phantom references, folders of temporary links.
    strays: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    changed: tuple[float, float] = (0.0, 0.0)

    @property
    def path(self) -> str:
        """Its folder."""
        return os.path.join(self.root, self.folder)

    @property
    def ref(self) -> str:
        """How a user names it."""
        return layout.reference(self.kind, self.id)

    def contents(self) -> dict[str, Blob]:
        """The contents that its revisions refer to, by path."""
        revisions = self.revisions.values()
        return {blob.path: blob for rev in revisions for blob in rev.files.values() if blob is not None}

    def loose(self) -> list[Blob]:
        """Whole contents that no revision refers to."""
        kept = {blob.inode for blob in self.contents().values()}  # on disks without links it is a hard link
        return [blob for blob in self.blobs.values() if blob.inode not in kept]

    def everything(self) -> list[Blob]:
        """All that lies on disk: what revisions have, what none has, what came in part."""
        there = {blob.path: blob for blob in self.blobs.values()} | self.contents()
        return [*there.values(), *self.partials]

    def detached(self) -> list[Revision]:
        """Revisions that no reference names."""
        return [revision for revision in self.revisions.values() if not revision.refs]

    def dangling(self) -> list[str]:
        """Paths of links to contents that are not there."""
        revisions = self.revisions.values()
        return [os.path.join(r.path, name) for r in revisions for name, blob in r.files.items() if blob is None]

    @property
    def size(self) -> int:
        """Bytes that its revisions' files take, shared and hard-linked ones counted once."""
        return total(self.contents().values())

    @property
    def used(self) -> float:
        """When one of its files was last read (unix seconds), as far as the disk keeps that."""
        return max((blob.used for blob in self.contents().values()), default=self.changed[0])

    @property
    def modified(self) -> float:
        """When the last of its files came (unix seconds)."""
        return max((blob.modified for blob in self.contents().values()), default=self.changed[1])


def total(blobs: Iterable[Blob]) -> int:
    """Bytes of contents, those that are one file on disk counted once."""
    return sum({blob.inode: blob.size for blob in blobs}.values())


def folders(root: str) -> list[str]:
    """The folders of repositories in a cache, sorted; none when it does not exist.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with os.scandir(root) as rows:
            return sorted(row.name for row in rows if layout.repository(row.name) and _is_folder(row))
    except FileNotFoundError:
        return []


def scan(root: str | None = None) -> Iterator[CachedRepo]:
    """The repositories of a cache (default: the user's), sorted by folder; those that vanish meanwhile are left out.

    Raises:
        OSError: the cache is there and cannot be read.
    """
    root = os.path.abspath(layout.root("hub") if root is None else root)
    for name in folders(root):
        repo = scan_repo(root, name)
        if repo is not None:
            yield repo


def scan_repo(root: str, name: str) -> CachedRepo | None:
    """One repository's folder; None when it is gone, or no repository's."""
    named = layout.repository(name)
    if named is None:
        return None
    repo = CachedRepo(*named, root, name)
    try:
        found = os.stat(repo.path)
        with os.scandir(repo.path) as rows:
            inside = {row.name: row for row in rows}
    except FileNotFoundError:
        return None
    except OSError as exc:
        repo.problems.append(f"{repo.path}: {(exc.strerror or 'cannot be read').lower()}")
        return repo
    repo.changed = found.st_atime, found.st_mtime
    repo.strays = [row.path for name, row in inside.items() if name.startswith("tmp") and _is_folder(row)]
    for part, look in (("blobs", _blobs), ("snapshots", _snapshots), ("refs", _refs)):
        if part in inside:
            look(repo, inside[part].path)
    for ref, sha in sorted(repo.refs.items()):
        if sha in repo.revisions:
            repo.revisions[sha].refs.append(ref)
    return repo


def _is_folder(row: os.DirEntry[str]) -> bool:
    try:
        return row.is_dir()
    except OSError:  # a link in a circle
        return False


def _entries(repo: CachedRepo, folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing, and a problem told, when it cannot be read."""
    try:
        with os.scandir(folder) as rows:
            return [row for row in rows if row.name not in layout.NOISE]
    except FileNotFoundError:
        return []
    except OSError as exc:
        repo.problems.append(f"{folder}: {(exc.strerror or 'cannot be read').lower()}")
        return []


def _blobs(repo: CachedRepo, folder: str) -> None:
    for row in _entries(repo, folder):
        partial = row.name.endswith(layout.PARTIAL)
        if (row.name.startswith(".") and not partial) or (blob := _blob(row)) is None:
            continue
        if partial:
            repo.partials.append(blob)
        else:
            repo.blobs[row.name] = blob


def _blob(row: os.DirEntry[str]) -> Blob | None:
    """The content behind an entry, a link followed; None when it is no file, or gone."""
    try:
        found = row.stat()
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    target = os.path.realpath(row.path) if row.is_symlink() else row.path
    inode = (found.st_dev, found.st_ino)
    return Blob(
        row.name, row.path, target, found.st_size, inode, found.st_nlink,
        found.st_atime, found.st_mtime, found.st_ctime,
    )  # fmt: skip


def _snapshots(repo: CachedRepo, folder: str) -> None:
    for row in _entries(repo, folder):
        if _is_folder(row):
            repo.revisions[row.name] = _revision(repo, row)
        else:
            repo.problems.append(f"{row.path}: not a folder")


def _revision(repo: CachedRepo, entry: os.DirEntry[str]) -> Revision:
    revision = Revision(entry.name, entry.path)
    try:
        revision.changed = entry.stat().st_mtime
    except OSError:
        return revision
    beside = os.path.join(repo.path, "blobs") + os.sep
    pending = [(entry.path, "")]
    while pending:
        folder, under = pending.pop()
        for row in _entries(repo, folder):
            name = f"{under}{row.name}"
            if row.is_symlink():
                blob = _linked(repo, row, folder, beside)
                if blob is not None or not _is_folder(row):
                    revision.files[name] = blob
            elif _is_folder(row):
                pending.append((row.path, f"{name}/"))
            else:
                if (blob := _blob(row)) is not None:
                    revision.files[name] = blob
    return revision


def _linked(repo: CachedRepo, row: os.DirEntry[str], folder: str, beside: str) -> Blob | None:
    try:
        aim = os.path.normpath(os.path.join(folder, os.readlink(row.path)))
    except OSError:
        return None
    if aim.startswith(beside) and (known := repo.blobs.get(aim[len(beside) :])) is not None:
        return known
    blob = _blob(row)  # to elsewhere, or to nothing
    if blob is not None:
        blob.name, blob.path = os.path.basename(aim), aim
    return blob


def _refs(repo: CachedRepo, folder: str) -> None:
    pending = [(folder, "")]
    while pending:
        place, under = pending.pop()
        for row in _entries(repo, place):
            name = f"{under}{row.name}"
            try:
                if _is_folder(row):
                    pending.append((row.path, f"{name}/"))
                elif layout.PHANTOM_REF.fullmatch(row.name):
                    repo.strays.append(row.path)
                else:
                    with open(row.path, encoding="utf-8") as stream:
                        repo.refs[name] = stream.read(200).strip()
            except (OSError, ValueError) as exc:
                repo.problems.append(f"{row.path}: {getattr(exc, 'strerror', None) or 'not text'}")
