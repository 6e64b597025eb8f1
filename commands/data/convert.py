"""hfterm data convert."""

import click

from hfterm.output import Output

from ..options import command, overwrite_option
from ._engine import Where, runs_on_ray, writing
from ._rows import Io, reads_rows

KINDS = ("jsonl", "json", "csv", "tsv", "txt", "parquet", "arrow", "dataset")
CODECS = ("zstd", "snappy", "gzip", "lz4", "brotli", "none")


@command()
@reads_rows(writes=False)
@click.option("-o", "--output", "path", metavar="PATH", required=True, help="The file, or the folder of shards.")
@click.option("--to", type=click.Choice(KINDS), help="The format; dataset: load_from_disk's. [default: by name]")
@click.option("--shards", metavar="N", type=click.IntRange(1, 99_999), help="So many files, in a folder.")
@click.option("--max-shard-size", metavar="SIZE", help="Files of at most so much, in a folder: 500MB.")
@click.option("--compression", type=click.Choice(CODECS), help="Of Parquet and Arrow columns, or of text shards.")
@click.option("--row-group-size", metavar="ROWS", type=click.IntRange(1), help="Rows of a Parquet row group.")
@overwrite_option
@runs_on_ray
def cli(
    out: Output,
    io: Io,
    path: str,
    to: str | None,
    shards: int | None,
    max_shard_size: str | None,
    compression: str | None,
    row_group_size: int | None,
    where: Where,
) -> None:
    """Convert rows from any format to any other.

    To JSON Lines, JSON, CSV, TSV, text, Parquet, Arrow, or a saved data set; .gz or .zst behind a text format packs it.
    Rows keep their order and values their types. Files and folders appear whole or not at all; their paths are printed.
    Shards are named NAME-00000-of-00004.parquet, in a folder NAME.

    \b
    Examples:
      hfterm data convert 'logs/*.jsonl.gz' -o logs.parquet
      hfterm data convert big.csv -o big --to parquet --max-shard-size 500MB
      hfterm data convert train.jsonl -o train.dataset --to dataset
      hfterm data convert 'logs/*.jsonl' -o logs --shards 32 --engine ray
    """
    from hfterm.data import convert
    from hfterm.hub.cache.filters import size

    most = None if max_shard_size is None else max(1, int(size(max_shard_size)))
    streams = not (shards or most) and convert.streams(path, to)
    with where.cluster(out) as cluster, io.opened(out, streams) as (con, sources, how):
        made = convert.convert(
            con,
            sources,
            path,
            to=to,
            shards=shards,
            shard_bytes=most,
            codec=compression,
            group_rows=row_group_size,
            overwrite=io.overwrite,
            writing=writing(cluster),
            **how,
        )
    for row in made:
        out.artifact(row.pop("path"), **row)
