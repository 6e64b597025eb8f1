"""A small real server that speaks OpenAI's protocol on the loopback, and can be told to misbehave."""

import contextlib
import json
import select
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}


@dataclass
class Reply:
    """How the next question is answered.

    ``refuse``: (status, headers, body) instead of an answer. ``unknown``: fields of a request that are refused
    with 400. ``stall_after`` and ``drop_after`` count pieces. ``raw`` is sent in front of the events.
    """

    pieces: Sequence[str] = ("Mara", " keeps", " it.")
    thinking: Sequence[str] = ()
    finish: str | None = "stop"
    usage: dict[str, int] | None = field(default_factory=lambda: dict(USAGE))
    stream: bool = True
    done: bool = True
    stall_after: int | None = None
    drop_after: int | None = None
    refuse: tuple[int, dict[str, str], str] | None = None
    unknown: Sequence[str] = ()
    raw: bytes | None = None
    content_type: str = "text/event-stream"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "OpenAIServer"

    def do_GET(self) -> None:
        self.server.requests.append((self.path, dict(self.headers), None))
        if self.server.refuse_all is not None:
            return self.plain(*self.server.refuse_all)
        if self.path.partition("?")[0] != "/v1/models" or self.server.models is None:
            return self.plain(404, {}, '{"detail": "Not Found"}')
        rows = [{"id": name, "object": "model"} for name in self.server.models]
        return self.plain(200, {}, json.dumps({"object": "list", "data": rows}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, dict(self.headers), body))
        if self.server.refuse_all is not None:
            return self.plain(*self.server.refuse_all)
        replies = self.server.replies
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply.refuse is not None:
            return self.plain(*reply.refuse)
        if bad := [name for name in reply.unknown if name in body and body[name] is not False]:
            message = f"Unsupported parameter: '{bad[0]}' is not supported with this model."
            return self.plain(400, {}, json.dumps({"error": {"message": message, "type": "invalid_request_error"}}))
        if reply.stream and body.get("stream"):
            return self.streamed(reply, body)
        answer = {"role": "assistant", "content": "".join(reply.pieces)}
        choice = {"index": 0, "message": answer, "finish_reason": reply.finish}
        return self.plain(200, {}, json.dumps({"choices": [choice], "usage": reply.usage}))

    def streamed(self, reply: Reply, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if reply.raw is not None:
            self.chunk(reply.raw)
        for piece in reply.thinking:
            self.event({"choices": [{"index": 0, "delta": {"reasoning_content": piece}}]})
        for number, piece in enumerate(reply.pieces):
            if number == reply.drop_after:
                self.close_connection = True
                return
            if number == reply.stall_after:
                self.stall()
                return
            self.event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
        if reply.finish:
            self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": reply.finish}]})
        if reply.usage and (body.get("stream_options") or {}).get("include_usage"):
            self.event({"choices": [], "usage": reply.usage})
        if reply.done:
            self.chunk(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def event(self, value: dict[str, Any]) -> None:
        self.chunk(b": ping\n\ndata: " + json.dumps(value).encode() + b"\n\n")

    def chunk(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

    def stall(self) -> None:
        """Say nothing more, and note when the client has gone."""
        self.server.stalled.set()
        while not self.server.closing.is_set():
            if select.select([self.connection], [], [], 0.05)[0] and not self.more():
                self.server.hung_up.set()
                break
        self.close_connection = True

    def more(self) -> bytes:
        with contextlib.suppress(OSError):
            return self.connection.recv(1024)
        return b""

    def plain(self, status: int, headers: dict[str, str], text: str) -> None:
        data = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


class OpenAIServer(ThreadingHTTPServer):
    """``replies`` are taken in turn, the last one for ever; ``requests`` holds (path, headers, body) of each."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.models: list[str] | None = ["mara-7b"]
        self.replies = [Reply()]
        self.refuse_all: tuple[int, dict[str, str], str] | None = None
        self.requests: list[tuple[str, dict[str, str], dict[str, Any] | None]] = []
        self.stalled, self.hung_up, self.closing = threading.Event(), threading.Event(), threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes is no news."""

    def asked(self) -> list[dict[str, Any]]:
        """The bodies of the questions."""
        return [body for _, _, body in self.requests if body is not None]


@contextlib.contextmanager
def openai_server() -> Iterator[OpenAIServer]:
    server = OpenAIServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
