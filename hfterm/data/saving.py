"""Rows to files: the format by the name, packed if it says so, every value as it was, whole or not at all."""

import contextlib
import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from hfterm import extras
from hfterm.data import emit, engine
from hfterm.errors import UsageError
from hfterm.files import atomic_file

SAVED = (".jsonl", ".json", ".csv", ".tsv", ".txt", ".parquet", ".arrow")
# Formats that may be packed as a whole, and how; Parquet and Arrow pack their columns.
PACKABLE = SAVED[:5]
PACKINGS = {".gz": "gzip", ".zst": "zstd"}
PARQUET_CODECS = ("zstd", "snappy", "gzip", "lz4", "brotli", "none")
ARROW_CODECS = ("zstd", "lz4", "none")
# A row group is closed at so many bytes, too: rows may hold pictures.
GROUP_BYTES = 64 << 20
# Between level 1, whose files are a fifth larger, and 9, which takes four times as long.
_GZIP_LEVEL = 6


class Target(NamedTuple):
    """What a file is to be: ``suffix`` of ``SAVED``, ``packing`` (a key of ``PACKINGS`` or nothing).

    ``codec`` is that of Parquet's or Arrow's columns (None: zstd for Parquet, none for Arrow), ``group_rows`` the rows
    of a Parquet row group (None: the engine's 122,880), ``note`` the features of a data set as its library notes them.
    """

    suffix: str
    packing: str = ""
    codec: str | None = None
    group_rows: int | None = None
    note: str | None = None

    @property
    def ending(self) -> str:
        """What the file's name ends in."""
        return self.suffix + self.packing


def target_of(path: str | os.PathLike[str]) -> Target:
    """What a file's name says it is to be.

    Raises:
        UsageError: nothing that rows can be saved to.
    """
    name = Path(path)
    packing = name.suffix.lower() if name.suffix.lower() in PACKINGS else ""
    suffix = Path(name.stem).suffix.lower() if packing else name.suffix.lower()
    if packing and suffix in SAVED and suffix not in PACKABLE:
        raise UsageError(f"cannot write {str(path)!r}: {suffix} files are packed inside", f"end it in {suffix}")
    if suffix not in SAVED:
        raise UsageError(
            f"cannot tell a format by the name {str(path)!r}", f"end it in {', '.join(SAVED)} (or .jsonl.gz, .csv.zst)"
        )
    return Target(suffix, packing)


def saved_format(path: str | os.PathLike[str]) -> str:
    """The suffix, without a packing's, of a file that rows can be saved to.

    Raises:
        UsageError: as :func:`target_of`.
    """
    return target_of(path).suffix


@contextlib.contextmanager
def written(path: str | os.PathLike[str], packing: str = "") -> Iterator[IO[bytes]]:
    """A file to write bytes to, which are packed on the way; it appears whole or not at all.

    Raises:
        MissingExtraError: Zstandard is not installed.
    """
    with atomic_file(path, "wb") as stream, packed(stream, packing) as given:
        yield given


@contextlib.contextmanager
def packed(stream: IO[bytes], packing: str) -> Iterator[IO[bytes]]:
    """A stream whose bytes go into another one packed (a key of ``PACKINGS``, or nothing: as they are).

    Raises:
        MissingExtraError: Zstandard is not installed.
    """
    if packing == ".zst":
        zstandard = extras.require("zstandard", "data")
        with zstandard.ZstdCompressor(threads=engine.cores()).stream_writer(stream, closefd=False) as inner:
            yield inner
    elif packing:
        # No name and no time in it: the same rows are the same bytes.
        with gzip.GzipFile("", "wb", _GZIP_LEVEL, stream, mtime=0) as inner:
            yield cast(IO[bytes], inner)
    else:
        yield stream


def save_query(con: Any, query: str, path: str | os.PathLike[str], target: Target | None = None) -> None:
    """Write the rows of a query to a file, in the format of its name (or as ``target`` says), atomically.

    Raises:
        duckdb.Error: as the engine raises it. UsageError: the name tells no format, or rows do not go into it.
    """
    target = target or target_of(path)
    if target.suffix in (".jsonl", ".json", ".txt"):
        lines: Any = emit.stream(con, text_rows(con, query) if target.suffix == ".txt" else emit.as_json(con, query))
        with written(path, target.packing) as stream, contextlib.closing(lines):
            for part in as_array(lines) if target.suffix == ".json" else lines:
                stream.write(part)
        return
    if target.suffix in (".arrow", ".parquet"):
        from hfterm.data.media import saving as media

        plain = query
        query, note = media.storable(con, query, target.note)
        target = target._replace(note=note)
        if query != plain and target.suffix == ".parquet":
            with atomic_file(path, "wb") as stream:
                _save_parquet(con, query, stream, target._replace(group_rows=target.group_rows or media.GROUP_ROWS))
            return
    with atomic_file(path, "wb") as stream:
        if target.suffix == ".arrow":
            _save_arrow(con, query, stream, target)
            return
        if target.suffix == ".parquet":
            query, how = exact(con, query), _parquet(target)
        else:
            query, how = emit.flat(con, query), "FORMAT csv, HEADER"
            how += ", DELIMITER E'\\t'" if target.suffix == ".tsv" else ""
            how += f", COMPRESSION {PACKINGS[target.packing]}" if target.packing else ""
        place = engine.literal(emit.fd_path(stream.fileno()))
        con.execute(f"COPY ({query}) TO {place} ({how}, USE_TMP_FILE false)").fetchall()


def _parquet(target: Target) -> str:
    codec = {"none": "uncompressed", "lz4": "lz4_raw"}.get(target.codec or "zstd", target.codec or "zstd")
    how = f"FORMAT parquet, COMPRESSION {codec}"
    how += f", ROW_GROUP_SIZE {target.group_rows}" if target.group_rows else ""
    return how + (f", KV_METADATA {{huggingface: {engine.literal(target.note)}}}" if target.note else "")


def exact(con: Any, query: str) -> str:
    """A query for the same rows whose whole numbers Parquet holds: the engine makes doubles of those over 64 bits."""
    said = con.execute(f"DESCRIBE {query}").fetchall()
    if not any("HUGEINT" in kind for _, kind, *_ in said):
        return query
    columns = []
    for name, kind, *_ in said:
        column = engine.identifier(name)
        held = kind.replace("UHUGEINT", "HUGEINT").replace("HUGEINT", "DECIMAL(38,0)")
        columns.append(f"CAST({column} AS {held}) AS {column}" if held != kind else column)
    return f"SELECT {', '.join(columns)} FROM ({query})"


def text_rows(con: Any, query: str) -> str:
    """A query for the lines of a text file: the one column that the rows have; null is an empty line.

    Raises:
        UsageError: they have several, or one that is no text.
    """
    said = con.execute(f"DESCRIBE {query}").fetchall()
    if len(said) != 1 or said[0][1] != "VARCHAR":
        names = ", ".join(f"{name} ({kind})" for name, kind, *_ in said[:5]) + ("..." if len(said) > 5 else "")
        raise UsageError(
            f"a text file holds one column of text, and the rows have {names}",
            "pick it: hfterm data select SOURCE text -o FILE.txt",
        )
    column = engine.identifier(said[0][0])
    broken = "error('a text with a newline in it would be two rows of a text file')"
    lines = f"contains({column}, chr(10)) OR contains({column}, chr(13))"
    return f"SELECT CASE WHEN {lines} THEN {broken} ELSE coalesce({column}, '') END FROM ({query})"


def as_array(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Lines of JSON as one array."""
    before = b"["
    for part in lines:
        yield before + b"\n" + part.removesuffix(b"\n").replace(b"\n", b",\n")
        before = b","
    yield b"[]\n" if before == b"[" else b"\n]\n"


def batches(con: Any, query: str, rows: int | None = None, size: int = GROUP_BYTES) -> Iterator[Any]:
    """The rows of a query as ``pyarrow`` tables of so many rows (None: 122,880), or of fewer when they have many bytes.

    One comes also where there are no rows, so that their columns are known.
    """
    pa = extras.require("pyarrow", "data")
    most = rows or 122_880
    reader = engine.relation(con, query).to_arrow_reader(min(most, 32 if _is_large(con, query) else 2048))
    held: list[Any] = []
    count = held_bytes = 0
    empty = True
    for batch in reader:
        while batch.num_rows:
            row_bytes = max(1, batch.nbytes // batch.num_rows)
            cut = min(most - count, max(1, (size - held_bytes) // row_bytes))
            part, batch = batch.slice(0, cut), batch.slice(cut)
            held.append(part)
            count, held_bytes = count + part.num_rows, held_bytes + part.nbytes
            if count == most or held_bytes >= size:
                yield pa.Table.from_batches(held, reader.schema).combine_chunks()
                held, count, held_bytes, empty = [], 0, 0, False
    if held or empty:
        yield pa.Table.from_batches(held, reader.schema).combine_chunks()


def _is_large(con: Any, query: str) -> bool:
    """Whether single rows may be megabytes: they hold binary values."""
    return any("BLOB" in row[1] for row in con.execute(f"DESCRIBE {query}").fetchall())


def noted(table: Any, note: str | None) -> Any:
    """An Arrow table with a data set's features noted in it."""
    return table.replace_schema_metadata({"huggingface": note}) if note else table


def ipc_options(target: Target) -> Any:
    """How Arrow's files are written."""
    pa = extras.require("pyarrow", "data")
    return pa.ipc.IpcWriteOptions(compression=None if target.codec in (None, "none") else target.codec)


def _save_parquet(con: Any, query: str, stream: Any, target: Target) -> None:
    """As the engine does, but a group at a time: it would hold 122,880 images at once."""
    parquet = extras.require("pyarrow.parquet", "data")
    writer: Any = None
    for table in batches(con, exact(con, query), target.group_rows):
        table = noted(table, target.note)
        writer = writer or parquet.ParquetWriter(stream, table.schema, compression=target.codec or "zstd")
        writer.write_table(table, row_group_size=max(1, table.num_rows))
    assert writer is not None
    writer.close()


def _save_arrow(con: Any, query: str, stream: Any, target: Target) -> None:
    pa = extras.require("pyarrow", "data")
    writer: Any = None
    for table in batches(con, query):
        table = noted(table, target.note)
        writer = writer or pa.ipc.new_file(stream, table.schema, options=ipc_options(target))
        writer.write_table(table)
    writer.close()
