"""The features that a data set's library noted beside rows, or in their file."""

import json
from pathlib import Path
from typing import Any

from hfterm.data import engine
from hfterm.data.source import Source
from hfterm.errors import HftermError

# What data sets write their features under, in Parquet's and Arrow's own notes.
_NOTE = "huggingface"


def features(con: Any, source: Source) -> dict[str, Any] | None:
    """What a data set's library noted: in the folder that it saved, else in the first file."""
    path = source.paths[0]
    noted = Path(path).parent / "dataset_info.json"
    if source.format == "arrow" and noted.is_file():
        try:
            found = json.loads(noted.read_text(encoding="utf-8"))
        except (OSError, ValueError) as exc:
            raise HftermError(f"cannot read {noted}: damaged or half-written") from exc
    elif source.format == "parquet":
        query = (
            f"SELECT value FROM parquet_kv_metadata({engine.literal(path)}) WHERE key = {engine.literal(_NOTE)}::BLOB"
        )
        found = _note(next((row[0] for row in con.execute(query).fetchall()), None))
    elif source.format == "arrow":
        found = _note(_arrow_note(path))
    else:
        return None
    features = found.get("features") if isinstance(found, dict) else None
    return features if isinstance(features, dict) else None


def _arrow_note(path: str) -> bytes | None:
    import pyarrow as pa

    with pa.memory_map(path) as mapped:
        with open(path, "rb") as stream:
            whole = stream.read(6) == b"ARROW1"
        schema = (pa.ipc.open_file(mapped) if whole else pa.ipc.open_stream(mapped)).schema
    found: bytes | None = (schema.metadata or {}).get(_NOTE.encode())
    return found


def _note(text: bytes | None) -> Any:
    try:
        return json.loads(text).get("info") if text else None
    except (ValueError, AttributeError):
        return None  # another program's note of the same name
