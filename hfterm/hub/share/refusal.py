"""Answers that say no: a status, the Hub's error code, and one line for people.

The client turns ``X-Error-Code`` into an exception class and shows ``X-Error-Message``; a 5xx is retried
for half a minute, so nothing that is merely missing or wrong may answer one.
"""

from collections.abc import Mapping

from hfterm.errors import one_line


class Refusal(Exception):
    """An answer other than 2xx: ``status``, ``code`` (``X-Error-Code``), ``message`` and further ``headers``.

    ``body`` is added to the JSON object of the answer.
    """

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        # What a client sent may hold halves of surrogate pairs, which no answer can carry.
        self.message = one_line(message).encode("utf-8", "backslashreplace").decode()
        self.status, self.code = status, code
        self.headers, self.body = dict(headers or {}), dict(body or {})


def no_repo(repo_id: str) -> Refusal:
    """404: no repository of that name."""
    return Refusal(404, f"Repository not found: {repo_id}", "RepoNotFound")


def no_revision(revision: str) -> Refusal:
    """404: no branch, tag or commit of that name."""
    return Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def no_entry(path: str, sha: str) -> Refusal:
    """404: no such file or folder at that commit (the client remembers it, so the commit is named)."""
    return Refusal(404, f"{path} does not exist on {sha}", "EntryNotFound", headers={"X-Repo-Commit": sha})


def bad(message: str) -> Refusal:
    """400: the request makes no sense."""
    return Refusal(400, message)


def conflict(message: str, **body: object) -> Refusal:
    """409: it exists already."""
    return Refusal(409, message, body=body)


def stale(expected: str, found: str) -> Refusal:
    """412: the branch moved on since the commit was prepared."""
    return Refusal(412, f"A commit has happened since. Please refresh and try again (expected {expected}, is {found})")


def read_only() -> Refusal:
    """403: nothing can be written here."""
    return Refusal(403, "this server is read-only; start it on a store of its own with --writable")


def no_route(method: str, path: str) -> Refusal:
    """404: not a part of the Hub's protocol that is served here."""
    return Refusal(404, f"hfterm hub share does not serve {method} {path}", "RouteNotFound")
