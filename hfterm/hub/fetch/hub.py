"""What a download asks the Hub: which commit a revision is, and which files it has."""

import json
import os
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode, urljoin

from hfterm import __version__
from hfterm.errors import HftermError, NetworkError, NotFoundError
from hfterm.hub.client import DEFAULT_ENDPOINT, Repo, endpoint
from hfterm.hub.fetch.retry import Garbled, Patience, Refused, Tries, gave_up, passes, words
from hfterm.hub.fetch.wire import ERROR_BYTES, Answer, Wire, origin
from hfterm.text import sanitize

T = TypeVar("T")

_COMMIT = re.compile(r"[0-9a-f]{40}")
_ETAG = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_XET_HASH = re.compile(r"[0-9a-f]{64}")
# So many paths are asked about at once.
MOST_PATHS = 1000


class Entry(NamedTuple):
    """A file of a commit: ``etag`` names its content (SHA-256 of a large file, else git's id), ``size`` in bytes.

    ``blob`` is git's id; ``xet`` Xet's hash, where it is kept so.
    """

    path: str
    size: int
    etag: str
    blob: str
    xet: str | None = None


def is_commit(revision: str | None) -> bool:
    """Whether a revision is a whole commit id."""
    return bool(revision and _COMMIT.fullmatch(revision))


def token() -> str | None:
    """The user's token as the Hub client would find it; without importing the client where that is plain."""
    if os.environ.get("HF_HUB_DISABLE_IMPLICIT_TOKEN", "").upper() in ("1", "TRUE", "YES", "ON"):
        return None
    home = os.path.dirname(_token_path())
    if os.environ.get("HF_OIDC_RESOURCE") or _holds(os.path.join(home, "stored_tokens"), "refresh_token"):
        from huggingface_hub import get_token

        return get_token()
    given = os.environ.get("HF_TOKEN") or os.environ.get("HUGGING_FACE_HUB_TOKEN") or ""
    if not given:
        try:
            with open(_token_path(), encoding="utf-8") as stream:
                given = stream.read()
        except (OSError, ValueError):
            return None
    return "".join(given.split()) or None


def _token_path() -> str:
    from hfterm.paths import hf_home_name

    return os.path.expanduser(os.environ.get("HF_TOKEN_PATH") or os.path.join(hf_home_name(), "token"))


def _holds(path: str, word: str) -> bool:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return word in stream.read()
    except OSError:
        return False


class Hub:
    """The Hub at ``HF_ENDPOINT``, asked with patience."""

    def __init__(self, patience: Patience) -> None:
        self.patience, self.endpoint = patience, endpoint()
        self.wire = Wire(self.endpoint, token(), patience.silence, f"hfterm/{__version__}")
        # Whether the Hub said that files are missing on it (``hfterm hub share`` of a cache).
        self.partial = False
        self._warned: set[str] = set()

    def url(self, repo: Repo, sha: str, path: str) -> str:
        """Where a file's content is."""
        return f"{self.endpoint}/{repo.kind_id}/resolve/{sha}/{quote(path)}"

    def api(self, repo: Repo, *rest: str) -> str:
        """An address of the interface to a repository."""
        return "/".join((self.endpoint, "api", f"{repo.type}s", repo.id, *(quote(part, safe="") for part in rest)))

    def send(self, method: str, url: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
        """One request; an answer that is no success raises.

        Raises:
            Refused, OSError, http.client.HTTPException.
        """
        answer = self.wire.ask(method, url, headers, body)
        if answer.status >= 300:
            with answer:
                raise Refused(method, url, answer.status, answer.headers, answer.read(ERROR_BYTES))
        return answer

    def json(self, about: Repo, url: str, form: list[tuple[str, str]] | None = None) -> tuple[Any, str | None]:
        """The answer to a question, and the address of its next page.

        Raises:
            HftermError: as :meth:`trying`.
        """

        def ask() -> tuple[Any, str | None]:
            method, headers, body = "GET", {"Accept": "application/json"}, None
            if form is not None:
                method, body = "POST", urlencode(form).encode()
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            with self.send(method, url, headers, body) as answer:
                data = answer.read()
                self._heed(answer)
                try:
                    return json.loads(data), self._next(answer)
                except ValueError as exc:
                    raise Garbled("the answer is no JSON") from exc

        return self.trying(ask, about.id, about)

    def trying(self, do: Callable[[], T], what: str, about: Repo) -> T:
        """Do something until it succeeds or patience ends.

        Raises:
            HftermError: one of its kinds that says what is wrong and what is near.
        """
        tries = Tries(self.patience, what)
        while True:
            try:
                done = do()
            except Exception as exc:
                if not passes(exc) and not isinstance(exc, Refused | OSError):
                    raise
                try:
                    tries.failed(exc)
                except Exception as last:
                    if last is not exc:
                        raise
                    raise self.error(exc, about) from exc
            else:
                tries.progressed()
                return done

    def error(self, exc: Exception, about: Repo) -> HftermError:
        """What a failure means to the user."""
        what = sanitize(about.path, cell=True) or about.id
        if isinstance(exc, Refused) and not passes(exc):
            return _translated(exc, about)
        if isinstance(exc, Refused | Garbled):
            return gave_up(exc, what, self.patience.silence)
        if not self.patience.reached:
            why = words(exc, self.patience.silence)
            return NetworkError(
                f"cannot reach the Hub at {self.endpoint}: {why}", "check the connection and HF_ENDPOINT"
            )
        return gave_up(exc, what, self.patience.silence)

    def _next(self, answer: Answer) -> str | None:
        for link in re.findall(r"<([^>]+)>\s*;\s*rel=\"?next\"?", answer.headers.get("Link", "")):
            url: str = urljoin(answer.url, link)
            if origin(url) == origin(DEFAULT_ENDPOINT) and self.endpoint != DEFAULT_ENDPOINT:
                url = self.endpoint + url[len(DEFAULT_ENDPOINT) :]  # a mirror that passes the Hub's answer on
            return url
        return None

    def _heed(self, answer: Answer) -> None:
        """Pass on what the Hub warns of, each topic once (``X-HF-Warning: topic; message``)."""
        self.partial = self.partial or answer.headers.get("X-Hfterm-Partial") == "true"
        for warning in answer.headers.get_all("X-HF-Warning") or ():
            topic, semicolon, message = warning.partition(";")
            if topic not in self._warned:
                self._warned.add(topic)
                self.patience.say(sanitize((message if semicolon else topic).strip(), cell=True))

    def missing(self, about: Repo) -> HftermError:
        """The error for a file that is not in the repository: what is near is looked up."""
        return _translated(Refused("GET", self.endpoint, 404, {"X-Error-Code": "EntryNotFound"}), about)

    # --- questions --------------------------------------------------------------------------

    def commit(self, repo: Repo, *, hurry: bool = False) -> str:
        """The commit that the revision is now; in a ``hurry`` it is tried only twice."""
        url = f"{self.api(repo, 'revision', repo.revision or 'main')}?expand=sha"
        patience, self.patience.retries = self.patience.retries, min(self.patience.retries, 1 if hurry else 10**6)
        try:
            said, _ = self.json(repo._replace(path=""), url)
        finally:
            self.patience.retries = patience
        sha = said.get("sha") if isinstance(said, dict) else None
        if not isinstance(sha, str) or not is_commit(sha):
            raise NetworkError(f"{self.endpoint} does not name the commit of {repo.id}", "is HF_ENDPOINT a Hub?")
        return sha

    def tree(self, repo: Repo, sha: str, under: str = "") -> dict[str, Entry]:
        """All files of a commit (below a folder), by path."""
        url: str | None = self.api(repo, "tree", sha, *([under] if under else ()))
        url = f"{url}?recursive=true&expand=false"
        found: dict[str, Entry] = {}
        seen: set[str] = set()
        while url is not None and url not in seen:
            seen.add(url)
            rows, url = self.json(repo._replace(path=under), url)
            for row in rows if isinstance(rows, list) else ():
                if isinstance(row, dict) and row.get("type") == "file":
                    entry = entry_of(row)
                    found[entry.path] = entry
        return found

    def some(self, repo: Repo, sha: str, paths: Iterable[str]) -> dict[str, Entry]:
        """These files, and all files of those that are folders; what is not there is left out."""
        listed = list(paths)
        found: dict[str, Entry] = {}
        for at in range(0, len(listed), MOST_PATHS):
            form = [("paths", path) for path in listed[at : at + MOST_PATHS]]
            rows, _ = self.json(repo._replace(path=""), self.api(repo, "paths-info", sha), [*form, ("expand", "false")])
            for row in rows if isinstance(rows, list) else ():
                if row.get("type") == "file":
                    entry = entry_of(row)
                    found[entry.path] = entry
                else:
                    found |= self.tree(repo, sha, str(row.get("path")))
        return found


def entry_of(row: dict[str, Any]) -> Entry:
    """A row of a listing.

    Raises:
        NetworkError: it lacks what a download needs.
    """
    lfs = row.get("lfs") or {}
    path, size, etag = row.get("path"), lfs.get("size", row.get("size")), lfs.get("oid") or row.get("oid")
    if not isinstance(path, str) or not isinstance(size, int) or size < 0 or not _ETAG.fullmatch(str(etag)):
        raise NetworkError(f"the Hub's listing names no size or content of {sanitize(str(path), cell=True)[:80]!r}")
    xet = row.get("xetHash")
    return Entry(path, size, str(etag), str(row.get("oid")), xet if xet and _XET_HASH.fullmatch(xet) else None)


def _translated(exc: Refused, about: Repo) -> HftermError:
    """What the Hub client makes of an answer, in this program's words."""
    import httpx2
    from huggingface_hub.utils import hf_raise_for_status  # type: ignore[attr-defined]

    from hfterm.hub.client import asking

    headers = dict(exc.headers.items())
    if exc.status in (404, 410) and not any(name.lower() == "x-error-code" for name in headers):
        headers["X-Error-Code"] = "EntryNotFound" if about.path else "RepoNotFound"
    for name in list(headers):
        if name.lower() in ("content-encoding", "transfer-encoding", "content-length", "x-hf-warning"):
            del headers[name]
    response = httpx2.Response(
        exc.status, headers=headers, content=exc.body, request=httpx2.Request(exc.method, exc.url)
    )
    try:
        with asking(about):
            hf_raise_for_status(response)
    except HftermError as error:
        return error
    return NotFoundError(f"the Hub answered {exc.status} for {about}")  # a redirect to nowhere
