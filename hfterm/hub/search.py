"""Search the Hub; rows come as its pages come."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from hfterm.errors import NotFoundError, UsageError
from hfterm.hub import cached
from hfterm.hub.answers import rows, understood
from hfterm.hub.client import endpoint, offline

SORTS = ("trending_score", "downloads", "likes", "last_modified", "created_at")
# The names that the Hub's interface has for them, and the facts that it is asked for (else it leaves some out).
_CAMEL = {"trending_score": "trendingScore", "last_modified": "lastModified", "created_at": "createdAt"}
_EXPAND = ("lastModified", "createdAt", "likes", "private", "tags")
_EXPAND_OF = {
    "model": ("downloads", "gated", "library_name", "pipeline_tag"), "dataset": ("downloads", "gated"),
    "space": ("sdk",),
}  # fmt: skip


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
    tags = [*filters, *([f"task_categories:{task}"] if task and repo_type == "dataset" else ())]
    asked = {
        "search": query, "author": author, "filter": tags, "sort": _CAMEL.get(sort or "", sort), "limit": limit,
        "pipeline_tag": task if repo_type == "model" else None, "num_parameters": parameters,
        "gated": None if gated is None else str(gated).lower(), "expand": [*_EXPAND, *_EXPAND_OF[repo_type]],
    }  # fmt: skip
    url = f"{endpoint()}/api/{repo_type}s"
    wanted = {name: value for name, value in asked.items() if value not in (None, [])}
    for found in islice(rows(None, url, wanted), limit):
        with understood(url):
            yield row(found, repo_type)


def row(found: Mapping[str, Any], repo_type: str) -> dict[str, Any]:
    """A repository of the Hub's listing as a record."""
    return {
        "id": str(found["id"]),
        "type": repo_type,
        "task": found.get("pipeline_tag") or found.get("sdk"),
        "downloads": found.get("downloads"),
        "likes": found.get("likes"),
        "updated": found.get("lastModified") or found.get("createdAt"),
        "gated": found.get("gated"),
        "private": found.get("private"),
        "library": found.get("library_name"),
        "tags": found.get("tags"),
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
