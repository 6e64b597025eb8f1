"""``Range``, ``If-Range`` and ``If-None-Match`` (RFC 9110, sections 13 and 14)."""

import re
from collections.abc import Mapping

from hfterm.hub.share.refusal import Refusal

_RANGE = re.compile(r"bytes\s*=\s*([0-9]*)\s*-\s*([0-9]*)\s*", re.IGNORECASE)


def wanted(headers: Mapping[str, str], size: int, etag: str) -> tuple[int, int] | None:
    """The bytes asked for as (start, end), end not included; None for the whole.

    Several ranges at once, and units other than bytes, are answered with the whole, as the RFC allows.

    Raises:
        Refusal: 416, the range lies outside.
    """
    found = _RANGE.fullmatch(headers.get("range", "").strip())
    if not found or not (found[1] or found[2]):
        return None
    condition = headers.get("if-range")
    if condition is not None and condition.strip() != f'"{etag}"':
        return None
    if found[1]:
        start, end = _number(found[1]), min(_number(found[2]) + 1, size) if found[2] else size
        if found[2] and _number(found[2]) < start:
            return None
    else:
        start, end = max(size - _number(found[2]), 0), size
    if start >= size or start >= end:
        raise Refusal(416, f"the file has {size} bytes", headers={"Content-Range": f"bytes */{size}"})
    return start, end


def _number(digits: str) -> int:
    # Python refuses to read thousands of digits; no file ends there.
    return int(digits) if len(digits) < 100 else 10**100


def unchanged(headers: Mapping[str, str], etag: str) -> bool:
    """Whether the client has this content already (304)."""
    given = headers.get("if-none-match")
    if given is None:
        return False
    return given.strip() == "*" or any(t.strip().removeprefix("W/").strip('"') == etag for t in given.split(","))
