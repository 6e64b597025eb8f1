"""hfterm data concat."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.option("--fill", is_flag=True, help="Columns that a source lacks are null there. [default: an error]")
def cli(out: Output, io: Io, fill: bool) -> None:
    """Put sources one behind the other, their columns by name.

    All files must have the same columns, of kinds that go together. JSON Lines with the same fields stay byte for byte
    as they were read; hfterm data cat does not look.

    \b
    Examples:
      hfterm data concat a.parquet b.csv -o all.parquet
      hfterm data concat 'parts/*.jsonl' --fill > all.jsonl
    """
    from hfterm.data import join

    io.run(out, lambda con, sources, **how: join.joined(con, sources, fill=fill, **how))
