"""Arguments of the commands that know recipes: METHOD, RECIPE and the settings over it."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from hfterm.train.recipes import RECIPES, recipe_class

F = TypeVar("F", bound=Callable[..., Any])


class MethodName(click.Choice[str]):
    """A method of training; a wrong one names the nearest."""

    def __init__(self) -> None:
        super().__init__(list(RECIPES))

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """One word, as they are many; the help page lists them."""
        return "METHOD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The method as it is.

        Raises:
            UsageError: there is none of that name.
        """
        return recipe_class(str(value)).METHOD


def set_option(function: F) -> F:
    """``--set KEY=VALUE``."""
    return click.option(
        "--set", "settings", multiple=True, metavar="KEY=VALUE", help="A value over the recipe's: lr=1e-4, peft.r=8."
    )(function)
