"""What the Hub client's cache holds of one repository, read from its layout (:mod:`hfterm.hub.cache.layout`) alone."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hfterm.hub.cache import layout, listing
from hfterm.hub.client import TYPES, Repo
from hfterm.paths import hub_cache


def folder(repo: Repo) -> Path:
    """Where a repository is cached (it need not exist)."""
    return hub_cache() / layout.folder_name(repo.type, repo.id)


def repositories() -> Iterator[Repo]:
    """The repositories in the cache, unsorted."""
    try:
        names = [entry.name for entry in os.scandir(hub_cache()) if entry.is_dir()]
    except OSError:
        return
    for name in names:
        named = layout.repository(name)
        if named is not None and named[0] in TYPES:
            yield Repo(named[1], named[0])  # type: ignore[arg-type]


def commit(repo: Repo) -> str | None:
    """The commit that the repository's revision names in the cache; None when it is not there."""
    base, revision = folder(repo), repo.revision or "main"
    if ".." in revision.split("/") or revision.startswith("/"):
        return None
    if (base / "snapshots" / revision).is_dir():
        return revision
    try:
        sha = (base / "refs" / revision).read_text("utf-8").strip()
    except (OSError, ValueError):
        return None
    return sha if sha and "/" not in sha and (base / "snapshots" / sha).is_dir() else None


class File(NamedTuple):
    """A cached file: its path in the repository, bytes, the ETag that names its blob, and where it lies."""

    path: str
    size: int
    etag: str | None
    where: Path


def files(repo: Repo) -> list[File]:
    """The files of a cached revision that are really there, sorted by path; those under ``repo.path`` if given."""
    sha = commit(repo)
    if sha is None:
        return []
    base = folder(repo) / "snapshots" / sha
    found = []
    for here, _, names in os.walk(base):
        for name in names:
            where = Path(here, name)
            path = where.relative_to(base).as_posix()
            if repo.path and path != repo.path and not path.startswith(f"{repo.path}/"):
                continue
            try:
                size = where.stat().st_size
            except OSError:  # a link to a blob that is gone
                continue
            etag = Path(os.readlink(where)).name if where.is_symlink() else None
            found.append(File(path, size, etag, where))
    return sorted(found)


def info(repo: Repo) -> dict[str, Any] | None:
    """What the cache alone can tell of a repository; None when it is not in it."""
    sha = commit(repo)
    if sha is None:
        return None
    listed = files(repo._replace(path=""))
    return {
        "id": repo.id, "type": repo.type, "sha": sha, "files": len(listed),
        "size": sum(file.size for file in listed), "from": "cache", "partial": partial(repo, sha),
        "path": str(folder(repo) / "snapshots" / sha),
    }  # fmt: skip


def tree(repo: Repo, sha: str) -> dict[str, dict[str, Any]] | None:
    """The kept listing of a commit: path -> size, blob_id, lfs_sha256, xet_hash; None when it is not kept."""
    return listing.read(folder(repo), sha)


def partial(repo: Repo, sha: str) -> bool | None:
    """Whether files of the commit are missing in the cache; None when its listing is not kept."""
    listed = tree(repo, sha)
    return None if listed is None else bool(listed.keys() - {file.path for file in files(repo._replace(path=""))})
