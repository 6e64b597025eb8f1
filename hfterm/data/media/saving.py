"""Rows with images and sounds as files keep them: their bytes in them, and noted as what they are for ``datasets``."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hfterm.data import engine, noted
from hfterm.data.media import functions
from hfterm.data.media.tables import kinds
from hfterm.data.source import Source

# So many rows make a group of a Parquet file, as ``datasets`` writes them (``config.py``).
GROUP_ROWS = 100


def storable(con: Any, rows: str, note: str | None) -> tuple[str, str | None]:
    """As :func:`embedded`; ``note`` is the features as Parquet and Arrow files hold them.

    Raises:
        duckdb.Error: as :func:`embedded`.
    """
    known = (json.loads(note)["info"]["features"] if note else None) or {}
    found, noted = embedded(con, rows, known)
    return found, note if noted == known else json.dumps({"info": {"features": noted}})


def embedded(con: Any, rows: str, known: Mapping[str, Any] | None) -> tuple[str, Mapping[str, Any]]:
    """The query ``rows`` with the bytes of images and sounds in it and labels as numbers, and the features of these.

    ``known`` are those of the rows' source. Rows without images and sounds stay as they are.

    Raises:
        duckdb.Error: an image or sound cannot be read.
    """
    said = {row[0]: row[1] for row in con.execute(f"DESCRIBE {rows}").fetchall()}
    if not any(map(functions.is_value, said.values())):
        return rows, known or {}
    columns = []
    for name, kind in said.items():
        column = engine.identifier(name)
        if functions.is_value(kind):
            columns.append(f"{functions.loaded(con, name, kind, base=True)} AS {column}")
        elif kind.startswith("ENUM("):
            columns.append(f"enum_code({column})::BIGINT AS {column}")
        else:
            columns.append(column)
    return f"SELECT {', '.join(columns)} FROM ({rows})", features(con, rows, said, known or {})


def source_note(con: Any, sources: Sequence[Source], rows: str) -> str | None:
    """The note of the features of rows out of sources, if there are images or sounds among them; else None."""
    if not functions.columns(con, rows):
        return None
    for source in sources:
        if source.format in ("parquet", "arrow") and "-" not in source.paths:
            return json.dumps({"info": {"features": noted.features(con, source)}})
    return None


def features(con: Any, rows: str, said: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """The features of columns of these SQL types, as ``datasets`` notes them: of images, sounds, labels, ``known``."""
    found = {name: feature for name, feature in known.items() if name in said}
    for name, sql_type in kinds(con, rows, said).items():
        if sql_type in ("IMAGE", "AUDIO"):
            found[name] = {"_type": sql_type.capitalize()}
        elif sql_type in ("IMAGE[]", "AUDIO[]"):
            found[name] = {"feature": {"_type": sql_type[:-2].capitalize()}, "_type": "List"}
        elif sql_type.startswith("ENUM("):
            names = [part.replace("''", "'") for part in re.findall(r"'((?:[^']|'')*)'", sql_type)]
            found[name] = {"names": names, "_type": "ClassLabel"}
    return found
