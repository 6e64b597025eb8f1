"""The Hub: offline or not, proxies, the endpoint, the token (never shown), and the clock by its answer."""

import contextlib
import os
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hfterm import paths
from hfterm.errors import one_line
from hfterm.monitor.checks import Check
from hfterm.text import redact

GROUP = "Hub"
SECONDS = 5.0
SKEW_SECONDS = 300
DEFAULT_ENDPOINT = "https://huggingface.co"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_TRUE = ("1", "TRUE", "YES", "ON")
# No time before this program was written is right.
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


def checks(offline: bool = False) -> list[Check]:
    """Rows of this subject; with ``offline`` nothing is sent."""
    endpoint = os.environ.get("HF_ENDPOINT", "").strip().rstrip("/") or DEFAULT_ENDPOINT
    token, token_row = read_token()
    rows = [*_proxies(), *_certificates()]
    switched_off = next((n for n in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE") if _is_on(n)), None)
    if offline or switched_off:
        why = f"{switched_off} is set" if switched_off else "--offline"
        return [
            Check(GROUP, "endpoint", "info", safe_url(endpoint), f"not tried: {why}"),
            token_row,
            *rows,
            _clock(None),
        ]
    if urlsplit(endpoint).scheme not in ("http", "https") or not urlsplit(endpoint).netloc:
        wrong = Check(
            GROUP, "endpoint", "warn", safe_url(endpoint), "not an http(s) address", "mend or unset HF_ENDPOINT"
        )
        return [wrong, token_row, *rows, _clock(None)]
    answer, row = _ask(endpoint, token)
    if token is not None and answer is not None:
        token_row = _judge(token_row, answer)
    return [row, token_row, *rows, _clock(answer)]


def _is_on(name: str) -> bool:
    return os.environ.get(name, "").upper() in _TRUE


def safe_url(url: str) -> str:
    """A URL without the name and password it may hold."""
    return redact(re.sub(r"(?<=//)[^/@\s]*@", "***@", url))


def _proxies() -> list[Check]:
    found = {n: os.environ.get(n) or os.environ.get(n.lower()) for n in _PROXIES}
    return [Check(GROUP, name, "info", safe_url(value)) for name, value in found.items() if value]


def _certificates() -> list[Check]:
    rows = []
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        value = os.environ.get(name)
        if value and not Path(value).exists():
            rows.append(Check(GROUP, name, "warn", value, "no such file", f"mend or unset {name}"))
    return rows


def read_token() -> tuple[str | None, Check]:
    """The token as the client finds it, when it can be sent at all, and what is to say about it."""
    stored = Path(os.path.expandvars(os.environ.get("HF_TOKEN_PATH") or paths.hf_home() / "token")).expanduser()
    sources = [(f"${name}", os.environ.get(name, "")) for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")]
    with contextlib.suppress(OSError):
        sources.append((str(stored), stored.read_text(encoding="utf-8", errors="replace")))
    for source, raw in sources:
        token = raw.replace("\r", "").replace("\n", "").strip()
        if not token:
            continue
        if wrong := _malformed(token):
            return None, Check(GROUP, "token", "warn", "malformed", f"from {source}: {wrong}", "set HF_TOKEN anew")
        return token, Check(GROUP, "token", "ok", "present", f"from {source}, not tried")
    remedy = "set HF_TOKEN for private and gated repositories"
    return None, Check(GROUP, "token", "info", "none", "public repositories need none", remedy)


def _malformed(token: str) -> str | None:
    if not token.isascii() or not token.isprintable() or " " in token:
        return "it holds spaces or other characters that no token has"
    if token[0] in "'\"<$" or token[-1] in "'\">":
        return "it holds quotes or a placeholder"
    if token.startswith("hf_") and (len(token) < 20 or set(token[3:].lower()) <= {"x", ".", "*"}):
        return "it is too short, or a placeholder"
    return None


def _ask(endpoint: str, token: str | None) -> tuple[Any, Check]:
    """One request with the client's own session: that tells of its proxies and certificates too."""
    try:
        from huggingface_hub import get_session
    except ImportError:
        return None, Check(GROUP, "endpoint", "warn", safe_url(endpoint), "huggingface_hub cannot be imported")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    began = time.monotonic()
    try:
        answer = get_session().get(
            f"{endpoint}/api/whoami-v2", headers=headers, timeout=SECONDS, follow_redirects=False
        )
    except Exception as exc:  # whatever the transport raises: no answer
        why = safe_url(one_line(exc)) or type(exc).__name__
        remedy = "check the connection, proxies and HF_ENDPOINT; without a network set HF_HUB_OFFLINE=1"
        if "CERTIFICATE" in why.upper():
            remedy = "point SSL_CERT_FILE at your organisation's certificates"
        return None, Check(GROUP, "endpoint", "warn", safe_url(endpoint), f"cannot be reached: {why}", remedy)
    took = f"answered in {1000 * (time.monotonic() - began):.0f} ms"
    if answer.status_code >= 500 or answer.status_code == 407:
        remedy = "try again later; check proxies and HF_ENDPOINT"
        return None, Check(GROUP, "endpoint", "warn", safe_url(endpoint), f"answered {answer.status_code}", remedy)
    return answer, Check(GROUP, "endpoint", "ok", safe_url(endpoint), took)


def _judge(row: Check, answer: Any) -> Check:
    source = (row.detail or "").removesuffix(", not tried")
    if answer.status_code in (401, 403):
        remedy = "make a new one in the settings of your account, and set HF_TOKEN"
        return Check(GROUP, "token", "warn", "refused", source, remedy)
    if answer.status_code != 200:
        return Check(GROUP, "token", "ok", "present", f"{source}; the endpoint answered {answer.status_code} to whoami")
    try:
        name = answer.json().get("name")
    except (ValueError, AttributeError):
        name = None
    return Check(GROUP, "token", "ok", "accepted", f"{source}{f', user {name}' if isinstance(name, str) else ''}")


def _clock(answer: Any) -> Check:
    now = datetime.now(UTC)
    shown = now.isoformat(timespec="seconds").replace("+00:00", "Z")
    remedy = "set the clock (timedatectl set-ntp true): certificates and tokens depend on it"
    if now < _EARLIEST:
        return Check(GROUP, "clock", "warn", shown, "that is in the past", remedy)
    try:
        skew = (now - parsedate_to_datetime(answer.headers["date"])).total_seconds() if answer is not None else None
    except (KeyError, ValueError, TypeError):
        skew = None
    if skew is not None and abs(skew) > SKEW_SECONDS:
        return Check(
            GROUP,
            "clock",
            "warn",
            shown,
            f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the endpoint's",
            remedy,
        )
    return Check(GROUP, "clock", "ok", shown, None if skew is None else "agrees with the endpoint's")
