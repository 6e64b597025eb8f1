"""What a repository is: one record."""

from typing import Any

from hfterm.errors import NotFoundError
from hfterm.hub import cached
from hfterm.hub.client import Repo, api, asking, offline


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
    with asking(repo):
        told = api().repo_info(repo.id, repo_type=repo.type, revision=repo.revision, files_metadata=True)
    sizes = [s.size or 0 for s in told.siblings or ()]
    weights = getattr(told, "safetensors", None)
    card = told.card_data.to_dict() if getattr(told, "card_data", None) else {}
    facts: dict[str, Any] = {
        "id": told.id,
        "type": repo.type,
        "revision": repo.revision or "main",
        "sha": told.sha,
        "task": getattr(told, "pipeline_tag", None),
        "library": getattr(told, "library_name", None),
        "license": card.get("license"),
        "parameters": weights.total if weights else None,
        "base_model": card.get("base_model"),
        "languages": card.get("language"),
        "files": len(sizes),
        "size": sum(sizes),
        "downloads": getattr(told, "downloads", None),
        "likes": getattr(told, "likes", None),
        "created": told.created_at,
        "updated": told.last_modified,
        "private": told.private,
        "gated": getattr(told, "gated", None),
        "tags": told.tags,
        "cached": cached.commit(repo._replace(revision=told.sha)) is not None,
    }
    if files:
        facts["siblings"] = [
            {"path": s.rfilename, "size": s.size, "etag": s.lfs.sha256 if s.lfs else s.blob_id} for s in told.siblings
        ]
    return facts
