"""What tensors add up to: parameters by kind, bytes, memory, and the modules that they belong to."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from hfterm.hub.inspect.quantized import parameters
from hfterm.hub.inspect.tensors import Tensor

# Bytes of memory for a parameter, loaded for inference, by the kind it is loaded as.
LOADED = {"float32": 4.0, "bfloat16": 2.0, "int8": 1.0, "int4": 0.5}
# Full fine-tuning with AdamW in mixed precision: weight and gradient in 2 bytes each, a master copy and two moments
# in 4 (https://huggingface.co/docs/transformers/model_memory_anatomy), activations not counted.
TRAINED = 16.0
_NUMBER = re.compile(r"\d+")


def totals(tensors: Iterable[Tensor], config: Mapping[str, Any]) -> dict[str, Any]:
    """``tensors``, ``parameters``, ``dtypes`` (kind -> parameters), ``bytes``; shared tensors count once."""
    count = total = size = 0
    kinds: dict[str, int] = {}
    seen: set[str] = set()
    for tensor, number in parameters(tensors, config):
        count += 1
        if tensor.key is not None:
            if tensor.key in seen:
                continue
            seen.add(tensor.key)
        total += number
        size += tensor.bytes
        kinds[tensor.dtype] = kinds.get(tensor.dtype, 0) + number
    dtypes = dict(sorted(((k, n) for k, n in kinds.items() if n), key=lambda pair: -pair[1]))
    return {"parameters": total, "dtypes": dtypes, "tensors": count, "bytes": size}


def memory(total: int) -> dict[str, int]:
    """Bytes that so many parameters take: loaded as each kind, and trained in full."""
    return {**{name: int(total * size) for name, size in LOADED.items()}, "training": int(total * TRAINED)}


def modules(tensors: Iterable[Tensor], config: Mapping[str, Any], depth: int) -> list[dict[str, Any]]:
    """A row a module down to ``depth``: name, layers, tensors, parameters, bytes; in the file's order.

    Modules that are numbered and alike are one row: ``model.layers.{0-29}`` with ``layers`` 30.
    """
    found: dict[str, dict[str, Any]] = {}
    for tensor, number in sorted(parameters(tensors, config), key=lambda pair: _natural(pair[0].name)):
        parts = tensor.name.split(".")[:-1] or ["(root)"]
        shown: list[str] = []
        numbers: list[int] = []
        for part in parts:
            if _NUMBER.fullmatch(part) and shown and not shown[-1].endswith("*"):
                numbers.append(int(part))
                shown[-1] += ".*"
            else:
                shown.append(part)
        for level in range(1, min(depth, len(shown)) + 1):
            name = ".".join(shown[:level])
            row = found.setdefault(
                name, {"module": name, "depth": level, "tensors": 0, "parameters": 0, "bytes": 0, "numbers": set()}
            )
            row["tensors"] += 1
            row["parameters"] += number
            row["bytes"] += tensor.bytes
            if numbers and shown[level - 1].endswith("*"):
                row["numbers"].add(numbers[sum(part.endswith("*") for part in shown[:level]) - 1])
    return [_closed(row) for row in found.values()]


def _natural(name: str) -> list[tuple[int, int, str]]:
    return [(0, int(p), "") if p.isdecimal() and len(p) < 19 else (1, 0, p) for p in name.split(".")]


def _closed(row: dict[str, Any]) -> dict[str, Any]:
    numbers = row.pop("numbers")
    layers = len(numbers) or None
    return {"module": row["module"], "depth": row["depth"], "layers": layers, **{
        name: row[name] for name in ("tensors", "parameters", "bytes")
    }}  # fmt: skip
