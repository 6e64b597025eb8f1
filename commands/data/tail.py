"""hfterm data tail."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.option("-n", "--count", type=click.IntRange(0), default=10, help="How many. [default: 10]")
def cli(out: Output, io: Io, count: int) -> None:
    """Write the last rows.

    \b
    Examples:
      hfterm data tail train.jsonl -n 3
    """
    from hfterm.data import picked, shape

    # Of one data set of the Hub, some rows are read where they are.
    partly = ("parquet",) if len(io.sources) == 1 and count <= picked.MOST_ROWS else ()
    io.run(out, lambda con, sources, **how: shape.last(con, sources, count, **how), partly=partly)
