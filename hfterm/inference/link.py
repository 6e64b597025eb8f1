"""One HTTP connection to a server, which another thread can cut at any moment."""

import base64
import contextlib
import http.client
import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from hfterm.errors import HftermError, NetworkError, UsageError, one_line
from hfterm.inference.endpoint import LOOPBACK, Endpoint

CONNECT_SECONDS = 15.0
# A busy server may read a long prompt for minutes before its first byte.
READ_SECONDS = 600.0


class Link:
    """A connection to ``endpoint``, through the proxy that the environment names for it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._connection: http.client.HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._cut = False
        # In front of the path, and with every request: for a proxy that forwards without a tunnel.
        self._prefix, self._headers = "", dict[str, str]()

    def connect(self) -> None:
        """Open it.

        Raises:
            NetworkError: unreachable, or its certificate is not trusted.
        """
        connection = self._connection = self._make()
        with self.errors():
            connection.connect()
        assert connection.sock is not None
        self._socket = connection.sock
        connection.sock.settimeout(READ_SECONDS)
        if self._cut:
            self.cut()

    def _make(self) -> http.client.HTTPConnection:
        at, secure = self.endpoint, self.endpoint.secure
        tls: dict[str, Any] = {"context": ssl.create_default_context()} if secure else {}
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        proxy = _proxy(at)
        if proxy is None:
            return kind(at.host, at.port, timeout=CONNECT_SECONDS, **tls)
        login = {}
        if proxy.username:
            pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
            login["Proxy-Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
        via = kind(proxy.hostname or "", proxy.port or 80, timeout=CONNECT_SECONDS, **tls)
        if secure:
            via.set_tunnel(at.host, at.port or 443, login)
        else:
            self._prefix, self._headers = f"http://{at.address}", login
        return via

    def send(self, path: str, body: Mapping[str, Any] | None = None) -> http.client.HTTPResponse:
        """Send a GET, or a POST of JSON; the response, whatever its status.

        Raises:
            NetworkError: the link broke, or no answer came in time.
        """
        assert self._connection is not None
        headers, content = self.endpoint.headers() | self._headers, None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode("ascii")
        target = self._prefix + self.endpoint.path + path + self.endpoint.query
        with self.errors():
            try:
                self._connection.request("POST" if body is not None else "GET", target, content, headers)
            except BrokenPipeError:
                pass  # refused before the question was through: the response says why
            except ValueError as exc:
                raise UsageError("the server's key cannot be sent", "it holds a line end, or more than ASCII") from exc
            return self._connection.getresponse()

    def chunks(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        """The body as it comes.

        Raises:
            NetworkError: the link broke.
        """
        while True:
            with self.errors():
                chunk = response.read1(65536)
            if not chunk:
                return
            yield chunk

    def cut(self) -> None:
        """Break it off; whoever waits for it gets an error or the end. From any thread, at any time."""
        self._cut = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it."""
        if self._connection is not None:
            self._connection.close()

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what goes wrong on the network into a :class:`NetworkError`."""
        where = self.endpoint.address
        try:
            yield
        except HftermError:
            raise
        except ssl.SSLCertVerificationError as exc:
            why = f"no trust in the certificate of {where}: {one_line(exc.verify_message)}"
            raise NetworkError(why, "set SSL_CERT_FILE to the file of its authority") from exc
        except TimeoutError as exc:
            raise NetworkError(f"no answer from {where} in time", "try again") from exc
        except socket.gaierror as exc:
            raise NetworkError(f"no such host: {where}", "check the URL") from exc
        except ConnectionRefusedError as exc:
            raise NetworkError(f"nothing listens at {where}", "is the server up? check the URL") from exc
        except (OSError, http.client.HTTPException) as exc:
            why = one_line(getattr(exc, "strerror", None) or str(exc)) or type(exc).__name__
            raise NetworkError(f"the link to {where} broke: {why}", "try again") from exc


def _proxy(endpoint: Endpoint) -> SplitResult | None:
    """The proxy for a server, from the environment or the system's settings; none for this machine itself."""
    if endpoint.host in LOOPBACK:
        return None
    from urllib.request import getproxies, proxy_bypass

    given = getproxies().get("https" if endpoint.secure else "http")
    if not given or proxy_bypass(endpoint.address):
        return None
    return urlsplit(given if "://" in given else f"http://{given}")
