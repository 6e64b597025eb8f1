"""The files of a repository, listed as they come: a hundred thousand of them take no memory."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from hfterm.errors import NotFoundError
from hfterm.hub import cached
from hfterm.hub.answers import fetched, repo_url, rows, understood
from hfterm.hub.client import Repo, offline


def ls(repo: Repo, *, recursive: bool = False, commits: bool = False) -> Iterator[dict[str, Any]]:
    """Yield a row a file or folder under ``repo.path``: path, type, size in bytes, etag, lfs.

    Where ``repo.path`` is a file, its row. ``commits`` adds who changed it last (slower: the Hub looks each one up).
    Offline the cache answers.

    Raises:
        NotFoundError, AccessError, NetworkError.
    """
    if offline():
        yield from _cached(repo, recursive)
        return
    url = f"{repo_url(repo)}/tree/{quote(repo.revision or 'main', safe='')}"
    if repo.path:
        url += f"/{quote(repo.path, safe='')}"
    listed = rows(repo, url, {"recursive": str(recursive).lower(), "expand": str(commits).lower()})
    try:
        first = next(listed, None)
    except NotFoundError:
        if not repo.path or not (found := paths(repo, [repo.path], commits)):
            raise
        yield from found
        return
    if first is None and repo.path:
        raise NotFoundError(f"no folder {repo.path!r} in {repo.id}", f"see: hfterm hub ls {repo._replace(path='')}")
    while first is not None:
        with understood(url):
            found_row = row(first, commits)
        yield found_row
        first = next(listed, None)


def paths(repo: Repo, names: list[str], commits: bool = False) -> list[dict[str, Any]]:
    """The rows of certain paths; those that there are not are left out."""
    url = f"{repo_url(repo)}/paths-info/{quote(repo.revision or 'main', safe='')}"
    listed, _ = fetched(repo, url, method="POST", data={"paths": names, "expand": str(commits).lower()})
    with understood(url):
        return [row(found, commits) for found in listed]


def row(found: Mapping[str, Any], commits: bool = False) -> dict[str, Any]:
    """A file or folder of the Hub's listing as a record."""
    is_file, lfs = found["type"] == "file", found.get("lfs")
    size = int(found["size"]) if is_file else None
    record: dict[str, Any] = {
        "path": str(found["path"]), "type": "file" if is_file else "folder", "size": size,
        "etag": lfs["oid"] if lfs else found.get("oid"), "lfs": bool(lfs) if is_file else None,
    }  # fmt: skip
    if commits:
        last = found.get("lastCommit") or {}
        record |= {"commit": last.get("id"), "title": last.get("title"), "date": last.get("date")}
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
