"""hfterm data count."""

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows(writes=False)
def cli(out: Output, io: Io) -> None:
    """Count the rows of each source.

    \b
    Examples:
      hfterm data count 'data/*.parquet'
      hfterm data count train.jsonl -f quiet
    """
    from hfterm.data import shape

    with io.opened(out, streams=True, partly=("parquet",)) as (con, sources, how):
        rows = ({"source": one.label, "rows": shape.counted(con, one, **how)} for one in sources)
        out.records(rows, key="rows")
