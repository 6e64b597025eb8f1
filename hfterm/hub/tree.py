"""The files of a repository, listed as they come: a hundred thousand of them take no memory."""

from collections.abc import Iterator
from typing import Any

from hfterm.errors import NotFoundError
from hfterm.hub import cached
from hfterm.hub.client import Repo, api, asking, offline


def ls(repo: Repo, *, recursive: bool = False, commits: bool = False) -> Iterator[dict[str, Any]]:
    """Yield a row a file or folder under ``repo.path``: path, type, size in bytes, etag, lfs.

    ``commits`` adds who changed it last (slower: the Hub looks each one up). Offline the cache answers.

    Raises:
        NotFoundError, AccessError, NetworkError.
    """
    if offline():
        yield from _cached(repo, recursive)
        return
    with asking(repo):
        rows = api().list_repo_tree(
            repo.id, repo.path or None, recursive=recursive, expand=commits, revision=repo.revision, repo_type=repo.type
        )
        first = next(iter_rows := iter(rows), None)
        if first is None and repo.path:
            raise NotFoundError(f"no folder {repo.path!r} in {repo.id}", f"see: hfterm hub ls {repo._replace(path='')}")
        while first is not None:
            yield row(first, commits)
            first = next(iter_rows, None)


def row(found: Any, commits: bool = False) -> dict[str, Any]:
    """A file or folder as a record."""
    is_file = hasattr(found, "size")
    lfs = getattr(found, "lfs", None)
    record = {
        "path": found.path,
        "type": "file" if is_file else "folder",
        "size": found.size if is_file else None,
        "etag": (lfs.sha256 if lfs else found.blob_id) if is_file else found.tree_id,
        "lfs": bool(lfs) if is_file else None,
    }
    if commits and (last := getattr(found, "last_commit", None)) is not None:
        record |= {"commit": last.oid, "title": last.title, "date": last.date}
    return record


def _cached(repo: Repo, recursive: bool) -> Iterator[dict[str, Any]]:
    found = cached.files(repo)
    if not found:
        raise NotFoundError(f"{repo} is not in the cache, and HF_HUB_OFFLINE is set", "unset it to ask the Hub")
    seen: set[str] = set()
    depth = len(repo.path.split("/")) if repo.path else 0
    for file in found:
        parts = file.path.split("/")
        if not recursive and len(parts) > depth + 1:
            folder = "/".join(parts[: depth + 1])
            if folder not in seen:
                seen.add(folder)
                yield {"path": folder, "type": "folder", "size": None, "etag": None, "lfs": None}
            continue
        lfs = len(file.etag or "") == 64
        yield {"path": file.path, "type": "file", "size": file.size, "etag": file.etag, "lfs": lfs}


def draw(rows: list[dict[str, Any]], ascii_only: bool = False) -> Iterator[str]:
    """Rows of a recursive listing as a tree, a folder's size being that of all under it."""
    from hfterm.text import human_bytes, sanitize

    top: dict[str, Any] = {}
    for item in rows:
        if item["type"] == "file":
            level = top
            *folders, name = item["path"].split("/")
            for folder in folders:
                level = level.setdefault(folder, {})
            level[name] = item["size"] or 0

    def total(level: Any) -> int:
        return sum(map(total, level.values())) if isinstance(level, dict) else int(level)

    last, more, bar = ("`- ", "|- ", "|  ") if ascii_only else ("└─ ", "├─ ", "│  ")

    def lines(level: dict[str, Any], before: str) -> Iterator[str]:
        for n, (name, below) in enumerate(
            sorted(level.items(), key=lambda pair: (not isinstance(pair[1], dict), pair[0]))
        ):
            end = n == len(level) - 1
            sign = "/" if isinstance(below, dict) else ""
            yield f"{before}{last if end else more}{sanitize(name, cell=True)}{sign}  {human_bytes(total(below))}"
            if isinstance(below, dict):
                yield from lines(below, before + ("   " if end else bar))

    yield from lines(top, "")
