"""hfterm data head."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows

# Of these formats the beginning alone can be read.
BEGINNING = ("jsonl", "json", "csv", "tsv", "text", "parquet")


@command()
@reads_rows()
@click.option("-n", "--count", type=click.IntRange(0), default=10, help="How many. [default: 10]")
def cli(out: Output, io: Io, count: int) -> None:
    """Write the first rows.

    No more is read than they need, on the Hub either.

    \b
    Examples:
      hfterm data head rotten_tomatoes --split test -n 3
      hfterm data head train.parquet -n 3
      generate | hfterm data head -f json
    """
    from hfterm.data import rows

    io.run(out, lambda con, sources, **how: rows.first(con, sources, count, **how), streams=True, partly=BEGINNING)
