"""What the fields of WebDataset rows are, told by the first rows, so that no later value is changed without a word."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from hfterm.data.media.kinds import by_name

# ``image audio bytes text int float bool json null``, a list of one such or an object of such.
Shape = Any


class _Mixed(Exception):
    """Values that no one type holds."""


def columns(rows: Iterable[Mapping[str, Any]]) -> dict[str, Shape]:
    """The columns of rows and what they are; the key and the archive come last.

    JSON is typed where all values look alike, else kept as JSON.
    """
    names: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.items():
            names.setdefault(name, []).append(value)
    last = [name for name in ("__key__", "__url__") if name in names]
    ordered = [name for name in names if name not in last] + last
    return {name: _column(name, names[name]) for name in ordered}


def _column(name: str, values: list[Any]) -> Shape:
    kind = by_name(f"x.{name}")
    if kind is not None and all(isinstance(value, bytes) for value in values):
        return kind
    try:
        found = _whole(values)
    except _Mixed:
        return "json"
    return "json" if _has(found, ("null", "json")) else found


def _whole(values: list[Any]) -> Shape:
    found: Shape = "null"
    for value in values:
        found = _merged(found, _shape(value))
    return found


def _shape(value: Any) -> Shape:
    if isinstance(value, dict):
        return {key: _shape(part) for key, part in value.items()} or "json"
    if isinstance(value, list):
        return [_whole(value)]
    if isinstance(value, int) and not isinstance(value, bool) and not -(1 << 63) <= value < 1 << 63:
        raise _Mixed
    names = {str: "text", bytes: "bytes", int: "int", float: "float", bool: "bool"}
    return names.get(type(value), "null")


def _merged(one: Shape, other: Shape) -> Shape:
    if one == other or other == "null":
        return one
    if one == "null":
        return other
    if isinstance(one, list) and isinstance(other, list):
        return [_merged(one[0], other[0])]
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return {key: _merged(part, other[key]) for key, part in one.items()}
    if {one if isinstance(one, str) else "", other if isinstance(other, str) else ""} == {"int", "float"}:
        return "float"
    raise _Mixed


def _has(shape: Shape, kinds: tuple[str, ...]) -> bool:
    if isinstance(shape, dict):
        return any(_has(part, kinds) for part in shape.values())
    return _has(shape[0], kinds) if isinstance(shape, list) else shape in kinds


def fits(value: Any, shape: Shape) -> bool:
    """Whether a column of a shape holds a value as it is."""
    if value is None:
        return True
    if isinstance(shape, dict):
        same = isinstance(value, dict) and value.keys() == shape.keys()
        return same and all(fits(part, shape[key]) for key, part in value.items())
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(part, shape[0]) for part in value)
    if shape == "float" and isinstance(value, int) and not isinstance(value, bool):
        return abs(value) <= 1 << 53
    if shape == "int" and not (isinstance(value, int) and -(1 << 63) <= value < 1 << 63):
        return False
    return type(value) is {"text": str, "bytes": bytes, "int": int, "float": float, "bool": bool}.get(shape)


def held(value: Any, shape: Shape, name: str) -> Any:
    """A value as its column holds it; ``name`` is that of an image or sound.

    Raises:
        ValueError: it does not.
    """
    if value is None:
        return None
    if shape in ("image", "audio"):
        return {"bytes": value, "path": name}
    if shape == "json":
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if not fits(value, shape):
        raise ValueError("is of another form than those of the first rows")
    return value


def arrow(pa: Any, shape: Shape) -> Any:
    """The Arrow type of a column."""
    if isinstance(shape, dict):
        return pa.struct([(key, arrow(pa, part)) for key, part in shape.items()])
    if isinstance(shape, list):
        return pa.list_(arrow(pa, shape[0]))
    if shape in ("image", "audio"):
        return pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    kinds = {"bytes": pa.binary(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}
    return kinds.get(shape, pa.string())
