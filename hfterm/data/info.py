"""What sources are: files, format, rows, columns, bytes, how they are packed, the features of a data set."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

from hfterm.data import engine, noted
from hfterm.data.expression import is_utf8
from hfterm.data.rows import is_empty
from hfterm.data.source import Source
from hfterm.data.structure import ROW
from hfterm.data.table import Tables

_PACKINGS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


def facts(
    con: Any, sources: Sequence[Source], *, each: bool = False, all_text: bool = False
) -> Iterator[dict[str, Any]]:
    """A record for each source, or (``each``) for each file.

    ``bytes`` is what the files take on the disk (None: not known, as of standard input), ``compression`` how they or,
    of Parquet, their columns are packed (None: not known), ``unpacked_bytes`` and ``row_groups`` are those of Parquet,
    ``schema`` maps columns to SQL types, and ``features`` are those that a data set was saved with.

    Raises:
        HftermError: a source cannot be read.
    """
    if each:
        sources = [one._replace(label=path, paths=(path,)) for one in sources for path in one.paths]
    for source in sources:
        with Tables(con, all_text=all_text) as tables, tables.errors([source], source.label):
            yield _facts(con, source, tables.query(source))


def _facts(con: Any, source: Source, rows: str) -> dict[str, Any]:
    empty = is_empty(con, rows)
    schema = {} if empty else {row[0]: row[1] for row in con.execute(f"DESCRIBE {rows}").fetchall() if row[0] != ROW}
    count = 0 if empty else int(con.execute(f"SELECT count(*) FROM ({rows})").fetchall()[0][0])
    known = "-" not in source.paths and all(map(is_utf8, source.paths))
    made: dict[str, Any] = {
        "source": source.label,
        "format": source.format,
        "files": len(source.paths),
        "rows": count,
        "columns": len(schema),
        "bytes": sum(map(_size, source.paths)) if known else None,
        "compression": None,
        "unpacked_bytes": None,
        "row_groups": None,
    }
    if source.format == "parquet" and known:
        made |= _parquet(con, source.paths)
    elif source.format not in ("arrow", "images", "audio") and known:
        made["compression"] = ", ".join(sorted({_packing(path) for path in source.paths}))
    told = noted.features(con, source) if known else None
    if any("BLOB" in kind for kind in schema.values()):
        from hfterm.data.media import saving, tables

        told = dict(saving.features(con, rows, schema, told or {})) or None
        schema = tables.kinds(con, rows, schema)
    return made | {"schema": schema, "features": told}


def _size(path: str) -> int:
    size = getattr(path, "size", None)  # of a file on the Hub
    return int(size) if size is not None else os.path.getsize(path)


def _packing(path: str) -> str:
    with open(path, "rb") as stream:
        head = stream.read(4)
    return next((name for mark, name in _PACKINGS.items() if head.startswith(mark)), "none")


def _parquet(con: Any, paths: Sequence[str]) -> dict[str, Any]:
    listed = f"[{', '.join(map(engine.literal, paths))}]"
    packed, unpacked = con.execute(
        "SELECT list(DISTINCT lower(compression)), coalesce(sum(total_uncompressed_size), 0)::BIGINT "
        f"FROM parquet_metadata({listed})"
    ).fetchall()[0]
    groups = con.execute(f"SELECT sum(num_row_groups)::BIGINT FROM parquet_file_metadata({listed})").fetchall()[0][0]
    names = sorted({"none" if name == "uncompressed" else name for name in packed or ()})
    return {"compression": ", ".join(names) or None, "unpacked_bytes": unpacked, "row_groups": groups}
