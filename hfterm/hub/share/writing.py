"""The routes that change a store: repositories, commits, branches and tags."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from hfterm.hub.share import preupload
from hfterm.hub.share.cards import front_matter
from hfterm.hub.share.context import Asked
from hfterm.hub.share.folder import FolderStore
from hfterm.hub.share.names import KINDS, check_repo_id, url_prefix
from hfterm.hub.share.operations import Operations
from hfterm.hub.share.reading import at
from hfterm.hub.share.refusal import bad, conflict, read_only
from hfterm.hub.share.repository import FolderRepo


def store_of(asked: Asked) -> FolderStore:
    """The store, when it may be changed.

    Raises:
        Refusal: it may not.
    """
    store = asked.share.store
    if not isinstance(store, FolderStore) or not store.writable:
        raise read_only()
    return store


def repo_of(asked: Asked) -> FolderRepo:
    """The repository that is named, when it may be changed."""
    return store_of(asked).repo(asked.kind, asked.repo_id)


def _named(asked: Asked) -> tuple[str, str]:
    name = asked.word("name")
    owner = asked.word("organization", asked.who.name)
    return _kind(asked), check_repo_id(name if "/" in name else f"{owner}/{name}")


def _kind(asked: Asked) -> str:
    kind = asked.word("type", "model")
    if kind not in KINDS:
        raise bad(f"no such type of repository: {kind!r}")
    return kind


def _private(data: dict[str, Any], otherwise: bool = False) -> bool:
    if "visibility" in data:
        return data["visibility"] in ("private", "protected")
    return bool(data.get("private", otherwise))


def create(asked: Asked) -> Response:
    """A new repository."""
    store = store_of(asked)
    kind, repo_id = _named(asked)
    url = f"{asked.base}/{url_prefix(kind)}{repo_id}"
    settings: dict[str, Any] = {"private": _private(asked.data), "gated": False}
    if kind == "space" and isinstance(asked.data.get("sdk"), str):
        settings["sdk"] = asked.data["sdk"]
    try:
        store.create(kind, repo_id, asked.who.name, settings)
    except Exception as exc:
        if getattr(exc, "status", None) == 409:
            raise conflict(f"You already created this {kind} repo: {repo_id}", url=url, name=repo_id) from exc
        raise
    return JSONResponse({"url": url, "name": repo_id, "id": repo_id})


def delete(asked: Asked) -> Response:
    """Take a repository away."""
    store = store_of(asked)
    store.delete(*_named(asked))
    return JSONResponse({})


def move(asked: Asked) -> Response:
    """Give a repository another id."""
    store = store_of(asked)
    kind = _kind(asked)
    old, new = (check_repo_id(asked.word(key)) for key in ("fromRepo", "toRepo"))
    store.move(kind, old, new)
    return JSONResponse({"url": f"{asked.base}/{url_prefix(kind)}{new}"})


def settings(asked: Asked) -> Response:
    """Change who may see a repository."""
    repo = repo_of(asked)
    changes: dict[str, Any] = {}
    if "visibility" in asked.data or "private" in asked.data:
        changes["private"] = _private(asked.data)
    if "gated" in asked.data:
        if asked.data["gated"] not in ("auto", "manual", False):
            raise bad("'gated' must be auto, manual or false")
        changes["gated"] = asked.data["gated"]
    repo.set(**changes)
    return JSONResponse({"private": repo.settings().get("private"), "gated": repo.settings().get("gated")})


def plan_upload(asked: Asked) -> Response:
    """How each file of an upload is to travel."""
    repo_of(asked)
    repo, commit = at(asked, "/".join(asked.rest) or "main")
    return JSONResponse(preupload.plan(repo, commit, asked.data))


async def commit(asked: Asked) -> Response:
    """Commit what is sent, line by line."""
    repo = await run_in_threadpool(repo_of, asked)
    revision = "/".join(asked.rest) or "main"
    xet = repo.store.xet
    steps = Operations(repo.store.blobs, xet.size_of if xet else None)
    async for lines in asked.body.lines():
        await run_in_threadpool(steps.feed, lines)
    if not steps.title:
        raise bad("the commit has no summary")
    made, number = await run_in_threadpool(
        repo.change,
        revision,
        lambda head: steps.changes(repo.folders, head),
        title=steps.title,
        message=steps.message,
        author=asked.who.name,
        parent=steps.parent,
        propose=asked.flag("create_pr"),
    )
    value = {"success": True, "commitOid": made.id, "commitUrl": f"{asked.page()}/commit/{made.id}", "hookOutput": ""}
    if number is not None:
        value["pullRequestUrl"] = f"{asked.page()}/discussions/{number}"
    return JSONResponse(value)


def add_branch(asked: Asked) -> Response:
    """A new branch."""
    repo_of(asked).add_branch("/".join(asked.rest), asked.word("startingPoint", "main"))
    return JSONResponse({})


def remove_branch(asked: Asked) -> Response:
    """Take a branch away."""
    repo_of(asked).remove_branch("/".join(asked.rest))
    return JSONResponse({})


def add_tag(asked: Asked) -> Response:
    """A new tag."""
    repo_of(asked).add_tag(asked.word("tag"), "/".join(asked.rest) or "main")
    return JSONResponse({})


def remove_tag(asked: Asked) -> Response:
    """Take a tag away."""
    repo_of(asked).remove_tag("/".join(asked.rest))
    return JSONResponse({})


def squash(asked: Asked) -> Response:
    """Make one commit of a branch's history."""
    branch = "/".join(asked.rest) or "main"
    made = repo_of(asked).squash(branch, asked.word("message", f"Squash {branch}"), asked.who.name)
    return JSONResponse({"commitOid": made.id})


def validate_card(asked: Asked) -> Response:
    """Whether the head of a README is YAML."""
    text = str(asked.data.get("content") or "")
    if text.lstrip("\ufeff \r\n").startswith("---") and front_matter(text) is None:
        return JSONResponse(
            {"errors": [{"message": "the metadata at the head is not YAML"}], "warnings": []}, status_code=400
        )
    return JSONResponse({"errors": [], "warnings": []})
