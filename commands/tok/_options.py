"""Options of the commands that read texts with a tokenizer."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

from hfterm.output import Output
from hfterm.tok.sources import FORMATS, Chosen

F = TypeVar("F", bound=Callable[..., Any])
# Those that hfterm.tok.engines knows; a test holds them equal, because importing it takes time.
ENGINES = ("auto", "tokenizers", "fastokens")


def model_option(function: F) -> F:
    """``-m/--model``."""
    return click.option(
        "-m",
        "--model",
        metavar="MODEL",
        help="Whose tokenizer: a folder, Hub id or run:NAME. [default: the setting 'model']",
    )(function)


def input_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--input-format --config --split --skip-bad``; the last but one go into each of the ``files``."""

    @functools.wraps(function)
    def run(out: Output, *, files: tuple[str, ...], config: str | None, split: str | None, **given: Any) -> Any:
        if not files and (config or split):
            from hfterm.errors import UsageError

            raise UsageError("--config and --split choose of a data set", "name one")
        named = tuple(Chosen(file, config=config, split=split, note=out.note) for file in files)
        return function(out, files=named, **given)

    decorated: Callable[..., Any] = run
    for option in (
        click.option("--skip-bad", is_flag=True, help="Leave out records that cannot be used, with a warning."),
        click.option("--split", metavar="NAME", help="A data set's split, several (a+b), or all. [default: train]"),
        click.option("--config", metavar="NAME", help="A data set's configuration. [default: its default]"),
        click.option(
            "--input-format", type=click.Choice(FORMATS), help="What the input is. [default: by name, else by content]"
        ),
    ):
        decorated = option(decorated)
    return decorated


def engine_option(function: F) -> F:
    """``--engine``."""
    return click.option(
        "--engine",
        type=click.Choice(ENGINES),
        default=ENGINES[0],
        help="What makes the ids. [default: auto, the fastest one proven to be right]",
    )(function)


def encoder_of(out: Output, tokenizer: Any, engine: str) -> Any:
    """What encodes with a tokenizer, as ``--engine`` says."""
    from hfterm.tok.engines import Encoder

    return Encoder(tokenizer, engine, detail=out.detail)


def tokenizer_of(out: Output, model: str | None, how: str = "add -m MODEL") -> Any:
    """The tokenizer that the option or the settings name; ``how`` the user may name one.

    Raises:
        UsageError: neither names one.
    """
    from hfterm import config
    from hfterm.errors import UsageError

    model = model or config.value("model")
    if not model:
        raise UsageError("no tokenizer named", f"{how}, or set one: hfterm config set model MODEL")
    from hfterm.tok.tokenizer import load

    return load(model, note=out.note)


def warner(out: Output, skip_bad: bool) -> Callable[[Any], None] | None:
    """What is told of records left out; None: none may be."""
    return (lambda bad: out.warn(bad.message)) if skip_bad else None
