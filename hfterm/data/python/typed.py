"""Types of tables kept through a Python function, which knows JSON's alone."""

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

from hfterm.data import emit, engine
from hfterm.data.python.chunks import Part, of_lines
from hfterm.data.rows import is_empty, label
from hfterm.data.saving import save_query
from hfterm.data.shape import NUMBER, numbered
from hfterm.data.source import Source
from hfterm.data.structure import ROW
from hfterm.data.table import Tables
from hfterm.errors import UsageError

_KEPT = '"#kept"'
_TIMES = ("TIMESTAMP", "DATE", "TIME", "INTERVAL")
_NUMBERS = ("INT", "FLOAT", "DOUBLE", "REAL", "DECIMAL", "BIGINT")


def columns(con: Any, sources: Sequence[Source], *, all_text: bool = False) -> dict[str, str]:
    """The SQL types of the columns of tables; of JSON Lines, which hold JSON's alone, none."""
    tables_of = [source for source in sources if source.format != "jsonl" and "-" not in source.paths]
    if not tables_of:
        return {}
    with Tables(con, all_text=all_text) as tables, tables.errors(tables_of, label(tables_of)):
        said = con.execute(f"DESCRIBE {tables.several(tables_of)}").fetchall()
    return {row[0]: row[1] for row in said if row[0] != ROW}


def save(con: Any, made: Source, known: dict[str, str], path: str | os.PathLike[str]) -> None:
    """Write records to a file, each column with its type of old where all its values are of that type.

    Raises:
        UsageError: there are no records, or pictures would be lost. As :func:`hfterm.data.saving.save_query`.
    """
    media = next((name for name, kind in known.items() if "BLOB" in kind and kind != "BLOB"), None)
    if media is not None:
        raise UsageError(
            f"column {media!r} holds pictures or sounds, of which a function gets a description alone",
            "write .jsonl, or make other pictures with expressions: hfterm data map SOURCE 'resize(image, 100, 100)'",
        )
    with Tables(con) as tables, tables.errors([made], made.label):
        rows = tables.query(made)
        if is_empty(con, rows):
            if not known:
                raise UsageError(f"{made.label} holds no rows and no columns: nothing to write")
            none = ", ".join(f"NULL::{kind} AS {engine.identifier(name)}" for name, kind in known.items())
            rows = f"SELECT {none} WHERE false"
        picked = []
        for name, kind, *_ in con.execute(f"DESCRIBE {rows}").fetchall():
            column = engine.identifier(name)
            cast = _cast(column, kind, known[name]) if known.get(name, kind) != kind else None
            fits = cast and con.execute(f"SELECT coalesce(bool_and({cast[1]}), true) FROM ({rows})").fetchall()[0][0]
            picked.append(f"{cast[0]} AS {column}" if cast and fits else column)
        save_query(con, f"SELECT {', '.join(picked)} FROM ({rows})", path)


def _cast(column: str, kind: str, wanted: str) -> tuple[str, str] | None:
    """The SQL of a column of JSON as another type, and that of whether a value is of that type; None: it is not."""
    if wanted == "BLOB":
        if kind != "VARCHAR":
            return None
        base64 = f"regexp_full_match({column}, '([A-Za-z0-9+/]{{4}})*([A-Za-z0-9+/]{{2}}==|[A-Za-z0-9+/]{{3}}=)?')"
        return f"from_base64({column})", f"{column} IS NULL OR {base64}"
    cast = f"TRY_CAST({column} AS {wanted})"
    there = f"{column} IS NULL OR {cast} IS NOT NULL"
    if wanted.startswith(_TIMES) or "[" in wanted or wanted.startswith(("STRUCT", "MAP")):
        return cast, there
    if kind in ("JSON", '"NULL"'):  # nothing but null
        return cast, f"{column} IS NULL"
    if any(word in wanted for word in _NUMBERS) == any(word in kind for word in _NUMBERS) or "ENUM" in wanted:
        return cast, f"{column} IS NULL OR ({cast} IS NOT NULL AND {cast}::{kind} = {column})"
    return None


def save_kept(
    con: Any,
    sources: Sequence[Source],
    pick: Callable[[Iterator[Part]], Generator[list[int]]],
    path: str | os.PathLike[str],
    *,
    all_text: bool = False,
) -> None:
    """Write those rows of tables to a file whose numbers (from 1) ``pick`` gives; nothing else about them changes.

    Raises:
        UsageError: there are no columns. As :func:`hfterm.data.saving.save_query`, and what ``pick`` raises.
    """
    said = label(sources)
    with Tables(con, all_text=all_text) as tables, tables.errors(sources, said):
        rows = tables.several(sources)
        if is_empty(con, rows):
            raise UsageError(f"{said} holds no rows and no columns: nothing to write")
        con.execute(f"CREATE OR REPLACE TABLE {_KEPT} (n BIGINT)")
        keeping = con.cursor()  # the other is at work
        with closing(emit.stream(con, emit.as_json(con, rows))) as found, closing(pick(of_lines(said, found))) as kept:
            for numbers in kept:
                if numbers:
                    keeping.execute(f"INSERT INTO {_KEPT} SELECT unnest(?::BIGINT[])", [numbers])
        query = f"FROM ({numbered(rows)}) WHERE {NUMBER} IN (SELECT n FROM {_KEPT}) ORDER BY {NUMBER}"
        save_query(con, f"SELECT * EXCLUDE ({NUMBER}) {query}", path)
