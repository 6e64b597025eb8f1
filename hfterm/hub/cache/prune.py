"""What the caches can do without: found first, then removed piece by piece.

Revisions that no reference names, contents that no revision has, partial files that no download goes on with, links
to nothing, empty folders, what killed clients left, old locks; if wanted Xet's chunks.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hfterm.hub.cache import erase, layout, locks, others, remove, shared
from hfterm.hub.cache.rows import Entry
from hfterm.hub.cache.scan import Blob, CachedRepo, scan_repo

DAY = 86_400.0


@dataclass(frozen=True)
class Piece:
    """One thing to remove: ``what`` it is, whose, where, the bytes that this should free, and how."""

    what: str
    ref: str
    path: str
    size: int
    do: Callable[[], int]

    def take(self, note: Callable[[str], None]) -> int:
        """Remove it; the bytes that this freed. What another process is at stays, and ``note`` says so.

        Raises:
            HftermError: it may not be changed.
        """
        try:
            return self.do()
        except locks.Busy as exc:
            note(f"{exc.message}: {self.path} stays")
            return 0

    def record(self) -> dict[str, Any]:
        """As a record."""
        return {"what": self.what, "ref": self.ref, "bytes": self.size, "path": self.path}


def plan(
    entries: Iterable[Entry],
    *,
    older: float = DAY,
    xet: bool = False,
    store: bool = True,
    note: Callable[[str], None] = lambda text: None,
) -> Iterator[Piece]:
    """What can go. Partial files, whole contents without a revision, and locks only when ``older`` seconds old.

    ``xet``: Xet's chunks, too. ``store``: what repositories of a cache share, too, where none does any more.
    A repository that another process downloads to is left alone but for what surely is nobody's; ``note`` says so.
    """
    kept = [0, 0]
    roots: set[str] = set()
    for entry in entries:
        if isinstance(entry, CachedRepo):
            roots.add(entry.root)
            yield from _of_repo(entry, older, kept, note)
        else:
            yield from _of_folder(entry, older, xet, kept)
    for root in sorted(roots) if store else ():
        yield from _left(root, older)
        for path, size in sorted(shared.unused(root).items()):
            yield Piece("shared", "", path, size, lambda root=root, path=path: shared.sweep(root, [path]))  # type: ignore[misc]
    if kept[0]:
        from hfterm.text import human_bytes

        note(f"{kept[0]} partial files ({human_bytes(kept[1])}) are younger than --older, or being downloaded: kept")


def _young(modified: float, older: float) -> bool:
    """Whether something is too young; what comes from the future is."""
    return time.time() - modified < older


def _of_repo(repo: CachedRepo, older: float, kept: list[int], note: Callable[[str], None]) -> Iterator[Piece]:
    held = any(locks.is_held(path) for path in locks.files(repo.root, repo.folder))
    if held:
        note(f"{repo.ref} is being downloaded: only what surely is nobody's goes")
    for blob in repo.partials:
        lock = locks.of_partial(repo.root, repo.folder, blob.name)
        if _young(blob.modified, older) or locks.is_held(lock):
            kept[0], kept[1] = kept[0] + 1, kept[1] + blob.size
        else:
            yield Piece("partial", repo.ref, blob.path, blob.size, lambda b=blob, k=lock: _partial(repo, b, k, older))  # type: ignore[misc]
    if not held:
        yield from _idle_repo(repo, older)
    yield from _old_locks(repo.root, repo.folder, repo.ref, older)


def _old_locks(root: str, folder: str, ref: str, older: float) -> Iterator[Piece]:
    """The lock files of a repository that are old and that nobody holds, and references left among them: one piece."""
    old = []
    for path in (*locks.files(root, folder), *locks.half_refs(root, folder)):
        with contextlib.suppress(OSError):
            if not _young(os.stat(path).st_mtime, older) and not locks.is_held(path):
                old.append(path)
    if old:
        yield Piece("locks", ref, locks.folder(root, folder), 0, lambda: _unlock(root, folder, old))


def _idle_repo(repo: CachedRepo, older: float) -> Iterator[Piece]:
    """What can go of a repository that nobody downloads to."""
    detached = repo.detached()
    before = 0
    for count, revision in enumerate(detached, 1):
        after = remove.freed_by(repo.root, remove._only_there(repo, detached[:count], None))
        size, before = after - before, after
        name = f"{repo.ref}@{revision.sha}"
        yield Piece("revision", name, revision.path, size, lambda r=revision: remove.revisions(repo, [r]))  # type: ignore[misc]
    for blob in repo.loose():
        if not _young(max(blob.modified, blob.since), older):
            size = remove.freed_by(repo.root, [blob])
            yield Piece("content", repo.ref, blob.path, size, lambda b=blob: _loose(repo, b))  # type: ignore[misc]
    gone = {revision.path for revision in detached}
    for path in repo.dangling():
        if not any(path.startswith(folder + os.sep) for folder in gone):
            yield Piece("link", repo.ref, path, 0, lambda p=path: _link(repo, p))  # type: ignore[misc]
    for path in repo.strays:
        yield Piece("leftover", repo.ref, path, 0, lambda p=path: _below(repo, p))  # type: ignore[misc]
    shell = not (repo.revisions or repo.blobs or repo.partials or repo.problems)
    if shell and not _young(repo.changed[1], older):
        yield Piece("empty", repo.ref, repo.path, 0, lambda: remove.whole(repo))
    elif not shell:
        for path in _empty_folders(repo):
            yield Piece("folder", repo.ref, path, 0, lambda p=path: _rmdir(p))  # type: ignore[misc]


def _empty_folders(repo: CachedRepo) -> Iterator[str]:
    """Folders in snapshots that hold nothing; those of revisions stay with their references."""
    for revision in repo.revisions.values():
        if not revision.refs:
            continue
        for place, names, files in os.walk(revision.path):
            if not names and not files and place != revision.path:
                yield place


def _left(root: str, older: float) -> Iterator[Piece]:
    """What killed imports left, and the locks of repositories that are gone."""
    with contextlib.suppress(OSError):
        for name in sorted(os.listdir(os.path.join(root, layout.LOCKS))):
            if layout.repository(name) and not os.path.lexists(os.path.join(root, name)):
                yield from _old_locks(root, name, "", older)
    with os.scandir(root) as rows:
        for row in rows:
            if row.name.startswith(layout.STAGE) and not _young(row.stat(follow_symlinks=False).st_mtime, older):
                size = sum(file.stat().st_size for file in os.scandir(row.path) if file.is_file(follow_symlinks=False))
                yield Piece("leftover", "", row.path, size, lambda path=row.path: _stage(path))  # type: ignore[misc]


def _of_folder(folder: others.Folder, older: float, xet: bool, kept: list[int]) -> Iterator[Piece]:
    if xet and others.is_copy(folder):
        yield Piece("xet", folder.ref, folder.path, folder.size, lambda: remove._folder(folder))
        return
    if folder.cache != "prepared" or any(locks.is_held(path) for path in folder.locks):
        return
    for path, size, modified in folder.partials:
        if _young(modified, older):
            kept[0], kept[1] = kept[0] + 1, kept[1] + size
        else:
            yield Piece("partial", folder.ref, path, size, lambda p=path: _prepared(folder, p))  # type: ignore[misc]


# --- how each goes; each looks again, for another process may have been here ------------------------------------


def _partial(repo: CachedRepo, blob: Blob, lock: str, older: float) -> int:
    eraser = erase.Eraser()
    try:
        with locks.taken([lock]):
            if not _young(os.stat(blob.path).st_mtime, older):
                eraser.file(blob.path)
    except (locks.Held, FileNotFoundError):
        pass  # somebody goes on with it, or has finished
    return eraser.freed


def _loose(repo: CachedRepo, blob: Blob) -> int:
    eraser = erase.Eraser()
    with locks.idle(repo.root, repo.folder, repo.ref):
        now = scan_repo(repo.root, repo.folder)
        if now is not None and any(other.path == blob.path for other in now.loose()):
            eraser.file(blob.path)
    targets = [blob.target] if shared.inside(repo.root, blob.target) else []
    return eraser.freed + shared.sweep(repo.root, targets)


def _link(repo: CachedRepo, path: str) -> int:
    eraser = erase.Eraser()
    with locks.idle(repo.root, repo.folder, repo.ref):
        if os.path.islink(path) and not os.path.exists(path):
            eraser.file(path)
    return 0


def _below(repo: CachedRepo, path: str) -> int:
    eraser = erase.Eraser()
    with locks.idle(repo.root, repo.folder, repo.ref):
        eraser.below(path) if os.path.isdir(path) else eraser.file(path)
    return eraser.freed


def _stage(path: str) -> int:
    eraser = erase.Eraser()
    eraser.below(path)
    return eraser.freed


def _rmdir(path: str) -> int:
    erase.Eraser().empty(path)
    return 0


def _unlock(root: str, folder: str, paths: list[str]) -> int:
    for path in paths:
        with contextlib.suppress(locks.Held), locks.taken([path], remove=True):
            pass
    erase.Eraser().empty(locks.folder(root, folder))
    return 0


def _prepared(folder: others.Folder, path: str) -> int:
    eraser = erase.Eraser()
    eraser.file(path)
    place = os.path.dirname(path)
    while layout.PARTIAL in place[len(folder.path) :]:
        eraser.empty(place)
        place = os.path.dirname(place)
    return eraser.freed
