"""Checkpoints of the ``adapters`` library (before: Adapter Transformers), read without it; what PEFT knows goes over.

Format: ``adapters/loading.py`` and ``adapters/methods/lora.py`` of https://github.com/adapter-hub/adapters (1.3): an
adapter_config.json with ``config`` (architecture, r, alpha, ...), and tensors ``MODULE.loras.NAME.lora_A`` in
adapter.safetensors or pytorch_adapter.bin. It scales by alpha / r as PEFT does. A fused projection of q, k and v has a
pair of matrices for each of ``attn_matrices``, stacked; PEFT has one, of the sum of their ranks. Before 1.1 the library
trained as if alpha were r, whatever was told; it reads such a checkpoint so (``_fix_backward_compat``), and so do we.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from hfterm import extras
from hfterm.errors import AccessError, CheckFailedError, NotFoundError, UsageError
from hfterm.hub.inspect import groups, source
from hfterm.hub.inspect.look import Weights
from hfterm.hub.inspect.source import Place
from hfterm.hub.inspect.tensors import Tensor
from hfterm.hub.inspect.window import Damaged
from hfterm.inference.folder import NO_PICKLE
from hfterm.peft import adapter, contents

SAFE, PICKLED = "adapter.safetensors", "pytorch_adapter.bin"
_HEAD, _SAFE_HEAD, _HEAD_CONFIG = "pytorch_model_head.bin", "model_head.safetensors", "head_config.json"
# What else may lie beside an adapter: its prediction head (the first two), a fusion of several, new embeddings.
BESIDE = (
    _SAFE_HEAD, _HEAD, "model_adapter_fusion.safetensors", "pytorch_model_adapter_fusion.bin", "embedding.pt",
)  # fmt: skip
# Where the library keeps an adapter's own tensors in a module: the collection, then the adapter's name.
_OWN = re.compile(
    r"^(.*?)\.?\b(loras|adapters|prefix_tunings|prompt_tunings|refts|invertible_adapters|shared_parameters)\.([^.]+)\.(.*)$"
)
_PIECE = 2**24
# The three that a fused projection stacks, in its order.
_MATRICES = ("q", "k", "v")


def is_mine(config: Mapping[str, Any]) -> bool:
    """Whether an adapter_config.json is the library's, not PEFT's."""
    told = isinstance(config.get("config"), dict) or config.get("model_class") or config.get("hidden_size")
    return "peft_type" not in config and bool(told) and ("model_type" in config or "model_class" in config)


def kind(config: Mapping[str, Any]) -> str:
    """What the library calls a method: lora, ia3, dora, vera, bottleneck, prefix_tuning, ..."""
    inner = config.get("config")
    if not isinstance(inner, dict):
        return str(inner or "unknown")
    architecture = inner.get("architecture")
    if architecture is None:
        return "compacter" if inner.get("phm_layer") else "bottleneck"
    if architecture != "lora":
        return str(architecture)
    if inner.get("composition_mode") == "scale":
        return "ia3"
    if inner.get("vera_d") is not None or inner.get("vera_b") is not None:
        return "vera"
    return "dora" if inner.get("use_dora") else "lora"


def as_trained(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings of the method, ``config``'s, with the alpha that was in force when it was trained."""
    inner: Mapping[str, Any] = config["config"] if isinstance(config.get("config"), dict) else {}
    told = str(config.get("version") or "")
    try:
        old = told.startswith("adapters.") and Version(told.removeprefix("adapters.")) < Version("1.1.0")
    except InvalidVersion:
        old = False
    return {**inner, "alpha": inner.get("r")} if old and inner.get("architecture") == "lora" else inner


def why_not(config: Mapping[str, Any]) -> str | None:
    """Why PEFT cannot have an adapter, in words; None: it can."""
    inner = config.get("config")
    name = kind(config)
    if not isinstance(inner, dict):
        return "its configuration is a name, not settings"
    if name in ("bottleneck", "compacter"):
        return "it puts layers of its own behind those of the model, and no method of PEFT does"
    if name == "dora":
        return "its DoRA scales biases too, PEFT's does not"
    if name == "vera":
        return "its random matrices are not PEFT's"
    if name == "prefix_tuning":
        return "PEFT moves the positions of all words by the prefix, the adapters library does not"
    if name == "prompt_tuning":
        return "PEFT puts the prompt before the embeddings' positions and norm, the adapters library behind them"
    if name not in ("lora", "ia3"):
        return f"PEFT has no method like its {name}"
    return "its gates have no place in PEFT" if inner.get("use_gating") else None


def open_weights(place: Place, *, allow_pickle: bool = False) -> tuple[Place, Weights]:
    """The headers of the weights, and the place where they lie: pickled ones as safetensors in memory.

    Raises:
        NotFoundError: there are none. AccessError: pickled ones, and they are not allowed, or would run code.
        CheckFailedError: the file is torn or lies.
    """
    file = place.files.get(SAFE)
    if file is None:
        if PICKLED not in place.files:
            raise NotFoundError(f"{place.name} has no {SAFE} and no {PICKLED}", "it is half-written")
        if not allow_pickle:
            raise AccessError(
                f"{place.name} has pickled weights only ({PICKLED}), which can run code when they are loaded",
                f"{NO_PICKLE}, or add --allow-pickle: tensors alone are loaded",
            )
        data = adapter.unpickle(place, PICKLED)
        file = source.File(SAFE, len(data), None, lambda start, length: data[start : start + length])
    only = place._replace(files={SAFE: file})
    group = groups.groups(only)[0]
    parsed, told = groups.load(only, group)
    if parsed[0][1].format != "safetensors":
        raise Damaged(SAFE, "no safetensors file, whatever its name says")
    return place._replace(files={**place.files, SAFE: file}), Weights(group, parsed, told, {})


def write(folder: Path, place: Place, config: Mapping[str, Any]) -> None:
    """Fill a folder as the library reads it, with the weights of a place that :func:`open_weights` gave."""
    (folder / adapter.CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
    file = place.files[SAFE]
    with (folder / SAFE).open("wb") as stream:
        for start in range(0, file.size, _PIECE):
            stream.write(file.fetch(start, min(_PIECE, file.size - start)))


def write_head(folder: Path, place: Place) -> None:
    """Add the prediction head that lies beside an adapter, if one does; a pickled one as safetensors.

    Raises:
        AccessError, CheckFailedError: as :func:`hfterm.peft.adapter.unpickle`.
    """
    if _HEAD_CONFIG not in place.files:
        return
    config, weights = place.files[_HEAD_CONFIG], place.files.get(_SAFE_HEAD)
    (folder / _HEAD_CONFIG).write_bytes(config.fetch(0, config.size))
    if weights is not None:
        (folder / _SAFE_HEAD).write_bytes(weights.fetch(0, weights.size))
    elif _HEAD in place.files:
        (folder / _SAFE_HEAD).write_bytes(adapter.unpickle(place, _HEAD))


def module_of(name: str) -> tuple[str, str]:
    """The module of the model that a tensor belongs to, and the rest of its name, without the adapter's."""
    found = _OWN.match(name)
    return (found[1], found[4]) if found else (name.rpartition(".")[0], name.rpartition(".")[2])


def to_peft(place: Place, config: Mapping[str, Any], weights: Weights) -> tuple[dict[str, Any], dict[str, Any]]:
    """PEFT's settings and tensors (of torch) for an adapter of the library.

    Raises:
        UsageError: PEFT has nothing that does the same; the message says why. CheckFailedError: matrices are missing
        or do not go together. MissingExtraError: no torch.
    """
    reason = why_not(config)
    if reason is not None:
        raise UsageError(
            f"cannot convert {place.name} ({kind(config)}) to PEFT: {reason}",
            "use it with the adapters library (adapters 1.3, transformers 4.57)"
            + ("; as safetensors of that library: --to adapters" if PICKLED in place.files else ""),
        )
    extras.check("peft", "torch")
    held = contents.located(place, weights)
    parts: dict[str, dict[str, Any]] = {}
    for name, where in held.items():
        module, part = module_of(name)
        parts.setdefault(module, {})[part] = where
    inner = as_trained(config)
    if not parts:
        raise CheckFailedError(f"{place.name}: its weights hold no tensors")
    named = config.get("model_name")
    shared = {
        "base_model_name_or_path": named if isinstance(named, str) and named else None,
        "task_type": _task(str(config.get("model_class") or "")),
        "inference_mode": True,
        "fan_in_fan_out": config.get("model_type") == "gpt2",
        "target_modules": sorted(parts),
    }
    made = _ia3 if kind(config) == "ia3" else _lora
    settings, tensors = made(place.name, inner, parts)
    return {**shared, **settings}, tensors


def _task(model_class: str) -> str | None:
    endings = {"ForCausalLM": "CAUSAL_LM", "LMHeadModel": "CAUSAL_LM", "ForConditionalGeneration": "SEQ_2_SEQ_LM"}
    return next((task for ending, task in endings.items() if model_class.endswith(ending)), None)


def _load(where: contents.Located) -> Any:
    return adapter.load(*where)


def _enabled(inner: Mapping[str, Any]) -> list[int]:
    """Which of q, k and v a fused projection's matrices are for."""
    told = inner.get("attn_matrices") or ["q", "v"]
    return [at for at, letter in enumerate(_MATRICES) if letter in told]


def _lora(
    name: str, inner: Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    import torch

    rank, alpha = inner.get("r"), inner.get("alpha")
    if type(rank) is not int or rank < 1 or not isinstance(alpha, int | float):
        raise CheckFailedError(f"{name}: its configuration has no rank or alpha: r is {rank}, alpha is {alpha}")
    tensors, ranks = {}, {}
    for module, halves in parts.items():
        if set(halves) != {"lora_A", "lora_B"}:
            raise CheckFailedError(f"{name}: {module} has {', '.join(sorted(halves))}, not lora_A and lora_B")
        a, b = _load(halves["lora_A"]), _load(halves["lora_B"])
        if a.ndim != 2 or b.ndim != 2 or b.shape[1] != rank or a.shape[0] % rank:
            sizes = f"{list(a.shape)} and {list(b.shape)}"
            raise CheckFailedError(f"{name}: {module} has matrices that do not go together with rank {rank}: {sizes}")
        stacked = a.shape[0] // rank
        if stacked > 1:
            enabled = _enabled(inner)
            if stacked != len(enabled) or b.shape[0] % stacked:
                raise CheckFailedError(
                    f"{name}: {module} has {stacked} pairs of matrices, not one for each of attn_matrices"
                )
            rows = b.shape[0] // stacked
            wide = torch.zeros(len(_MATRICES) * rows, stacked * rank, dtype=b.dtype)
            for at, third in enumerate(enabled):
                wide[third * rows : (third + 1) * rows, at * rank : (at + 1) * rank] = b[at * rows : (at + 1) * rows]
            b = wide
        ranks[module] = stacked * rank
        tensors[f"base_model.model.{module}.lora_A.weight"] = a
        tensors[f"base_model.model.{module}.lora_B.weight"] = b
    usual = Counter(ranks.values()).most_common(1)[0][0]
    other = {module: r for module, r in ranks.items() if r != usual}
    settings = {
        "peft_type": "LORA",
        "r": usual,
        "lora_alpha": alpha * (usual // rank),
        "lora_dropout": inner.get("dropout") or 0.0,
        "bias": "none",
        "rank_pattern": other,
        "alpha_pattern": {module: alpha * (r // rank) for module, r in other.items()},
    }
    return settings, tensors


def _ia3(
    name: str, inner: Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    import torch

    alpha = inner.get("alpha", 1)
    tensors = {}
    for module, halves in parts.items():
        if set(halves) != {"lora_B"}:
            raise CheckFailedError(f"{name}: {module} has {', '.join(sorted(halves))}, not lora_B")
        scale = _load(halves["lora_B"])
        if scale.ndim != 2 or scale.shape[1] != 1:
            raise CheckFailedError(f"{name}: {module} has a vector of the shape {list(scale.shape)}")
        scale = scale * alpha if alpha != 1 else scale
        enabled = _enabled(inner)
        if module.endswith((".c_attn", ".in_proj")) and len(enabled) < len(_MATRICES):
            rows = scale.shape[0] // len(enabled)
            wide = torch.ones(len(_MATRICES) * rows, 1, dtype=scale.dtype)
            for at, third in enumerate(enabled):
                wide[third * rows : (third + 1) * rows] = scale[at * rows : (at + 1) * rows]
            scale = wide
        tensors[f"base_model.model.{module}.ia3_l"] = scale
    return {"peft_type": "IA3", "feedforward_modules": []}, tensors


def facts(place: Place, config: Mapping[str, Any], tensors: list[Tensor]) -> dict[str, Any]:
    """What the settings tell, under the names that :mod:`hfterm.peft.info` uses."""
    inner = as_trained(config)
    rank, alpha = inner.get("r"), inner.get("alpha")
    scaling = inner.get("scaling")
    if kind(config) == "lora":
        known = isinstance(rank, int) and rank > 0 and isinstance(alpha, int | float)
        scaling = alpha / rank if known else None  # type: ignore[operator]
    reason = why_not(config)
    return {
        "id": place.name,
        "format": f"adapters library {str(config.get('version') or '').removeprefix('adapters.')}".strip(),
        "name": config.get("name"),
        "method": kind(config),
        "model_class": config.get("model_class") or config.get("model_type"),
        "rank": rank,
        "alpha": alpha,
        "scaling": scaling,
        "reduction_factor": inner.get("reduction_factor"),
        "non_linearity": inner.get("non_linearity"),
        "targets": sorted({module_of(t.name)[0].rpartition(".")[2] for t in tensors}),
        "base_model": config.get("model_name") or None,
        "converts": "yes" if reason is None else f"no: {reason}",
    }
