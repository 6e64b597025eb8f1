"""hfterm data map."""

import click

from hfterm.output import Output

from ..options import command
from ._py import Py, takes_function
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.argument("expressions", required=False, help="SQL expressions, with commas between them.")
@takes_function(makes=True)
def cli(out: Output, io: Io, py: Py, expressions: str | None) -> None:
    """Add columns made by expressions, or make columns anew.

    An expression without AS replaces the one column in it. All other fields of a record stay as they are.
    With --py a Python function gets each record as a dict and returns the fields to set; several dicts are several
    rows, none (an empty list) leaves the record out.

    \b
    Examples:
      hfterm data map train.jsonl 'len(text) AS length, lower(label)'
      hfterm data map prices.csv 'price * 1.19 AS gross' -o gross.parquet
      hfterm data map train.jsonl --py clean.py:shout --num-proc 4 > loud.jsonl
    """
    io = py.sources(io, expressions, "an expression")
    if expressions is None or py.py is not None:
        py.run(out, io, "map")
        return
    from hfterm.data import rows

    io.run(out, lambda con, sources, **how: rows.made(con, sources, expressions, add=True, **how), streams=True)
