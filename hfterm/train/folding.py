"""``--set`` of a field that has an option of its own: it counts as the option."""

import dataclasses
import types
import typing
from typing import Any, TypeVar

from hfterm.errors import UsageError
from hfterm.train.recipe import Recipe, flag

R = TypeVar("R", bound=Recipe)
# They are no fields of the libraries.
_NOT_SET = ("model", "data", "set", "peft_set", "columns")


def folded(recipe: R) -> R:
    """The recipe with those of its ``set`` that are fields of its own as these fields.

    Raises:
        UsageError: both are given and differ, or a value is of the wrong kind.
    """
    own = {f.name: f for f in dataclasses.fields(recipe) if f.name not in _NOT_SET}
    moved = {name: value for name, value in recipe.set.items() if name in own}
    if not moved:
        return recipe
    kinds = typing.get_type_hints(type(recipe))
    for name, value in moved.items():
        has = getattr(recipe, name)
        if has not in (own[name].default, value):
            raise UsageError(f"--set {name}={value}, but {flag(name)} is {has}", "give one of them")
        if not _fits(value, kinds[name]):
            raise UsageError(f"--set {name}={value}: not {_words(kinds[name])}")
    rest = {name: value for name, value in recipe.set.items() if name not in moved}
    return dataclasses.replace(recipe, **moved, set=rest)


def _choices(kind: Any) -> tuple[Any, ...]:
    return typing.get_args(kind) if typing.get_origin(kind) in (typing.Union, types.UnionType) else (kind,)


def _fits(value: Any, kind: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool) and float in _choices(kind):
        return True
    return type(value) in _choices(kind) or not all(isinstance(one, type) for one in _choices(kind))


def _words(kind: Any) -> str:
    names = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
    return " or ".join(names[one] for one in _choices(kind) if one in names) or "a value for it"
