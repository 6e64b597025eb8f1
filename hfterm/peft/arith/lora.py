"""The algebra of LoRA's two matrices: what they add to a weight, its norm, and its best part of a lower rank.

A is (rank, in), B is (out, rank); a module's weight gets ``scale * B A`` added. Kernels of convolutions are taken as
A (rank, in * k * k). None of it makes the (out, in) product unless the name says so.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hfterm.errors import HftermError

_KEY = re.compile(r"^(?P<module>.+)\.lora_(?P<half>A|B|embedding_A|embedding_B)(?P<end>(?:\.weight)?)$")
PREFIX = "base_model.model."


class Pair(NamedTuple):
    """A module's two matrices as they are saved, and the factor they are multiplied by."""

    module: str
    a: Any
    b: Any
    scale: float
    embedding: bool = False

    @property
    def rank(self) -> int:
        """The columns of B."""
        return int(self.a.shape[0])

    def names(self) -> tuple[str, str]:
        """The names of A and B in a saved adapter."""
        return keys(self.module, self.embedding)

    def flat(self) -> tuple[Any, Any]:
        """A (rank, in) and B (out, rank) in float32; B alone carries the scale.

        Raises:
            HftermError: a grouped convolution, whose product is none of two matrices.
        """
        a, b = self.a.float().flatten(1), self.b.float().flatten(1)
        if b.shape[1] != a.shape[0]:
            raise HftermError(f"{self.module}: {list(self.b.shape)} times {list(self.a.shape)} is no product")
        return a, b * self.scale


def keys(module: str, embedding: bool) -> tuple[str, str]:
    """The names of A and B in a saved adapter."""
    if embedding:
        return f"{PREFIX}{module}.lora_embedding_A", f"{PREFIX}{module}.lora_embedding_B"
    return f"{PREFIX}{module}.lora_A.weight", f"{PREFIX}{module}.lora_B.weight"


def pairs(config: Mapping[str, Any], tensors: Mapping[str, Any]) -> tuple[dict[str, Pair], dict[str, Any]]:
    """A LoRA adapter's modules in the natural order of their names, and the tensors that are no such half.

    Raises:
        HftermError: a half lacks the other, or the two have different ranks.
    """
    halves: dict[str, dict[str, Any]] = {}
    rest = {}
    for name, tensor in tensors.items():
        match = _KEY.match(name)
        if match and tensor.ndim >= 2:
            halves.setdefault(match["module"], {})[match["half"]] = tensor
        else:
            rest[name] = tensor
    found = {}
    for full in sorted(halves, key=natural):
        held = halves[full]
        module = full.removeprefix(PREFIX)
        embedding = "embedding_A" in held
        a, b = (held.get(f"embedding_{half}" if embedding else half) for half in "AB")
        if a is None or b is None or len(held) > 2:
            raise HftermError(f"{module} has lora_{min(held)} without its other half")
        if a.shape[0] != b.shape[1]:
            raise HftermError(f"{module}: lora_A has rank {a.shape[0]}, lora_B {b.shape[1]}")
        found[module] = Pair(module, a, b, scale(config, module, int(a.shape[0])), embedding)
    return found, rest


def natural(name: str) -> list[Any]:
    """A sort key by which layer 2 comes before layer 10."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in name.split(".")]


def pattern(patterns: Any, module: str, otherwise: Any) -> Any:
    """PEFT's rank_pattern and alpha_pattern: of the first key that is the name's end or a regular expression for it."""
    for key, value in (patterns or {}).items() if isinstance(patterns, Mapping) else ():
        if re.match(rf"(.*\.)?({key})$", module):
            return value
    return otherwise


def scale(config: Mapping[str, Any], module: str, rank: int) -> float:
    """What PEFT multiplies B A by: alpha / rank, with rsLoRA alpha / sqrt(rank)."""
    alpha = float(pattern(config.get("alpha_pattern"), module, config.get("lora_alpha", 8)))
    return alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)


def inner(one: tuple[Any, Any], two: tuple[Any, Any]) -> float:
    """The inner product of B1 A1 and B2 A2 (float64), each given as (A, B)."""
    (a1, b1), (a2, b2) = ((a.double(), b.double()) for a, b in (one, two))
    return float(((b1.T @ b2) * (a1 @ a2.T)).sum())


def norm(one: tuple[Any, Any]) -> float:
    """The Frobenius norm of B A."""
    return math.sqrt(max(0.0, inner(one, one)))


def distance(one: tuple[Any, Any], two: tuple[Any, Any]) -> float:
    """The Frobenius norm of B1 A1 - B2 A2, without the loss that a difference of large squares brings."""
    import torch

    a = torch.cat([one[0].double(), two[0].double()])
    b = torch.cat([one[1].double(), -two[1].double()], dim=1)
    return float(torch.linalg.matrix_norm(torch.linalg.qr(b, mode="r")[1] @ torch.linalg.qr(a.T, mode="r")[1].T))


def compress(a: Any, b: Any, rank: int) -> tuple[Any, Any, float, float]:
    """The best A and B of ``rank`` for the product B A, the squared norm that they keep, and the whole.

    A's rows are orthonormal, B carries the singular values. Exact: by QR of both and an SVD of the small middle.
    Where the product has a lower rank the rest is zeros.
    """
    import torch

    q_b, r_b = torch.linalg.qr(b.double())
    q_a, r_a = torch.linalg.qr(a.double().T)
    u, s, vh = torch.linalg.svd(r_b @ r_a.T)
    count = min(rank, len(s))
    new_a = torch.zeros(rank, a.shape[1], dtype=torch.float64)
    new_b = torch.zeros(b.shape[0], rank, dtype=torch.float64)
    new_a[:count] = vh[:count] @ q_a.T
    new_b[:, :count] = (q_b @ u[:, :count]) * s[:count]
    return new_a.float(), new_b.float(), float(s[:count].square().sum()), float(s.square().sum())


def layout(ranks: Mapping[str, int]) -> dict[str, Any]:
    """The settings that give each module its rank and the scale 1: the commonest as ``r``, others by pattern."""
    counts: dict[int, int] = {}
    for value in ranks.values():
        counts[value] = counts.get(value, 0) + 1
    common = max(counts, key=lambda value: (counts[value], value))
    ends: dict[str, set[int]] = {}
    for module, value in ranks.items():
        ends.setdefault(module.rpartition(".")[2], set()).add(value)
    others: dict[str, int] = {}
    for module, value in ranks.items():
        end = module.rpartition(".")[2]
        if value != common:  # by the short name where all of that name have it
            others[end if len(ends[end]) == 1 else re.escape(module)] = value
    return {
        "r": common,
        "lora_alpha": common,
        "rank_pattern": others,
        "alpha_pattern": dict(others),
        "use_rslora": False,
    }


def targets(modules: Sequence[str], settings: Sequence[Any]) -> Any:
    """target_modules that all of ``settings`` name together: one list, or one regular expression.

    Where they are of both kinds, the modules themselves.
    """
    if all(isinstance(s, list) for s in settings):
        return sorted({str(name) for s in settings for name in s})
    if all(isinstance(s, str) for s in settings):
        different = list(dict.fromkeys(settings))
        return different[0] if len(different) == 1 else "|".join(f"({s})" for s in different)
    return sorted(modules, key=natural)
