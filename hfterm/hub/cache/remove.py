"""Take repositories, revisions or files out of the caches, so that at any moment what is left is a whole cache.

References go first, then the links, then the contents that nothing links to: a kill in between leaves a smaller
cache that every client reads.
"""

import os
from collections import Counter
from typing import Any

from hfterm.errors import HftermError
from hfterm.hub.cache import erase, locks, others, shared
from hfterm.hub.cache.choose import Chosen
from hfterm.hub.cache.scan import Blob, CachedRepo, Revision, scan_repo


def freed_by(root: str, blobs: list[Blob]) -> int:
    """The bytes that deleting these contents frees: not those that hard links or other repositories keep."""
    counts = Counter(blob.inode for blob in blobs if not shared.inside(root, blob.target))
    sizes = {blob.inode: blob.size for blob in blobs if counts[blob.inode] >= blob.links}
    links: dict[str, list[str]] = {}
    for blob in blobs:
        if shared.inside(root, blob.target):
            links.setdefault(blob.target, []).append(blob.path)
    return sum(sizes.values()) + sum(shared.frees(root, target, names) for target, names in links.items())


def expected(*chosen: Chosen) -> int:
    """The bytes that removing these, all together, would free."""
    size = sum(one.entry.size for one in chosen if isinstance(one.entry, others.Folder))
    going: dict[str, list[Blob]] = {}
    for one in chosen:
        if isinstance(repo := one.entry, CachedRepo):
            only = repo.everything() if one.revisions is None else _only_there(repo, one.revisions, one.paths)
            going.setdefault(repo.root, []).extend(only)
    return size + sum(freed_by(root, blobs) for root, blobs in going.items())


def record(chosen: Chosen) -> dict[str, Any]:
    """What would be removed, as a record."""
    entry = chosen.entry
    row: dict[str, Any] = {"ref": chosen.ref, "type": entry.kind if isinstance(entry, CachedRepo) else entry.cache}
    if chosen.paths:
        row["files"] = chosen.paths
    return row | {"bytes": expected(chosen), "path": entry.path}


def remove(chosen: Chosen) -> dict[str, Any]:
    """Remove it; a record with the bytes that this freed.

    Raises:
        HftermError: it is being downloaded, or may not be changed.
    """
    if isinstance(chosen.entry, others.Folder):
        freed = _folder(chosen.entry)
    elif chosen.revisions is None:
        freed = whole(chosen.entry)
    else:
        freed = revisions(chosen.entry, chosen.revisions, chosen.paths)
    return {"ref": chosen.ref, "freed_bytes": freed}


def whole(repo: CachedRepo) -> int:
    """Remove a repository; the bytes that this freed.

    Raises:
        HftermError.
    """
    eraser = erase.Eraser()
    with locks.idle(repo.root, repo.folder, repo.ref, remove=True):
        targets = [b.target for b in repo.blobs.values() if shared.inside(repo.root, b.target)]
        if os.path.islink(repo.path):
            eraser.file(repo.path)
        else:
            # What is there now goes; what comes in meanwhile stays.
            there = erase.listed(repo.path)
            first = [os.path.join(repo.path, part) + os.sep for part in ("refs", "snapshots")]
            eraser.files(sorted(there, key=lambda path: [not path.startswith(folder) for folder in first]))
            eraser.empties(repo.path)
        eraser.files(locks.half_refs(repo.root, repo.folder))
    eraser.empty(locks.folder(repo.root, repo.folder))
    return eraser.freed + shared.sweep(repo.root, targets)


def revisions(repo: CachedRepo, chosen: list[Revision], paths: list[str] | None = None) -> int:
    """Remove revisions (or only some paths of them) and the contents that no other revision has.

    Raises:
        HftermError.
    """
    fresh = scan_repo(repo.root, repo.folder)
    if fresh is None:
        return 0
    asked = {revision.sha for revision in chosen}
    there = [revision for sha, revision in fresh.revisions.items() if sha in asked]
    if not paths and len(there) == len(fresh.revisions) and not fresh.partials:
        return whole(fresh)
    eraser = erase.Eraser()
    with locks.idle(fresh.root, fresh.folder, fresh.ref):
        blobs = _only_there(fresh, there, paths)
        targets = [blob.target for blob in blobs if shared.inside(fresh.root, blob.target)]
        for revision in there:
            _unlink(fresh, revision, paths, eraser)
        eraser.files(blob.path for blob in blobs)
    return eraser.freed + shared.sweep(fresh.root, targets)


def _only_there(repo: CachedRepo, chosen: list[Revision], paths: list[str] | None) -> list[Blob]:
    """The contents that only these revisions (or these paths of them) refer to."""
    asked = {revision.sha for revision in chosen}
    going: dict[str, Blob] = {}
    kept: set[str] = set()
    for sha, revision in repo.revisions.items():
        for name, blob in revision.files.items():
            if blob is not None and sha in asked and (not paths or name in paths):
                going[blob.path] = blob
            elif blob is not None:
                kept.add(blob.path)
    return [blob for path, blob in going.items() if path not in kept]


def _unlink(repo: CachedRepo, revision: Revision, paths: list[str] | None, eraser: erase.Eraser) -> None:
    """Remove a revision's references, links, kept listing and kept answers; of some paths only the links."""
    if paths:
        eraser.files(os.path.join(revision.path, name) for name in revision.files if name in paths)
        eraser.empties(revision.path, itself=False)
        return
    eraser.files(os.path.join(repo.path, "refs", *ref.split("/")) for ref in revision.refs)
    eraser.empties(os.path.join(repo.path, "refs"), itself=False)
    eraser.below(revision.path)
    eraser.file(os.path.join(repo.path, "trees", f"{revision.sha}.json"))
    eraser.below(os.path.join(repo.path, ".no_exist", revision.sha))


def _folder(folder: others.Folder) -> int:
    held = next((path for path in folder.locks if locks.is_held(path)), None)
    if held is not None:
        raise HftermError(f"{folder.ref} is being written by another process", f"wait for it: it holds {held!r}")
    eraser = erase.Eraser()
    eraser.below(folder.path)
    if folder.cache != "prepared":
        eraser.empty(os.path.dirname(folder.path))
    return eraser.freed
