"""What the fields of JSON records are, and the SQL that gives them as typed columns, exactly or not at all.

The engine's own reader samples a type and rounds later values into it without a word (1.5 becomes 2 in a column
that began with whole numbers). Here whole numbers are checked, value by value; a value that does not fit is an
error that :mod:`hfterm.data.lines` answers by widening the column or by naming the row.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from hfterm.data.engine import identifier, key_path, literal

# A field's kind: what json_structure says of it, a name or a list or object of such.
Structure = dict[str, Any]
ROW = "#row"
# The text of an error that a guard raises: mark, column.
GUARD = "hfterm#"
WHOLE = ("BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT")


def structure_of(con: Any, rows: str) -> Structure:
    """The fields of the objects that the query ``rows`` gives as ``json``; what is no object is passed over.

    Raises:
        duckdb.Error: the rows cannot be read.
    """
    query = f"SELECT json_group_structure(json) FROM ({rows}) WHERE starts_with(json::VARCHAR, '{{')"
    said = con.execute(query).fetchall()[0][0]
    found = json.loads(said) if said else {}
    return found if isinstance(found, dict) else {}


def merged(old: Structure, new: Structure) -> Structure:
    """Fields of two samples; where they differ the wider kind."""
    return {**old, **{name: wider(old[name], kind) if name in old else kind for name, kind in new.items()}}


def wider(one: Any, other: Any) -> Any:
    """A kind that holds the values of both."""
    if one == other or other == "NULL":
        return one
    if one == "NULL":
        return other
    if isinstance(one, list) and isinstance(other, list):
        return [wider(one[0], other[0])] if one and other else one or other
    if isinstance(one, dict) and isinstance(other, dict):
        return merged(one, other)
    numbers = (*WHOLE, "DOUBLE")
    if one in numbers and other in numbers:
        return "DOUBLE" if "DOUBLE" in (one, other) else max(one, other, key=WHOLE.index)
    return "JSON"


def sql_type(kind: Any) -> str:
    """The column's type in SQL."""
    if isinstance(kind, dict):
        return f"STRUCT({', '.join(f'{identifier(k)} {sql_type(v)}' for k, v in kind.items())})" if kind else "JSON"
    if isinstance(kind, list):
        return f"{sql_type(kind[0])}[]" if kind else "JSON[]"
    return {"NULL": "VARCHAR", "JSON": "VARCHAR", "UBIGINT": "BIGINT"}.get(kind, str(kind))


def _spec(kind: Any) -> Any:
    """What json_transform takes of a list or object; numbers in it are DOUBLE, so that none is rounded."""
    if isinstance(kind, dict):
        names = [name.casefold() for name in kind]
        return {name: _spec(v) for name, v in kind.items()} if kind and len(set(names)) == len(names) else "JSON"
    if isinstance(kind, list):
        return [_spec(kind[0])] if kind else ["JSON"]
    if kind in (*WHOLE, "DOUBLE"):
        return "DOUBLE"
    return kind if kind in ("VARCHAR", "BOOLEAN") else "JSON"


def typed(rows: str, kinds: Mapping[str, Any], raw: Collection[str] = ()) -> str:
    """A query for typed columns of the records that the query ``rows`` gives as ``json``.

    ``kinds`` are the columns and what they are; of ``raw`` the JSON text is given as column ``#raw NAME``.
    The record itself is column ``#row``.
    """
    names = list(dict.fromkeys([*kinds, *raw]))
    checked = f"CASE WHEN starts_with(json, '{{') THEN %s ELSE error('{GUARD}object') END"
    row = f"{checked % 'json'} AS {identifier(ROW)}"
    texts = f"SELECT json::VARCHAR AS json FROM ({rows})"
    if not names:
        return f"SELECT {row} FROM ({texts})"
    # A record is parsed once for all its columns; json_transform would do that, too, at three times the cost.
    plain = not raw and all(kinds[name] == "VARCHAR" for name in names)
    function = "json_extract_string" if plain else "json_extract"
    found = f"{function}(json, [{', '.join(map(key_path, names))}])"
    columns = [row]
    for at, name in enumerate(names, 1):
        got = f"s[{at}]"
        if name in kinds:
            columns.append(f"{got if plain else _column(name, kinds[name], got)} AS {identifier(name)}")
        if name in raw:
            columns.append(f"{got} AS {identifier(f'#raw {name}')}")
    return f"SELECT {', '.join(columns)} FROM (SELECT json, {checked % found} AS s FROM ({texts}))"


def _column(name: str, kind: Any, got: str) -> str:
    """The SQL of one column, out of its JSON."""
    text = f"nullif({got}::VARCHAR, 'null')"
    if kind in WHOLE:
        number = sql_type(kind)
        guard = f"error({literal(f'{GUARD}whole#{name}')})"
        return f"CASE WHEN {text}::DOUBLE <> {text}::{number} THEN {guard} ELSE {text}::{number} END"
    if kind in ("DOUBLE", "BOOLEAN"):
        return f"{text}::{kind}"
    if kind in ("VARCHAR", "JSON", "NULL"):  # of several kinds: as text, so that nothing is cast without a word
        return f"{got} ->> '$'"
    spec = _spec(kind)
    if spec == "JSON":
        return f"{text}::JSON"
    return f"json_transform({got}, {literal(json.dumps(spec, ensure_ascii=False))})"


def misfits(rows: str, name: str, kind: Any) -> str:
    """A query for the values of a column that do not fit its kind: row number (from 1), JSON text; in their order."""
    got = f"json_extract(json::JSON, {key_path(name)})"
    text = f"{got}::VARCHAR"
    number = sql_type(kind)
    bad = f"TRY_CAST({text} AS {number}) IS NULL"
    if kind in WHOLE:
        bad += f" OR TRY_CAST({text} AS DOUBLE) <> TRY_CAST({text} AS {number})"
    numbered = f"SELECT json, row_number() OVER () AS n FROM ({rows})"
    return (
        f"SELECT n, {text} FROM ({numbered}) WHERE {got} IS NOT NULL AND json_type({got}) <> 'NULL' "
        f"AND ({bad}) ORDER BY n"
    )
