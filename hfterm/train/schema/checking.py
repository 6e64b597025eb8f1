"""Values against fields: what is unknown, what is of the wrong kind, what no choice; nothing heavy is imported."""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hfterm.processes import redact_words
from hfterm.train.recipe import did_you_mean
from hfterm.train.schema.field import Field, in_words

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NUMBER = re.compile(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?")
# A part of a choice that stands for any text: pissa_niter_[number of iters].
_OPEN = re.compile(r"\\\[.*?\\\]")
_SHOWN = 60


class Problem(NamedTuple):
    """What is wrong with the value under a key; ``message`` names the key, ``hint`` says how to go on."""

    key: str
    message: str
    hint: str | None = None


class Wrong(ValueError):
    """A value that a field does not take. ``choice``: it is of the right kind, but no choice."""

    def __init__(self, message: str, hint: str | None = None, *, choice: bool = False) -> None:
        super().__init__(message)
        self.message, self.hint, self.choice = message, hint, choice


def fitted(field: Field, value: Any) -> Any:
    """The value as the field takes it: ``1e-4`` written as text is a number, one item a list of it, ``no`` false
    where true or false is wanted.

    Raises:
        Wrong: it is of another kind, or no choice.
    """
    kinds = field.kinds
    if value is None:
        if "none" in kinds or "any" in kinds:
            return None
        raise Wrong(f"not {in_words(kinds, field.items, articles=True)}", "leave it out for the default")
    if isinstance(value, str) and "str" not in kinds:
        value = _read(value, kinds)
        if value is None and "none" in kinds:
            return None
    if isinstance(value, bool) and "bool" not in kinds and "str" in kinds and str(value).lower() in field.choices:
        return str(value).lower()
    if isinstance(value, int) and not isinstance(value, bool) and "str" in kinds and not {"int", "float"} & set(kinds):
        value = str(value)  # a name of digits
    if isinstance(value, float) and value.is_integer() and "int" in kinds and "float" not in kinds:
        value = int(value)
    if _kind(value) not in kinds and not ("float" in kinds and _kind(value) == "int") and "any" not in kinds:
        if "list" in kinds and not isinstance(value, dict) and _item(value, field.items):
            return [value]
        raise Wrong(f"not {in_words(kinds, field.items, articles=True)}")
    if isinstance(value, float) and math.isnan(value):
        raise Wrong(f"not {in_words(kinds, field.items, articles=True)}")
    if isinstance(value, str) and field.choices and not _chosen(value, field.choices):
        hint = did_you_mean(value, field.choices, f"choose {', '.join(field.choices)}")
        raise Wrong("no such choice", hint, choice=True)
    if isinstance(value, list) and field.items and not all(_item(item, field.items) for item in value):
        raise Wrong(f"not {in_words(kinds, field.items, articles=True)}")
    return value


def _read(text: str, kinds: Collection[str]) -> Any:
    """Text as what the kinds want, where it can be read so; else as it is."""
    word = text.strip().lower()
    if "bool" in kinds and word in _WORDS:
        return _WORDS[word]
    if "none" in kinds and word in ("none", "null", ""):
        return None
    if not {"int", "float"}.isdisjoint(kinds) and len(word) < 400 and _NUMBER.fullmatch(word):
        bare = word.replace("_", "")
        return int(bare) if bare.lstrip("+-").isdecimal() else float(bare)
    return text


def _kind(value: Any) -> str:
    for cls, kind in ((bool, "bool"), (int, "int"), (float, "float"), (str, "str"), (list, "list"), (dict, "dict")):
        if isinstance(value, cls):
            return kind
    return "any"


def _item(value: Any, items: Collection[str]) -> bool:
    kind = _kind(value)
    return not items or "any" in items or kind in items or (kind == "int" and "float" in items)


def _chosen(value: str, choices: Iterable[str]) -> bool:
    return any(value == one or ("[" in one and re.fullmatch(_OPEN.sub(".+", re.escape(one)), value)) for one in choices)


def shown(key: str, value: Any) -> str:
    """``key=value`` for a message: short, without secrets."""
    text = " ".join(str(value).split())
    if len(text) > _SHOWN:
        text = text[: _SHOWN - 3] + "..."
    return redact_words([f"{key}={text}"])[0]


def problems(
    fields: Mapping[str, Field],
    settings: Mapping[str, Any],
    *,
    holder: str,
    ours: Mapping[str, str],
    more: Iterable[str] = (),
    otherwise: str | None = None,
) -> Iterator[Problem]:
    """What is wrong with ``settings``, a problem a key at most.

    ``fields``: what there is. ``holder``: who has them, for the message (``TrainingArguments``). ``ours``: those that
    hfterm decides itself, with what to use instead. ``more``: words beside the fields that may have been meant.
    ``otherwise``: the hint when no known word is near.
    """
    for key, value in settings.items():
        if key in ours:
            yield Problem(key, f"{key}: hfterm decides it", ours[key])
        elif key not in fields:
            hint = did_you_mean(key, [*fields, *more], otherwise)
            yield Problem(key, f"{key}: {holder} has no such field", hint)
        else:
            try:
                fitted(fields[key], value)
            except Wrong as exc:
                yield Problem(key, f"{shown(key, value)}: {exc.message}", exc.hint)


def fit(fields: Mapping[str, Field], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Checked ``settings`` as the fields take them; see :func:`fitted`."""
    return {key: fitted(fields[key], value) for key, value in settings.items()}
