"""Which failures pass, how long to wait for it, and when to give up."""

import http.client
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message

from hfterm.errors import HftermError, NetworkError, one_line

PASSING_STATUS = (408, 425, 429, 500, 502, 503, 504)
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 30.0
# A server that asks for more is not waited for.
LONGEST_RETRY_AFTER = 600.0
# A Hub that was never reached is given up sooner: the address may be wrong.
RETRIES_UNREACHED = 3


class Stopped(Exception):
    """The work was called off."""


class Refused(Exception):
    """An answer that is no success."""

    def __init__(
        self, method: str, url: str, status: int, headers: Message | Mapping[str, str], body: bytes = b""
    ) -> None:
        super().__init__(f"{status} for {url}")
        self.method, self.url, self.status, self.headers, self.body = method, url, status, headers, body


class Garbled(Exception):
    """An answer that contradicts itself or the request; asked again, it may be right."""


def passes(exc: BaseException) -> bool:
    """Whether a failure may pass by itself."""
    if isinstance(exc, Refused):
        return exc.status in PASSING_STATUS
    if isinstance(exc, ssl.SSLCertVerificationError):
        return False
    return isinstance(exc, Garbled | ConnectionError | TimeoutError | socket.gaierror | ssl.SSLError) or (
        isinstance(exc, http.client.HTTPException) or (isinstance(exc, OSError) and exc.errno in _UNREACHABLE)
    )


# ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH on Linux and on macOS.
_UNREACHABLE = (100, 101, 112, 113, 50, 51, 64, 65)


def link_down(exc: BaseException) -> bool:
    """Whether a failure says that nothing can be reached, rather than that one thing failed."""
    return not isinstance(exc, Refused | Garbled) and passes(exc)


def words(exc: BaseException, silence: float = 0) -> str:
    """A failure in a few words."""
    if isinstance(exc, Refused):
        return f"the server answered {exc.status}"
    if isinstance(exc, TimeoutError):
        return f"no byte for {silence:g} s" if silence else "no answer in time"
    if isinstance(exc, socket.gaierror):
        return "the host's address cannot be found"
    if isinstance(exc, ssl.SSLCertVerificationError):
        return f"the server's certificate cannot be trusted ({exc.verify_message})"
    if isinstance(exc, http.client.RemoteDisconnected):
        return "the server hung up"
    if isinstance(exc, OSError) and exc.strerror:
        return exc.strerror.lower()
    return one_line(exc) or type(exc).__name__


def retry_after(headers: Message | Mapping[str, str]) -> float | None:
    """Seconds that a server asks to wait: ``Retry-After`` (seconds or a date), else the ``RateLimit`` header."""
    given = (headers.get("Retry-After") or "").strip()
    if given.isdigit():
        return float(given)
    if given:
        from email.utils import parsedate_to_datetime

        try:
            # Against the server's own clock, when it tells: ours may be wrong.
            now = headers.get("Date")
            start = parsedate_to_datetime(now).timestamp() if now else time.time()
            return max(0.0, parsedate_to_datetime(given).timestamp() - start)
        except (TypeError, ValueError):
            return None
    for part in (headers.get("RateLimit") or "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == "t" and value.isdigit() and "r=0" in (headers.get("RateLimit") or "").replace(" ", ""):
            return float(value)
    return None


@dataclass
class Patience:
    """How often and how long to try; shared by all that goes on at once.

    ``retries``: failures in a row, without a byte between, after which to give up. ``silence``: see
    :class:`hfterm.hub.fetch.wire.Wire`. ``say`` is told what failed and how long is waited.
    """

    retries: int = 8
    silence: float = 30.0
    say: Callable[[str], None] = lambda text: None
    stop: threading.Event = field(default_factory=threading.Event)
    pause: float = FIRST_PAUSE
    reached: bool = False

    def check(self) -> None:
        """Raise :class:`Stopped` if the work was called off."""
        if self.stop.is_set():
            raise Stopped

    def wait(self, seconds: float) -> None:
        """Sleep, or raise :class:`Stopped`."""
        if self.stop.wait(seconds):
            raise Stopped


class Tries:
    """The tries at one thing, ``what``."""

    def __init__(self, patience: Patience, what: str) -> None:
        self._patience, self._what, self._failed = patience, what, 0

    def progressed(self) -> None:
        """Something came: failures are counted anew."""
        self._failed = 0
        self._patience.reached = True

    def failed(self, exc: Exception) -> None:
        """Wait until it is worth another try.

        Raises:
            Exception: the failure itself, when it does not pass or was met too often. Stopped.
        """
        patience = self._patience
        patience.check()
        if not passes(exc):
            raise exc
        self._failed += 1
        patience.reached = patience.reached or isinstance(exc, Refused | Garbled)
        most = patience.retries if patience.reached else min(patience.retries, RETRIES_UNREACHED)
        if self._failed > most:
            raise exc
        asked = retry_after(exc.headers) if isinstance(exc, Refused) else None
        if asked is not None and asked > LONGEST_RETRY_AFTER:
            raise exc
        pause: float = min(LONGEST_PAUSE, patience.pause * 2.0 ** (self._failed - 1)) * random.uniform(0.75, 1.25)
        if asked is not None:
            pause = max(asked, pause if asked else 0.0)
        patience.say(
            f"{self._what}: {words(exc, patience.silence)}; trying again in {pause:.2g} s ({self._failed} of {most})"
        )
        patience.wait(pause)


def gave_up(exc: BaseException, what: str, silence: float = 0) -> HftermError:
    """The error for a failure that did not pass."""
    hint = "try again: it goes on where it stopped"
    if isinstance(exc, ssl.SSLCertVerificationError):
        hint = "set SSL_CERT_FILE to your network's certificates"
    elif isinstance(exc, Refused) and (wait := retry_after(exc.headers)):
        hint = f"try again in {wait:.0f} s: it goes on where it stopped"
    return NetworkError(f"{what}: {words(exc, silence)}", hint)
