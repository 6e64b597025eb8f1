"""hfterm data schema."""

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows(writes=False)
def cli(out: Output, io: Io) -> None:
    """Show the columns: their SQL types, and how many values are missing.

    All rows are looked at, so that no field of a JSON record is missed.

    \b
    Examples:
      hfterm data schema train.jsonl
      hfterm data schema a.parquet -f json
    """
    from hfterm.data import shape

    with io.opened(out) as (con, sources, how):
        out.records(shape.columns(con, sources, **how), key="column", columns=("column", "type", "nulls"))
