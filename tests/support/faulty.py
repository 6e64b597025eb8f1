"""A loopback server that answers as a script says: any status, header and body, bodies cut short, pages on demand.

    with faulty({"/api/models": [Reply(500), Reply(json=[{"id": "a/b"}])]}) as server:
        ...
    assert [asked.path for asked in server.asked] == [...]

A route's value is one reply for ever, a list of replies in turn (the last stays), or a function of the request.
"""

import contextlib
import json as json_
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit


class Asked(NamedTuple):
    """A request that came; names of headers in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """``cut``: the body ends after so many bytes, whatever its length says."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    cut: int | None = None


Route = Reply | list[Reply] | Callable[[Asked], Reply]


@dataclass
class Faulty:
    """The running server and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)

    def env(self, **extra: str) -> dict[str, str]:
        """What a client's process needs."""
        return {"HF_ENDPOINT": self.url, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_TELEMETRY": "1", **extra}

    def tokens(self) -> set[str | None]:
        """The tokens that it was sent."""
        return {asked.headers.get("authorization") for asked in self.asked}


@contextlib.contextmanager
def faulty(routes: Mapping[str, Route]) -> Iterator[Faulty]:
    """Answer by ``routes`` (whole paths, without the query) until the block ends; 404 for the rest."""
    turns: dict[str, int] = {}
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, parse_qs(parts.query), headers, self.rfile.read(length))
            # Where the client runs below a program that writes code it asks this once; it is no part of a script.
            if parts.path != "/api/agent-harnesses":
                server.asked.append(asked)
            route = routes.get(parts.path, Reply(404, b"{}"))
            if isinstance(route, list):
                with lock:
                    turn = turns.get(parts.path, 0)
                    turns[parts.path] = turn + 1
                route = route[min(turn, len(route) - 1)]
            reply = route if isinstance(route, Reply) else route(asked)
            body = reply.body if reply.json is None else json_.dumps(reply.json).encode()
            self.send_response(reply.status)
            kind = "text/html" if reply.json is None else "application/json"
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                with contextlib.suppress(ConnectionError):  # the client has what it wants
                    self.wfile.write(body[: reply.cut])
            if reply.cut is not None:
                self.close_connection = True

        do_GET = do_POST = do_HEAD = _answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        listener.daemon_threads = True
        server = Faulty(f"http://127.0.0.1:{listener.server_address[1]}")
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()


def file_row(path: str, size: int = 1) -> dict[str, Any]:
    """A file in a listing."""
    return {"type": "file", "path": path, "size": size, "oid": "0" * 40}


def ranged(data: bytes, etag: str = '"e"', *, cuts: list[int] | None = None) -> Callable[[Asked], Reply]:
    """A file that knows ranges; its answers are cut after ``cuts`` bytes, one after the other, then whole."""
    left = list(cuts or ())

    def reply(asked: Asked) -> Reply:
        first, last, status = 0, len(data) - 1, 200
        if told := asked.headers.get("range"):
            begin, _, end = told.removeprefix("bytes=").partition("-")
            first = int(begin) if begin else max(0, len(data) - int(end))
            last = min(last, int(end)) if begin and end else last
            status = 206
        if first > last:
            return Reply(416)
        headers = {"ETag": etag, "X-Repo-Commit": "0" * 40}
        if status == 206:
            headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        return Reply(status, data[first : last + 1], headers, cut=left.pop(0) if left else None)

    return reply
