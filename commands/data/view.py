"""hfterm data view."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import FORMATS

THEMES = ("auto", "dark", "light", "colorblind", "colorblind-light", "ansi-dark", "ansi-light")


@command(formats=False)
@click.argument(
    "sources", nargs=-1, metavar="[SOURCE]...", help="Files, patterns, folders, hf:// files; none: standard input."
)
@click.option(
    "--input-format",
    metavar="FORMAT",
    type=click.Choice(FORMATS),
    help=f"What is read: {' '.join(FORMATS)}. [default: by name, else by content]",
)
@click.option("--config", metavar="NAME", help="The data set's configuration. [default: its default]")
@click.option("--split", metavar="NAME", help="The data set's split, several (a+b), or all. [default: train]")
@click.option(
    "--theme",
    metavar="NAME",
    type=click.Choice(THEMES),
    default="auto",
    help=f"Colours: {' '.join(THEMES)}. [default: auto]",
)
def cli(
    out: Output, sources: tuple[str, ...], input_format: str | None, config: str | None, split: str | None, theme: str
) -> None:
    """Page through rows, however many, on the terminal.

    Opens at once on any size. Enter shows a whole record, / searches for a text or where SQL is true, :500000 goes to
    that row, y copies a record, ? explains all keys, q quits. Lines that are no rows are shown as such.

    \b
    Examples:
      hfterm data view train.jsonl
      hfterm data view 'shards/*.parquet'
      zcat big.jsonl.gz | hfterm data view
    """
    from typing import Any, cast

    from hfterm.dashboard.viewer import view
    from hfterm.data import source

    terminal = view.check("-" in sources or not sources)
    found = source.sources(sources, cast(Any, input_format), note=out.note, config=config, split=split)
    if code := view.show(terminal, found, theme=theme):
        raise SystemExit(code)
