"""The JSON that the Hub's interface answers with, made of what a store knows."""

from collections.abc import Iterable
from typing import Any

from hfterm.hub.share.cards import Card
from hfterm.hub.share.gitids import pointer_size
from hfterm.hub.share.model import Commit, Refs, Repo
from hfterm.hub.share.tree import Entry, files

PARTIAL_TAG = "partial"


def row(path: str, entry: Entry, *, xet: str | None = None, last: Commit | None = None) -> dict[str, Any]:
    """A file or folder of a tree listing."""
    if entry.folder:
        answer: dict[str, Any] = {"type": "directory", "oid": entry.oid, "size": 0, "path": path}
    else:
        answer = {"type": "file", "oid": entry.oid, "size": entry.size, "path": path}
    if entry.sha256:
        answer["lfs"] = {"oid": entry.sha256, "size": entry.size, "pointerSize": pointer_size(entry.size)}
        if xet:
            answer["xetHash"] = xet
    if last is not None:
        answer["lastCommit"] = {"id": last.id, "title": last.title, "date": last.date}
        if not entry.folder:
            answer["securityFileStatus"] = None
    return answer


def sibling(path: str, entry: Entry, details: bool) -> dict[str, Any]:
    """A file of an info object."""
    if not details:
        return {"rfilename": path}
    answer: dict[str, Any] = {"rfilename": path, "size": entry.size, "blobId": entry.oid}
    if entry.sha256:
        answer["lfs"] = {
            "sha256": entry.sha256,
            "size": entry.size,
            "pointerSize": pointer_size(entry.size),
        }
    return answer


def summary(repo: Repo, commit: Commit, card: Card, partial: bool) -> dict[str, Any]:
    """What a list shows of a repository."""
    settings = repo.settings()
    created = str(settings.get("created") or commit.date)
    answer: dict[str, Any] = {
        "_id": commit.id[:24],
        "id": repo.id,
        "author": repo.id.partition("/")[0] if "/" in repo.id else None,
        "sha": commit.id,
        "lastModified": max(commit.date, created),  # a commit's date has no milliseconds
        "createdAt": created,
        "private": bool(settings.get("private")),
        "gated": settings.get("gated", False),
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "trendingScore": 0,
        "tags": [*card.tags, *([PARTIAL_TAG] if partial else ())],
    }
    if repo.kind == "model":
        answer |= {"modelId": repo.id, "pipeline_tag": card.pipeline_tag, "library_name": card.library_name}
    if repo.kind == "space":
        answer["sdk"] = (card.data or {}).get("sdk") or settings.get("sdk")
    return answer


def info(repo: Repo, commit: Commit, card: Card, partial: bool, *, blobs: bool = False) -> dict[str, Any]:
    """What is said of one repository at a commit."""
    listed = list(files(repo.folders, commit.tree))
    answer = summary(repo, commit, card, partial)
    answer["cardData"] = card.data
    answer["siblings"] = [sibling(path, entry, blobs) for path, entry in listed]
    answer["usedStorage"] = sum(entry.size for _, entry in listed)
    if repo.kind == "model":
        answer["config"] = card.config
        if card.library_name == "transformers":
            answer["transformersInfo"] = {"auto_model": "AutoModel", "pipeline_tag": card.pipeline_tag}
    if repo.kind == "dataset":
        answer["description"] = None
    if repo.kind == "space":
        answer["runtime"] = {"stage": "NO_APP_FILE", "hardware": {"current": None, "requested": None}}
    return answer


def expanded(answer: dict[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    """Only the id and the properties asked for."""
    wanted = {*wanted, "_id", "id"}
    return {key: value for key, value in answer.items() if key in wanted}


def commit_row(commit: Commit, formatted: bool = False) -> dict[str, Any]:
    """A commit of a history; ``formatted``: with its texts as HTML, too."""
    from html import escape

    html = {"title": escape(commit.title), "message": escape(commit.message)}
    return {
        "id": commit.id,
        "title": commit.title,
        "message": commit.message,
        "authors": [{"user": commit.author, "avatar": ""}],
        "date": commit.date,
        **({"formatted": html} if formatted else {}),
    }


def refs(refs: Refs, pulls: bool = False) -> dict[str, Any]:
    """Branches and tags."""
    answer = {
        "branches": [{"name": n, "ref": f"refs/heads/{n}", "targetCommit": s} for n, s in refs.branches.items()],
        "tags": [{"name": n, "ref": f"refs/tags/{n}", "targetCommit": s} for n, s in refs.tags.items()],
        "converts": [
            {"name": n.removeprefix("refs/convert/"), "ref": n, "targetCommit": s} for n, s in refs.converts.items()
        ],
    }
    if pulls:
        answer["pullRequests"] = [
            {"name": n.removeprefix("refs/"), "ref": n, "targetCommit": s} for n, s in refs.pulls.items()
        ]
    return answer
