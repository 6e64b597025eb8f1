"""Text of values: neutralised for terminals, without secrets, as JSON, and for reading."""

import json
import os
import re
from collections.abc import Mapping
from typing import Any

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_CONTROL_IN_CELL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SECRET = re.compile(
    r"\b(hf_|api_org_)[A-Za-z0-9]{16,}|\b(sk-)[A-Za-z0-9_-]{16,}|(?<=[Bb]earer )[^\s'\"]+|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
)


def _visible(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


def sanitize(text: str, *, cell: bool = False) -> str:
    r"""Make control characters visible (``\x1b``) so that remote text cannot steer the terminal.

    Newlines and tabs survive unless ``cell``.
    """
    return (_CONTROL_IN_CELL if cell else _CONTROL).sub(_visible, text)


def redact(text: str) -> str:
    """Blank out tokens and passwords: known shapes, and the value of ``HF_TOKEN`` itself."""
    text = _SECRET.sub(lambda m: f"{m[1] or m[2] or ''}***", text)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        if len(secret := os.environ.get(name, "").strip()) >= 8:
            text = text.replace(secret, "***")
    return text


def whole(text: str) -> str:
    """Text that UTF-8 can carry: halves of a surrogate pair are joined, lone ones replaced."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def human_bytes(size: float | None) -> str:
    """Bytes for reading: ``1.5 GiB`` (powers of 1024); a dash for None."""
    if size is None:
        return "-"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if abs(size) < 1024 or unit == "TiB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    raise AssertionError


def human_seconds(seconds: float | None) -> str:
    """Seconds for reading: ``4.2s``, ``3m05s``, ``2h14m``, ``3d02h``; a dash for None."""
    if seconds is None:
        return "-"
    if seconds < 59.95:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02d}m" if hours < 48 else f"{hours // 24}d{hours % 24:02d}h"


def to_json(value: Any, *, indent: int | None = None) -> str:
    """One JSON text; NaN and infinities become null (JSON has neither), unknown types their ``str``.

    A record that knows how to write itself (``json_text``: the same text, made faster) is asked to.
    """
    if indent is None and (made := getattr(value, "json_text", None)) is not None:
        return str(made())
    try:
        if indent is None:
            return _COMPACT(value)
        return json.dumps(value, ensure_ascii=False, indent=indent, default=_plain, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, indent=indent, default=_plain)


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


# Made once: json.dumps makes an encoder a call.
_COMPACT = json.JSONEncoder(ensure_ascii=False, default=_plain, allow_nan=False).encode


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, Mapping):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value


def cell(value: Any) -> str:
    """A value in a CSV cell: text as it is, nothing for None, JSON for the rest."""
    if value is None:
        return ""
    return value if isinstance(value, str) else to_json(value)


def readable(value: Any) -> str:
    """A value in a table: a dash for None, yes or no, short numbers, lists joined."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(v, str | int | float) for v in value):
        return ", ".join(str(v) for v in value)
    return str(value) if isinstance(value, int) else to_json(value)
