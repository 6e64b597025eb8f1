"""Shares, sizes and names as users write them on a command line."""

import math

from hfterm.errors import UsageError


def names(text: str | None) -> list[str]:
    """Names with commas between them."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def shares(text: str, what: str) -> list[float]:
    """Numbers from 0 to 1 with commas between them.

    Raises:
        UsageError: they are not.
    """
    found = numbers(text, what)
    if not all(0 <= value <= 1 for value in found):
        raise UsageError(f"{what} {text!r}: each is from 0 to 1")
    return found


def numbers(text: str, what: str) -> list[float]:
    """Numbers with commas between them; at least one.

    Raises:
        UsageError: they are not, or not finite.
    """
    try:
        found = [float(part) for part in names(text)]
    except ValueError as exc:
        raise UsageError(f"{what} {text!r}: numbers with commas between them are wanted") from exc
    if not found or not all(map(math.isfinite, found)):
        raise UsageError(f"{what} {text!r}: numbers with commas between them are wanted")
    return found


def size(text: str, total: int, what: str) -> int:
    """How many of ``total`` a size means: ``0.1`` and ``10%`` are shares (rounded), ``500`` a count.

    Raises:
        UsageError: it is no size.
    """
    try:
        value = float(text.removesuffix("%"))
    except ValueError as exc:
        raise UsageError(f"{what} {text!r}: a share (0.1, 10%) or a count (500) is wanted") from exc
    percent = text.endswith("%")
    if (percent and 0 < value < 100) or (not percent and 0 < value < 1):
        return round(total * value / (100 if percent else 1))
    if not percent and 1 <= value < 1e18 and value == int(value):
        return int(value)
    raise UsageError(f"{what} {text!r}: a share (0.1, 10%) or a count (500) is wanted")
