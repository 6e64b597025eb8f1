"""Words that choose: ``size>1GB unused>30d type=dataset id~llama``; all of them must hold."""

import fnmatch
import operator
import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from hfterm.errors import UsageError

Row = dict[str, Any]
_WORD = re.compile(r"\s*([A-Za-z_]*)\s*(>=|<=|!=|!~|==|=|>|<|~)\s*(.*?)\s*", re.S)
_SIZE = re.compile(r"([0-9]*\.?[0-9]+)\s*([kmgtp]?)(i?)b?", re.I)
_SPAN = re.compile(r"([0-9]*\.?[0-9]+)\s*(s|min|m|h|d|w|mo|y)", re.I)
_POWERS = " kmgtp"
_SECONDS = {
    "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800, "mo": 2_629_800, "y": 31_557_600,
}  # fmt: skip
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "==": operator.eq, "!=": operator.ne, ">": operator.gt, "<": operator.lt,
    ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
_SIZES = ("size", "incomplete")
_COUNTS = ("files", "revisions", "detached")
# An age in the past -> the field it is counted from; ``accessed`` is the Hub client's word.
_AGES = {"unused": "used", "used": "used", "accessed": "used", "modified": "modified"}
_TEXTS = {"type": "type", "kind": "type", "id": "id", "ref": "ref", "cache": "cache", "refs": "refs", "path": "path"}
KEYS = (*_SIZES, *_COUNTS, *_AGES, *_TEXTS)


class Filter(NamedTuple):
    """A condition on records, and the word it was written as."""

    word: str
    holds: Callable[[Row], bool]
    key: str


def is_filter(word: str) -> bool:
    """Whether a word is a condition, and not a name."""
    return any(sign in word for sign in "<>=~!")


def parse(word: str) -> Filter:
    """The condition that a word stands for.

    Raises:
        UsageError: it is none; the message names the word and what is wrong in it.
    """
    match = _WORD.fullmatch(word)
    if match is None:
        raise UsageError(f"not a filter: {word!r}", "write KEY, a sign and a value: 'size>1GB'")
    key, sign, value = match[1].lower(), match[2], match[3]
    if key not in KEYS:
        import difflib

        near = difflib.get_close_matches(key, KEYS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(KEYS)}"
        raise UsageError(f"no such key {key!r} in the filter {word!r}", hint)
    if not value:
        raise UsageError(f"the filter {word!r} compares with nothing", f"write a value behind {sign!r}")
    if key in _TEXTS:
        return Filter(word, _text(word, _TEXTS[key], sign, value), key)
    if sign in ("~", "!~"):
        raise UsageError(f"{sign!r} does not go with {key!r} in the filter {word!r}", "use = != > < >= <=")
    compare = _COMPARE[sign]
    if key in _AGES:
        wanted, age_of = span(value, word), _AGES[key]
        return Filter(word, lambda row: row.get(age_of) is not None and compare(age(row[age_of]), wanted), key)
    number = size(value, word) if key in _SIZES else _number(value, word)
    return Filter(word, lambda row: row.get(key) is not None and compare(row[key], number), key)


def age(moment: str) -> float:
    """Seconds since an ISO 8601 moment; 0 for one in the future."""
    return max(0.0, time.time() - datetime.fromisoformat(moment).timestamp())


def size(text: str, word: str = "") -> float:
    """Bytes: ``1GB`` and ``1G`` are 10**9, ``1GiB`` is 2**30.

    Raises:
        UsageError.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is no size{_inside(word)}", "write 500MB, 1.5GB, 2GiB")
    step = 1024.0 if match[3] else 1000.0
    return float(match[1]) * step ** int(_POWERS.index(match[2].lower() or " "))


def span(text: str, word: str = "") -> float:
    """Seconds: ``90s``, ``45m``, ``12h``, ``30d``, ``6w``, ``3mo``, ``1y``.

    Raises:
        UsageError.
    """
    match = _SPAN.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is no length of time{_inside(word)}", "write 45m, 12h, 30d, 6w, 3mo, 1y")
    return float(match[1]) * _SECONDS[match[2].lower()]


def _inside(word: str) -> str:
    return f" in the filter {word!r}" if word else ""


def _number(text: str, word: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise UsageError(f"{text!r} is no number in the filter {word!r}")
    return int(text)


def _text(word: str, field: str, sign: str, value: str) -> Callable[[Row], bool]:
    """A condition on text: ``=`` and ``!=`` the whole (of one, for refs), ``~`` and ``!~`` a part or a pattern."""
    if sign not in ("=", "==", "!=", "~", "!~"):
        raise UsageError(f"{sign!r} does not go with text in the filter {word!r}", "use = != ~ !~")
    wanted = value.lower()
    pattern = wanted if any(c in wanted for c in "*?[") else f"*{wanted}*"
    like, denied = sign.endswith("~"), sign.startswith("!")

    def holds(row: Row) -> bool:
        found = row.get(field)
        texts = [str(t).lower() for t in (found if isinstance(found, list) else [found] if found is not None else [])]
        hit = any(fnmatch.fnmatchcase(text, pattern) if like else text == wanted for text in texts)
        return hit is not denied

    return holds
