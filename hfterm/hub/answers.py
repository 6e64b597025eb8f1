"""Answers of a Hub to what is only read: asked again when the link or the server fails, never larger than sane.

The token goes to the Hub alone: not to where it redirects, not to where a next page is said to be.
"""

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from hfterm.errors import HftermError, NetworkError, one_line
from hfterm.hub.client import Repo, api, asking, endpoint

# An answer that is worth asking for again, and how long to wait before each try, in seconds.
RETRIED = (408, 425, 429, 500, 502, 503, 504)
WAITS = (0.5, 1.0, 2.0)
# A server that wants to be left alone for longer than this is told to the user instead.
MOST_WAIT = 10.0
# Seconds without a byte.
SILENCE = 30.0
# A page of a listing, or all about a repository, takes a few MB.
MOST_BYTES = 256 << 20
_ERROR_BYTES = 1 << 16


def repo_url(repo: Repo) -> str:
    """The address of a repository in the Hub's interface."""
    return f"{endpoint()}/api/{repo.type}s/{repo.id}"


@contextlib.contextmanager
def opened(
    about: Repo | None, url: str, *, method: str = "GET", params: Any = None, data: Any = None,
    headers: Mapping[str, str] | None = None, accept: tuple[int, ...] = (),
) -> Iterator[Any]:  # fmt: skip
    """The answer, its body yet to be read. Statuses in ``accept`` are no errors.

    Raises:
        NotFoundError, AccessError, NetworkError, HftermError.
    """
    import httpx2
    from huggingface_hub.utils import get_session  # type: ignore[attr-defined]

    sent = {**api()._build_hf_headers(), "Accept-Encoding": "identity", **(headers or {})}
    with contextlib.ExitStack() as stack, asking(about):
        for wait in (*WAITS, None):
            try:
                answer = stack.enter_context(
                    get_session().stream(
                        method, url, params=params, data=data, headers=sent, follow_redirects=True, timeout=SILENCE
                    )
                )
            except httpx2.TransportError as exc:
                # Who refuses a connection will refuse the next.
                if wait is None or isinstance(exc, httpx2.ConnectError | httpx2.UnsupportedProtocol):
                    raise broken(url, exc) from exc
                time.sleep(wait)
                continue
            except (httpx2.InvalidURL, httpx2.TooManyRedirects, httpx2.DecodingError) as exc:
                raise broken(url, exc) from exc
            if wait is not None and answer.status_code in RETRIED:
                asked = _retry_after(answer)
                if asked is None or asked <= MOST_WAIT:
                    stack.pop_all().close()
                    time.sleep(wait if asked is None else asked)
                    continue
            break
        if answer.status_code not in accept:
            _raise(answer)
        yield answer


def broken(url: str, exc: BaseException) -> NetworkError:
    """The error for a link that failed."""
    host = urlsplit(url).netloc.rpartition("@")[2]
    said = one_line(exc) or type(exc).__name__
    return NetworkError(f"connection to {host} failed: {said}", "check the connection and HF_ENDPOINT")


def _retry_after(answer: Any) -> float | None:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isascii() and told.isdecimal() else None


def _raise(answer: Any) -> None:
    """Raise what an error's status means; of its body a little is read."""
    if answer.status_code < 400:
        return
    import httpx2
    from huggingface_hub.utils import hf_raise_for_status  # type: ignore[attr-defined]

    body = b""
    with contextlib.suppress(httpx2.HTTPError):
        for chunk in answer.iter_raw(_ERROR_BYTES):
            body += chunk
            if len(body) >= _ERROR_BYTES:
                break
    headers = [(k, v) for k, v in answer.headers.items() if k.lower() not in ("content-encoding", "content-length")]
    hf_raise_for_status(
        httpx2.Response(answer.status_code, headers=headers, content=body[:_ERROR_BYTES], request=answer.request)
    )


def fetched(about: Repo | None, url: str, **options: Any) -> tuple[Any, str | None]:
    """An answer's JSON, and the address of the next page if there is one.

    Raises:
        NetworkError: it is no JSON, endless, or cut off.
    """
    import httpx2

    for wait in (*WAITS, None):
        with opened(about, url, **options) as answer:
            body = bytearray()
            try:
                for chunk in answer.iter_bytes(1 << 20):
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise strange(url, f"its answer takes more than {MOST_BYTES >> 20} MiB")
            except httpx2.HTTPError as exc:
                if wait is None:
                    raise broken(url, exc) from exc
                time.sleep(wait)
                continue
            following = answer.links.get("next", {}).get("url")
            kind = answer.headers.get("content-type", "").partition(";")[0]
            here = str(answer.url)
        break
    try:
        return json.loads(bytes(body)), following and _next(here, following)
    except RecursionError:
        raise strange(url, "its answer is nested too deeply") from None
    except ValueError:
        raise strange(url, f"it answered with {kind or 'something'} that is no JSON") from None


def _next(here: str, following: str) -> str:
    import httpx2

    target = httpx2.URL(here).join(following)
    ours, theirs = urlsplit(endpoint()), urlsplit(str(target))
    if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
        raise strange(endpoint(), f"its next page would be at {theirs.netloc}")
    return str(target)


def strange(url: str, why: str) -> NetworkError:
    """The error for a server that answers as no Hub does."""
    return NetworkError(f"{urlsplit(url).netloc.rpartition('@')[2]} is no Hub: {why}", "check HF_ENDPOINT")


def item(about: Repo | None, url: str, **options: Any) -> dict[str, Any]:
    """An answer that is one object.

    Raises:
        NetworkError: it is something else.
    """
    found, _ = fetched(about, url, **options)
    if not isinstance(found, dict):
        raise strange(url, "it answered with no object")
    return found


def rows(about: Repo | None, url: str, params: Any = None) -> Iterator[dict[str, Any]]:
    """The rows of a listing, page by page: a page is asked for when the rows before it are used up.

    Raises:
        NetworkError: the answer is no list of objects, or the pages go in a circle.
    """
    following: str | None = url
    seen: set[str] = set()
    while following is not None:
        if following in seen:
            raise strange(url, "its pages go in a circle")
        seen.add(following)
        found, following = fetched(about, following, params=params)
        params = None
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise strange(url, "it answered with no list")
        yield from found


@contextlib.contextmanager
def understood(url: str) -> Iterator[None]:
    """Fields of the wrong kind in an answer are the server's fault.

    Raises:
        NetworkError: instead of what a wrong kind raises.
    """
    try:
        yield
    except HftermError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as exc:
        raise strange(url, f"its answer lacks what is needed ({one_line(exc)[:80]})") from exc
