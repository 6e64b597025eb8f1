"""Who may do what: tokens from a file, signed addresses for uploads, and requests that browsers send for others."""

import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from hfterm.errors import UsageError
from hfterm.hub.share.names import number
from hfterm.hub.share.refusal import Refusal

SHORTEST_TOKEN = 16
_TOKEN = re.compile(r"[\x21-\x7e]+")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,40}")
# How long an upload may take to begin once its address was handed out.
UPLOAD_SECONDS = 24 * 3600


class Account(NamedTuple):
    """Someone who may read, or (role ``write``) also write."""

    name: str
    role: str = "write"
    token_name: str = "hfterm hub share"


def local_name() -> str:
    """The user's own name here, as the Hub allows one."""
    import getpass

    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):
        name = ""
    return name if _NAME.fullmatch(name) and "--" not in name and not name.endswith((".", "-")) else "user"


class Tokens:
    """The tokens that open this server; none at all: it is open to whoever reaches it.

    Args:
        accounts: token -> account.
    """

    def __init__(self, accounts: Mapping[str, Account] | None = None) -> None:
        self._known = [(_digest(token), account) for token, account in (accounts or {}).items()]
        self.everybody = None if self._known else Account(local_name())

    def who(self, headers: Mapping[str, str]) -> Account:
        """The account of a request's ``Authorization: Bearer``.

        Raises:
            Refusal: 401, without a token or with a wrong one.
        """
        if self.everybody is not None:
            return self.everybody
        kind, _, token = headers.get("authorization", "").partition(" ")
        if not token:
            raise Refusal(401, "this server needs a token: set HF_TOKEN", headers={"WWW-Authenticate": "Bearer"})
        given, found = _digest(_bearer(kind, token.strip())), None
        for digest, account in self._known:  # every one, so that the time tells nothing
            if hmac.compare_digest(digest, given):
                found = account
        if found is None:
            raise Refusal(401, "Invalid credentials in Authorization header", headers={"WWW-Authenticate": "Bearer"})
        return found


def _bearer(kind: str, token: str) -> str:
    if kind.lower() != "basic":
        return token
    import base64
    import binascii

    try:  # git and git-lfs send user:token
        return base64.b64decode(token).decode("utf-8", "replace").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def read_tokens(path: str | os.PathLike[str]) -> Tokens:
    """Read a token file: a line is ``TOKEN``, ``NAME TOKEN`` or ``NAME TOKEN read``; ``#`` begins a comment.

    Raises:
        UsageError: there is no token in it, a line is none of these, or a token is too short.
    """
    accounts: dict[str, Account] = {}
    try:
        text = Path(path).read_text("utf-8")
    except UnicodeDecodeError as exc:
        raise UsageError(f"{str(path)!r} is no token file: not UTF-8") from exc
    for row, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        token = words[0] if len(words) == 1 else words[1]
        name = words[0] if len(words) > 1 else local_name()
        role = words[2] if len(words) > 2 else "write"
        if len(words) > 3 or role not in ("read", "write") or not _NAME.fullmatch(name) or not _TOKEN.fullmatch(token):
            raise UsageError(f"{str(path)!r} line {row} is no token", "write TOKEN, NAME TOKEN or NAME TOKEN read")
        if len(token) < SHORTEST_TOKEN:
            raise UsageError(
                f"{str(path)!r} line {row}: a token needs {SHORTEST_TOKEN} characters",
                "make one with: openssl rand -hex 20",
            )
        accounts[token] = Account(name, role, f"line {row}")
    if not accounts:
        raise UsageError(f"{str(path)!r} holds no token", "make one with: openssl rand -hex 20")
    return Tokens(accounts)


def readable_by_others(path: str | os.PathLike[str]) -> bool:
    """Whether other users of this machine can read a file."""
    return os.name == "posix" and bool(os.stat(path).st_mode & 0o044)


class Signer:
    """Signs addresses that a client opens without its token; good for this process alone."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def sign(self, *words: object) -> str:
        """The query that opens an address made of ``words``."""
        expires = int(time.time()) + UPLOAD_SECONDS
        return f"expires={expires}&signature={self.mac(expires, *words)}"

    def check(self, query: Mapping[str, str], *words: object) -> None:
        """Raise a Refusal unless the query was made by :meth:`sign` for the same words, not too long ago."""
        expires = number(query.get("expires", ""))
        if expires is None or not self.same(query.get("signature", ""), expires, *words):
            raise Refusal(403, "this address was not handed out by this server; ask for a new one")
        if expires < time.time():
            raise Refusal(403, "this address is too old; ask for a new one")

    def mac(self, *words: object) -> str:
        """What only this process can say of ``words``."""
        return hmac.new(self._key, "\n".join(map(str, words)).encode(), hashlib.sha256).hexdigest()

    def same(self, given: str, *words: object) -> bool:
        """Whether ``given`` is :meth:`mac` of ``words``; takes the same time whatever it is."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.mac(*words).encode())


def check_site(method: str, headers: Mapping[str, str], *, open_to_all: bool) -> None:
    """Refuse what a web page makes a browser send: writes from elsewhere, and names that were bent to us.

    A server without a token trusts whoever reaches it, so it answers only to addresses and ``localhost``: a
    page cannot then reach it under a name of its own (DNS rebinding).

    Raises:
        Refusal: 403 or 421.
    """
    host = headers.get("host", "")
    if method not in ("GET", "HEAD", "OPTIONS"):
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise Refusal(403, "a page of another site may not write here")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Refusal(403, "a page of another site may not write here")
    if open_to_all and not _is_address(host):
        raise Refusal(421, "without a token this server answers to addresses and localhost only")


def _is_address(host: str) -> bool:
    name = (urlsplit(f"//{host}").hostname or "") if host else "localhost"
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
