"""What a repository is: one record."""

from typing import Any
from urllib.parse import quote

from hfterm.errors import NotFoundError
from hfterm.hub import cached
from hfterm.hub.answers import item, repo_url, understood
from hfterm.hub.client import Repo, offline


def info(repo: Repo, *, files: bool = False) -> dict[str, Any]:
    """The Hub's facts on a repository at its revision; offline those that the cache can tell.

    ``files`` adds the list of files, each with path, size in bytes and the hash that names its content.

    Raises:
        NotFoundError, AccessError, NetworkError.
    """
    if offline():
        found = cached.info(repo)
        if found is None:
            raise NotFoundError(f"{repo} is not in the cache, and HF_HUB_OFFLINE is set", "unset it to ask the Hub")
        if files:
            found["siblings"] = [{"path": f.path, "size": f.size, "etag": f.etag} for f in cached.files(repo)]
        return found
    # By its revision always: some mirrors know no other way, and the Hub's default branch is main.
    url = f"{repo_url(repo)}/revision/{quote(repo.revision or 'main', safe='')}"
    told = item(repo, url, params={"blobs": "true"})
    with understood(url):
        return _facts(repo, told, files)


def _facts(repo: Repo, told: dict[str, Any], files: bool) -> dict[str, Any]:
    card = told.get("cardData") or {}
    weights = told.get("safetensors") or {}
    listed = [_file(file) for file in told.get("siblings") or ()]
    facts: dict[str, Any] = {
        "id": str(told["id"]),
        "type": repo.type,
        "revision": repo.revision or "main",
        "sha": told.get("sha"),
        "task": told.get("pipeline_tag"),
        "library": told.get("library_name"),
        "license": card.get("license"),
        "parameters": weights.get("total"),
        "base_model": card.get("base_model"),
        "languages": card.get("language"),
        "files": len(listed),
        "size": sum(sizes) if None not in (sizes := [file["size"] for file in listed]) else None,
        "downloads": told.get("downloads"),
        "likes": told.get("likes"),
        "created": told.get("createdAt"),
        "updated": told.get("lastModified"),
        "private": told.get("private"),
        "gated": told.get("gated"),
        "tags": told.get("tags"),
        "cached": cached.commit(repo._replace(revision=told.get("sha"))) is not None,
    }
    return facts | {"siblings": listed} if files else facts


def _file(told: dict[str, Any]) -> dict[str, Any]:
    lfs = told.get("lfs") or {}
    return {
        "path": told["rfilename"], "size": lfs.get("size", told.get("size")),
        "etag": lfs.get("sha256") or told.get("blobId"),
    }  # fmt: skip
