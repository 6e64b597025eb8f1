"""Branches and tags of a repository."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from hfterm.errors import HftermError, NotFoundError
from hfterm.hub.answers import item, repo_url, understood
from hfterm.hub.client import Repo
from hfterm.hub.writes import check_ref, exists, tip, writing
from hfterm.naming import check_revision

Kind = Literal["branch", "tag"]


def ls(repo: Repo, kind: Kind) -> Iterator[dict[str, Any]]:
    """Yield a row a branch or tag: ``name``, ``commit``, ``ref``.

    Raises:
        NotFoundError, AccessError, NetworkError.
    """
    url = f"{repo_url(repo)}/refs"
    told = item(repo, url)
    with understood(url):
        found = [_row(ref, kind) for ref in told.get("branches" if kind == "branch" else "tags") or ()]
    yield from found


def _row(told: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    name = str(told["name"])
    return {"name": name, "commit": told.get("targetCommit"), "ref": told.get("ref") or _ref(name, kind)}


def _ref(name: str, kind: Kind) -> str:
    return f"refs/{'heads' if kind == 'branch' else 'tags'}/{name}"


def add(
    repo: Repo, kind: Kind, name: str, *, start: str | None = None, message: str | None = None,
    exist_ok: bool = False, dry_run: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Make a branch or tag at ``start`` (None: the main branch); its row, with ``created``.

    Raises:
        UsageError: not a name. HftermError: it exists. NotFoundError: no such repository or start.
        AccessError, NetworkError.
    """
    check_ref(name, kind)
    from huggingface_hub.errors import HfHubHTTPError

    at = repo._replace(revision=check_revision(start or repo.revision or "main"))
    with writing(at) as api:
        commit = tip(at)
        there = {row["name"]: row for row in ls(repo, kind)}
        if name in there:
            if not exist_ok:
                raise HftermError(f"{kind} {name!r} of {repo.id} exists already", "--exist-ok takes it as it is")
            return {**there[name], "created": False}
        if not dry_run:
            try:
                if kind == "branch":
                    api.create_branch(at.id, branch=name, revision=at.revision, repo_type=at.type)
                else:
                    api.create_tag(
                        at.id, tag=name, tag_message=message, revision=at.revision, repo_type=at.type, exist_ok=False
                    )
            except HfHubHTTPError as exc:
                if error := exists(exc, f"{kind} {name!r} of {repo.id}", "--exist-ok takes it as it is"):
                    raise error from exc
                raise
    return {"name": name, "commit": commit, "ref": _ref(name, kind), "created": True}


def find(repo: Repo, kind: Kind, name: str) -> dict[str, Any]:
    """The row of one branch or tag.

    Raises:
        NotFoundError: there is none of that name (or no such repository). AccessError, NetworkError.
    """
    rows = {row["name"]: row for row in ls(repo, kind)}
    if name not in rows:
        near = difflib.get_close_matches(name, rows, n=2, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"see: hfterm hub {kind} {repo.id}"
        raise NotFoundError(f"{repo.id} has no {kind} {name!r}", hint)
    return rows[name]


def remove(repo: Repo, kind: Kind, name: str) -> None:
    """Remove a branch or tag.

    Raises:
        NotFoundError, AccessError, NetworkError, HftermError: the main branch stays.
    """
    if kind == "branch" and name == "main":
        raise HftermError("the main branch cannot be removed", f"the whole repository: hfterm hub rm --repo {repo.id}")
    with writing(repo._replace(revision=name)) as api:
        (api.delete_branch if kind == "branch" else api.delete_tag)(repo.id, **{kind: name}, repo_type=repo.type)
