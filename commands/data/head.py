"""hfterm data head."""

import os
import sys
from typing import Any

import click

from hfterm.output import Output, colour_for, is_terminal

from ..options import command
from ._rows import Io, reads_rows

# Of these formats the beginning alone can be read.
BEGINNING = ("jsonl", "json", "csv", "tsv", "text", "parquet")


@command()
@reads_rows()
@click.option("-n", "--count", type=click.IntRange(0), default=10, help="How many. [default: 10]")
@click.option("--show", is_flag=True, help="Draw the images, on a terminal.")
def cli(out: Output, io: Io, count: int, show: bool) -> None:
    """Write the first rows.

    No more is read than they need, on the Hub either. Images and sounds are described, not written.

    \b
    Examples:
      hfterm data head rotten_tomatoes --split test -n 3
      hfterm data head train.parquet -n 3
      generate | hfterm data head -f json
      hfterm data head photos --show -n 3
    """
    from hfterm.data import rows

    if show and draws(out, io):
        with io.opened(out) as (con, sources, how):
            draw(out, rows.first(con, sources, count, **how))
        return
    io.run(out, lambda con, sources, **how: rows.first(con, sources, count, **how), streams=True, partly=BEGINNING)


def draws(out: Output, io: Io) -> bool:
    """Whether pictures can be drawn where the rows go."""
    able = is_terminal(out.stdout) and colour_for(out.stdout, out.color)
    if not able or io.output is not None or out.format not in (None, "table"):
        out.note("images are drawn on a terminal with colours only; writing records")
        return False
    return True


def draw(out: Output, made: Any) -> None:
    """Print rows with their images."""
    from hfterm.data.media import show

    console = out.console(out.stdout)
    graphics = is_terminal(sys.stdin) and show.has_graphics(os.environ)
    for part in show.pictures(made, console.width, graphics=graphics):
        console.print(part)
