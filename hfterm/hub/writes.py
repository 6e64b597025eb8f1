"""What all that changes the Hub shares: the client, or the reason why not."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from hfterm.errors import AccessError, HftermError, NetworkError, NotFoundError, UsageError, one_line
from hfterm.hub.answers import repo_url, understood
from hfterm.hub.client import Repo, api, asking, endpoint, offline
from hfterm.naming import is_revision


@contextlib.contextmanager
def writing(about: Repo | None = None) -> Iterator[Any]:
    """The client, for a change of ``about``; what it raises is translated.

    Raises:
        NetworkError: offline. AccessError: no token, or not its right. NotFoundError, HftermError.
    """
    if offline():
        raise NetworkError("HF_HUB_OFFLINE is set, and this changes the Hub", "unset HF_HUB_OFFLINE")
    from huggingface_hub import errors

    with asking(about):
        try:
            yield api()
        except (errors.RepositoryNotFoundError, NotFoundError) as exc:
            cause = exc.__cause__ if isinstance(exc, NotFoundError) else exc
            if not isinstance(cause, errors.RepositoryNotFoundError) or isinstance(cause, errors.GatedRepoError):
                raise
            if status(cause) != 401:
                raise
            # Without a token the Hub does not even say whether the repository is there.
            name = about.id if about else endpoint()
            raise AccessError(
                f"no one without a valid token may change {name}", "log in: hfterm hub login, or set HF_TOKEN"
            ) from exc


def tip(repo: Repo) -> str:
    """The commit that a repository's revision is at. Nothing else of the answer is looked at.

    Raises:
        What the client raises, to be translated by :func:`writing`. NetworkError: the answer names no commit.
    """
    from huggingface_hub.utils import get_session, hf_raise_for_status  # type: ignore[attr-defined]

    url = f"{repo_url(repo)}/revision/{quote(repo.revision or 'main', safe='')}"
    answer = get_session().get(url, headers=api()._build_hf_headers())
    hf_raise_for_status(answer)
    with understood(url):
        return str(answer.json()["sha"])


def status(exc: BaseException) -> int:
    """The HTTP status that an exception of the client is about; 0 when none."""
    return int(getattr(getattr(exc, "response", None), "status_code", 0) or 0)


def exists(exc: BaseException, what: str, hint: str | None = None) -> HftermError | None:
    """The error to raise for a 409: ``what`` is there already; None for any other."""
    return HftermError(f"{what} exists already", hint) if status(exc) == 409 else None


def check_ref(name: str, what: str) -> str:
    """A name that git takes for a branch or tag.

    Raises:
        UsageError: it does not.
    """
    if name.startswith("refs/") or not is_revision(name):
        raise UsageError(f"not a name for a {what}: {name!r}", "letters, digits, '.', '_', '-' and '/' are safe")
    return name


def check_parent(commit: str | None) -> str | None:
    """A commit that the branch must still be at.

    Raises:
        UsageError: it is no commit.
    """
    if commit is not None and not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise UsageError(f"not a commit: {commit!r}", "write all its 40 hex digits: hfterm hub info ORG/NAME")
    return commit


def moved_on(exc: BaseException, repo: Repo) -> HftermError | None:
    """The error to raise for a 412: the branch is not where it was; None for any other."""
    if status(exc) != 412:
        return None
    said = one_line(getattr(exc, "server_message", None) or "")[:200]
    return HftermError(
        f"{repo.id} was changed by someone else meanwhile, nothing was committed" + (f": {said}" if said else ""),
        f"see what changed with: hfterm hub diff {repo.id}; then run it again",
    )
