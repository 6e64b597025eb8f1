"""hfterm data shuffle."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.option("--seed", type=int, default=0, help="Decides the result; the same seed gives the same. [default: 0]")
def cli(out: Output, io: Io, seed: int) -> None:
    """Mix rows up.

    \b
    Examples:
      hfterm data shuffle train.jsonl --seed 42 -o mixed.jsonl
    """
    from hfterm.data import shape

    io.run(out, lambda con, sources, **how: shape.shuffled(con, sources, seed, **how))
