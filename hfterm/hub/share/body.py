"""Request bodies: read within limits, line by line or in pieces, and never left unread in front of a refusal."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

from starlette.types import Message, Receive

from hfterm.hub.share.refusal import Refusal, bad

# A form with a thousand long paths, a README to check: far below.
JSON_BYTES = 16 * 2**20
# A line of a commit holds one small file in base64.
LINE_BYTES = 64 * 2**20
# Lines handed on together.
TOGETHER = 2**20
# What is read and thrown away so that a refused client on a kept connection hears why.
DRAIN_BYTES = 256 * 2**20
DRAIN_SECONDS = 30.0
# A sender that says nothing for so long is gone.
SILENT_SECONDS = 600.0


class Gone(Exception):
    """The client hung up."""


class Body:
    """The body of one request."""

    def __init__(self, receive: Receive, headers: Any) -> None:
        self._receive = receive
        self.finished = False
        self.waits = "expect" in headers
        length = headers.get("content-length", "")
        self.length = int(length) if length.isdigit() else None

    async def pieces(self) -> AsyncIterator[bytes]:
        """The bytes as they come.

        Raises:
            Gone: the client hung up. Refusal: it fell silent.
        """
        while not self.finished:
            try:
                message: Message = await asyncio.wait_for(self._receive(), SILENT_SECONDS)
            except TimeoutError as exc:
                raise Refusal(408, "nothing came for too long") from exc
            if message["type"] == "http.disconnect":
                self.finished = True
                raise Gone
            self.finished = not message.get("more_body", False)
            if data := message.get("body", b""):
                yield data

    async def whole(self, most: int = JSON_BYTES) -> bytes:
        """All of it.

        Raises:
            Refusal: 413, it is longer than ``most``.
        """
        if self.length is not None and self.length > most:
            raise Refusal(413, f"the request is longer than {most} bytes")
        data = bytearray()
        async for piece in self.pieces():
            data += piece
            if len(data) > most:
                raise Refusal(413, f"the request is longer than {most} bytes")
        return bytes(data)

    async def json(self) -> Any:
        """It as JSON; an empty one is an empty object.

        Raises:
            Refusal: it is no JSON object, or too long.
        """
        data = await self.whole()
        try:
            value = json.loads(data) if data.strip() else {}
        except (ValueError, RecursionError) as exc:
            raise bad(f"the request is not JSON: {exc}") from exc
        if not isinstance(value, dict):
            raise bad("the request is no JSON object")
        return value

    async def form(self) -> dict[str, list[str]]:
        """It as a form; JSON is taken as well.

        Raises:
            Refusal: it is neither.
        """
        data = await self.whole()
        if data.lstrip()[:1] == b"{":
            try:
                value = json.loads(data)
            except ValueError as exc:
                raise bad(f"the request is not JSON: {exc}") from exc
            return {k: [str(x) for x in (v if isinstance(v, list) else [v])] for k, v in value.items()}
        try:
            return parse_qs(data.decode("utf-8"), keep_blank_values=True, max_num_fields=100_000)
        except ValueError as exc:
            raise bad(f"the request is no form: {exc}") from exc

    async def lines(self) -> AsyncIterator[list[bytes]]:
        """Its lines, some at a time: about a megabyte, or a longer line alone.

        Raises:
            Refusal: 413, a line is too long.
        """
        ready: list[bytes] = []
        parts: list[bytes] = []  # of a line that has not ended
        ready_bytes = held = 0
        async for piece in self.pieces():
            *ended, rest = piece.split(b"\n")
            if ended:
                ready += [b"".join((*parts, ended[0])), *ended[1:]]
                ready_bytes += held + len(piece)
                parts, held = [], 0
            parts.append(rest)
            held += len(rest)
            if held > LINE_BYTES:
                raise Refusal(413, f"a line of the request is longer than {LINE_BYTES} bytes")
            if ready_bytes >= TOGETHER:
                yield ready
                ready, ready_bytes = [], 0
        if held:
            ready.append(b"".join(parts))
        if ready:
            yield ready

    async def drain(self) -> bool:
        """Read what is left and drop it; False when that is too much, and the connection must be closed."""
        if self.finished:
            return True
        if self.waits or (self.length or 0) > DRAIN_BYTES:
            return False
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                dropped = 0
                async for piece in self.pieces():
                    dropped += len(piece)
                    if dropped > DRAIN_BYTES:
                        return False
        except (TimeoutError, Refusal):
            return False
        return True
