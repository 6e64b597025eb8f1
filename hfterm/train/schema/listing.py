"""What a method of training can be told: the fields of its recipe, and of the library's arguments behind it."""

from collections.abc import Iterator
from typing import Any

from hfterm.errors import NotFoundError
from hfterm.train import schema
from hfterm.train.recipe import Recipe, did_you_mean
from hfterm.train.recipes import RECIPES, recipe_class
from hfterm.train.schema.field import Field
from hfterm.train.schema.names import ALIASES, as_keys, full
from hfterm.train.schema.ours import OURS
from hfterm.train.schema.stored import Say
from hfterm.train.schema.template import chosen

# What every trainer has; listed only when all is asked for.
INHERITED = "transformers.TrainingArguments"
_OF_RECIPE = "hfterm"


def methods() -> Iterator[dict[str, Any]]:
    """A row a method: what it does and whose arguments it takes."""
    for name, recipe in RECIPES.items():
        about = (recipe.__doc__ or "").strip().splitlines()[0].rstrip(".")
        yield {"method": name, "about": about, "arguments": recipe.ARGUMENTS}


def fields(
    method: str, *, everything: bool = False, search: str | None = None, say: Say | None = None
) -> Iterator[dict[str, Any]]:
    """A row a field: the recipe's, then the library's own for this method; ``everything``: what it inherits too.

    ``search`` leaves those of all whose name or help holds the words.

    Raises:
        UsageError: no such method. MissingExtraError: the libraries are missing.
    """
    recipe = recipe_class(method)
    found = _all(recipe, say)
    for field in found.values():
        if search is not None:
            text = f"{field.name} {field.help}".lower()
            if not all(word in text for word in search.lower().replace("-", "_").split()):
                continue
        elif not everything and (field.origin == INHERITED or field.name in OURS):
            continue
        yield row(field, recipe)


def field(method: str, name: str, say: Say | None = None) -> dict[str, Any]:
    """One field, with all that is known of it.

    Raises:
        UsageError: no such method. NotFoundError: no such field; the nearest are named.
    """
    recipe = recipe_class(method)
    found = _all(recipe, say)
    name = name.removeprefix("--").replace("-", "_")
    known = full(name, found)
    if known.startswith("peft."):
        key = known.partition(".")[2]
        raise NotFoundError(
            f"{name!r} is a setting of the PEFT method",
            f"write it as peft: {{{key}: ...}}; see 'hfterm peft methods lora'",
        )
    if known not in found:
        hint = did_you_mean(name, [*found, *ALIASES], f"look for a word: 'hfterm train schema {method} --search WORD'")
        raise NotFoundError(f"no field {name!r} for {method}", hint)
    return row(found[known], recipe)


def row(field: Field, recipe: type[Recipe]) -> dict[str, Any]:
    """A field as a record.

    ``chosen``: how its value is chosen when it is left out, ``instead``: what to use where hfterm decides it itself.
    """
    return {
        "field": field.name,
        "type": field.type,
        "default": field.default,
        "chosen": chosen(recipe, field.name) if field.origin == _OF_RECIPE else None,
        "choices": list(field.choices),
        "help": as_keys(field.help) if field.origin == _OF_RECIPE else field.help,
        "of": field.origin,
        "instead": as_keys(OURS.get(field.name)) if field.origin != _OF_RECIPE else None,
        "required": field.required,
        "kinds": list(field.kinds),
    }


def _all(recipe: type[Recipe], say: Say | None) -> dict[str, Field]:
    library = schema.arguments(recipe.ARGUMENTS, say)
    own: dict[str, Field] = {}
    for name, entry in schema.recipe(recipe).items():
        same = library.get(name)
        choices = entry.choices or (same.choices if same else ())
        own[name] = Field(**{**vars(entry), "origin": _OF_RECIPE, "choices": choices})
    # The method's own of the library before what all trainers have.
    rest = sorted((f for f in library.values() if f.name not in own), key=lambda f: f.origin == INHERITED)
    return {**own, **{entry.name: entry for entry in rest}}
