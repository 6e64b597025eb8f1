"""Make an adapter stronger, weaker or of a lower rank, on its files: what it changes is multiplied, or its best part
of a rank is kept.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import files
from hfterm.errors import UsageError
from hfterm.peft.arith import agree, lora, source, write
from hfterm.peft.arith.source import Source

# Methods whose change is multiplied by a setting.
BY_SETTING = {"LORA": "lora_alpha", "ADALORA": "lora_alpha", "LOHA": "alpha", "LOKR": "alpha"}
# Methods whose change is a product with the tensors of this name in it.
BY_TENSOR = {"VERA": "vera_lambda_b", "FOURIERFT": "fourierft_spectrum"}


@dataclass(frozen=True)
class Rescaled:
    """``scale`` is what the change was multiplied by, ``kept`` the share of its energy (squared norm) that is left by
    a lower rank; ``layers`` has that by module.
    """

    path: Path
    adapter: str
    method: str
    scale: float
    rank: int | None
    alpha: float | None
    kept: float
    layers: list[dict[str, Any]]
    bytes: int
    seconds: float

    def facts(self) -> dict[str, Any]:
        """All but the path, for printing beside it."""
        return {k: v for k, v in vars(self).items() if k != "path"}


def rescale(
    adapter: str,
    output: str | Path,
    *,
    alpha: float | None = None,
    scale: float | None = None,
    rank: int | None = None,
    overwrite: bool = False,
    dry_run: bool = False,
    note: Callable[[str], None] | None = None,
) -> Rescaled:
    """Write ``adapter`` (a reference) with another strength, or compressed to ``rank``, at ``output``.

    ``scale`` multiplies what it changes; ``alpha`` sets the setting of that name. ``rank`` keeps the best part of that
    rank of each module (by SVD, exact), at the same strength.

    Raises:
        UsageError: nothing to do, or it cannot be done to this method; the reason is named.
        NotFoundError, AccessError, NetworkError. CheckFailedError: it is damaged.
    """
    began = time.monotonic()
    if alpha is not None and (scale is not None or rank is not None):
        raise UsageError("--alpha sets the strength by itself: leave out --scale and --rank")
    if alpha is None and scale is None and rank is None:
        raise UsageError("say what to change", "--scale 0.5, --alpha 32 or --rank 8")
    for name, value in (("--alpha", alpha), ("--scale", scale)):
        if value is not None and (not math.isfinite(value) or value == 0):
            raise UsageError(f"{name} {value:g} is no strength", "a number other than 0")
    found = source.read(adapter, note)
    target = write.target(output, [found.path], overwrite=overwrite)
    config, tensors = dict(found.config), dict(found.tensors)
    layers: list[dict[str, Any]] = []
    if rank is not None:
        config, tensors, layers = _compressed(found, rank)
    factor = 1.0
    if alpha is not None or scale is not None:
        config, tensors, factor = _stronger(found, config, tensors, alpha, scale)
        _warn(found, note)
    size = sum(t.numel() * t.element_size() for t in tensors.values())
    if not dry_run:
        files.require_space(target, size + 2**24)
        with files.atomic_dir(target, overwrite=overwrite) as temporary:
            write.save(temporary, config, tensors)
            write.copy_tokenizer(found.path, temporary)
            size = write.size(temporary)
    whole = sum(layer["norm"] ** 2 for layer in layers)
    kept = sum(layer["norm"] ** 2 * layer["kept"] for layer in layers) / whole if whole else 1.0
    setting = BY_SETTING.get(found.kind, "")
    return Rescaled(target, found.name, found.kind.lower(), factor, config.get("r"), config.get(setting), kept, layers,
                    size, round(time.monotonic() - began, 3))  # fmt: skip


def _warn(found: Source, note: Callable[[str], None] | None) -> None:
    held = found.config.get("modules_to_save") or []
    if note and held:
        note(f"what it holds whole keeps its full strength: {', '.join(map(str, held))}")
    if note and found.config.get("bias") not in (None, "none"):
        note("its trained biases keep their full strength")


def _stronger(
    found: Source, config: dict[str, Any], tensors: dict[str, Any], alpha: float | None, scale: float | None
) -> tuple[dict[str, Any], dict[str, Any], float]:
    """Settings and tensors with another strength, and by how much it is another."""
    kind = found.kind
    if kind in BY_SETTING:
        name = BY_SETTING[kind]
        _linear(found)
        old = float(config.get(name) or 0)
        if scale is None:
            if not old:
                raise UsageError(f"cannot rescale {found.name}: its {name} is {old:g}", "use --scale")
            scale = float(alpha or 0) / old
        if kind == "ADALORA" and scale < 0:
            raise UsageError("AdaLoRA has no negative strength: PEFT reads one as none was set")
        config = {**config, name: _number(old * scale)}
        if config.get("alpha_pattern"):
            config["alpha_pattern"] = {k: _number(v * scale) for k, v in config["alpha_pattern"].items()}
        return config, tensors, scale
    if scale is None:
        raise UsageError(f"{kind.lower()} has no alpha", "use --scale, where it can be scaled")
    if kind == "IA3":
        # It multiplies, and 1 is nothing.
        made = {k: (1 + scale * (t.float() - 1)).to(t.dtype) if k.endswith(".ia3_l") else t for k, t in tensors.items()}
        return config, made, scale
    if part := BY_TENSOR.get(kind):
        made = {k: (t.float() * scale).to(t.dtype) if k.endswith(f".{part}") else t for k, t in tensors.items()}
        return config, made, scale
    can = ", ".join(sorted(k.lower() for k in (*BY_SETTING, *BY_TENSOR, "IA3")))
    raise UsageError(f"cannot rescale {found.name}: no one number is the strength of {kind.lower()}", f"{can} have one")


def _linear(found: Source) -> None:
    """Refuse a LoRA that alpha is not the strength of."""
    if found.kind != "LORA":
        return
    agree.plain_lora(found, "rescale")
    if found.config.get("use_dora"):
        raise UsageError(
            f"cannot rescale {found.name}: in DoRA alpha turns a weight's direction and is not its strength"
        )


def _number(value: float) -> int | float:
    """An alpha is written as a whole number where it is one."""
    return int(value) if value == int(value) else value


def _compressed(found: Source, rank: int) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    """Settings and tensors of a rank of at most ``rank``, and the energy kept by module; the strength is the same."""
    if found.kind != "LORA":
        raise UsageError(f"cannot change the rank of {found.name}: {found.kind.lower()} is no LoRA")
    agree.plain_lora(found, "compress")
    pairs, rest = lora.pairs(found.config, found.tensors)
    widest = max((pair.rank for pair in pairs.values()), default=0)
    if rank >= widest:
        raise UsageError(f"the rank of {found.name} is {widest} already", "give a lower one")
    tensors, ranks, layers = {}, {}, []
    for module, pair in pairs.items():
        a, b = pair.flat()
        to = min(rank, pair.rank)
        a, b, kept, whole = lora.compress(a, b, to)
        # Balanced, as the two are in training: the singular values are shared out.
        roots = b.norm(dim=0).sqrt()
        b = b / roots.clamp_min(1e-30)
        a = a * roots[:, None]
        name_a, name_b = pair.names()
        tensors[name_a] = a.reshape(to, *pair.a.shape[1:]).to(pair.a.dtype)
        tensors[name_b] = b.reshape(pair.b.shape[0], to, *pair.b.shape[2:]).to(pair.b.dtype)
        if (bias := f"{lora.PREFIX}{module}.lora_B.bias") in rest:
            rest[bias] = (rest[bias].float() * pair.scale).to(rest[bias].dtype)
        ranks[module] = to
        layers.append({"module": module, "rank": to, "norm": math.sqrt(whole), "kept": kept / whole if whole else 1.0})
    return {**found.config, **lora.layout(ranks)}, {**tensors, **rest}, layers
