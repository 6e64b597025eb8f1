import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hfterm.errors import UsageError
from hfterm.hub.fetch.hub import token
from hfterm.hub.fetch.retry import retry_after, words
from hfterm.hub.fetch.wire import Wire, origin


@contextmanager
def server(*, version: str = "HTTP/1.1", body: bytes = b"hello") -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that answers everything with ``body``, and what was asked of it."""
    seen: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = version

        def do_GET(self) -> None:
            asked = {"path": self.path, "from": str(self.client_address[1])}
            seen.append({**{k.lower(): v for k, v in self.headers.items()}, **asked})
            self.send_response(200)
            if "chunked" in self.path:
                self.send_header("Transfer-Encoding", "chunked")
            elif "open" not in self.path:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if "chunked" in self.path else body)
            self.close_connection = "open" in self.path or "close" in self.path

        def log_message(self, format: str, *args: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_port}", seen
    finally:
        running.shutdown()
        running.server_close()


def read(wire: Wire, url: str) -> bytes:
    with wire.ask("GET", url) as answer:
        return answer.read()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_a_connection_is_kept_and_a_dead_one_replaced() -> None:
    with server() as (url, seen):
        wire = Wire(url, None, 10, "test/1")
        assert [read(wire, f"{url}/{path}") for path in ("a", "chunked", "b", "close", "c", "open", "d")] == [
            b"hello"
        ] * 7
        ports = [asked["from"] for asked in seen]
        assert ports[0] == ports[1] == ports[2] == ports[3] and len({ports[3], ports[4], ports[6]}) == 3
        assert all(asked["user-agent"] == "test/1" and asked["accept-encoding"] == "identity" for asked in seen)
        wire.close()


def test_the_token_is_for_the_hubs_origin_alone() -> None:
    with server() as (hub, seen), server() as (other, elsewhere):
        wire = Wire(hub, "hf_x", 10, "test")
        read(wire, f"{hub}/a b/ü?x=%2F")
        read(wire, f"{other}/a")
        assert seen[0]["authorization"] == "Bearer hf_x" and seen[0]["path"] == "/a%20b/%C3%BC?x=%2F"
        assert "authorization" not in elsewhere[0]
        wire.close()
    assert origin("https://Hub.example/x") == ("https", "hub.example", 443) != origin("http://hub.example/")


def test_who_waits_is_woken() -> None:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler, bind_and_activate=True)  # nobody answers
    url = f"http://127.0.0.1:{listening.server_port}"
    wire, failed = Wire(url, None, 600, "test"), threading.Event()

    def ask() -> None:
        try:
            wire.ask("GET", url)
        except (OSError, http.client.HTTPException):
            failed.set()

    waiting = threading.Thread(target=ask)
    waiting.start()
    while not wire._busy:
        pass
    wire.abort()
    assert failed.wait(60)
    waiting.join()
    listening.server_close()
    with pytest.raises(ConnectionAbortedError):
        wire.ask("GET", url)


def test_by_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with server() as (proxy, seen):
        at = proxy.removeprefix("http://")
        monkeypatch.setenv("HTTP_PROXY", f"http://me:p%40ss@{at}")
        monkeypatch.delenv("REQUEST_METHOD", raising=False)
        wire = Wire("http://hub.invalid", None, 10, "test")
        assert read(wire, "http://hub.invalid/x?y=1") == b"hello"
        assert seen[0]["path"] == "http://hub.invalid/x?y=1" and seen[0]["host"] == "hub.invalid"
        assert seen[0]["proxy-authorization"] == "Basic bWU6cEBzcw=="
        assert read(wire, f"{proxy}/direct") == b"hello" and seen[1]["path"] == "/direct"  # never for this machine
        wire.close()
        monkeypatch.setenv("NO_PROXY", "hub.invalid")
        with pytest.raises(OSError):
            Wire("http://hub.invalid", None, 10, "test").ask("GET", "http://hub.invalid/")
        monkeypatch.delenv("NO_PROXY")
        monkeypatch.setenv("HTTP_PROXY", "socks5://127.0.0.1:1")
        with pytest.raises(UsageError, match="a proxy of kind 'socks5'"):
            Wire("http://hub.invalid", None, 10, "test").ask("GET", "http://hub.invalid/")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "Mon, 23 Nov 2026 10:00:09 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 9),
        ({"Retry-After": "Mon, 23 Nov 2026 09:00:00 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 0),
        ({"RateLimit": '"api";r=0;t=55'}, 55),
        ({"RateLimit": '"api";r=3;t=55'}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_how_long_a_server_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    """By the server's own clock: ours may be wrong."""
    assert retry_after(headers) == seconds


def test_a_failure_in_words() -> None:
    assert words(TimeoutError(), 30) == "no byte for 30 s"
    assert words(ConnectionRefusedError(111, "Connection refused")) == "connection refused"
    assert words(http.client.RemoteDisconnected("x")) == "the server hung up"
    assert words(json.JSONDecodeError("bad\nthing", "", 0)) == "bad thing: line 1 column 1 (char 0)"


@pytest.mark.parametrize("how", ["HF_TOKEN", "HF_TOKEN_PATH", "disabled"])
def test_the_token_is_the_clients(isolated: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    import subprocess
    import sys

    monkeypatch.delenv("HUGGING_FACE_HUB_TOKEN", raising=False)
    if how == "HF_TOKEN":
        monkeypatch.setenv(how, " hf_a\n")
    if how in ("disabled", "HF_TOKEN"):
        (isolated / "hf").mkdir()
        (isolated / "hf" / "token").write_text("hf_b\n")
    if how == "HF_TOKEN_PATH":
        (isolated / "t").write_text("hf_c")
        monkeypatch.setenv(how, str(isolated / "t"))
    if how == "disabled":
        monkeypatch.setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
    code = "from huggingface_hub.utils import build_hf_headers; print(build_hf_headers().get('authorization', ''))"
    theirs = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert theirs == (f"Bearer {ours}" if (ours := token()) else "")
    assert (ours is None) == (how == "disabled")
