"""Folders of images and sounds, and WebDataset archives, as tables of the engine; rows that are left out of any."""

import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from hfterm import extras
from hfterm.data import engine
from hfterm.data.media import files, folder, functions
from hfterm.data.media.describe import kind
from hfterm.data.media.errors import MediaError
from hfterm.data.media.skipping import skipping
from hfterm.data.structure import ROW
from hfterm.errors import HftermError

_NUMBERS = itertools.count()
# What columns of archives are, as their names say: it need not be looked for.
_told: "WeakKeyDictionary[Any, dict[str, str]]" = WeakKeyDictionary()


def _folder(con: Any, paths: Sequence[str], what: Any, read: Callable[[str], Any]) -> str:
    pa = extras.require("pyarrow", "data")
    extras.require("duckdb", "data")  # the half of it that knows Arrow
    if list(paths) == ["-"]:
        data = sys.stdin.buffer.read(files.MOST_BYTES + 1)
        if len(data) > files.MOST_BYTES:
            raise HftermError(f"standard input has more than {files.MOST_BYTES >> 20} MB, too much for one {what}")
        value = pa.array([{"bytes": data, "path": None}], pa.struct([("bytes", pa.binary()), ("path", pa.string())]))
        found = folder.Listed(pa.table({what: value}), ())
    else:
        found = folder.rows(paths, what, read)
    name = _registered(con, found.table)
    if not found.labels:
        return f"SELECT * FROM {name}"
    return f"SELECT * REPLACE (label::{folder.label_type(found.labels)} AS label) FROM {name}"


def _webdataset(con: Any, paths: Sequence[str], most: int | None) -> str:
    from hfterm.data.media.webdataset import Archives

    on_bad = skipping(con)
    if on_bad is None:
        found = Archives(paths, most=most)
    else:
        tell = on_bad
        found = Archives(paths, lambda url, row, why, key: tell(url, row, why, key.encode()))
    if not found.columns:
        return f"SELECT NULL AS {engine.identifier(ROW)} WHERE false"
    media = {name: shape.upper() for name, shape in found.columns.items() if shape in ("image", "audio")}
    _told[con] = _told.get(con, {}) | media
    json = [engine.identifier(column) for column, shape in found.columns.items() if shape == "json"]
    replaced = f" REPLACE ({', '.join(f'{column}::JSON AS {column}' for column in json)})" if json else ""
    return f"SELECT *{replaced} FROM {_registered(con, found)}"


# The query for the rows of a source of a format, from its files; ``read`` gives a metadata file as an Arrow table,
# ``most`` rows are needed.
READS: dict[str, Callable[[Any, Sequence[str], Callable[[str], Any], int | None], str]] = {
    "images": lambda con, paths, read, most: _folder(con, paths, "image", read),
    "audio": lambda con, paths, read, most: _folder(con, paths, "audio", read),
    "webdataset": lambda con, paths, read, most: _webdataset(con, paths, most),
}


def _registered(con: Any, table: Any) -> str:
    name = f"media_{next(_NUMBERS)}"
    extras.require("duckdb", "data")
    con.register(name, table)
    return name


def without_bad(con: Any, rows: str, label: str) -> str:
    """The query ``rows`` without those that hold an image or sound that cannot be read, if they are to be left out."""
    on_bad = skipping(con)
    found = functions.columns(con, rows) if on_bad is not None else {}
    if on_bad is None or not found:
        return rows
    told: set[int] = set()

    def tell(row: int, path: str | None, why: str) -> None:
        if row not in told:
            told.add(row)
            on_bad(label, row, f"holds {path or 'something'}, which {why}", (path or "").encode())

    conditions = [functions.good(con, engine.identifier(name), kind, tell) for name, kind in found.items()]
    numbered = f'SELECT *, row_number() OVER () AS "#n" FROM ({rows})'
    return f'SELECT * EXCLUDE ("#n") FROM ({numbered}) WHERE {" AND ".join(conditions)}'


def placed(con: Any, error: HftermError, queries: Mapping[str, str]) -> HftermError:
    """An error about a value with its row in it; ``queries`` are the sources' by their labels."""
    if not isinstance(error, MediaError) or not error.path:
        return error
    import duckdb

    for label, rows in queries.items():
        for name, sql_type in functions.columns(con, rows).items():
            column = engine.identifier(name)
            path = engine.literal(error.path)
            here = f"list_contains(list_transform({column}, lambda v: v.path), {path})"
            here = here if functions.is_list(sql_type) else f"{column}.path = {path}"
            numbered = f"SELECT {column}, row_number() OVER () AS n FROM ({rows})"
            try:
                found = con.execute(f"SELECT min(n) FROM ({numbered}) WHERE {here}").fetchall()[0][0]
            except duckdb.Error:  # it is about rows that cannot be read at all, and says so
                return error
            if found is not None:
                return MediaError(f"{error.path} (row {found} of {label})", error.why)
    return error


def kinds(con: Any, rows: str, said: Mapping[str, str]) -> dict[str, str]:
    """The SQL types of columns as people read them: ``IMAGE`` and ``AUDIO`` for those that the first values are."""
    return {name: _kind(con, rows, name, sql_type) for name, sql_type in said.items()}


def _kind(con: Any, rows: str, name: str, sql_type: str) -> str:
    if not functions.is_value(sql_type):
        return sql_type
    if name in _told.get(con, {}) and not functions.is_list(sql_type):
        return _told[con][name]
    column = engine.identifier(name)
    query = f"SELECT {column} FROM ({rows}) WHERE {column} IS NOT NULL LIMIT 10"
    for (value,) in con.execute(query).fetchall():
        for one in value if isinstance(value, list) else [value]:
            if one is not None and (found := kind(one)) is not None:
                return found.upper() + "[]" * functions.is_list(sql_type)
    return sql_type
