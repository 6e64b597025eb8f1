"""Search the Hub; rows come as its pages come."""

from collections.abc import Iterator, Sequence
from typing import Any

from hfterm.errors import NotFoundError, UsageError
from hfterm.hub import cached
from hfterm.hub.client import api, asking, offline

SORTS = ("trending_score", "downloads", "likes", "last_modified", "created_at")


def search(
    query: str | None = None,
    *,
    repo_type: str = "model",
    author: str | None = None,
    filters: Sequence[str] = (),
    task: str | None = None,
    parameters: str | None = None,
    gated: bool | None = None,
    sort: str | None = None,
    limit: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield a row a repository, in the Hub's order; offline those in the cache whose name holds ``query``.

    ``task`` is a model's pipeline or a data set's task category; ``parameters`` a range such as ``min:1B,max:7B``.

    Raises:
        UsageError: an option that the kind of repository does not know. NetworkError: the Hub is not there.
    """
    if repo_type == "space" and (task or gated is not None):
        raise UsageError("--task and --gated do not go with spaces")
    if parameters and repo_type != "model":
        raise UsageError("--params goes with models only")
    if offline():
        yield from _cached(query, repo_type, author, limit)
        return
    asked: dict[str, Any] = {"search": query, "author": author, "sort": sort, "limit": limit}
    words = list(filters)
    if repo_type == "model":
        asked |= {"pipeline_tag": task, "gated": gated, "num_parameters": parameters}
    elif repo_type == "dataset":
        asked |= {"task_categories": task, "gated": gated}
    asked["filter"] = words or None
    with asking():
        for found in getattr(api(), f"list_{repo_type}s")(**asked):
            yield row(found, repo_type)


def row(found: Any, repo_type: str) -> dict[str, Any]:
    """A repository as a record."""
    return {
        "id": found.id,
        "type": repo_type,
        "task": getattr(found, "pipeline_tag", None) or getattr(found, "sdk", None),
        "downloads": getattr(found, "downloads", None),
        "likes": getattr(found, "likes", None),
        "updated": getattr(found, "last_modified", None) or getattr(found, "created_at", None),
        "gated": getattr(found, "gated", None),
        "private": getattr(found, "private", None),
        "library": getattr(found, "library_name", None),
        "tags": getattr(found, "tags", None),
    }


def _cached(query: str | None, repo_type: str, author: str | None, limit: int | None) -> Iterator[dict[str, Any]]:
    names = sorted(
        r.id for r in cached.repositories()
        if r.type == repo_type and (query or "").lower() in r.id.lower()
        and (not author or r.id.startswith(f"{author}/"))
    )  # fmt: skip
    if not names:
        raise NotFoundError(f"nothing like {query!r} in the cache, and HF_HUB_OFFLINE is set")
    for name in names[:limit]:
        yield {"id": name, "type": repo_type, "from": "cache"}
