"""What is wrong with an adapter, in words: its settings, its tensors' names, shapes and numbers, its base model."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from hfterm import extras
from hfterm.hub.inspect.tensors import Tensor
from hfterm.peft import contents, keys, stacked

# Problems of one kind that are named; the rest are counted.
MOST_NAMED = 3
Known = Literal["likely", "sure", "unsure"]
FLOATS = ("F64", "F32", "F16", "BF16")
# Saved whole when they are targets, or when the vocabulary grew.
_EMBEDDING = re.compile(r"emb|^(?:wte|shared|lm_head|output|head)$")
# LoRA's halves.
PAIRS = {"lora_A": "lora_B", "lora_B": "lora_A", "lora_embedding_A": "lora_embedding_B",
         "lora_embedding_B": "lora_embedding_A"}  # fmt: skip


def settings(config: Mapping[str, Any]) -> list[str]:
    """What is wrong with an adapter_config.json by itself."""
    kind = config.get("peft_type")
    if not isinstance(kind, str):
        return ["adapter_config.json names no peft_type"]
    problems = []
    if kind.upper() not in keys.PREFIXES:
        problems.append(f"adapter_config.json names a method that is not known here: {kind[:80]!r}")
    rank = config.get("r")
    low_rank = kind.upper() in ("LORA", "LOHA", "LOKR", "VERA")
    if low_rank and (type(rank) is not int or rank < 1):
        problems.append(f"adapter_config.json has no rank that is a number above 0: r is {str(rank)[:40]}")
    alpha = config.get("lora_alpha")
    if kind.upper() == "LORA" and (not isinstance(alpha, int | float) or isinstance(alpha, bool)):
        problems.append(f"adapter_config.json has no lora_alpha that is a number: it is {str(alpha)[:40]}")
    targets = config.get("target_modules")
    is_names = isinstance(targets, list) and all(isinstance(t, str) for t in targets)
    if targets is not None and not isinstance(targets, str) and not is_names:
        problems.append("adapter_config.json has target_modules that are neither names nor a regular expression")
    for name in ("rank_pattern", "alpha_pattern"):
        if config.get(name) is not None and not isinstance(config[name], dict):
            problems.append(f"adapter_config.json has a {name} that is no object")
    return problems


def headers(config: Mapping[str, Any], tensors: list[Tensor]) -> list[str]:
    """What the names and shapes alone give away: halves without the other, other ranks, names of no method."""
    names = {t.name for t in tensors}
    lone, ranks, shapes, strange = [], [], [], []
    kind = str(config.get("peft_type")).upper()
    saved = _saved(config)
    inner = {t.name: t for t in tensors}
    for tensor in tensors:
        module, part = keys.module_of(tensor.name)
        half = part.split(".")[0]
        # A bias of B (lora_bias) has no counterpart.
        if kind in ("LORA", "ADALORA") and half in PAIRS and not part.endswith(".bias"):
            other = inner.get(tensor.name.replace(half, PAIRS[half]))
            if other is None:
                lone.append(f"{module} has {half} but no {PAIRS[half]}")
            elif (
                half.endswith("_A") and len(tensor.shape) >= 2 <= len(other.shape) and tensor.shape[0] != other.shape[1]
            ):
                shapes.append(f"{module} has matrices that do not go together: {_sizes(tensor, other)}")
            if len(tensor.shape) < 2 or not tensor.elements:
                shapes.append(f"{module} has a {half} of the shape {list(tensor.shape)}")
        wanted = keys.rank_of(config, module)
        found = _rank(kind, half, tensor)
        if found and stacked.targets(config) and not keys.targeted(config.get("target_modules"), module):
            # Of parameters that experts share: a rank for each. Patterns are for the parameters' names.
            found = stacked.rank(config, module, found) if not config.get("rank_pattern") else None
        if wanted is not None and found is not None and found != wanted:
            ranks.append(f"{module} has rank {found}, adapter_config.json says {wanted}")
        if kind in keys.NAMED_BY_PREFIX and not _belongs(kind, tensor.name, part, saved, config):
            strange.append(f"{tensor.name[:200]!r} is no name that {kind} gives")
    problems = named(lone) + named(ranks) + named(shapes) + named(strange)
    if not names:
        problems.append("its weights hold no tensors")
    virtual = config.get("num_virtual_tokens")
    prompt = next((t for t in tensors if t.name == "prompt_embeddings"), None)
    if prompt and isinstance(virtual, int) and virtual > 0 and (not prompt.shape or prompt.shape[0] % virtual):
        problems.append(f"its prompt has the shape {list(prompt.shape)}, adapter_config.json says {virtual} tokens")
    return problems


def _sizes(a: Tensor, b: Tensor) -> str:
    return f"{list(a.shape)} and {list(b.shape)}"


def _rank(kind: str, half: str, tensor: Tensor) -> int | None:
    """The rank that a tensor shows, where one of its sides is the rank."""
    if not tensor.shape:
        return None
    if kind == "LORA" and half in ("lora_A", "lora_embedding_A"):
        return tensor.shape[0]
    if kind == "LOHA" and half in ("hada_w1_b", "hada_w2_b"):
        return tensor.shape[0]
    if kind == "VERA" and half == "vera_lambda_d":
        return tensor.shape[0]
    return None


def _saved(config: Mapping[str, Any]) -> tuple[str, ...]:
    told = config.get("modules_to_save")
    return tuple(map(str, told)) if isinstance(told, list) else ()


def _belongs(kind: str, name: str, part: str, saved: tuple[str, ...], config: Mapping[str, Any]) -> bool:
    """Whether a name is one that PEFT finds again; others it passes over without a word."""
    if not name.startswith("base_model.model."):
        return False
    if part.startswith(("lora_A.", "lora_B.")):
        return part.partition(".")[2] in ("weight", "bias")
    if part.startswith((keys.PREFIXES[kind], "token_adapter", "trainable_tokens_", "modules_to_save")):
        return True
    words = name.split(".")
    if any(f"{module}." in name for module in saved) or any(_EMBEDDING.search(word) for word in words):
        return True
    return words[-1] == "bias" and config.get("bias") not in (None, "none")


def named(problems: list[str]) -> list[str]:
    """The first of problems that are alike, and how many more there are."""
    more = len(problems) - MOST_NAMED
    return [*problems[:MOST_NAMED], *([f"{more} more modules like {problems[0]!r}"] if more > 0 else [])]


def against_base(
    config: Mapping[str, Any],
    tensors: Iterable[Tensor],
    base: Mapping[str, Tensor],
    *,
    names: Literal["likely", "sure", "unsure"] = "likely",
) -> list[str] | None:
    """Where the adapter's matrices do not fit the base's weights, and what it targets there but does not hold.

    ``base`` is the base model's tensors by name. None: that cannot be told, for no names agree (transformers may load
    a checkpoint under other names), the base is quantized, or the method's tensors have no sides of the weight's.
    ``names`` says whether these are the names in memory: ``unsure``: what is not found by its name is not said.
    """
    tensors = list(tensors)
    shapes = _shapes(tensors)
    sides = _all_sides(config, shapes)
    weights = _renamed({m for m in shapes if m} | stacked.reach(config, shapes), base)
    if weights is None:
        last = sorted({stacked.root(m).rpartition(".")[2] for m in sides})
        words = {word for name in base for word in name.split(".")}
        alike = _ends_alike(sides, base) if names == "sure" else not words.isdisjoint(last)
        if names == "unsure" or not last or not base or alike:
            return None
        return [f"none of the modules that it changes is in the base model ({', '.join(last[:8])})"]
    held = stacked.against(config, shapes, weights)
    found = {m: weights[m] for m in sides if m in weights and m not in held.modules}
    if not held.modules and (not found or not any(tensor.dtype in FLOATS for tensor in found.values())):
        return None
    sizes = []
    for module, tensor in found.items():
        out, into = sides[module]
        if tensor.dtype not in FLOATS or len(tensor.shape) < 2:
            continue
        rows, columns = tensor.shape[0], math.prod(tensor.shape[1:])
        straight = out in (None, rows) and into in (None, columns, tensor.shape[1])
        turned = out in (None, columns) and into in (None, rows)
        if not straight and not turned:
            wanted = [n for n in (out, into) if n is not None]
            sizes.append(f"{module} is made for a weight {wanted}, the base model's is {list(tensor.shape)}")
    sizes += held.sizes
    gone = [f"{m} is not in the base model" for m in sides if m not in found and m not in held.modules] + held.gone
    if names == "unsure":
        return named(sizes) if sizes or not gone else None
    return named(sizes) + named(gone) + named(_lacking(config, shapes, weights) + held.lacking)


def _ends_alike(modules: Iterable[str], base: Iterable[str]) -> bool:
    """Whether a module is one of the base's with something before its name, or without: that may be a wrapper's."""
    told = {name.removesuffix(".weight") for name in base}
    known = {end for name in told for end in _ends(name)}
    return any(module in known or not told.isdisjoint(_ends(module)) for module in modules)


def _ends(name: str) -> list[str]:
    """The name, and what is left of it when words are taken from its front; two words at least."""
    words = name.split(".")
    return [".".join(words[at:]) for at in range(max(1, len(words) - 1))]


def has_sides(config: Mapping[str, Any], tensors: Iterable[Tensor]) -> bool:
    """Whether any of the adapter's tensors tell for what size of weight they are made."""
    return bool(_all_sides(config, _shapes(tensors)))


def _shapes(tensors: Iterable[Tensor]) -> dict[str, dict[str, tuple[int, ...]]]:
    """By module and part of the name."""
    shapes: dict[str, dict[str, tuple[int, ...]]] = {}
    for tensor in tensors:
        module, part = keys.module_of(tensor.name)
        shapes.setdefault(module, {})[part.split(".")[0]] = tensor.shape
    return shapes


def _all_sides(
    config: Mapping[str, Any], shapes: Mapping[str, Mapping[str, tuple[int, ...]]]
) -> dict[str, tuple[int | None, int | None]]:
    kind = str(config.get("peft_type")).upper()
    return {module: sides for module, parts in shapes.items() if (sides := _sides(kind, parts))}


def _renamed(told: set[str], base: Mapping[str, Tensor]) -> dict[str, Tensor] | None:
    """The base's tensors as the adapter calls their modules, ``.weight`` left out; None where no names agree.

    A class for a task may put a word before the names of a checkpoint (``transformer.h.0``), or take one away.
    """
    weights = {name.removesuffix(".weight"): t for name, t in base.items()}
    ways = [weights]
    for word in sorted({m.partition(".")[0] for m in told}):
        ways.append({f"{word}.{name}": t for name, t in weights.items()})
    for word in sorted({name.partition(".")[0] for name in weights}):
        ways.append({name.removeprefix(f"{word}."): t for name, t in weights.items()})
    return next((way for way in ways if not told.isdisjoint(way)), None)


def _sides(kind: str, parts: Mapping[str, tuple[int, ...]]) -> tuple[int | None, int | None] | None:
    """Rows and columns of the weight that a module's tensors are made for; None for one that they do not tell."""
    if kind in ("LORA", "ADALORA", "HIRA"):
        half = "hira" if kind == "HIRA" else "lora"
        # Of an embedding the weight is (B A) turned.
        way = f"{half}_embedding_" if f"{half}_embedding_A" in parts else f"{half}_"
        a, b = parts.get(f"{way}A", ()), parts.get(f"{way}B", ())
        return (b[0], math.prod(a[1:])) if len(a) >= 2 <= len(b) else None
    if kind == "LOHA" and len(parts.get("hada_w1_a", ())) == 2 == len(parts.get("hada_w1_b", ())):
        return parts["hada_w1_a"][0], parts["hada_w1_b"][1]
    if kind == "IA3" and len(shape := parts.get("ia3_l", ())) == 2:
        return (None, shape[1]) if shape[0] == 1 else (shape[0], None)
    if kind == "VERA" and len(shape := parts.get("vera_lambda_b", ())) == 1:
        return shape[0], None
    return None


def _lacking(config: Mapping[str, Any], held: Mapping[str, Any], weights: Mapping[str, Tensor]) -> list[str]:
    """Targets in the base's numbered layers; heads and poolers of a checkpoint are not in every class."""
    targets = config.get("target_modules")
    limits = ("layers_to_transform", "layers_pattern", "exclude_modules", "layer_replication")
    if not targets or any(config.get(name) for name in limits):
        return []
    # Layers that predict further tokens lie in checkpoints, and transformers leaves them out.
    apart = tuple(f"{name.rpartition('.')[0]}." for name in weights if name.endswith(".eh_proj"))
    lacking = []
    for module, tensor in weights.items():
        is_target = len(tensor.shape) == 2 and keys.layer_of(module) is not None and keys.targeted(targets, module)
        if is_target and module not in held and not (apart and module.startswith(apart)):
            lacking.append(f"{module} is a target, and its keys are missing")
    return lacking


def numbers(tensors: Mapping[str, contents.Located]) -> list[str]:
    """The tensors that hold NaN or infinite numbers; all are read, piece by piece.

    Raises:
        MissingExtraError: no numpy.
    """
    extras.check("peft", "numpy")
    return named([said for name, where in tensors.items() if (said := bad(name, where[0], contents.stats(*where)))])


def bad(name: str, tensor: Tensor, found: contents.Stats) -> str | None:
    """What to say of a tensor that holds what is no number."""
    if not found.nan and not found.inf:
        return None
    return f"{name} holds {found.nan} NaN and {found.inf} infinite numbers of {tensor.elements}"
