"""Bytes of a file in a repository, streamed; any range of them."""

from collections.abc import Iterator
from pathlib import Path

from hfterm.errors import NotFoundError, UsageError
from hfterm.hub import cached
from hfterm.hub.client import Repo, api, asking, endpoint, offline

CHUNK = 1 << 20


def byte_range(text: str) -> tuple[int, int | None]:
    """``100-199``, ``100-``, ``-50`` (the last 50) as (first, last); the last 50 as (-50, None).

    Raises:
        UsageError: no range.
    """
    first, dash, last = text.partition("-")
    if not dash or not (first + last).isdecimal() or (first and last and int(last) < int(first)):
        raise UsageError(f"not a range of bytes: {text!r}", "write 0-1023, 1024- or -512 (the last 512)")
    if not first:
        return -int(last), None
    return int(first), int(last) if last else None


def stream(repo: Repo, span: tuple[int, int | None] | None = None) -> Iterator[bytes]:
    """Yield the bytes of ``repo.path``, those of ``span`` alone if given; from the cache where it has the file.

    The cache is believed for the very commit that the Hub names, and offline.

    Raises:
        NotFoundError, AccessError, NetworkError.
    """
    if not repo.path:
        raise UsageError(f"{repo} names no file", "write hfterm hub cat ORG/NAME FILE")
    local = next((f.where for f in cached.files(repo) if f.path == repo.path), None)
    if offline():
        if local is None:
            raise NotFoundError(f"{repo} is not in the cache, and HF_HUB_OFFLINE is set", "unset it to ask the Hub")
        yield from _from_file(local, span)
        return
    from huggingface_hub import hf_hub_url
    from huggingface_hub.utils import get_session, hf_raise_for_status  # type: ignore[attr-defined]

    headers = {**api()._build_hf_headers(), "Accept-Encoding": "identity"}
    if span is not None:
        headers["Range"] = (
            f"bytes={span[0]}" if span[0] < 0 else f"bytes={span[0]}-{'' if span[1] is None else span[1]}"
        )
    url = hf_hub_url(repo.id, repo.path, repo_type=repo.type, revision=repo.revision, endpoint=endpoint())
    with asking(repo), get_session().stream("GET", url, headers=headers, follow_redirects=True, timeout=30) as answer:
        if answer.status_code == 416:
            return  # nothing lies in the range
        hf_raise_for_status(answer)
        skip, left = _window(answer.status_code, span)
        for chunk in answer.iter_bytes(CHUNK):
            if skip:  # the server sent the whole file all the same
                skip, chunk = max(0, skip - len(chunk)), chunk[skip:]
            if left is not None:
                chunk, left = chunk[:left], left - len(chunk)
            if chunk:
                yield chunk
            if left is not None and left <= 0:
                return


def _window(status: int, span: tuple[int, int | None] | None) -> tuple[int, int | None]:
    """Bytes to pass over and to take of the answer's body."""
    if span is None or status == 206:
        return 0, None
    if span[0] < 0:
        raise UsageError("the server knows no ranges: the end of a file cannot be had alone", "leave --range out")
    return span[0], None if span[1] is None else span[1] - span[0] + 1


def _from_file(path: Path, span: tuple[int, int | None] | None) -> Iterator[bytes]:
    with path.open("rb") as stream_:
        first, last = span or (0, None)
        size = path.stat().st_size
        begin = max(0, size + first) if first < 0 else first
        left = (size if last is None else min(size, last + 1)) - begin
        stream_.seek(begin)
        while left > 0 and (chunk := stream_.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
