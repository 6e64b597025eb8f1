"""The fields of the installed libraries' argument classes, and settings checked against them without importing any.

``arguments("trl.SFTConfig")`` gives the fields of a class, ``peft("lora")`` those of a PEFT method, ``recipe(cls)``
those of a recipe of ours; ``check`` refuses settings that a class does not take.
"""

import sys
from collections.abc import Collection, Mapping
from typing import Any

from hfterm.errors import HftermError, UsageError
from hfterm.train.recipe import did_you_mean, flag
from hfterm.train.schema import checking, read, stored
from hfterm.train.schema.field import Field, fields_of, from_dict
from hfterm.train.schema.ours import OURS

__all__ = ["ARGUMENTS", "Field", "arguments", "check", "peft", "recipe"]

# What the arguments of every method's command are.
ARGUMENTS = {
    "model": "A folder, a Hub id or run:NAME.",
    "data": "A file of records, a folder, or a data set of the Hub; a list for several.",
}


def arguments(name: str, say: stored.Say | None = None) -> dict[str, Field]:
    """The fields of an argument class, ``trl.SFTConfig`` or ``transformers.TrainingArguments``, by name.

    ``say`` is told when the libraries must be read first: once for each set of versions, a few seconds.

    Raises:
        MissingExtraError: its library is missing. HftermError: the installed one has no such class.
    """
    library = name.partition(".")[0]
    # Whoever trains has them at hand: no need for a process that imports them once more.
    if {"transformers.training_args", library} <= sys.modules.keys() and not stored.ready():
        return {field.name: field for field in read.of_class(name)}
    classes = stored.load(say)["classes"]
    if name not in classes:
        version = stored.versions().get(library)
        if version is None:
            from hfterm import extras

            raise extras.missing(library, "train")
        raise HftermError(f"the installed {library} {version} has no {name}", f"update {library}")
    return {row["name"]: from_dict(row) for row in classes[name]}


def peft(method: str, say: stored.Say | None = None) -> dict[str, Field]:
    """The settings of a PEFT method, by name; their defaults are those that hfterm sets.

    Raises:
        UsageError: no such method; the nearest is named. MissingExtraError: no PEFT.
    """
    name = method.lower().replace("-", "_")
    if "peft.mapping" in sys.modules and not stored.ready():
        from hfterm.peft import methods

        methods.find(name, "none")
        found = {name: read.of_method(name)}
    else:
        found = stored.load(say)["peft"]
    if not found:
        from hfterm import extras

        raise extras.missing("peft", "peft")
    if name not in found:
        hint = did_you_mean(name, [*found, "none"], f"choose {', '.join(['none', *found])}")
        raise UsageError(f"no such PEFT method {method!r}", hint)
    fields = {row["name"]: from_dict(row) for row in found[name]["fields"]}
    return {
        key: Field(**{**vars(field), "default": found[name]["sets"].get(key, field.default)})
        for key, field in fields.items()
    }


def recipe(cls: Any) -> dict[str, Field]:
    """The fields of a class of recipes, by name."""
    return {field.name: field for field in fields_of(cls, ARGUMENTS)}


def check(
    name: str,
    settings: Mapping[str, Any],
    *,
    own: Collection[str] = (),
    ours: Mapping[str, str] = OURS,
    where: str = "--set ",
    say: stored.Say | None = None,
) -> dict[str, Any]:
    """``settings`` of the argument class ``name``, brought into form; nothing heavy is imported.

    ``own``: fields that have an option of their own. ``ours``: those that hfterm decides, with what to use instead
    (default: :data:`hfterm.train.schema.ours.OURS`). ``where`` stands before the field in the message.

    Raises:
        UsageError: a field is unknown (the nearest is named), ours, or its value of the wrong kind.
        MissingExtraError: the library is missing.
    """
    if not settings:
        return {}
    holder = name.rpartition(".")[2]
    for key in settings:
        if key in own:
            raise UsageError(f"{where}{key}: it has an option of its own", f"use {flag(key)}")
    fields = arguments(name, say)
    how = {"holder": holder, "more": own, "otherwise": f"see the fields of {holder} with 'hfterm train schema'"}
    for problem in checking.problems(fields, settings, ours=ours, **how):  # type: ignore[arg-type]
        raise UsageError(f"{where}{problem.message}", problem.hint)
    return checking.fit(fields, settings)
