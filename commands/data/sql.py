"""hfterm data sql."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.argument("query", help="A SELECT; the sources are its table data.")
def cli(out: Output, io: Io, query: str) -> None:
    """Answer an SQL query over the rows.

    \b
    Examples:
      hfterm data sql a.parquet 'SELECT lang, count(*) FROM data GROUP BY 1'
      hfterm data sql a.jsonl b.csv 'SELECT avg(score) FROM data' -f csv
    """
    from hfterm.data import shape

    io.run(out, lambda con, sources, **how: shape.asked(con, sources, query, **how))
