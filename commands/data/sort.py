"""hfterm data sort."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.argument("order", help="Columns or SQL expressions, each perhaps followed by DESC.")
def cli(out: Output, io: Io, order: str) -> None:
    """Put rows in order.

    Rows that are equal stay as they came; nulls come last. What does not fit into memory is kept on disk.

    \b
    Examples:
      hfterm data sort train.jsonl 'score DESC, id' | head -5
      hfterm data sort a.parquet 'len(text)' -o sorted.parquet
    """
    from hfterm.data import shape

    io.run(out, lambda con, sources, **how: shape.ordered(con, sources, order, **how))
