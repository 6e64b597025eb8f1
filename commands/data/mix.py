"""hfterm data mix."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows

STOPS = ("first", "all", "repeat")


@command()
@reads_rows()
@click.option("--weights", metavar="NUMBERS", help="One a source, with commas between them. [default: all the same]")
@click.option(
    "--stop",
    type=click.Choice(STOPS),
    default="first",
    help="End when the first source ends; when all have; or repeat the short ones until the last is through. "
    "[default: first]",
)
@click.option("--seed", type=int, default=0, help="Decides the result; the same seed gives the same. [default: 0]")
def cli(out: Output, io: Io, weights: str | None, stop: str, seed: int) -> None:
    """Mix the rows of sources at random, by weights.

    Each source's rows keep their order. With --stop all every row comes exactly once.

    \b
    Examples:
      hfterm data mix chats.jsonl code.jsonl --weights 3,1 -o train.jsonl
      hfterm data mix a.parquet b.parquet --stop all --seed 7 | head
    """
    from hfterm.data import join
    from hfterm.data.shares import numbers

    given = numbers(weights, "--weights") if weights is not None else ()
    io.run(out, lambda con, sources, **how: join.mixed(con, sources, given, seed=seed, stop=stop, **how), streams=True)
