"""hfterm data sample."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.option("-n", "--count", type=click.IntRange(0), default=10, help="How many. [default: 10]")
@click.option("--seed", type=int, default=0, help="Decides the result; the same seed gives the same. [default: 0]")
def cli(out: Output, io: Io, count: int, seed: int) -> None:
    """Draw rows at random, each as likely as any other.

    They come in the order of the source.

    \b
    Examples:
      hfterm data sample train.parquet -n 100 --seed 7 -o few.jsonl
    """
    from hfterm.data import picked, shape

    # Of one data set of the Hub, some rows are read where they are.
    partly = ("parquet",) if len(io.sources) == 1 and count <= picked.MOST_ROWS else ()
    io.run(out, lambda con, sources, **how: shape.sampled(con, sources, count, seed, **how), partly=partly)
