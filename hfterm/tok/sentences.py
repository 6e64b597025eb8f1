"""Split a text into sentences by a few rules, for no language in particular.

A sentence ends after ``. ! ?`` (with quotes and brackets that close) before white space and no lower-case letter,
unless the full stop belongs to a single letter (an initial) or to a word of ``SHORT``; after their wide forms
anywhere; and at a blank line. :mod:`hfterm.tok.punkt` knows more of a language.
"""

import re
from collections.abc import Callable, Iterable, Iterator

# Gives where each sentence of a text begins and ends, in order, white space around it left out.
Splitter = Callable[[str], Iterable[tuple[int, int]]]
# fmt: off
SHORT = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "e.g", "i.e", "cf", "fig", "figs", "eq", "no",
    "nos", "vol", "pp", "ca", "approx", "dept", "est", "al", "inc", "ltd", "co", "corp", "gen", "col", "sgt", "capt",
    "lt", "rev", "hon", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "z.b",
    "bzw", "usw",
})
# fmt: on
# A run of marks is looked at from its beginning only, and whole: the time is linear whatever the text.
_END = re.compile(
    r"(?<![.!?\u2026])[.!?\u2026]++[\"'\u2019\u201d\u00bb)\]]*+(?=\s)"
    r"|[\u3002\uff01\uff1f]++[\u300d\u300f\uff09]*+|\n[ \t]*+(?=\n)"
)
_WORD = re.compile(r"[^\W\d_](?:[\w.]*\w)?$")


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence begins and ends in ``text``, white space around it left out."""
    begin = 0
    for match in _END.finditer(text):
        if match[0][0] == "." and not _ends(text, match):
            continue
        yield from trimmed(text, begin, match.end())
        begin = match.end()
    yield from trimmed(text, begin, len(text))


def _ends(text: str, match: "re.Match[str]") -> bool:
    """Whether a full stop ends a sentence."""
    after = text[match.end() : match.end() + 40].lstrip()[:1]
    if after.islower():
        return False
    word = _WORD.search(text, max(0, match.start() - 20), match.start())
    if word is None or len(match[0].rstrip("\"'\u2019\u201d\u00bb)]")) > 1:
        return True
    return not (len(word[0]) == 1 and word[0].isupper()) and word[0].lower() not in SHORT


def trimmed(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The part of a text without white space around it; nothing when there is nothing else."""
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if begin < end:
        yield begin, end
