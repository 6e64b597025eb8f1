"""One file on its way: resumed where it stopped, over one connection or several, and checked."""

import contextlib
import os
import re
import threading
from typing import Protocol

from hfterm.errors import HftermError
from hfterm.hub.fetch.digest import Digest
from hfterm.hub.fetch.hub import Entry, Hub
from hfterm.hub.fetch.locks import Lock
from hfterm.hub.fetch.partial import Partial, Span
from hfterm.hub.fetch.plan import Plan
from hfterm.hub.fetch.retry import Garbled, Stopped, Tries
from hfterm.hub.fetch.wire import Answer, Truncated
from hfterm.text import sanitize

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class Place(Protocol):
    """Where files go: :class:`hfterm.hub.fetch.place.Cache` or :class:`hfterm.hub.fetch.folder.Folder`."""

    root: str

    def path(self, entry: Entry) -> str: ...  # noqa: D102
    def partial(self, entry: Entry) -> str: ...  # noqa: D102
    def lock(self, entry: Entry) -> Lock: ...  # noqa: D102
    def there(self, entry: Entry) -> bool: ...  # noqa: D102
    def settle(self, entry: Entry) -> None: ...  # noqa: D102
    def take(self, entry: Entry) -> bool: ...  # noqa: D102
    def strays(self, entry: Entry) -> list[str]: ...  # noqa: D102
    def begin(self, plan: Plan) -> None: ...  # noqa: D102
    def publish(self, entry: Entry) -> None: ...  # noqa: D102
    def finish(self) -> None: ...  # noqa: D102


class Transfer:
    """A file that this process gets, under its lock: :meth:`run` returns when it is whole and right on the disk."""

    def __init__(self, hub: Hub, url: str, entry: Entry, partial: Partial) -> None:
        self.hub, self.url, self.entry, self.partial = hub, url, entry, partial
        self.began_at = partial.have
        # Bytes that came over the network, those that had to come again too.
        self.came = 0
        # False once the server has shown that it does not give parts, or not over one more connection.
        self.several = True
        self.lanes = 1
        self._digest = Digest(entry)
        self._done = False

    @property
    def left(self) -> int:
        """Bytes still to come."""
        return 0 if self._done else self.partial.size - self.partial.have

    def run(self) -> None:
        """Get all that is missing, and check it.

        Raises:
            HftermError: the content is not what its name says, twice. Refused, OSError, Stopped, Garbled.
        """
        for last in (False, True):
            self._lane(Tries(self.hub.patience, sanitize(self.entry.path, cell=True)))
            if self._digest.of(self.partial.fd, self.partial.size, self.hub.patience.check) == self.entry.etag:
                self.partial.seal()
                self._done = True
                return
            self.partial.rewind()
            self._digest = Digest(self.entry)
            if not last:
                shown = sanitize(self.entry.path, cell=True)
                self.hub.patience.say(f"{shown}: what came does not match its hash; getting it from its first byte")
        os.unlink(self.partial.path)
        raise HftermError(
            f"{sanitize(self.entry.path, cell=True)}: the content that came, twice, does not match its hash "
            f"({self.entry.etag[:12]}...)",
            "something between here and the Hub damages it: try another network, or without a proxy",
        )

    def help(self) -> None:
        """Get parts of it over one more connection, until none is left or the first failure."""
        try:
            while self.several and (span := self.partial.claim(threading.current_thread())) is not None:
                self._stream_released(span)
        except Stopped:
            pass
        except Exception:
            self.several = False  # the first connection goes on with what is left
        finally:
            self.lanes -= 1

    def _lane(self, tries: Tries) -> None:
        while self.partial.have < self.partial.size:
            span = self.partial.claim(self, divide=self.several)
            if span is None:  # others are at the last bytes
                self.hub.patience.wait(0.02)
                continue
            try:
                self._stream_released(span, tries)
            except Exception as exc:
                tries.failed(exc)

    def _stream_released(self, span: Span, tries: Tries | None = None) -> None:
        try:
            self._stream(span, tries)
        finally:
            self.partial.release(span)

    def _stream(self, span: Span, tries: Tries | None) -> None:
        """Get a part, from where it stands to its end, which may come nearer meanwhile."""
        first, size = span.pos, self.partial.size
        headers = {"X-HF-Download-Counter": "1"}
        if first or span.end < size:
            headers["Range"] = f"bytes={first}-" + ("" if span.end == size else str(span.end - 1))
        with self.hub.send("GET", self.url, headers) as answer:
            skip = self._offset(answer, first)
            for piece in answer.pieces():
                self.hub.patience.check()
                self.came += len(piece)
                if skip:
                    skip, piece = max(0, skip - len(piece)), piece[skip:]
                    if not piece:
                        continue
                at = span.pos
                came = self.partial.write(span, piece)
                self._digest.feed(at, piece[:came])
                if tries is not None:
                    tries.progressed()
                if span.pos >= span.end:
                    return
            raise Truncated(f"the body ended {span.end - span.pos} bytes early")

    def _offset(self, answer: Answer, first: int) -> int:
        """How many bytes of the body come before the ``first`` wanted one.

        Raises:
            Garbled: the answer is about another content.
        """
        if answer.headers.get("Content-Encoding", "identity").lower() not in ("identity", ""):
            raise Garbled("the content came compressed, against what was asked")
        size = self.partial.size
        if answer.status == 206:
            found = _RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
            if not found or int(found[1]) != first or (found[3] != "*" and int(found[3]) != size):
                raise Garbled(f"another part came than asked for ({answer.headers.get('Content-Range')})")
            return 0
        if answer.length is not None and answer.length != size:
            raise Garbled(f"{answer.length} bytes came, the listing says {size}")
        if first:
            self.several = False
        return first


def adopt(place: Place, entry: Entry, lock: Lock) -> None:
    """Take over the longest partial file that the client left of this content, if it is longer than ours.

    The client writes a file in order, so that its length tells what is there; one with holes was written by Xet's
    library and is left alone. The hash of the whole decides in the end.
    """
    best, ours = "", _length(place.partial(entry))
    most = ours
    for stray in place.strays(entry):
        length = _length(stray)
        if most < length <= entry.size and _solid(stray, length):
            best, most = stray, length
    if best and lock.honoured():
        with contextlib.suppress(OSError):
            os.replace(best, place.partial(entry))


def sweep(place: Place, entry: Entry, lock: Lock) -> None:
    """Remove what the client left of a content that is whole now."""
    strays = place.strays(entry)
    if strays and lock.honoured():
        for stray in strays:
            with contextlib.suppress(OSError):
                os.unlink(stray)


def _length(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _solid(path: str, length: int) -> bool:
    if not hasattr(os, "SEEK_HOLE"):
        return False
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.lseek(fd, 0, os.SEEK_HOLE) >= length
    except OSError:
        return False
    finally:
        os.close(fd)
