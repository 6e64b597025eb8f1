"""HTTP connections that are kept and shared between threads.

The standard library's client, for it costs an eighth of the Hub client's per small file and a tenth of a second
less to import. Redirects are followed here: the token goes to the Hub's own origin and nowhere else.
"""

import contextlib
import http.client
import os
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from hfterm.errors import UsageError
from hfterm.hub.client import is_loopback

# One piece is all that a kill can lose; a socket rarely has more ready.
PIECE = 1 << 18
CONNECT_SECONDS = 15.0
MOST_REDIRECTS = 10
# More of an error's body is not read.
ERROR_BYTES = 1 << 16
_REDIRECTS = (301, 302, 303, 307, 308)

Origin = tuple[str, str, int]


class Truncated(http.client.HTTPException):
    """The body ended before its announced end."""


def origin(url: str) -> Origin:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


class Answer:
    """An answer whose body is yet to be read; a context manager that gives the connection back.

    ``url`` is the address that answered.
    """

    def __init__(self, wire: "Wire", link: "_Link", got: http.client.HTTPResponse, url: str) -> None:
        self._wire, self._link, self._got, self.url = wire, link, got, url
        self.status, self.headers = got.status, got.headers

    def __enter__(self) -> "Answer":
        return self

    def __exit__(self, kind: type | None, exc: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def length(self) -> int | None:
        """Bytes still to come, where the server says so."""
        return self._got.length

    def pieces(self) -> Iterator[memoryview]:
        """The body as it arrives; each piece is valid until the next is asked for.

        Raises:
            Truncated: it ended early. OSError, http.client.HTTPException: the connection broke.
        """
        buffer = memoryview(bytearray(PIECE))
        left = self._got.length
        if left is None or self._got.chunked:
            while data := self._got.read1(PIECE):
                yield memoryview(data)
            return
        stream: Any = self._got.fp
        while left:
            n = stream.readinto1(buffer[: min(left, PIECE)])
            if not n:
                raise Truncated(f"the connection ended {left} bytes early")
            left -= n
            self._got.length = left
            yield buffer[:n]

    def read(self, most: int | None = None) -> bytes:
        """The whole body (at most so many bytes)."""
        data = bytearray()
        for piece in self.pieces():
            data += piece
            if most is not None and len(data) >= most:
                break
        return bytes(data)

    def close(self) -> None:
        """Keep the connection if the body was read to its end, else drop it."""
        whole = self._got.length == 0 or self._got.isclosed()
        keep = whole and not self._got.will_close
        self._got.close()
        self._wire._back(self._link, keep)


class _Link:
    """One connection; ``used`` once it has answered."""

    def __init__(self, key: Origin, connection: http.client.HTTPConnection, by_proxy: bool, proxy_auth: str) -> None:
        self.key, self.connection, self.by_proxy, self.proxy_auth = key, connection, by_proxy, proxy_auth
        self.used = False

    def abort(self) -> None:
        """Wake whoever waits on it, from any thread."""
        sock = self.connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class Wire:
    """Connections to a Hub at ``home`` and to wherever it redirects.

    ``token`` is sent to ``home`` alone. ``silence``: seconds without a byte after which a connection counts as
    stalled (``TimeoutError``).
    """

    def __init__(self, home: str, token: str | None, silence: float, agent: str) -> None:
        self.home, self.silence, self._agent = origin(home), silence, agent
        self._token = token
        self._idle: dict[Origin, list[_Link]] = {}
        self._busy: set[_Link] = set()
        self._lock = threading.Lock()
        self._context: ssl.SSLContext | None = None
        self._aborted = False

    def ask(self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Answer:
        """Send a request and follow redirects; whatever the status of the last answer.

        Raises:
            OSError, http.client.HTTPException: no answer came.
        """
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._once(method, url, headers or {}, body)
            where = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or not where:
                return answer
            with answer:
                answer.read(ERROR_BYTES)
            if answer.status in (301, 302, 303) and method == "POST":
                method, body = "GET", None
            target = urljoin(url, where)
            if urlsplit(target).scheme not in ("http", "https"):
                raise http.client.HTTPException(f"redirected to {target[:80]!r}")
            url = target
        raise http.client.HTTPException(f"more than {MOST_REDIRECTS} redirects")

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        key = origin(url)
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        target = quote(target, safe="%/:=&?~+!$,;'@()*[]")
        sent = {"User-Agent": self._agent, "Accept-Encoding": "identity", **headers}
        if self._token and key == self.home:
            sent["Authorization"] = f"Bearer {self._token}"
        while True:
            link = self._take(key)
            path = target
            if link.by_proxy and key[0] == "http":
                path = f"http://{parts.netloc.rpartition('@')[2]}{target}"
                if link.proxy_auth:
                    sent["Proxy-Authorization"] = link.proxy_auth
            stale = link.used
            try:
                link.connection.request(method, path, body=body, headers=sent)
                got = link.connection.getresponse()
            except BaseException as exc:
                self._back(link, False)
                if stale and isinstance(exc, ConnectionError | http.client.BadStatusLine):
                    continue  # the server had closed it meanwhile
                raise
            link.used = True
            if method == "HEAD":
                got.length = 0
            return Answer(self, link, got, url)

    # --- connections ------------------------------------------------------------------------

    def _take(self, key: Origin) -> _Link:
        with self._lock:
            if self._aborted:
                raise ConnectionAbortedError("stopped")
            idle = self._idle.get(key)
            link = idle.pop() if idle else None
            if link is not None:
                self._busy.add(link)
                return link
        link = self._connect(key)
        with self._lock:
            self._busy.add(link)
        self._alive(link)
        return link

    def _alive(self, link: _Link) -> None:
        with self._lock:
            if not self._aborted:
                return
        self._back(link, False)
        raise ConnectionAbortedError("stopped")

    def _back(self, link: _Link, keep: bool) -> None:
        with self._lock:
            self._busy.discard(link)
            if keep and not self._aborted:
                self._idle.setdefault(link.key, []).append(link)
                return
        link.connection.close()

    def _connect(self, key: Origin) -> _Link:
        scheme, host, port = key
        proxy = _proxy(scheme, host, port)
        at, auth = (host, port), ""
        if proxy is not None:
            at, auth = proxy
        timeout = min(CONNECT_SECONDS, self.silence)
        connection: http.client.HTTPConnection
        if scheme == "https":
            connection = http.client.HTTPSConnection(*at, timeout=timeout, context=self._tls())
            if proxy is not None:
                connection.set_tunnel(host, port, {"Proxy-Authorization": auth} if auth else {})
        else:
            connection = http.client.HTTPConnection(*at, timeout=timeout)
        connection.connect()
        connection.sock.settimeout(self.silence)
        return _Link(key, connection, proxy is not None, auth)

    def _tls(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                self._context = _tls()
            return self._context

    def abort(self) -> None:
        """Break every connection off, so that whoever waits for bytes stops waiting."""
        with self._lock:
            self._aborted = True
            links = list(self._busy)
        for link in links:
            link.abort()

    def close(self) -> None:
        """Close the connections that nobody uses."""
        with self._lock:
            idle = [link for links in self._idle.values() for link in links]
            self._idle.clear()
        for link in idle:
            link.connection.close()


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not (paths.cafile or (paths.capath and os.listdir(paths.capath))):
        with contextlib.suppress(ImportError):  # a system without certificates of its own
            import certifi

            context.load_verify_locations(certifi.where())
    return context


def _proxy(scheme: str, host: str, port: int) -> tuple[tuple[str, int], str] | None:
    """The proxy for an address, as ((host, port), its authorization); ``NO_PROXY`` and loopback go without."""
    if not any(name.lower() in ("http_proxy", "https_proxy", "all_proxy") for name in os.environ):
        return None
    from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

    found = getproxies_environment()
    url = found.get(scheme) or found.get("all")
    if not url or is_loopback(f"{scheme}://{host if ':' not in host else f'[{host}]'}"):
        return None
    if proxy_bypass_environment(f"{host}:{port}", found):
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme != "http" or not parts.hostname:
        raise UsageError(
            f"a proxy of kind {parts.scheme!r} cannot be used for downloads", "set HTTPS_PROXY to an http:// proxy"
        )
    auth = ""
    if parts.username:
        from base64 import b64encode
        from urllib.parse import unquote

        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        auth = f"Basic {b64encode(pair.encode()).decode()}"
    return (parts.hostname, parts.port or 80), auth
