"""Patterns for paths as ``datasets`` reads them: those of fsspec (https://filesystem-spec.readthedocs.io, ``glob``).

``*`` and ``?`` stop at slashes, ``**`` alone between slashes stands for any folders. What is hidden (begins with a
dot) or special (``__pycache__``) is matched only by patterns that say so.
"""

import re
from collections.abc import Iterable
from functools import cache

MAGIC = "*?["
MOST_STARS = 16


def is_pattern(text: str) -> bool:
    """Whether it is more than a path."""
    return any(char in text for char in MAGIC)


def matching(paths: Iterable[str], pattern: str) -> list[str]:
    """The paths that a pattern matches, sorted.

    Raises:
        ValueError: it can be none.
    """
    found = expression(pattern)
    hidden, special = _hidden(pattern), _special(pattern)
    return sorted(p for p in paths if found.match(p) and _hidden(p) == hidden and _special(p) == special)


def _hidden(path: str) -> int:
    return sum(part.startswith(".") and set(part) != {"."} for part in path.split("/"))


def _special(path: str) -> int:
    return sum(part.startswith("__") for part in path.split("/")[:-1])


@cache
def expression(pattern: str) -> re.Pattern[str]:
    """The regular expression that is true of the paths that a pattern matches, hidden or not.

    Raises:
        ValueError: ``**`` is not alone between slashes.
    """
    if pattern.count("*") > MOST_STARS:  # each may multiply the time that a match takes
        raise ValueError(f"it has more than {MOST_STARS} stars")
    parts: list[str] = []
    for part in pattern.split("/"):
        if part != "**" or parts[-1:] != ["**"]:  # two in a row are one
            parts.append(part)
    made = []
    for at, part in enumerate(parts):
        last = at == len(parts) - 1
        if part == "**":
            made.append(".*" if last else "(?:.+/)?")
            continue
        if "**" in part:
            raise ValueError("'**' must stand alone between slashes")
        made.append("[^/]+" if part == "*" else _part(part))
        if not last:
            made.append("/")
    try:
        return re.compile(rf"(?s:{''.join(made)})\Z")
    except re.error as exc:
        raise ValueError(str(exc)) from None


def _part(part: str) -> str:
    made, at = [], 0
    while at < len(part):
        char, at = part[at], at + 1
        if char == "*":
            made.append("[^/]*")
        elif char == "?":
            made.append("[^/]")
        elif char == "[" and (end := part.find("]", at + 1 + (part[at : at + 1] == "!"))) > 0:
            inner, at = part[at:end].replace("\\", r"\\"), end + 1
            if inner.startswith("!"):
                inner = f"^{inner[1:]}"
            elif inner[0] in "^[":
                inner = f"\\{inner}"
            made.append(f"[{inner}]")
        else:
            made.append(re.escape(char))
    return "".join(made)
