"""Lists of repositories: searched, filtered, sorted, page by page."""

from collections.abc import Callable, Iterator
from typing import Any

from starlette.responses import JSONResponse, Response

from hfterm.hub.share import describe
from hfterm.hub.share.cards import Card
from hfterm.hub.share.context import Asked
from hfterm.hub.share.model import Commit, Repo
from hfterm.hub.share.names import number
from hfterm.hub.share.refusal import Refusal, bad
from hfterm.hub.share.tree import files

PAGE = 500
# Newest or largest first, as the Hub sorts; what it does not know counts as equal.
_KEYS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "lastModified": lambda row: row["lastModified"],
    "createdAt": lambda row: row["createdAt"],
    "downloads": lambda row: row["downloads"],
    "likes": lambda row: row["likes"],
    "trendingScore": lambda row: row["trendingScore"],
    "trending": lambda row: row["trendingScore"],
    "id": lambda row: row["id"],
}


def listing(asked: Asked) -> Response:
    """The repositories that fit the query."""
    sort = {"last_modified": "lastModified", "created_at": "createdAt"}.get(
        asked.query.get("sort", ""), asked.query.get("sort", "")
    )
    if sort and sort not in _KEYS:
        raise bad(f"cannot sort by {sort!r}; choose from {', '.join(_KEYS)}")
    found = sorted(_found(asked), key=lambda item: item[0]["id"].lower())
    if sort and sort != "id":
        found.sort(key=lambda item: _KEYS[sort](item[0]), reverse=asked.query.get("direction") != "1")
    limit = asked.number("limit", PAGE, PAGE)
    start = number(asked.query.get("cursor", "")) or 0
    rows = [_shown(asked, *item) for item in found[start : start + limit]]
    more = start + limit < len(found)
    headers = asked.next_page(f"/api/{asked.kind}s", str(start + limit)) if more else {}
    return JSONResponse(rows, headers=headers)


def _found(asked: Asked) -> Iterator[tuple[dict[str, Any], Repo, Commit, Card]]:
    words = [w for text in asked.several("search") for w in text.lower().split()]
    author = asked.query.get("author", "").lower()
    tags = {t for text in asked.several("filter") for t in text.split(",") if t}
    task = asked.query.get("pipeline_tag")
    gated = asked.query.get("gated")
    for repo in asked.share.store.repos(asked.kind):
        name = repo.id.lower()
        if not all(w in name for w in words) or (author and name.partition("/")[0] != author):
            continue
        try:
            commit = repo.commit(repo.head())
        except Refusal:
            continue  # removed a moment ago
        card = asked.share.cards.of(repo, commit)
        row = describe.summary(repo, commit, card, repo.partial(commit.id))
        known = {*row["tags"], row.get("library_name"), row.get("pipeline_tag"), row.get("sdk")}
        if not tags <= known or (task and row.get("pipeline_tag") != task):
            continue
        if gated is not None and bool(row["gated"]) != (gated.lower() in ("true", "1")):
            continue
        yield row, repo, commit, card


def _shown(asked: Asked, row: dict[str, Any], repo: Repo, commit: Commit, card: Card) -> dict[str, Any]:
    full, wanted = asked.flag("full"), asked.several("expand")
    if full or "siblings" in wanted:
        row["siblings"] = [describe.sibling(p, e, False) for p, e in files(repo.folders, commit.tree)]
    if full or asked.flag("cardData") or "cardData" in wanted:
        row["cardData"] = card.data
    if asked.flag("config") or "config" in wanted:
        row["config"] = card.config
    return describe.expanded(row, wanted) if wanted else row
