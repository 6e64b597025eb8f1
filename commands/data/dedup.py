"""hfterm data dedup."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.option("--by", metavar="COLUMNS", help="Equal in these, with commas between them. [default: in all]")
def cli(out: Output, io: Io, by: str | None) -> None:
    """Keep the first of the rows that are equal.

    \b
    Examples:
      hfterm data dedup train.jsonl --by text -o once.jsonl
    """
    from hfterm.data import shape

    names = [name.strip() for name in by.split(",") if name.strip()] if by else []
    io.run(out, lambda con, sources, **how: shape.distinct(con, sources, names, **how))
