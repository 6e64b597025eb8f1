"""Ask the Hub: names of repositories, the client, and errors that say what is near.

Where ``HF_HUB_OFFLINE`` is set nothing is asked but a Hub on this very machine.
"""

import contextlib
import difflib
import ipaddress
import os
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, cast
from urllib.parse import urlsplit

from hfterm.errors import AccessError, HftermError, NetworkError, NotFoundError, UsageError, one_line

TYPES = ("model", "dataset", "space")
RepoType = Literal["model", "dataset", "space"]
DEFAULT_ENDPOINT = "https://huggingface.co"


class Repo(NamedTuple):
    """A repository, at a revision (None: its main branch), and a path in it (empty: all of it)."""

    id: str
    type: RepoType = "model"
    revision: str | None = None
    path: str = ""

    @property
    def kind_id(self) -> str:
        """What stands for it in an address: ``org/name``, ``datasets/org/name``."""
        return self.id if self.type == "model" else f"{self.type}s/{self.id}"

    def __str__(self) -> str:
        """As a reference: ``hf://datasets/org/name@rev/path``."""
        at = f"@{self.revision}" if self.revision else ""
        return f"hf://{self.kind_id}{at}" + (f"/{self.path}" if self.path else "")


def repo(text: str, repo_type: str | None = None, revision: str | None = None) -> Repo:
    """The repository that a reference names; ``repo_type`` and ``revision`` are those of flags, and win.

    ``datasets/org/name`` and ``spaces/org/name`` are understood too. A folder of that name here does not count.

    Raises:
        UsageError: it names no repository of the Hub, or the revision can be none.
    """
    from hfterm import naming

    if text.startswith(("run:", ".", "/", "~")) or text == "-":
        raise UsageError(f"{text!r} is not a repository of the Hub", "write org/name, or hf://datasets/org/name")
    found = naming.parse(text if text.startswith("hf://") else f"hf://{text}", "any")
    kind = repo_type if repo_type and repo_type != "model" else found.repo_type
    if repo_type == "model" and found.repo_type != "model":
        raise UsageError(f"{text!r} is a {found.repo_type}, --type says model")
    at = found.revision if revision is None else naming.check_revision(revision)
    return Repo(found.name, cast(RepoType, kind), at, found.path)


def endpoint() -> str:
    """The Hub's address: ``HF_ENDPOINT``, else the public one."""
    return (os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")


def is_loopback(url: str) -> bool:
    """Whether an address is this very machine."""
    host = urlsplit(url).hostname or ""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def offline() -> bool:
    """Whether the Hub must not be asked: ``HF_HUB_OFFLINE`` is set, and it is another machine."""
    asked = any(
        os.environ.get(name, "").upper() in ("1", "TRUE", "YES", "ON")
        for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    )
    return asked and not is_loopback(endpoint())


def api() -> Any:
    """The Hub client, which takes the token from ``HF_TOKEN`` or its own store."""
    import huggingface_hub
    from huggingface_hub import HfApi

    from hfterm import __version__

    if huggingface_hub.constants.HF_HUB_OFFLINE and not offline():
        huggingface_hub.constants.HF_HUB_OFFLINE = False
    return HfApi(endpoint=endpoint(), library_name="hfterm", library_version=__version__)


@contextlib.contextmanager
def asking(about: Repo | None = None) -> Iterator[None]:
    """Translate what the client raises, and name what is near what was asked for.

    Raises:
        NotFoundError, AccessError, NetworkError, HftermError.
    """
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError as exc:
        name = about.id if about else "the repository"
        raise AccessError(
            f"{name} is gated: its owner lets in those who asked",
            f"ask at {endpoint()}/{name}, then log in: hfterm hub login",
        ) from exc
    except errors.RepositoryNotFoundError as exc:
        raise _no_repository(about, exc) from exc
    except errors.RevisionNotFoundError as exc:
        raise _no_revision(about) from exc
    except errors.OfflineModeIsEnabled as exc:
        what = f"{about} is not in the cache" if about else "this needs the Hub"
        raise NotFoundError(f"{what}, and HF_HUB_OFFLINE is set", "unset HF_HUB_OFFLINE to ask the Hub") from exc
    except errors.LocalEntryNotFoundError:
        raise
    except errors.EntryNotFoundError as exc:
        raise _no_entry(about) from exc
    except errors.HfHubHTTPError as exc:
        raise _refused(exc) from exc
    except (KeyError, TypeError, AttributeError, ValueError) as exc:
        if not _from_answer(exc):
            raise
        host = urlsplit(endpoint()).netloc.rpartition("@")[2]
        said = one_line(f"{type(exc).__name__} {exc}")[:80]
        raise NetworkError(f"{host} is no Hub: its answer is not as it must be ({said})", "check HF_ENDPOINT") from exc


def _from_answer(exc: Exception) -> bool:
    """Whether the client stumbled over an answer: it expects fields that a Hub of another make may leave out."""
    import traceback

    from huggingface_hub.errors import HFValidationError

    if isinstance(exc, HFValidationError):
        return False
    frames = [frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(exc.__traceback__)]
    ours = [name for name in frames if name.startswith(("huggingface_hub.", "hfterm.", "commands."))]
    return bool(ours) and ours[-1].startswith("huggingface_hub.")


def _no_repository(about: Repo | None, exc: Exception) -> HftermError:
    status = getattr(getattr(exc, "response", None), "status_code", 404)
    if about is None:
        return NotFoundError("not on the Hub, or private", "check the name; for a private one log in: hfterm hub login")
    near = near_repositories(about)
    if near:
        return NotFoundError(f"no {about.type} {about.id!r} on the Hub", f"did you mean {' or '.join(near)}?")
    who = "check the name and --type" if status == 404 else "check the name; for a private one log in: hfterm hub login"
    return NotFoundError(f"no {about.type} {about.id!r} on the Hub, or it is private", who)


def near_repositories(about: Repo) -> list[str]:
    """Names like the one asked for: among those in the cache, then by a search, then the owner's."""
    from hfterm.hub import cached
    from hfterm.hub.search import search

    names = [r.id for r in cached.repositories() if r.type == about.type]
    found = difflib.get_close_matches(about.id, names, n=2, cutoff=0.75)
    if not found and not offline():
        with contextlib.suppress(Exception):
            listed = search(about.id.rpartition("/")[2], repo_type=about.type, limit=20)
            found = difflib.get_close_matches(about.id, [r["id"] for r in listed], n=2, cutoff=0.5)
            if not found and "/" in about.id:  # the search finds no name that is shorter than what was asked for
                owned = search(repo_type=about.type, author=about.id.partition("/")[0], limit=200)
                found = difflib.get_close_matches(about.id, [r["id"] for r in owned], n=2, cutoff=0.75)
    return [name for name in found if name != about.id]


def _no_revision(about: Repo | None) -> HftermError:
    if about is None:
        return NotFoundError("no such revision")
    names: list[str] = []
    with contextlib.suppress(Exception):
        refs = api().list_repo_refs(about.id, repo_type=about.type)
        names = [ref.name for ref in (*refs.branches, *refs.tags)]
    near = difflib.get_close_matches(about.revision or "", names, n=2, cutoff=0.4) or names[:5]
    hint = f"it has {', '.join(near)}" if near else None
    return NotFoundError(f"{about.id} has no revision {about.revision!r}", hint)


def _no_entry(about: Repo | None) -> HftermError:
    if about is None or not about.path:
        return NotFoundError("no such file in the repository")
    from hfterm.hub.tree import ls

    names: list[str] = []
    with contextlib.suppress(Exception):
        rows = ls(about._replace(path=""), recursive=True)
        names = [row["path"] for _, row in zip(range(10_000), rows, strict=False)]
    near = difflib.get_close_matches(about.path, names, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"see: hfterm hub ls {about._replace(path='')}"
    return NotFoundError(f"no {about.path!r} in {about.id}", hint)


def _refused(exc: Any) -> HftermError:
    response = getattr(exc, "response", None)
    status = getattr(response, "status_code", 0)
    said = one_line(getattr(exc, "server_message", None) or exc).partition(" For more information check")[0][:200]
    if status == 401:
        return AccessError(f"the Hub wants a valid token: {said}", "log in: hfterm hub login, or set HF_TOKEN")
    if status == 403:
        return AccessError(
            f"the token does not permit it: {said}", "use one with the rights it needs: hfterm hub whoami"
        )
    if status == 429:
        wait = response.headers.get("retry-after") if response is not None else None
        return NetworkError(
            "the Hub asks us to slow down (429)", f"try again in {wait} s" if wait else "try again later"
        )
    if status == 404:
        return NotFoundError(f"the Hub knows no such thing (404): {said}", "check the name, --type and HF_ENDPOINT")
    if status == 409:
        return HftermError(f"the Hub has it already, or something of that name (409): {said}")
    if status == 412:
        return HftermError(f"it was changed meanwhile (412): {said}", "look at what changed, then run it again")
    if status in (400, 413, 416, 422):
        return HftermError(f"the Hub refused it ({status}): {said}")
    return NetworkError(f"the Hub answered {status or 'with an error'}: {said}", "try again; see 'hfterm doctor'")
