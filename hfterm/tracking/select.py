"""What a filter line means: globs, words, regular expressions, their negations, all of which must hold."""

import fnmatch
import re
import warnings
from collections.abc import Callable

from hfterm.errors import UsageError

# A longer filter is a mistake.
LONGEST_PATTERN = 200
# Open repeats in a regular expression -> how much of a text is looked at: at worst a fraction of a second each.
LONGEST_TEXT = {0: 1_000_000, 1: 4096, 2: 500, 3: 200}

_WORD = re.compile(r"!?/(?:\\.|[^\\/])*/(?=\s|$)|\S+")
_REPEAT = re.compile(r"[*+]|\{\d*,?\d*\}")
_FIXED = re.compile(r"\{\d+\}")


def matcher(pattern: str) -> Callable[[str], bool]:
    """A test for names (or lines) by a filter as users type it; never case-sensitive.

    Parts are separated by spaces and must all hold. A part is a glob when it has ``*``, ``?`` or ``[``, else
    a piece of the name; ``/.../`` is a regular expression found anywhere in it; a leading ``!`` inverts.
    The empty filter matches everything. Of a long text a regular expression sees the first ``LONGEST_TEXT``.

    Raises:
        UsageError: a regular expression is wrong or could take for ever, or the filter is too long.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise UsageError(f"the filter has {len(pattern)} characters", f"at most {LONGEST_PATTERN} are allowed")
    tests = [_test(word) for word in _WORD.findall(pattern) if word != "!"]

    return lambda text: all(test(text) for test in tests)


def expression(source: str) -> re.Pattern[str]:
    """Compile a regular expression that a user typed, ignoring case.

    Raises:
        UsageError: it is wrong, too long, or its repeats could take for ever.
    """
    if len(source) > LONGEST_PATTERN:
        raise UsageError(f"the regular expression has {len(source)} characters", f"at most {LONGEST_PATTERN}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about signs that may mean something else one day
            compiled = re.compile(source, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as exc:
        raise UsageError(f"not a regular expression: {source!r} ({exc})") from exc
    if _nested(source):
        raise UsageError(f"the regular expression {source!r} could take for ever", "repeat no group that repeats")
    if _open_repeats(source) > max(LONGEST_TEXT):
        raise UsageError(f"the regular expression {source!r} repeats too often", f"at most {max(LONGEST_TEXT)} times")
    return compiled


def _test(word: str) -> Callable[[str], bool]:
    if word.startswith("!"):
        inner = _test(word[1:])
        return lambda text: not inner(text)
    if len(word) > 2 and word.startswith("/") and word.endswith("/"):
        search = expression(word[1:-1]).search
        longest = LONGEST_TEXT[_open_repeats(word)]
        return lambda text: search(text, 0, longest) is not None
    folded = word.casefold()
    if any(sign in word for sign in "*?["):
        full = re.compile(fnmatch.translate(folded)).match
        return lambda text: full(text.casefold()) is not None
    return lambda text: folded in text.casefold()


def _open_repeats(source: str) -> int:
    """How many repeats may take more or less of a text."""
    return sum(bool(_REPEAT.fullmatch(token) and not _FIXED.fullmatch(token)) for token in _tokens(source))


def _nested(source: str) -> bool:
    """Whether a repeated group holds a repeat or a choice: then matching can take exponential time."""
    groups = [False]  # for each open group: whether a repeat or a choice is inside
    ended, before = False, ""  # what the group that has just ended held; the token before
    for token in _tokens(source):
        repeat = _REPEAT.fullmatch(token) is not None
        if repeat and ended:
            return True
        if (repeat and not _FIXED.fullmatch(token)) or token == "|" or (token == "?" and before != "("):
            groups[-1] = True
        ended, before = False, token
        if token == "(":
            groups.append(False)
        elif token == ")" and len(groups) > 1:
            ended = groups.pop()
            groups[-1] = groups[-1] or ended
    return False


def _tokens(source: str) -> list[str]:
    """Single signs and ``{m,n}``; a class ``[...]`` or an escape is one token that means nothing here."""
    return re.findall(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d*,?\d*\}|.", source, re.DOTALL)
