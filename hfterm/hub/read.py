"""Bytes of a file in a repository, streamed; any range of them."""

import codecs
import io
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.hub import cached
from hfterm.hub.answers import WAITS, broken, opened, strange
from hfterm.hub.client import Repo, endpoint, offline
from hfterm.text import sanitize

CHUNK = 1 << 18
_RANGE = re.compile(r"([0-9]{0,18})-([0-9]{0,18})")
_CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/")


def byte_range(text: str) -> tuple[int, int | None]:
    """``100-199``, ``100-``, ``-50`` (the last 50) as (first, last); the last 50 as (-50, None).

    Raises:
        UsageError: no range.
    """
    found = _RANGE.fullmatch(text.strip())
    first, last = found.groups() if found else ("", "")
    if not (first or last) or (first and last and int(last) < int(first)):
        raise UsageError(f"not a range of bytes: {text!r}", "write 0-1023, 1024- or -512 (the last 512)")
    if not first:
        return -int(last), None
    return int(first), int(last) if last else None


def stream(repo: Repo, span: tuple[int, int | None] | None = None) -> Iterator[bytes]:
    """Yield the bytes of ``repo.path``, those of ``span`` alone if given; offline from the cache.

    Raises:
        NotFoundError, AccessError, NetworkError.
    """
    if not repo.path:
        raise UsageError(f"{repo} names no file", "write hfterm hub cat ORG/NAME FILE")
    if offline():
        local = next((f.where for f in cached.files(repo) if f.path == repo.path), None)
        if local is None:
            raise NotFoundError(f"{repo} is not in the cache, and HF_HUB_OFFLINE is set", "unset it to ask the Hub")
        yield from from_file(local, span)
        return
    yield from _Download(repo, span).pieces()


def shown(chunks: Iterable[bytes]) -> Iterator[str]:
    """Bytes as text that cannot steer a terminal.

    Raises:
        UsageError: they are no text.
    """
    # The line ends of Windows are line ends, no controls.
    decode = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True).decode
    for chunk in chunks:
        if b"\0" in chunk:
            raise UsageError("it is no text, and a terminal would be upset by it", "pipe it on: | less, > FILE")
        yield sanitize(decode(chunk))
    yield sanitize(decode(b"", final=True))


class _Download:
    """The bytes of a file of the Hub; where the link breaks they go on from the byte that came last."""

    def __init__(self, repo: Repo, span: tuple[int, int | None] | None) -> None:
        self.repo, self.span = repo, span
        revision = quote(repo.revision or "main", safe="")
        self.url = f"{endpoint()}/{repo.kind_id}/resolve/{revision}/{quote(repo.path)}"
        self.etag: str | None = None
        self.encoded = False

    def pieces(self) -> Iterator[bytes]:
        import httpx2

        fails = 0
        while True:
            try:
                for chunk in self._once():
                    fails = 0
                    yield chunk
                return
            except httpx2.HTTPError as exc:
                # A link that gives nothing again and again is given up; so is a body that has no middle to go on from.
                if fails >= len(WAITS) or self.encoded:
                    raise broken(self.url, exc) from exc
                time.sleep(WAITS[fails])
                fails += 1

    def _once(self) -> Iterator[bytes]:
        import httpx2

        span = self.span
        headers = {}
        if span is not None:
            if span[1] is not None and 0 <= span[1] < span[0]:
                return  # the link broke after the last byte
            headers["Range"] = f"bytes={span[0]}" if span[0] < 0 else f"bytes={span[0]}-{_shown(span[1])}"
        with opened(self.repo, self.url, headers=headers, accept=(416,)) as answer:
            if answer.status_code == 416:
                return  # nothing lies in the range
            self._same(answer)
            first, last = span or (0, None)
            skip, left = 0, None
            if answer.status_code == 206:
                first, end = self._told(answer, span)
                last, left = end, end - first + 1
            elif span is not None and span[0] < 0:
                self._from_the_front(answer, span[0])
                return (yield from self._once())
            else:
                skip, left = _window(span)
            for chunk in answer.iter_bytes():
                if skip:  # the server sent the whole file all the same
                    skip, chunk = max(0, skip - len(chunk)), chunk[skip:]
                if left is not None:
                    chunk, left = chunk[:left], left - len(chunk)
                if chunk:
                    first += len(chunk)
                    self.span = (first, last)
                    yield chunk
                if left is not None and left <= 0:
                    return
            if left and answer.status_code == 206:
                raise httpx2.ReadError(f"the connection ended {left} bytes early")

    def _from_the_front(self, answer: Any, last: int) -> None:
        """Ask for the last bytes by their numbers: some servers know no other ranges."""
        size = answer.headers.get("x-linked-size") or answer.headers.get("content-length") or ""
        ranges = answer.headers.get("accept-ranges", "bytes").lower() != "none"
        if not ranges or self.encoded or not size.isdecimal():
            raise UsageError("the server knows no ranges: the end of a file cannot be had alone", "leave --range out")
        self.span = (max(0, int(size) + last), int(size) - 1)

    def _same(self, answer: Any) -> None:
        """Raise when it is not the content that the first answer was."""
        etag = next((e for a in (*answer.history, answer) if (e := _etag(a))), None)
        if self.etag is not None and etag != self.etag:
            raise HftermError(f"{self.repo} was changed while it was read", "read it again")
        self.etag = etag
        self.encoded = answer.headers.get("content-encoding", "identity") != "identity"

    def _told(self, answer: Any, span: tuple[int, int | None] | None) -> tuple[int, int]:
        """The range that an answer says it is; it must lie in the one that was asked for, and begin there."""
        found = _CONTENT_RANGE.match(answer.headers.get("content-range", ""))
        first, last = (int(found[1]), int(found[2])) if found else (-1, -1)
        begin, end = span or (0, None)
        if not found or last < first or (begin >= 0 and first != begin) or (end is not None and last > end):
            raise strange(self.url, "it sent another range than the one that was asked for")
        return first, last


def _shown(last: int | None) -> str:
    return "" if last is None else str(last)


def _etag(answer: Any) -> str | None:
    told: str | None = answer.headers.get("x-linked-etag") or answer.headers.get("etag")
    return told.removeprefix("W/") if told else None


def _window(span: tuple[int, int | None] | None) -> tuple[int, int | None]:
    """Bytes to pass over and to take where the server sent all of the file."""
    if span is None:
        return 0, None
    return span[0], None if span[1] is None else span[1] - span[0] + 1


def from_file(path: Path, span: tuple[int, int | None] | None) -> Iterator[bytes]:
    """The bytes of a local file, those of ``span`` alone if given."""
    with path.open("rb") as stream_:
        first, last = span or (0, None)
        size = path.stat().st_size
        begin = max(0, size + first) if first < 0 else first
        left = (size if last is None else min(size, last + 1)) - begin
        if left > 0:  # else it may lie where no file system can go
            stream_.seek(begin)
        while left > 0 and (chunk := stream_.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
