"""Labels of records: their names in order, and numbers for them; the model's own where it has a head for them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from hfterm.errors import HftermError

# Of a head that nobody named the labels of.
_UNNAMED = "LABEL_"


def name(value: Any) -> str:
    """A label as a name: texts as they are, whole numbers in digits, true and false.

    Raises:
        HftermError: it is no label.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, float):
        raise HftermError(
            f"its label {value:g} is a number, not one of a few labels",
            "train on numbers with --problem-type regression",
        )
    raise HftermError(f"its label {str(value)[:40]!r} is no text and no whole number")


def ordered(found: Iterable[str]) -> list[str]:
    """Names in the order of the labels' numbers: whole numbers by value, texts by the alphabet, tags with O first."""
    names = set(found)
    if all(one.removeprefix("-").isdecimal() for one in names):
        return sorted(names, key=int)
    return sorted(names, key=lambda one: (one != "O", one))


def chosen(found: Iterable[str], config: Mapping[str, Any]) -> list[str]:
    """The names of the labels in order: those of the model's head if it knows all of ``found``, else ``found``."""
    names = ordered(found)
    has = config.get("id2label")
    own = [str(has[key]) for key in sorted(has, key=int)] if isinstance(has, dict) and has else []
    if own and set(names) <= set(own):
        return own
    # A head of that size whose labels are only numbers keeps its weights; its labels get their names.
    unnamed = own and all(one.startswith(_UNNAMED) for one in own) and len(own) == len(names)
    return own if unnamed and {f"{_UNNAMED}{one}" for one in names} == set(own) else names


def numbers(names: Sequence[str]) -> dict[str, int]:
    """Name -> number; of a head with unnamed labels also the bare number as a name."""
    found = {one: at for at, one in enumerate(names)}
    return {**{one.removeprefix(_UNNAMED): at for one, at in found.items() if one.startswith(_UNNAMED)}, **found}


def settings(names: Sequence[str]) -> dict[str, Any]:
    """The labels as a model's configuration has them."""
    return {
        "num_labels": len(names),
        "id2label": dict(enumerate(names)),
        "label2id": {one: at for at, one in enumerate(names)},
    }


def agree(found: Sequence[tuple[str, Collection[str]]], config: Mapping[str, Any] | None, least: int = 2) -> list[str]:
    """The names of the labels in order, of those in the data (first) and in each evaluation data: source, labels.

    ``config``: the model's; None where it is not at hand, whose own labels may be more.

    Raises:
        HftermError: there are fewer than ``least``, or an evaluation has one that the training has not.
    """
    (source, seen), *rest = found
    names = chosen(seen, config or {})
    if least > 1:
        check_several(names, source)
    for name, some in rest if config is not None else ():
        check_known(some, names, name)
    return names


def check_known(found: Iterable[str], names: Sequence[str], source: str) -> None:
    """Refuse evaluation data with labels that the training data has not.

    Raises:
        HftermError.
    """
    if strange := [one for one in ordered(found) if one not in numbers(names)]:
        raise HftermError(
            f"{source} has the label {strange[0]!r}, which the data that is trained on has not", "correct one of them"
        )


def check_several(names: Sequence[str], source: str) -> None:
    """Refuse data with a single label: there is nothing to tell apart.

    Raises:
        HftermError.
    """
    if len(names) < 2:
        raise HftermError(f"{source} has only the label {', '.join(map(repr, names))}: there is nothing to learn")
