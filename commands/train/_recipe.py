"""Options from a recipe's dataclass: each field is declared once, there."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar, get_args, get_type_hints

import click
from click.core import ParameterSource

from hfterm.train.columns import parse as parse_columns
from hfterm.train.recipe import DTYPES, Recipe, flag, parse_settings

F = TypeVar("F", bound=Callable[..., Any])

# What a value is called in the help (and so what the shell completes); by field.
METAVARS = {"eval_data": "DATA", "peft": "METHOD", "lr_scheduler_type": "NAME", "device": "DEVICE"}
# Options that may be given again, and are a text and no list when given once.
SINGLE = ("eval_data",)


class Several(click.Option):
    """An option that may be given again; one text from a variable or a settings file is one value of it."""

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """The variable's text, whole: names of files may have spaces."""
        found = self.resolve_envvar_value(ctx)
        return None if found is None else [found]

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """A single text as a list of one."""
        return super().type_cast_value(ctx, [value] if isinstance(value, str) else value)


def recipe_options(recipe: type[Recipe], *leave_out: str) -> Callable[[F], F]:
    """An option for each field of ``recipe`` but those named, the method's own first; None means "not given"."""
    common = [f.name for f in fields(Recipe)]
    ordered = sorted(fields(recipe), key=lambda f: f.name in common)

    def decorate(function: F) -> F:
        for option in reversed([_option(f, recipe) for f in ordered if f.name not in leave_out]):
            function = option(function)
        return function

    return decorate


def _option(field: Any, recipe: type[Recipe]) -> Callable[[F], F]:
    kind = get_type_hints(recipe)[field.name]
    meta = dict(field.metadata)
    if kind is bool:
        declared = f"{flag(field.name)}/{flag('no_' + field.name)}" if field.default else flag(field.name)
        shown = " [default: yes]" if field.default else ""
        return click.option(declared, field.name, default=None, is_flag=True, help=meta["help"] + shown)
    if field.default_factory is not MISSING:
        more = meta["help"] + " Again for more."
        one = get_args(kind)[0]  # of a list, and the KEY of a dictionary
        name = meta.get("flag") or flag(field.name)
        return click.option(name, field.name, cls=Several, type=one, multiple=True, metavar=meta["metavar"], help=more)
    if list[str] in get_args(kind):  # a text, or a list of them
        more = meta["help"] + " Again for more."
        metavar = METAVARS.get(field.name)
        return click.option(flag(field.name), field.name, cls=Several, multiple=True, metavar=metavar, help=more)
    plain = next((k for k in get_args(kind) if k is not type(None)), kind)
    default = meta.get("shown") or (
        None if field.default is None else f"{field.default:g}" if plain is float else field.default
    )
    shown = f" [default: {default}]" if default is not None else ""
    choices = meta.get("choices") or (DTYPES if field.name == "dtype" else None)
    choice = click.Choice(choices) if choices else plain
    metavar = meta.get("metavar") or METAVARS.get(field.name)
    return click.option(flag(field.name), field.name, type=choice, metavar=metavar, help=meta["help"] + shown)


def given(options: dict[str, Any]) -> dict[str, Any]:
    """The options that were given, as fields of the recipe.

    Raises:
        UsageError: a KEY=VALUE is none.
    """
    values: dict[str, Any] = {}
    for name, value in options.items():
        if name in ("set", "peft_set"):
            if value:
                values[name] = parse_settings(value, flag(name))
        elif isinstance(value, tuple):
            if value:
                several = list(value) if len(value) > 1 or name not in SINGLE else value[0]
                values[name] = parse_columns(value) if name == "columns" else several
        elif value is not None:
            values[name] = value
    return values


def on_command_line(options: dict[str, Any]) -> dict[str, Any]:
    """Those of the options that the user wrote for this very call, not those from variables and settings files."""
    context = click.get_current_context()
    return {
        name: value
        for name, value in options.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
