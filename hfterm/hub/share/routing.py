"""From an address to its route: which handler, on which repository, with what kind of body."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

from hfterm.hub.share import large, reading, resolve, search, writing, xet_routes
from hfterm.hub.share.names import KINDS, check_repo_id
from hfterm.hub.share.refusal import no_route


class Route(NamedTuple):
    """A handler; ``body``: how it takes the request's body. One that streams is a coroutine function.

    ``writes``: it needs the right to write. ``signed``: its address carries its own permission.
    """

    handler: Callable[..., Any]
    body: Literal["none", "json", "form", "stream"] = "none"
    writes: bool = False
    signed: bool = False


class Target(NamedTuple):
    """What an address names."""

    route: Route
    kind: str = "model"
    repo_id: str = ""
    rest: tuple[str, ...] = ()


_FIXED: dict[tuple[str, str], Route] = {
    ("GET", "api/whoami-v2"): Route(reading.whoami),
    ("GET", "api/whoami"): Route(reading.whoami),
    ("POST", "api/repos/create"): Route(writing.create, "json", writes=True),
    ("DELETE", "api/repos/delete"): Route(writing.delete, "json", writes=True),
    ("POST", "api/repos/move"): Route(writing.move, "json", writes=True),
    ("POST", "api/validate-yaml"): Route(writing.validate_card, "json"),
}
_OF_REPO: dict[tuple[str, str], Route] = {
    ("GET", ""): Route(reading.info),
    ("GET", "revision"): Route(reading.info),
    ("GET", "tree"): Route(reading.tree),
    ("POST", "paths-info"): Route(reading.paths_info, "form"),
    ("GET", "refs"): Route(reading.refs),
    ("GET", "commits"): Route(reading.commits),
    ("GET", "auth-check"): Route(reading.auth_check),
    ("GET", "xet-read-token"): Route(xet_routes.read_token),
    ("GET", "xet-write-token"): Route(xet_routes.write_token, writes=True),
    ("POST", "preupload"): Route(writing.plan_upload, "json", writes=True),
    ("POST", "commit"): Route(writing.commit, "stream", writes=True),
    ("POST", "branch"): Route(writing.add_branch, "json", writes=True),
    ("DELETE", "branch"): Route(writing.remove_branch, writes=True),
    ("POST", "tag"): Route(writing.add_tag, "json", writes=True),
    ("DELETE", "tag"): Route(writing.remove_tag, writes=True),
    ("POST", "super-squash"): Route(writing.squash, "json", writes=True),
    ("PUT", "settings"): Route(writing.settings, "json", writes=True),
}
_VERBS = {verb for _, verb in _OF_REPO if verb}
_PAGES: dict[tuple[str, str], Route] = {
    ("GET", "resolve"): Route(resolve.resolve),
    ("GET", "raw"): Route(resolve.resolve),
    ("POST", "info/lfs/objects/batch"): Route(large.batch, "json"),
    ("POST", "info/lfs/objects/verify"): Route(large.verify, "json"),
}
_UPLOAD = Route(large.put, "stream", signed=True)
_XET = Route(xet_routes.route, "stream", signed=True)
_LISTING = Route(search.listing)


def find(method: str, raw_path: str) -> Target:
    """The route of an address, its parts unquoted one by one (a quoted slash stays within its part).

    Raises:
        Refusal: there is none.
    """
    parts = [unquote(part, errors="surrogateescape") for part in raw_path.split("/")[1:]]
    asked = "GET" if method == "HEAD" else method
    path = "/".join(parts)
    if (route := _FIXED.get((asked, path))) is not None:
        return Target(route)
    target = None
    if parts[0] == "api" and len(parts) > 1 and parts[1].removesuffix("s") in KINDS and parts[1].endswith("s"):
        target = _api(asked, parts[1].removesuffix("s"), parts[2:])
    elif parts[0] == "_upload" and asked == "PUT":
        target = Target(_UPLOAD, rest=tuple(parts[1:]))
    elif parts[0] == "_xet":
        target = Target(_XET, rest=tuple(parts[1:]))
    elif parts[0] != "api":
        kind = parts[0].removesuffix("s") if parts[0] in ("datasets", "spaces") else "model"
        target = _page(asked, kind, parts[1:] if kind != "model" else parts)
    if target is None:
        raise no_route(method, path)
    return target


def _api(method: str, kind: str, parts: list[str]) -> Target | None:
    if not any(parts):
        return Target(_LISTING, kind) if method == "GET" else None
    for size in _sizes(parts, _VERBS):
        verb = parts[size] if len(parts) > size else ""
        route = _OF_REPO.get((method, verb))
        if route is not None:
            return Target(route, kind, check_repo_id("/".join(parts[:size])), tuple(parts[size + 1 :]))
    return None


def _sizes(parts: list[str], verbs: set[str]) -> tuple[int, ...]:
    # An id has one part or two: "gpt2/tree/main" names gpt2, "org/name/tree/main" org/name.
    if len(parts) == 1 or (len(parts) >= 2 and parts[1] in verbs and not (len(parts) > 2 and parts[2] in verbs)):
        return (1,)
    return (2,) if len(parts) == 2 or parts[2] in verbs else ()


def _page(method: str, kind: str, parts: list[str]) -> Target | None:
    for size in (2, 1):
        if len(parts) <= size:
            continue
        lfs = parts[size - 1].endswith(".git")
        verb = "/".join(parts[size:]) if lfs else parts[size]
        route = _PAGES.get((method, verb))
        if route is not None:
            repo_id = "/".join(parts[:size]).removesuffix(".git" if lfs else "")
            return Target(route, kind, check_repo_id(repo_id), tuple(parts[size + 1 :]))
    return None
