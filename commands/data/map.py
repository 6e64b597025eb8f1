"""hfterm data map."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.argument("expressions", help="SQL expressions, with commas between them.")
def cli(out: Output, io: Io, expressions: str) -> None:
    """Add columns made by expressions, or make columns anew.

    An expression without AS replaces the one column in it. All other fields of a record stay as they are.

    \b
    Examples:
      hfterm data map train.jsonl 'len(text) AS length, lower(label)'
      hfterm data map prices.csv 'price * 1.19 AS gross' -o gross.parquet
    """
    from hfterm.data import rows

    io.run(out, lambda con, sources, **how: rows.made(con, sources, expressions, add=True, **how), streams=True)
