"""hfterm data dedup."""

from typing import Any

import click

from hfterm.output import Output

from ..options import command
from ._engine import Where, runs_on_ray
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.option("--by", metavar="COLUMNS", help="Equal in these, with commas between them. [default: in all]")
@click.option(
    "--near",
    metavar="SHARE",
    type=click.FloatRange(0, 1, min_open=True),
    help="Texts that have so much in common count as equal, too: 0.8. Of the column --by. [default: text]",
)
@click.option(
    "--shingle",
    metavar="WORDS",
    type=click.IntRange(1, 100),
    default=3,
    help="With --near: compare runs of so many. [default: 3]",
)
@runs_on_ray
def cli(out: Output, io: Io, by: str | None, near: float | None, shingle: int, where: Where) -> None:
    """Keep the first of the rows that are equal.

    With --near a row is left out when its text is near to one kept before: when the share of runs of words that they
    have in common is so large. Pairs are found by MinHash, which misses one in a thousand at most, and then compared.

    \b
    Examples:
      hfterm data dedup train.jsonl --by text -o once.jsonl
      hfterm data dedup train.jsonl --near 0.8 --by text > fewer.jsonl
      hfterm data dedup 'shards/*.parquet' --by text --engine ray -o once.parquet
    """
    from hfterm.data.shares import names

    columns = names(by)
    if near is None:
        from hfterm.data import shape

        with where.cluster(out) as cluster:

            def make(con: Any, sources: Any, **how: Any) -> Any:
                made = shape.distinct(con, sources, columns, **how)
                if cluster is None:
                    return made
                from hfterm.data.ray.dedup import Distinct

                return Distinct(made, columns, cluster)

            io.run(out, make)
        return
    from hfterm.data import near as nearly
    from hfterm.errors import UsageError

    if where.engine != "local":
        raise UsageError("--near works on this machine only", "leave out --engine ray")
    if len(columns) > 1:
        raise UsageError("--near compares one column of text", "name one with --by")
    column = columns[0] if columns else None
    io.run(out, lambda con, sources, **how: nearly.thinned(con, sources, column, near, shingle=shingle, **how))
