"""A server that speaks OpenAI's protocol: its address, its key, and what its refusals mean."""

import contextlib
import http.client
import json
import os
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from hfterm.errors import AccessError, HftermError, NetworkError, NotFoundError, UsageError, one_line
from hfterm.text import redact, sanitize

KEYS = ("HFTERM_API_KEY", "OPENAI_API_KEY")
MAX_ERROR_BYTES = 65536
_VERSIONED = re.compile(r"/v\d+[a-z]*\d*(/|$)")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Endpoint:
    """The base URL (``/v1`` is added where the path names no version) and the key, which goes nowhere else.

    Raises:
        UsageError: not such a URL, or it holds a password.
    """

    def __init__(self, url: str, key: str | None = None) -> None:
        try:
            parts = urlsplit(url.strip())
            host, port = parts.hostname, parts.port
        except ValueError as exc:
            raise UsageError(f"not a URL: {redact(url)!r} ({one_line(exc)})") from exc
        if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f\x7f-\uffff]", url.strip()):
            raise UsageError(f"not a server's URL: {redact(url)!r}", "write http://HOST:PORT or https://HOST/v1")
        if parts.username or parts.password:
            raise UsageError("a URL with a password would be shown and saved", f"put the key into {KEYS[0]}")
        path = parts.path.rstrip("/")
        for ending in ("/chat/completions", "/models", "/completions"):
            path = path.removesuffix(ending)
        if not _VERSIONED.search(path):
            path += "/v1"
        self.secure, self.host, self.port, self.path = parts.scheme == "https", host, port, path
        self.model = unquote(parts.fragment)
        self.query = f"?{parts.query}" if parts.query else ""
        self._key = key or next((value for name in KEYS if (value := os.environ.get(name, "").strip())), None)

    @property
    def address(self) -> str:
        """Host and port, to show."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http{'s' if self.secure else ''}://{self.address}{self.path}{self.query}"

    @property
    def exposes_key(self) -> bool:
        """Whether a key would go over the network in the clear."""
        return self._key is not None and not self.secure and self.host not in LOOPBACK

    def headers(self) -> dict[str, str]:
        """What to send with every request."""
        named = {"Accept": "text/event-stream, application/json", "User-Agent": "hfterm", "Host": self.address}
        return named | ({"Authorization": f"Bearer {self._key}"} if self._key else {})

    def refused(self, response: http.client.HTTPResponse) -> HftermError:
        """The error that a response other than 200 means; reads its body."""
        body = b""
        with contextlib.suppress(OSError, http.client.HTTPException):
            body = response.read(MAX_ERROR_BYTES)
        status, said = response.status, self.clean(_message(body))
        text = f"{self.address} answered {status}" + (f": {said}" if said else f" {response.reason}".rstrip())
        if status in (401, 403):
            return AccessError(text, f"set {KEYS[0]} to a key that it takes" if not self._key else "check the key")
        if status == 404:
            return NotFoundError(text, "check the URL and the model's name")
        if 300 <= status < 400:  # not followed: the key is for this server
            there = self.clean(response.headers.get("Location", ""))
            return NotFoundError(f"{text}, and points to {there!r}", "use that URL")
        if status in (400, 413, 422):
            return UsageError(text)
        if status == 429 or status in (502, 503, 504):
            return NetworkError(text, "try again later")
        return HftermError(text)

    def clean(self, text: str) -> str:
        """What a server said, on one line, without the key or escape sequences."""
        if self._key:
            text = text.replace(self._key, "***")
        return sanitize(redact(one_line(text)), cell=True)[:500]


def _message(body: bytes) -> str:
    """The error's text in the shapes that servers give it."""
    text = body.decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except ValueError:
        return "" if text.lstrip().startswith("<") else text
    return error_text(found)


def error_text(found: Any) -> str:
    """The text of an error object: ``{"error": {"message": ...}}``, ``{"detail": ...}`` and their like."""
    for _ in range(4):
        if isinstance(found, list) and found:
            found = found[0]
        if not isinstance(found, dict):
            break
        found = next((found[n] for n in ("error", "message", "detail", "msg", "error_msg") if found.get(n)), "")
    return found if isinstance(found, str) else json.dumps(found) if found else ""
