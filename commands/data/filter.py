"""hfterm data filter."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.argument("condition", help="SQL, as behind WHERE.")
def cli(out: Output, io: Io, condition: str) -> None:
    """Keep the rows that a condition is true of.

    A JSON record that is kept is written byte for byte as it was read. row->>'x' reads a field that the first
    rows lack.

    \b
    Examples:
      hfterm data filter train.jsonl 'len(text) > 200' > long.jsonl
      zcat big.jsonl.gz | hfterm data filter "lang IN ('en', 'de')" | wc -l
    """
    from hfterm.data import rows

    io.run(out, lambda con, sources, **how: rows.filtered(con, sources, condition, **how), streams=True)
