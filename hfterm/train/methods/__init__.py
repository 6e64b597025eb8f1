"""How each method of training works: one module a method, loaded by name."""

import importlib

from hfterm.train.methods.base import Method
from hfterm.train.recipe import Recipe
from hfterm.train.recipes import recipe_class


def of(recipe: Recipe) -> Method:
    """The method of a recipe."""
    return get(recipe.METHOD)


def get(name: str) -> Method:
    """The method called ``name``.

    Raises:
        UsageError: there is none; the nearest is named.
    """
    recipe_class(name)
    method: Method = importlib.import_module(f"hfterm.train.methods.{name}").METHOD
    return method
