"""How much an adapter's tensors change a weight: the Frobenius norm of the change, without making it where that goes.

Formulas: those of PEFT's ``get_delta_weight`` (``peft/tuners/{lora,adalora,loha,lokr}/layer.py``).
"""

import math
from collections.abc import Mapping
from typing import Any

from hfterm.peft import contents, keys
from hfterm.peft.contents import MOST_PRODUCT, Located

# Rows of a change that are made at once where all of it is needed.
ROWS = 256


def update(config: Mapping[str, Any], module: str, parts: Mapping[str, Located]) -> float | None:
    """The norm of what the tensors of a module add to its weight (of (IA)3: of what they multiply it with, less 1).

    ``parts`` are by the first word of their own name (``lora_A``). None where the method's tensors alone do not tell,
    they hold no finite numbers, or are too large.
    """
    kind = str(config.get("peft_type")).upper()
    if kind in ("LORA", "ADALORA"):
        for way in ("lora_", "lora_embedding_"):
            if f"{way}A" in parts and f"{way}B" in parts:
                return _low_rank(config, module, parts, way)
        return None
    arrays = {name: _array(where) for name, where in parts.items() if name.startswith(("hada_", "lokr_", "ia3_l"))}
    if not arrays or any(a is None for a in arrays.values()):
        return None
    if kind == "IA3":
        return _finite(_norm(arrays["ia3_l"] - 1)) if "ia3_l" in arrays else None
    rank = config.get("r")
    scaling = keys.scaling_of(config, module, rank) if type(rank) is int else None
    if scaling is None:
        return None
    try:
        norm = _hadamard(arrays) if kind == "LOHA" else _kronecker(arrays) if kind == "LOKR" else None
    except (KeyError, ValueError):  # a part is missing, or their sizes do not go together
        return None
    return None if norm is None else _finite(abs(scaling) * norm)


def _low_rank(config: Mapping[str, Any], module: str, parts: Mapping[str, Located], way: str) -> float | None:
    a, b = parts[f"{way}A"], parts[f"{way}B"]
    if not a[0].shape:
        return None
    rank, experts = a[0].shape[0], 1
    told = keys.rank_of(config, module)
    if config.get("target_parameters") and told and rank > told and not rank % told:
        experts, rank = rank // told, told  # one pair an expert, stacked
    scaling = keys.scaling_of(config, module, rank)
    middle = parts.get("lora_E")
    product = contents.product_norm(a, b, middle, experts)
    return None if scaling is None or product is None else abs(scaling) * product


def _array(where: Located) -> Any:
    import numpy as np

    if where[0].elements > MOST_PRODUCT:
        return None
    parts = list(contents.pieces(*where))
    return np.concatenate(parts).astype("f8").reshape(where[0].shape) if parts else None


def _norm(array: Any) -> float:
    import numpy as np

    return math.sqrt(float(np.square(array).sum()))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _hadamard(parts: Mapping[str, Any]) -> float | None:
    """LoHa: (w1a w1b) times (w2a w2b), number by number; a few rows at once."""
    if "hada_t1" in parts or parts["hada_w1_a"].shape[0] * parts["hada_w1_b"].shape[1] > MOST_PRODUCT:
        return None
    total = 0.0
    for at in range(0, parts["hada_w1_a"].shape[0], ROWS):
        rows = slice(at, at + ROWS)
        both = (parts["hada_w1_a"][rows] @ parts["hada_w1_b"]) * (parts["hada_w2_a"][rows] @ parts["hada_w2_b"])
        total += _norm(both) ** 2
    return math.sqrt(total)


def _kronecker(parts: Mapping[str, Any]) -> float | None:
    """LoKr: the norm of a Kronecker product is the product of the norms."""
    if "lokr_t2" in parts:
        return None
    norms = [
        _norm(parts[name] if name in parts else parts[f"{name}_a"] @ parts[f"{name}_b"])
        for name in ("lokr_w1", "lokr_w2")
    ]
    return norms[0] * norms[1]
