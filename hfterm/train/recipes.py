"""The recipe of each method: what it is asked beside what all are asked."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from hfterm.errors import ConfigError, UsageError
from hfterm.train import preference_recipes, task_recipes
from hfterm.train.recipe import ChatRecipe, Recipe, did_you_mean, option


@dataclass(frozen=True)
class TextRecipe(ChatRecipe):
    """A method that reads texts."""

    max_length: int = option(1024, "Tokens an example may have; longer ones are cut off.")


@dataclass(frozen=True)
class SftRecipe(TextRecipe):
    """Supervised fine-tuning of a language model."""

    METHOD: ClassVar[str] = "sft"
    ARGUMENTS: ClassVar[str] = "trl.SFTConfig"

    assistant_only_loss: bool = option(True, "Learn the assistant's turns (or completions) only, or every token.")


# In the order of the help page.
_ALL: tuple[type[Recipe], ...] = (SftRecipe, *preference_recipes.RECIPES, *task_recipes.RECIPES)
RECIPES: dict[str, type[Recipe]] = {recipe.METHOD: recipe for recipe in _ALL}


def recipe_class(method: str) -> type[Recipe]:
    """The recipe of a method.

    Raises:
        UsageError: there is no such method; the nearest is named.
    """
    if method not in RECIPES:
        raise UsageError(
            f"no such training method {method!r}", did_you_mean(method, RECIPES, f"choose {', '.join(RECIPES)}")
        )
    return RECIPES[method]


def from_dict(method: str, values: Mapping[str, Any]) -> Recipe:
    """A recipe from plain data.

    Raises:
        UsageError: no such method. ConfigError: a key is unknown (the nearest is named) or missing.
    """
    kind = recipe_class(method)
    known = [f.name for f in fields(kind)]
    for name in values:
        if name not in known:
            raise ConfigError(f"no such recipe key {name!r}", did_you_mean(name, known))
    try:
        return kind(**values)
    except TypeError as exc:
        raise ConfigError(f"the recipe is not whole: {exc}") from exc
