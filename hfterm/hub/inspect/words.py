"""A report in words, for a terminal."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hfterm.text import human_bytes, readable

_BYTES = ("bytes", "size", "raw_bytes")
_ORDER = (
    "id", "kind", "from", "format", "architecture", "model_type", "task", "library", "license", "base_model", "adapter",
    "parameters", "dtypes", "quantization", "tensors", "layers", "hidden_size", "heads", "key_value_heads", "experts",
    "context_length", "vocabulary", "rows", "columns", "splits", "bytes", "size", "memory", "weights", "others",
)  # fmt: skip


def count(number: float | None) -> str:
    """A number of parameters: ``135M``, ``7.24B``."""
    if number is None:
        return "-"
    for unit, size in (("T", 1e12), ("B", 1e9), ("M", 1e6), ("K", 1e3)):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number:.0f}"


def facts(record: Mapping[str, Any]) -> dict[str, str]:
    """The facts that there are, the important ones first, each as one line."""
    names = [*(n for n in _ORDER if n in record), *(n for n in record if n not in _ORDER)]
    told = ((name, _words(name, record[name])) for name in names)
    return {name.replace("_", " "): text for name, text in told if text}


def _words(name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if name in _BYTES:
        return human_bytes(value)
    if name == "parameters":
        return f"{count(value)} ({value:,})"
    if name == "dtypes":
        return ", ".join(f"{kind} {count(number)}" for kind, number in value.items())
    if name == "memory":
        return ", ".join(f"{kind} {human_bytes(size)}" for kind, size in value.items())
    if name == "splits":
        return ", ".join(f"{split} {told['rows']:,}" for split, told in value.items())
    if name in ("columns", "formats", "adapter"):
        return ", ".join(f"{key} {_inner(told)}" for key, told in value.items())
    if name in ("weights", "others"):
        more = f" and {len(value) - 10} more" if len(value) > 10 else ""
        return ", ".join(f"{row['name']} {human_bytes(row['bytes'])}" for row in value[:10]) + more
    if name in ("features", "configs"):
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else readable(value)


def _inner(value: Any) -> str:
    if isinstance(value, dict) and {"files", "bytes"} <= value.keys():
        return f"{value['files']} files {human_bytes(value['bytes'])}"
    return readable(value)


def tree(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of modules with their names indented instead of whole."""
    above: list[str] = []
    for row in rows:
        level = row["depth"] - 1
        name = row["module"]
        if level and len(above) >= level and name.startswith(f"{above[level - 1]}."):
            shown = name[len(above[level - 1]) + 1 :]
        else:
            shown = name
        above = [*above[:level], name]
        yield {**row, "module": "  " * level + shown}
