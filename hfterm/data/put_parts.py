"""Rows as Parquet files of a bounded size, with the features of their columns noted in them as ``datasets`` does."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import extras
from hfterm.data import engine, features
from hfterm.data.features import Features
from hfterm.data.media import saving as media

# Rows are taken from the engine so many at a time, and written in groups of about so many bytes.
BATCH_ROWS, MEDIA_ROWS = 2048, 32
GROUP_BYTES, GROUP_ROWS = 32 << 20, 100_000


class Parts(NamedTuple):
    """What was written: the files, the rows in them, their bytes in memory, and the features of their columns."""

    paths: list[Path]
    rows: int
    bytes: int
    features: Features


def write(
    con: Any, query: str, folder: Path, split: str, most: int, noted: Mapping[str, Any] | None = None,
    moved: Callable[[int], Any] = lambda rows: None,
) -> Parts:  # fmt: skip
    """Write the rows of a query to ``SPLIT-00000-of-0000N.parquet`` of about ``most`` bytes; ``moved`` hears of rows.

    Equal rows make equal files, so that what a Hub has already is not sent again.

    Raises:
        UsageError: a column is of a kind that data sets have none for. duckdb.Error.
    """
    pa = extras.require("pyarrow", "data")
    folder.mkdir(parents=True, exist_ok=True)
    with_bytes, noted = media.embedded(con, query, noted)
    reader = engine.relation(con, with_bytes).to_arrow_reader(BATCH_ROWS if with_bytes == query else MEDIA_ROWS)
    told = features.of_schema(reader.schema, noted)
    note = {b"huggingface": json.dumps({"info": {"features": told}}).encode()}
    schema = pa.schema([field.with_type(_plain(pa, field.type)) for field in reader.schema], metadata=note)
    rows = size = 0
    made: list[Path] = []
    writer: Any = None
    last = 0
    for table in _groups(pa, reader, schema):
        if writer is None or (writer.sink.tell() + last > most):
            if writer is not None:
                writer.close()
            made.append(folder / f"{split}-{len(made)}.parquet")
            writer = _Writer(made[-1], schema)
        began = writer.sink.tell()
        writer.write(table)
        last = writer.sink.tell() - began
        rows, size = rows + table.num_rows, size + table.nbytes
        moved(table.num_rows)
    if writer is None:
        made.append(folder / f"{split}-0.parquet")
        writer = _Writer(made[0], schema)
    writer.close()
    named = [folder / f"{split}-{at:05d}-of-{len(made):05d}.parquet" for at in range(len(made))]
    for old, new in zip(made, named, strict=True):
        os.rename(old, new)
    return Parts(named, rows, size, told)


class _Writer:
    """A Parquet file that is written group by group; equal runs of rows make equal pages, wherever they lie."""

    def __init__(self, path: Path, schema: Any) -> None:
        parquet = extras.require("pyarrow.parquet", "data")
        self.sink = path.open("wb")
        self._writer = parquet.ParquetWriter(
            self.sink, schema, compression="zstd", use_content_defined_chunking=True, write_page_index=True
        )

    def write(self, table: Any) -> None:
        self._writer.write_table(table, row_group_size=table.num_rows)

    def close(self) -> None:
        self._writer.close()
        self.sink.close()


def _plain(pa: Any, kind: Any) -> Any:
    """A type as ``datasets`` has it: enumerations as their values, UTC by that name."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_timestamp(kind) and kind.tz == "Etc/UTC":
        return pa.timestamp(kind.unit, tz="UTC")
    return kind


def _groups(pa: Any, reader: Any, schema: Any) -> Iterator[Any]:
    held: list[Any] = []
    rows = size = 0
    for batch in reader:
        if batch.num_rows:
            held.append(pa.Table.from_batches([batch]).cast(schema.remove_metadata()).replace_schema_metadata(None))
            rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= GROUP_ROWS or size >= GROUP_BYTES:
            yield pa.concat_tables(held).cast(schema)
            held, rows, size = [], 0, 0
    if held:
        yield pa.concat_tables(held).cast(schema)
