"""The routes that only read: what there is, what is in it, and what became of it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from starlette.responses import JSONResponse, Response

from hfterm.hub.share import describe
from hfterm.hub.share.context import Asked
from hfterm.hub.share.history import last_commits
from hfterm.hub.share.model import Commit, Repo
from hfterm.hub.share.names import check_path
from hfterm.hub.share.refusal import bad, no_entry
from hfterm.hub.share.tree import Entry, cursor, find, walk

TREE_PAGE = 5000
EXPANDED_PAGE = 500
COMMITS_PAGE = 200
MOST_PATHS = 100_000
WARNING = "partial; this Hub has only a part of {id}: files that were never downloaded to it are not listed"


def at(asked: Asked, revision: str) -> tuple[Repo, Commit]:
    """The repository and the commit that a request names."""
    repo = asked.repo()
    return repo, repo.commit(repo.resolve(revision))


def partial_headers(repo: Repo, commit: Commit) -> dict[str, str]:
    """What says that files may be missing here: the client shows the warning once."""
    if not repo.partial(commit.id):
        return {}
    return {"X-Hfterm-Partial": "true", "X-HF-Warning": WARNING.format(id=repo.id)}


def answer(value: Any, repo: Repo, commit: Commit, **headers: str) -> Response:
    """A JSON answer about a commit."""
    return JSONResponse(value, headers={"X-Repo-Commit": commit.id, **partial_headers(repo, commit), **headers})


def whoami(asked: Asked) -> Response:
    """Who the token belongs to."""
    who = asked.who
    token = {"displayName": who.token_name, "role": who.role, "createdAt": "2020-01-01T00:00:00.000Z"}
    return JSONResponse(
        {
            "type": "user",
            "id": who.name,
            "name": who.name,
            "fullname": who.name,
            "email": None,
            "emailVerified": False,
            "canPay": False,
            "isPro": False,
            "orgs": [],
            "auth": {"type": "access_token", "accessToken": token},
        }
    )


def info(asked: Asked) -> Response:
    """All about a repository, at ``main`` or a revision."""
    repo, commit = at(asked, asked.rest[0] if asked.rest else "main")
    card = asked.share.cards.of(repo, commit)
    value = describe.info(repo, commit, card, repo.partial(commit.id), blobs=asked.flag("blobs"))
    if asked.flag("securityStatus"):
        value["securityRepoStatus"] = None
    if wanted := asked.several("expand"):
        value = describe.expanded(value, wanted)
    return answer(value, repo, commit)


def tree(asked: Asked) -> Response:
    """Files and folders under a path, page by page."""
    if not asked.rest:
        raise bad("a revision is missing")
    repo, commit = at(asked, asked.rest[0])
    path = "/".join(asked.rest[1:]).strip("/")
    entry = find(repo.folders, commit.tree, check_path(path) if path else "")
    if entry is None or not entry.folder:
        raise no_entry(path, commit.id)
    expand = asked.flag("expand")
    size = asked.number("limit", EXPANDED_PAGE if expand else TREE_PAGE, EXPANDED_PAGE if expand else TREE_PAGE * 2)
    rows = list(
        islice(
            walk(repo.folders, entry.oid, after=asked.query.get("cursor", ""), recursive=asked.flag("recursive")),
            size + 1,
        )
    )
    headers = {}
    if len(rows) > size:
        rows.pop()
        # The next page is of the same commit, whatever is pushed meanwhile.
        where = "/".join(("", "api", f"{asked.kind}s", asked.repo_id, "tree", commit.id, *_quoted(path)))
        headers = asked.next_page(where, cursor(*rows[-1]))
    full = [(f"{path}/{name}" if path else name, found) for name, found in rows]
    return answer(_rows(asked, repo, commit, full, expand), repo, commit, **headers)


def _quoted(path: str) -> list[str]:
    from urllib.parse import quote

    return [quote(path, safe="")] if path else []


def _rows(
    asked: Asked, repo: Repo, commit: Commit, found: list[tuple[str, Entry]], expand: bool
) -> list[dict[str, Any]]:
    last = last_commits(repo, commit, [path for path, _ in found]) if expand else {}
    xet = asked.share.store.xet
    return [
        describe.row(path, e, xet=xet.hash_of(e.sha256) if xet and e.sha256 else None, last=last.get(path))
        for path, e in found
    ]


def paths_info(asked: Asked) -> Response:
    """The rows of certain paths; unknown ones are left out."""
    if not asked.rest:
        raise bad("a revision is missing")
    repo, commit = at(asked, "/".join(asked.rest))
    paths = asked.data.get("paths", [])
    if len(paths) > MOST_PATHS:
        raise bad(f"at most {MOST_PATHS} paths at once")
    expand = asked.data.get("expand", [""])[-1].lower() in ("true", "1")
    found = []
    for path in dict.fromkeys(p.strip("/") for p in paths):
        entry = find(repo.folders, commit.tree, path) if path else None
        if entry is not None:
            found.append((path, entry))
    return answer(_rows(asked, repo, commit, found, expand), repo, commit)


def refs(asked: Asked) -> Response:
    """Branches and tags."""
    return JSONResponse(describe.refs(asked.repo().refs(), asked.flag("include_prs")))


def commits(asked: Asked) -> Response:
    """A revision's history, newest first, page by page."""
    repo, commit = at(asked, asked.rest[0] if asked.rest else "main")
    size = asked.number("limit", COMMITS_PAGE, COMMITS_PAGE)
    page = asked.number("p", 0, 10**9) if asked.query.get("p", "0") != "0" else 0
    history: Iterator[Commit] = repo.history(asked.query.get("cursor") or commit.id)
    rows = list(islice(history, page * size, (page + 1) * size + 1))
    headers = {}
    if len(rows) > size:
        following = rows.pop()
        where = f"/api/{asked.kind}s/{asked.repo_id}/commits/{commit.id}"
        headers = asked.next_page(where, following.id)
    formatted = "formatted" in asked.several("expand")
    value = [describe.commit_row(row, formatted) for row in rows]
    return answer(value, repo, commit, **headers)


def auth_check(asked: Asked) -> Response:
    """Whether the token opens the repository."""
    asked.repo()
    return JSONResponse({})
