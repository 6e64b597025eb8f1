"""hfterm data info."""

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows(writes=False)
@click.option("--each", is_flag=True, help="One record a file, not one a source.")
def cli(out: Output, io: Io, each: bool) -> None:
    """Show what sources are: format, rows, columns, bytes, compression.

    Also the row groups of Parquet files, the schema, and the features of a saved data set; these two in machine formats
    only.

    \b
    Examples:
      hfterm data info train.jsonl
      hfterm data info 'shards/*.parquet' --each
      hfterm data info ./saved -f json | jq '.[].features.label.names'
    """
    from hfterm.data import info
    from hfterm.text import human_bytes

    columns = ("source", "format", "files", "rows", "columns", "bytes", "compression", "row_groups")
    with io.opened(out, partly=("parquet",)) as (con, sources, how):
        out.records(
            info.facts(con, sources, each=each, **how), key="rows", columns=columns, show={"bytes": human_bytes}
        )
