"""hfterm data select."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.argument("columns", help="Names or SQL expressions, with commas between them.")
def cli(out: Output, io: Io, columns: str) -> None:
    """Keep some columns, or make rows of expressions.

    An expression without AS takes the name of the one column in it. Fields of JSON records keep their exact values.

    \b
    Examples:
      hfterm data select train.parquet 'id, text, len(text) AS length'
      hfterm data select chats.jsonl 'messages[1].content AS question' | head -3
    """
    from hfterm.data import rows

    io.run(out, lambda con, sources, **how: rows.made(con, sources, columns, add=False, **how), streams=True)
