"""Fields of records under the names that training knows: ``prompt=question``, also of fields in fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from hfterm.errors import HftermError, UsageError
from hfterm.train.recipe import did_you_mean

# The shapes of a record in the order in which they are looked for (hfterm.tok.messages.shape), by their fields.
_RANKS = {
    "messages": 0,
    "conversations": 1,
    "prompt": 2,
    "completion": 2,
    "instruction": 3,
    "output": 3,
    "response": 3,
    "question": 4,
    "answer": 4,
    "text": 5,
}
_MISSING = object()


class Mapper:
    """Gives records the names of a mapping: new name to old one, or to a path with dots (``answers.text.0``).

    A field that is mapped goes by its new name only. Fields of a shape that would be looked for before the mapped one
    are left out, so that what is mapped is what counts.
    """

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.columns = dict(columns)
        ranks = [_RANKS[name] for name in self.columns if name in _RANKS]
        hidden = {name for name, rank in _RANKS.items() if ranks and rank < min(ranks)}
        self._drop = (hidden | set(self.columns.values())) - self.columns.keys()

    def __call__(self, row: dict[str, Any], source: str, *, first: bool = False) -> dict[str, Any]:
        """The record under the new names; the same record where nothing is mapped.

        Raises:
            UsageError: the ``first`` record has no such column. HftermError: a later one has not.
        """
        if not self.columns:
            return row
        found = {}
        for name, old in self.columns.items():
            value = _value(row, old)
            if value is _MISSING:
                raise _none(old, row, source) if first else HftermError(f"no column {old!r} in it")
            found[name] = value
        return {**{name: value for name, value in row.items() if name not in self._drop}, **found}


def _value(row: Mapping[str, Any], path: str) -> Any:
    """What stands at a path; a field that has dots in its own name is that field."""
    if path in row:
        return row[path]
    value: Any = row
    for part in path.split("."):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, list) and value == []:
            return None
        else:
            return _MISSING
    return value


def _none(name: str, row: Mapping[str, Any], source: str) -> UsageError:
    there = [*paths(row)]
    many = ", ".join(there[:20]) + (", ..." if len(there) > 20 else "")
    hint = did_you_mean(name, there)
    has = f"it has {many}" if there else "it has none"
    return UsageError(f"{source} has no column {name!r}", f"{hint} {has}" if hint else has)


def paths(row: Mapping[str, Any], before: str = "") -> Iterable[str]:
    """The fields of a record, those in fields with dots."""
    for name, value in row.items():
        yield f"{before}{name}"
        if isinstance(value, Mapping):
            yield from paths(value, f"{before}{name}.")


def parse(pairs: Iterable[str]) -> dict[str, str]:
    """``NAME=FIELD`` words as a mapping.

    Raises:
        UsageError: a word is none, or a name is given twice.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, old = (part.strip() for part in pair.partition("="))
        if not (name and equals and old):
            raise UsageError(f"--column {pair}: not NAME=FIELD", "such as --column prompt=question")
        if name in found:
            raise UsageError(f"--column {pair}: {name!r} is {found[name]!r} already")
        found[name] = old
    return found
