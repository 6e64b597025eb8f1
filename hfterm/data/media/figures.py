"""What images and sounds of a column are like: their sizes or lengths in figures, how many cannot be read."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from hfterm import extras
from hfterm.data import engine
from hfterm.data.media import describe, files, functions
from hfterm.data.media.errors import MediaError
from hfterm.data.media.tables import kinds

Row = dict[str, Any]
# Gives the records for a column of numbers: of a query, the column's name and SQL type.
Figures = Callable[[str, str, str], Iterator[Row]]

_OF = {
    "IMAGE": {"width": "BIGINT", "height": "BIGINT", "bytes": "BIGINT"},
    "AUDIO": {"seconds": "DOUBLE", "sampling_rate": "BIGINT", "channels": "BIGINT", "bytes": "BIGINT"},
}


def measurable(con: Any, rows: str, said: Mapping[str, str]) -> dict[str, str]:
    """The columns of images and of sounds among those of these SQL types: ``IMAGE`` or ``AUDIO``.

    Raises:
        MissingExtraError: the libraries to read them are not installed.
    """
    found = {name: kind for name, kind in kinds(con, rows, said).items() if kind in _OF}
    if found:
        extras.check("media", "PIL", "soundfile")
    return found


def measured(con: Any, rows: str, values: Mapping[str, str]) -> str:
    """A query for the same rows with what the images and sounds are, as JSON, in their place; each is read whole."""
    made = [
        f"{functions.measured(con, _measured, engine.identifier(name))} AS {engine.identifier(name)}" for name in values
    ]
    return f"SELECT * REPLACE ({', '.join(made)}) FROM ({rows})"


def _measured(value: dict[str, Any]) -> str:
    try:
        with files.opened(value) as stream:
            made: Row = {
                "content": hashlib.file_digest(cast(Any, stream), "md5").hexdigest(),
                "bytes": files.size(value),
            }
        made |= describe.facts(value)
    except MediaError:
        return json.dumps({"content": None, "broken": True})
    return json.dumps(made | {"broken": describe.checked(value) is not None})


def figures(con: Any, rows: str, name: str, kind: str, count: int, of: Figures, points: Sequence[str]) -> Iterator[Row]:
    """The records of a column that :func:`measured` made; ``points`` are the names of its quantiles.

    The first one counts equal contents and (``broken``) what cannot be read to its end.
    """
    column = engine.identifier(name)
    asked = (
        f"count({column}), count(DISTINCT {column} ->> '$.content'), "
        f"count(*) FILTER (({column} ->> '$.broken')::BOOLEAN)"
    )
    there, differ, broken = con.execute(f"SELECT {asked} FROM ({rows})").fetchall()[0]
    head = {"column": name, "of": "values", "type": kind, "rows": count, "nulls": count - there, "nan": None}
    nothing = dict.fromkeys(("min", "max", "mean", "std", *points))
    yield head | {"distinct": differ} | nothing | {"approximate": False, "broken": broken}
    for what, sql_type in _OF[kind].items():
        query = f"SELECT ({column} ->> '$.{what}')::{sql_type} AS {what} FROM ({rows})"
        for row in of(query, what, sql_type):
            yield row | {"column": name, "of": what}
