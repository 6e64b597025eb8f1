"""What the commands of all methods share: their arguments, their options, and what they do."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from hfterm.errors import UsageError
from hfterm.output import Output, is_terminal
from hfterm.train.recipes import recipe_class

from ..options import dry_run_option, sectioned
from ._background import background
from ._recipe import given, on_command_line, recipe_options
from ._sections import SECTIONS

F = TypeVar("F", bound=Callable[..., Any])


def method_options(method: str) -> Callable[[F], F]:
    """MODEL, DATA and the options of a method; the function is to hand them to :func:`run_method`."""

    def decorate(function: F) -> F:
        function = background(lambda options: (method, options["model"] or ""))(dry_run_option(function))
        function = recipe_options(recipe_class(method), "model", "data")(function)
        for option in (
            click.option(
                "--resume", is_flag=True, help="Go on with the run --name where it was; begin it if there is none."
            ),
            click.option("--name", metavar="RUN", help="Name the run. [default: from method, model and time]"),
            click.argument("data", nargs=-1, help="Files, patterns, folders, Hub ids; - or none: standard input."),
            click.argument("model", required=False, help="A folder, a Hub id or run:NAME."),
        ):
            function = option(function)
        return sectioned(function, SECTIONS)

    return decorate


def run_method(
    out: Output,
    method: str,
    *,
    model: str | None,
    data: tuple[str, ...],
    name: str | None,
    resume: bool,
    dry_run: bool,
    **options: Any,
) -> None:
    """Train as the command line says, and print what was made.

    Raises:
        UsageError: no model or data named. Else as :func:`hfterm.train.run.train`.
    """
    from hfterm.train import run
    from hfterm.train.launch import member

    if model is None and not resume:
        raise UsageError("no MODEL named", f"see 'hfterm train {method} --help'")
    if model is not None:
        if not data and is_terminal(sys.stdin):
            raise UsageError("no DATA named", "name a file of records, or pipe them in")
        data = data or ("-",)
    if resume and dry_run:
        raise UsageError("--dry-run and --resume make no sense together")
    named = data[0] if len(data) == 1 else list(data) or None
    recipe = run.asked(method, name if resume else None, model, named, given(options), given(on_command_line(options)))
    if dry_run and recipe is not None:
        out.record(run.plan(recipe, out))
        return
    with member.part(recipe, out) as leads:
        result = run.train(recipe, out, name=name, resume=resume, method=method) if leads else None
    if result is None:  # another node trains with us, and tells
        return
    if out.progress not in ("none", "jsonl"):
        out.note(result.summary())
    out.artifact(result.path, **result.facts())
