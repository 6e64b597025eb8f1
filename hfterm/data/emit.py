"""Values of the engine as JSON that every reader takes: times in ISO 8601, bytes in Base64, no NaN."""

import json
import os
import threading
from collections.abc import Generator, Sequence
from typing import Any

from hfterm.data import engine

# One column of text, as it is, a row a line.
PLAIN = "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '', USE_TMP_FILE false)"
# A pipe gives no more at once; room for more, made for each read, would cost more than the reading.
_READ_BYTES = 1 << 16


def json_value(column: str, kind: str) -> str:
    """The SQL of a column's JSON; ``kind`` is its SQL type as DESCRIBE says it."""
    plain = kind.upper()
    if plain == "JSON":
        return column
    if plain in ("DOUBLE", "FLOAT"):  # JSON has no NaN and no infinity
        return f"to_json(CASE WHEN isfinite({column}) THEN {column} END)"
    if plain.startswith("TIMESTAMP"):
        zone = "Z" if "TIME ZONE" in plain else ""
        return f"to_json(strftime({column}, '%Y-%m-%dT%H:%M:%S') || {_fraction(column)} || '{zone}')"
    if plain == "BLOB":
        return f"to_json(to_base64({column}))"
    if plain == "BIT":
        return f"to_json({column}::VARCHAR)"
    return f"to_json({column})"


def shown(con: Any, column: str, kind: str) -> str:
    """As :func:`json_value`, but images and sounds as what they are, without their bytes."""
    if "BLOB" in kind:
        from hfterm.data.media import functions

        if functions.is_value(kind):
            return functions.described(con, column, kind)
    return json_value(column, kind)


def _fraction(column: str) -> str:
    """A time's part of a second, as short as it is."""
    return f"rtrim(rtrim(strftime({column}, '.%f'), '0'), '.')"


def json_object(names: Sequence[str], values: Sequence[str]) -> str:
    """The SQL of an object's text; ``values`` are the SQL of JSON (NULL: null)."""
    parts = []
    for at, (name, value) in enumerate(zip(names, values, strict=True)):
        key = ("{" if at == 0 else ",") + json.dumps(name, ensure_ascii=False) + ":"
        parts.append(f"{engine.literal(key)} || coalesce(({value})::VARCHAR, 'null')")
    return " || ".join(parts) + " || '}'" if parts else "'{}'"


def added(record: str, names: Sequence[str], values: Sequence[str]) -> str:
    """The SQL of a record's text with fields added to ``record``, the SQL of its own.

    They are appended where it has none of these names yet, else put in their places.
    """
    keys = [json.dumps(name, ensure_ascii=False) for name in names]
    texts = [f"coalesce({value}::VARCHAR, 'null')" for value in values]
    fields = " || ',' || ".join(f"{engine.literal(key + ':')} || {text}" for key, text in zip(keys, texts, strict=True))
    # One field after the other, each with a name for the text so far: written out, it would double with each field.
    replaced = record
    for name, key, text in zip(names, keys, texts, strict=True):
        path = engine.key_path(name)
        appended = f"{_chopped('b')} || {engine.literal(key + ':')} || {text} || '}}'"
        put = f"json_set(b::JSON, {path}, {text}::JSON)::VARCHAR"
        step = f"CASE WHEN json_exists(b::JSON, {path}) THEN {put} ELSE {appended} END"
        replaced = f"list_transform([{replaced}], lambda b: {step})[1]"
    there = " OR ".join(_holds(record, name) for name in names)
    return f"CASE WHEN {there} THEN {replaced} ELSE {_chopped(record)} || {fields} || '}}' END"


def _holds(record: str, name: str) -> str:
    """The SQL of whether an object's text has a field; mostly a look for its name is enough."""
    exists = f"json_exists({record}::JSON, {engine.key_path(name)})"
    key = json.dumps(name)
    if "\\" in key or "/" in key:  # may be written in several ways
        return exists
    return f"((contains({record}, {engine.literal(key)}) OR contains({record}, '\\u')) AND {exists})"


def _chopped(body: str) -> str:
    """An object's text without its closing brace, with the comma that the next field needs."""
    comma = f"CASE WHEN contains({body}, '\"') THEN ',' ELSE '' END"
    return f"regexp_replace({body}, E'[ \\t\\r\\n]*[}}]$', '') || {comma}"


def as_json(con: Any, query: str) -> str:
    """A query for the rows of another as JSON texts, one column."""
    said = con.execute(f"DESCRIBE {query}").fetchall()
    names, kinds = [row[0] for row in said], [row[1] for row in said]
    aliases = [f"c{at}" for at in range(len(names))]
    values = [shown(con, alias, kind) for alias, kind in zip(aliases, kinds, strict=True)]
    return f"SELECT {json_object(names, values)} FROM ({query}) AS t({', '.join(aliases)})"


def flat(con: Any, query: str) -> str:
    """A query for the same rows with lists and objects as JSON texts, for formats that have neither."""
    said = con.execute(f"DESCRIBE {query}").fetchall()
    columns = []
    for name, kind, *_ in said:
        column = engine.identifier(name)
        nested = kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "BLOB", "TIMESTAMP"))
        # A time is its ISO text here, too; to_json quotes it.
        text = (
            f"({shown(con, column, kind)}) ->> '$'"
            if not kind.endswith("]")
            else f"{shown(con, column, kind)}::VARCHAR"
        )
        columns.append(f"{text} AS {column}" if nested else column)
    return f"SELECT {', '.join(columns)} FROM ({query})"


def fd_path(fd: int) -> str:
    """The name under which the engine opens a file that is open here."""
    return f"/proc/self/fd/{fd}" if os.path.isdir("/proc/self/fd") else f"/dev/fd/{fd}"


def stream(con: Any, query: str) -> Generator[bytes]:
    """The one text column of a query, in whole lines as they come.

    Raises:
        duckdb.Error: as the engine raises it.
    """
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            con.execute(f"COPY ({query}) TO {engine.literal(fd_path(writing))} {PLAIN}")
        except BaseException as exc:
            failed.append(exc)
        finally:
            os.close(writing)

    thread = threading.Thread(target=work, name="hfterm-data", daemon=True)
    thread.start()
    rest = b""
    try:
        while got := os.read(reading, _READ_BYTES):
            cut = got.rfind(b"\n") + 1
            if cut:
                yield rest + got[:cut]
                rest = got[cut:]
            else:
                rest += got
    finally:
        os.close(reading)
        con.interrupt()
        thread.join()
    if failed:
        raise failed[0]
    if rest:
        yield rest
