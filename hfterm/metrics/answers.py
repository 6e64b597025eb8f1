"""Metrics of short answers: equal, or with the same words.

Those of SQuAD follow its evaluation script, version 1.1 (Rajpurkar et al. 2016).
"""

import re
import string
from collections import Counter
from collections.abc import Sequence

from hfterm.metrics.options import Options
from hfterm.metrics.table import Asked
from hfterm.metrics.values import Row

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def compute(names: Sequence[Asked], rows: Sequence[Row], options: Options) -> dict[str, float]:
    """The metrics of texts, each with the best of its references."""
    found = {}
    for one in names:
        if one.name == "exact_match":
            found[one.name] = sum(text in references for text, references in rows) / len(rows)
        else:
            score = f1 if one.name == "squad_f1" else exact
            total = sum(max(score(text, other) for other in references) for text, references in rows)
            found[one.name] = 100.0 * total / len(rows)
    return found


def normalized(text: str) -> str:
    """Text without case, punctuation (ASCII), articles and needless white space."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def exact(text: str, reference: str) -> float:
    """1 when both are the same, normalized."""
    return float(normalized(text) == normalized(reference))


def f1(text: str, reference: str) -> float:
    """F1 over the words of both; two without words are the same (as in version 2 of the script)."""
    words, others = normalized(text).split(), normalized(reference).split()
    if not words or not others:
        return float(words == others)
    same = sum((Counter(words) & Counter(others)).values())
    if not same:
        return 0.0
    precision, recall = same / len(words), same / len(others)
    return 2 * precision * recall / (precision + recall)
