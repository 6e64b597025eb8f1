"""A bad link for tests: a proxy on loopback before a real Hub, which breaks off, stalls, damages and refuses.

    with bad_link(hub.url) as link:
        link.fault = lambda asked: Cut(after=1000) if asked.body else None

``fault`` is asked once for each request and says what to do to its answer. What went over it is in ``log``.
"""

import contextlib
import http.client
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

PIECE = 1 << 14


@dataclass
class Asked:
    """A request, how many bytes of its answer's body were sent, and all its headers."""

    method: str
    path: str
    headers: Mapping[str, str]
    # The how-manieth request for this path it is, from 1.
    nth: int
    sent: int = 0

    @property
    def body(self) -> bool:
        """Whether a file's content is asked for."""
        return self.method == "GET" and "/resolve/" in self.path

    @property
    def start(self) -> int:
        """The first byte asked for."""
        return int(self.headers.get("range", "bytes=0-").partition("=")[2].partition("-")[0])


@dataclass
class Fault:
    """What to do to an answer.

    ``status``: answer so instead, with ``headers`` and ``body`` (a code below 0: hang up at once). ``after``: after so many bytes
    of the body, hang up; with ``stall`` keep silent until it is set. ``flip``: damage the byte at this place of the
    file. ``no_range``: hide from the server that a part is asked for. ``drop``: headers to take away.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    after: int | None = None
    stall: threading.Event | None = None
    flip: int | None = None
    no_range: bool = False
    drop: tuple[str, ...] = ()


@dataclass
class Link:
    """The proxy at ``url``. ``rate``: bytes a second of each connection (None: no limit)."""

    url: str = ""
    rate: float | None = None
    fault: Callable[[Asked], Fault | None] = lambda asked: None
    log: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def bodies(self) -> list[Asked]:
        """The requests for content."""
        with self.lock:
            return [asked for asked in self.log if asked.body]

    @property
    def sent(self) -> int:
        """Bytes of content that were sent."""
        return sum(asked.sent for asked in self.bodies())


@contextlib.contextmanager
def bad_link(hub: str = "", **given: Any) -> Iterator[Link]:
    """A proxy before the Hub at ``hub``; without one every request needs a fault with a status."""
    link, at = Link(**given), urlsplit(hub)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with link.lock:
                asked = Asked(self.command, self.path, headers, 1 + sum(a.path == self.path for a in link.log))
                link.log.append(asked)
            fault = link.fault(asked) or Fault()
            with contextlib.suppress(OSError):
                if fault.status is not None:
                    self.refuse(fault)
                else:
                    self.pass_on(asked, fault, dict(asked.headers), body)
                return
            self.close_connection = True

        do_POST = do_HEAD = do_GET

        def refuse(self, fault: Fault) -> None:
            assert fault.status is not None
            if fault.status < 0:
                self.close_connection = True
                return
            self.send_response(fault.status)
            for name, value in {**fault.headers, "Content-Length": str(len(fault.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(fault.body)

        def pass_on(self, asked: Asked, fault: Fault, headers: dict[str, str], body: bytes) -> None:
            if fault.no_range:
                headers.pop("range", None)
            upstream = http.client.HTTPConnection(str(at.hostname), at.port or 80, timeout=60)
            with contextlib.closing(upstream):
                headers["host"] = at.netloc
                upstream.request(self.command, self.path, body or None, headers)
                got = upstream.getresponse()
                self.send_response_only(got.status)
                for name, value in [*got.getheaders(), *fault.headers.items()]:
                    if name.lower() not in ("connection", *fault.drop):
                        self.send_header(name, value)
                self.end_headers()
                at_byte = 0 if got.status == 200 else asked.start
                began = time.monotonic()
                while data := got.read1(PIECE):
                    if fault.flip is not None and 0 <= fault.flip - at_byte < len(data):
                        place = fault.flip - at_byte
                        data = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
                    over = None if fault.after is None else fault.after - asked.sent
                    self.wfile.write(data if over is None else data[:over])
                    with link.lock:
                        asked.sent += len(data) if over is None else min(len(data), over)
                    at_byte += len(data)
                    if over is not None and over <= len(data):
                        if fault.stall is not None:
                            fault.stall.wait(60)
                        self.close_connection = True
                        return
                    if link.rate and (ahead := asked.sent / link.rate - (time.monotonic() - began)) > 0:
                        time.sleep(ahead)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Clients are killed here: nobody is told."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    link.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield link
    finally:
        server.shutdown()
        server.server_close()
