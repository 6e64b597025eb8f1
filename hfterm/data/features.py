"""The features of columns, as ``datasets`` writes them: beside the columns as JSON, in a card as YAML.

https://huggingface.co/docs/datasets/about_dataset_features (``datasets/features/features.py``:
``generate_from_arrow_type``, ``_to_yaml_list``).
"""

import re
from collections.abc import Mapping
from typing import Any

from hfterm.errors import UsageError

Features = dict[str, Any]
_PLAIN = ("Value", "List", "LargeList", "Sequence")
_NAMES = {"double": "float64", "float": "float32", "halffloat": "float16"}


def of_schema(schema: Any, noted: Mapping[str, Any] | None = None) -> Features:
    """The features of an Arrow schema's columns; what was ``noted`` of them may say more (classes, images).

    Raises:
        UsageError: a column is of a kind that data sets have none for.
    """
    made: Features = {}
    for field in schema:
        said = (noted or {}).get(field.name)
        plain = _feature(field.type, field.name)
        made[field.name] = said if _is_rich(said) and _goes(said, field.type) else plain
    return made


def _is_rich(said: Any) -> bool:
    """Whether a feature says more than its type."""
    if isinstance(said, list):
        return any(map(_is_rich, said))
    if not isinstance(said, Mapping):
        return False
    kind = said.get("_type")
    if isinstance(kind, str) and kind not in _PLAIN:
        return True
    return any(_is_rich(inner) for name, inner in said.items() if name != "_type")


def _goes(said: Any, kind: Any) -> bool:
    """Whether a column's type can hold what a feature says."""
    import pyarrow.types as types

    if isinstance(said, Mapping) and said.get("_type") == "ClassLabel":
        return bool(types.is_integer(kind))
    if isinstance(said, Mapping) and said.get("_type") in ("Image", "Audio", "Video", "Pdf"):
        return bool(types.is_struct(kind) or types.is_binary(kind) or types.is_string(kind))
    if isinstance(said, Mapping) and "_type" not in said:
        return bool(types.is_struct(kind)) and {kind[at].name for at in range(kind.num_fields)} == set(said)
    return bool(types.is_nested(kind))


def _feature(kind: Any, name: str) -> Any:
    import pyarrow.types as types

    if types.is_dictionary(kind):
        return _feature(kind.value_type, name)
    if types.is_struct(kind):
        return {kind[at].name: _feature(kind[at].type, name) for at in range(kind.num_fields)}
    if types.is_fixed_size_list(kind):
        return {"feature": _feature(kind.value_type, name), "length": kind.list_size, "_type": "List"}
    if types.is_list(kind):
        return {"feature": _feature(kind.value_type, name), "_type": "List"}
    if types.is_large_list(kind):
        return {"feature": _feature(kind.value_type, name), "_type": "LargeList"}
    said = str(kind)
    if types.is_map(kind) or types.is_union(kind) or types.is_interval(kind):
        hint = f"map it first: map_entries({name}) AS {name}" if types.is_map(kind) else "turn it into text first"
        raise UsageError(f"column {name!r} is of a kind that data sets have none for ({said[:40]})", hint)
    said = re.sub(r"\[day\]|\[ms\]$", "", said) if said.startswith("date") else said
    return {"dtype": _NAMES.get(said, said), "_type": "Value"}


def as_yaml(features: Features) -> list[dict[str, Any]]:
    """Features as a card lists them."""
    found: list[dict[str, Any]] = _inner(features)["struct"]
    return found


def _inner(said: Any) -> dict[str, Any]:
    if isinstance(said, list):
        return _short({"list": _short(_inner(said[0]))})
    rest = {name: value for name, value in said.items() if name != "_type"}
    kind = said.get("_type")
    if not isinstance(kind, str):
        return {"struct": [{"name": name, **_inner(value)} for name, value in said.items()]}
    if kind in ("List", "LargeList", "Sequence"):
        inner = _inner(rest.pop("feature"))
        return _short({{"List": "list", "LargeList": "large_list", "Sequence": "sequence"}[kind]: inner, **rest})
    if kind == "Value":
        return rest
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", kind).lower()
    return {"dtype": _short({snake: rest}) if rest else snake}


def _short(said: dict[str, Any]) -> dict[str, Any]:
    for kind in ("large_list", "list", "sequence"):
        inner = said.get(kind)
        if isinstance(inner, dict) and list(inner) in (["dtype"], ["struct"]):
            said[kind] = next(iter(inner.values()))
    label = said.get("class_label")
    if isinstance(label, dict) and isinstance(label.get("names"), list):
        label["names"] = {str(at): name for at, name in enumerate(label["names"])}
    return said
