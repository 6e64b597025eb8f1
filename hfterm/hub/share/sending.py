"""Files on their way out: read in pieces by a thread, so that neither a slow disk nor a slow client stops others."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hfterm.hub.share.refusal import Refusal

PIECE = 2**20


class Content:
    """A content that can be read from any byte on: a file on disk.

    Args:
        path: where it is.
        mark: the time of its last change (ns) and its size, when others may write to it; it is sent only while
            it is the same.
    """

    def __init__(self, path: Path, mark: tuple[int, int] | None = None) -> None:
        self.path, self.mark = path, mark

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` to before ``end``; fewer when the file became another on the way.

        Raises:
            Refusal: it is gone, or another one already.
        """
        try:
            fd = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            raise Refusal(410, f"{self.path.name} was removed meanwhile; ask again") from None
        try:
            if not self._same(fd):
                raise Refusal(410, f"{self.path.name} was changed meanwhile; ask again")
            while start < end and (piece := os.pread(fd, min(PIECE, end - start), start)):
                if not self._same(fd):
                    return
                start += len(piece)
                yield piece
        finally:
            os.close(fd)

    def _same(self, fd: int) -> bool:
        if self.mark is None:
            return True
        stat = os.fstat(fd)
        return self.mark == (stat.st_mtime_ns, stat.st_size)


class Download(Response):
    """An answer whose body is (a part of) a content; without a body for HEAD."""

    def __init__(self, content: Content, start: int, end: int, *, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(status_code=status, headers={**headers, "content-length": str(end - start)})
        self.content, self.start, self.end = content, start, end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; stop reading when the client hangs up. A content that ends early breaks the connection."""
        head = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        if scope["method"] == "HEAD" or self.start == self.end:
            await send(head)
            await send({"type": "http.response.body", "body": b""})
            return
        pieces = self.content.pieces(self.start, self.end)
        first = await run_in_threadpool(next, pieces, None)  # a refusal before the head can still be told
        await send(head)
        gone = asyncio.create_task(_hung_up(receive))
        try:
            left, piece = self.end - self.start, first
            while piece is not None and not gone.done():
                left -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
                piece = await run_in_threadpool(next, pieces, None) if left > 0 else None
        finally:
            gone.cancel()
            await run_in_threadpool(pieces.close)  # type: ignore[attr-defined]


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
