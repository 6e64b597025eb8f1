"""Values of records as metrics take them: checked one by one, and told apart by kind, never guessed."""

import math
from collections.abc import Callable
from typing import Any

# What a record gives to the metrics of a kind.
Row = tuple[Any, Any]
Turn = Callable[[Any, Any], Row]


class BadValue(ValueError):
    """A value that a metric cannot take; the message says why, as in "its prediction is missing"."""


class Labels:
    """Pairs of labels: texts, whole numbers or true and false, the same kind in all records."""

    def __init__(self) -> None:
        self.kind: str | None = None
        self.where = ""

    def __call__(self, prediction: Any, reference: Any) -> Row:
        """Check a pair.

        Raises:
            BadValue.
        """
        (one, had), (other, is_) = _label(prediction, "prediction"), _label(reference, "reference")
        kind = self.kind or is_
        for found, role in ((is_, "reference"), (had, "prediction")):
            if found != kind:
                raise BadValue(f"has {found} as {role} where labels are {kind}; make them alike")
        self.kind = kind
        return one, other


def _label(value: Any, role: str) -> tuple[Any, str]:
    if isinstance(value, bool):
        return value, "true or false"
    if isinstance(value, int):
        return value, "a number"
    if isinstance(value, float) and value.is_integer():
        return int(value), "a number"
    if isinstance(value, str):
        return value, "text"
    raise BadValue(f"has {_said(value)} as {role}, which is no label")


def numbers(prediction: Any, reference: Any) -> Row:
    """A pair of numbers, also written as text (as CSV has them).

    Raises:
        BadValue: one is none, NaN or infinite.
    """
    return _number(prediction, "prediction"), _number(reference, "reference")


def _number(value: Any, role: str) -> float:
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        found = float(value)
    except (ValueError, OverflowError):
        raise BadValue(f"has {_said(value)} as {role}, which is no number") from None
    if not math.isfinite(found):
        raise BadValue(f"has {found} as {role}, which is no finite number")
    return found


class Scores:
    """A score of the positive label, or one for each label, with the label that is right."""

    def __init__(self) -> None:
        self.labels = Labels()
        self.width: int | None = None

    def __call__(self, prediction: Any, reference: Any) -> Row:
        """Check a pair; the score comes as a list where there are several.

        Raises:
            BadValue.
        """
        _, label = self.labels(reference, reference)
        many = isinstance(prediction, list)
        found = [_number(one, "score") for one in prediction] if many else _number(prediction, "score")
        width = len(prediction) if many else 0
        if many and width < 2:
            raise BadValue(f"has a list of {width} as scores; a list has a score for each label")
        if self.width is None:
            self.width = width
        if width != self.width:
            raise BadValue(f"has {width or 'no list of'} scores where others have {self.width or 'a single one'}")
        return found, label


def texts(prediction: Any, reference: Any) -> Row:
    """A text with the list of its references (a text, a list, or SQuAD's ``{"text": [...]}``).

    Raises:
        BadValue.
    """
    if isinstance(reference, dict) and "text" in reference:
        reference = reference["text"]
    several = reference if isinstance(reference, list) else [reference]
    # As in SQuAD: a question without an answer has the empty one.
    return _text(prediction, "prediction"), [_text(one, "reference") for one in several] or [""]


def one_text(prediction: Any, reference: Any) -> Row:
    """A text with its only reference.

    Raises:
        BadValue.
    """
    found, several = texts(prediction, reference)
    if len(several) != 1:
        raise BadValue(f"has {len(several)} references where the metric takes one")
    return found, several[0]


def _text(value: Any, role: str) -> str:
    # As models hand it out: a list of one.
    if role == "prediction" and isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise BadValue(f"has {_said(value)} as {role}, which is no text")
    return value


def tags(prediction: Any, reference: Any) -> Row:
    """Two lists of tags (text), a tag for each word.

    Raises:
        BadValue.
    """
    for value, role in ((prediction, "prediction"), (reference, "reference")):
        if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
            raise BadValue(f"has {_said(value)} as {role}, which is no list of tags such as B-PER")
        for tag in value:
            if tag != "O" and tag[:2] not in ("B-", "I-", "E-", "S-", "L-", "U-") and tag[-2:] not in ("-B", "-I"):
                raise BadValue(f"has the tag {tag!r} in its {role}; tags are O, B-KIND and I-KIND")
    if len(prediction) != len(reference):
        raise BadValue(f"has {len(prediction)} predicted tags for {len(reference)}")
    return prediction, reference


# Kind -> what checks a pair; a new one for each evaluation.
KINDS: dict[str, Callable[[], Turn]] = {
    "label": Labels,
    "number": lambda: numbers,
    "score": Scores,
    "text": lambda: texts,
    "one_text": lambda: one_text,
    "tags": lambda: tags,
}


def loss(record: dict[str, Any]) -> Row:
    """The negative log-likelihood of a record (natural logarithm) and the number of tokens it is the sum of.

    From ``token_logprobs``; or ``loss`` (the mean of the tokens) or ``log_likelihood`` (their sum) with ``tokens``.

    Raises:
        BadValue.
    """
    if (several := _first(record, LOGPROBS)) is not None:
        if not isinstance(several, list):
            raise BadValue(f"has {_said(several)} as log-probabilities, which is no list")
        # The first token of a text has nothing before it: servers write null.
        found = [_number(one, "log-probability") for one in (several[1:] if several[:1] == [None] else several)]
        total, count = -math.fsum(found), len(found)
        if any(one > 0 for one in found):
            raise BadValue("has a log-probability above 0")
    else:
        tokens = _number(_first(record, TOKENS), "number of tokens")
        count = int(tokens)
        if (mean := _first(record, LOSSES)) is not None:
            total = _number(mean, "loss") * tokens
        else:
            total = -_number(_first(record, LIKELIHOODS), "loss")
        if count != tokens or count < 0:
            raise BadValue(f"has {tokens:g} as number of tokens")
        if total < 0:
            raise BadValue("has a negative loss")
    if not count:
        raise BadValue("has no tokens")
    return total, count


LOGPROBS = ("token_logprobs", "logprobs")
LOSSES = ("loss",)
LIKELIHOODS = ("log_likelihood", "loglikelihood", "logprob", "sum_logprob", "sum_logprobs")
TOKENS = ("tokens", "num_tokens", "n_tokens", "token_count")


def _first(record: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((record[name] for name in names if record.get(name) is not None), None)


def _said(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    return repr(value) if len(repr(value)) <= 40 else "text"
