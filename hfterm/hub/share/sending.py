"""Files on their way out: read in pieces by a thread, so that neither a slow disk nor a slow client stops others."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PIECE = 2**20


class Content:
    """A content that can be read from any byte on: a file on disk.

    Raises:
        FileNotFoundError: it is gone.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` to before ``end``; fewer when the file became shorter."""
        with open(self.path, "rb", buffering=0) as stream:
            while start < end and (piece := os.pread(stream.fileno(), min(PIECE, end - start), start)):
                start += len(piece)
                yield piece


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
        first = await run_in_threadpool(next, pieces, None)  # an error before the head can still be told
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
