"""hfterm data cat."""

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows()
def cli(out: Output, io: Io) -> None:
    """Write all rows as records, or convert them to another format.

    Reads JSON Lines, JSON, CSV, TSV, text, Parquet, Arrow and saved data set folders, also .gz and .zst; folders of
    images or sounds, with labels by sub-folders or metadata.csv, .jsonl or .parquet; WebDataset archives (.tar).

    \b
    Examples:
      hfterm data cat train.parquet | jq .text
      hfterm data cat 'logs/*.jsonl.gz' -o logs.parquet
    """
    from hfterm.data import rows

    io.run(out, rows.whole, streams=True)
