"""LoRAs of diffusion models: kohya's files and diffusers', read into pairs of matrices by module, and written.

kohya: ``lora_unet_MODULE.lora_down.weight``, ``.lora_up.weight`` and ``.alpha`` (a scalar), ``lora_te_`` or
``lora_te1_``, ``lora_te2_`` for text encoders; it adds alpha / rank * up down. diffusers: ``unet.MODULE.lora_A.weight``
(``transformer.``, ``text_encoder.``), alphas in the file's metadata under ``lora_adapter_metadata``, else alpha is the
rank; older files of it have ``to_q_lora.down``, ``lora.down`` or ``lora_linear_layer.down`` in their names.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import extras
from hfterm.errors import CheckFailedError, UsageError
from hfterm.hub.inspect import groups
from hfterm.hub.inspect.look import Weights
from hfterm.hub.inspect.source import Place, place
from hfterm.hub.inspect.tensors import Tensor
from hfterm.peft import adapter, contents, keys
from hfterm.peft.convert import unet

# What diffusers calls the file in a folder.
USUAL = "pytorch_lora_weights.safetensors"
METADATA = "lora_adapter_metadata"
PARTS = ("unet", "transformer", "text_encoder", "text_encoder_2", "text_encoder_3")
_KOHYA = re.compile(r"lora_(unet|transformer|te|te1|te2|te3)_([^.]+)\.(.+)")
_PREFIXES = {"te": "text_encoder", "te1": "text_encoder", "te2": "text_encoder_2", "te3": "text_encoder_3"}
_DIFFUSERS = re.compile(rf"({'|'.join(PARTS)})\.(.+)")
# Names that diffusers gave before it used PEFT: module, projection, half.
_OLD = (
    re.compile(r"(.*)\.(to_q|to_k|to_v|to_out)_lora\.(down|up)\.weight"),
    re.compile(r"(.*)()\.lora(?:_linear_layer)?\.(down|up)\.weight"),
)
_TEXT = {"to_q": "q_proj", "to_k": "k_proj", "to_v": "v_proj", "to_out": "out_proj"}


class Pair(NamedTuple):
    """What a LoRA adds to a module: alpha / rank * B A. ``a`` (rank, in) and ``b`` (out, rank) say where they lie."""

    part: str
    module: str
    a: contents.Located
    b: contents.Located
    alpha: float
    magnitude: contents.Located | None = None

    @property
    def rank(self) -> int:
        """The rank that the matrices show."""
        return int(self.a[0].shape[0])


def style(names: Iterable[str]) -> str | None:
    """``kohya`` or ``diffusers``, by the tensors' names; None: neither."""
    told = list(names)
    if any(_KOHYA.match(name) and ".lora_down." in name for name in told):
        return "kohya"
    is_lora = any(_DIFFUSERS.match(n) and (".lora_A." in n or any(way.fullmatch(n) for way in _OLD)) for n in told)
    return "diffusers" if is_lora else None


def pairs(name: str, held: Mapping[str, contents.Located], metadata: Mapping[str, str]) -> list[Pair]:
    """The pairs in a file of either style.

    Raises:
        UsageError: it holds what is no LoRA, or modules' names that cannot be read. CheckFailedError: a half is
        missing, matrices do not go together, or an alpha is no number.
    """
    is_kohya = style(held) == "kohya"
    found: dict[tuple[str, str], dict[str, contents.Located]] = {}
    for tensor, where in held.items():
        part, module, half = _kohya(tensor) if is_kohya else _diffusers(tensor)
        if half in found.setdefault((part, module), {}):
            raise CheckFailedError(f"{name}: {module} is there twice")
        found[part, module][half] = where
    told = _metadata(name, metadata)
    for settings in told.values():
        _refuse(name, settings)
    made = []
    for (part, module), halves in found.items():
        if "a" not in halves or "b" not in halves:
            raise CheckFailedError(f"{name}: {part}.{module} has one half of a pair only", "get the LoRA again")
        a, b = halves["a"], halves["b"]
        if len(a[0].shape) < 2 or len(b[0].shape) < 2 or a[0].shape[0] != b[0].shape[1] or not a[0].elements:
            sizes = f"{list(a[0].shape)} and {list(b[0].shape)}"
            raise CheckFailedError(f"{name}: {part}.{module} has matrices that do not go together: {sizes}")
        rank = a[0].shape[0]
        alpha = _number(name, halves["alpha"]) if "alpha" in halves else _told_alpha(told.get(part), module, rank)
        made.append(Pair(part, module, a, b, alpha, halves.get("magnitude")))
    return made


def _kohya(tensor: str) -> tuple[str, str, str]:
    found = _KOHYA.fullmatch(tensor)
    half = {"lora_down.weight": "a", "lora_up.weight": "b", "alpha": "alpha"}.get(found[3]) if found else None
    if found is None or half is None:
        what = "DoRA's magnitudes" if tensor.endswith("dora_scale") else "no part of a plain LoRA"
        raise UsageError(f"cannot convert {tensor[:200]!r}: it is {what}")
    return _PREFIXES.get(found[1], found[1]), unet.dotted(found[2]), half


def _diffusers(tensor: str) -> tuple[str, str, str]:
    found = _DIFFUSERS.fullmatch(tensor)
    if found is None:
        raise UsageError(f"cannot convert {tensor[:200]!r}: it belongs to no part of a diffusion model")
    part, rest = found[1], found[2].replace(".processor.", ".")
    for ending, half in ((".lora_A.weight", "a"), (".lora_B.weight", "b"), (".alpha", "alpha")):
        if rest.endswith(ending):
            return part, rest.removesuffix(ending), half
    for ending in (".lora_magnitude_vector", ".lora_magnitude_vector.weight"):
        if rest.endswith(ending):
            return part, rest.removesuffix(ending), "magnitude"
    for way in _OLD:
        if old := way.fullmatch(rest):
            half = "a" if old[3] == "down" else "b"
            word = old[2]
            if word and part.startswith("text"):
                word = _TEXT[word]
            elif word == "to_out":
                word = "to_out.0"
            return part, f"{old[1]}.{word}" if word else old[1], half
    raise UsageError(f"cannot convert {tensor[:200]!r}: it is no part of a plain LoRA")


def _number(name: str, where: contents.Located) -> float:
    values = [float(v) for piece in contents.pieces(*where) for v in piece]
    if len(values) != 1 or values[0] != values[0]:
        raise CheckFailedError(f"{name}: {where[0].name} is no number")
    return values[0]


def _metadata(name: str, metadata: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The settings of PEFT of each part that diffusers put into a file's metadata."""
    raw = metadata.get(METADATA)
    if raw is None:
        return {}
    try:
        told = json.loads(raw)
    except ValueError:
        raise CheckFailedError(f"{name}: its metadata holds {METADATA} that is not JSON") from None
    parts: dict[str, dict[str, Any]] = {}
    for key, value in told.items() if isinstance(told, dict) else ():
        part, _, setting = key.partition(".")
        parts.setdefault(part, {})[setting] = value
    return parts


def _refuse(name: str, settings: Mapping[str, Any]) -> None:
    """LoRAs that do not stand alone: PEFT takes their beginning out of the base's weights when it loads them."""
    if keys.changes_the_base(settings):
        way = settings["init_lora_weights"]
        raise UsageError(f"cannot convert {name}: begun by {way}, it belongs to a base model that PEFT changes first")


def _told_alpha(settings: Mapping[str, Any] | None, module: str, rank: int) -> float:
    if not settings or "lora_alpha" not in settings:
        return float(rank)
    scaling = keys.scaling_of({"peft_type": "LORA", **settings}, module, rank)
    return float(rank) if scaling is None else scaling * rank


def of_peft(found: adapter.Adapter, part: str | None) -> list[Pair]:
    """The pairs of a PEFT adapter of one part of a pipeline (default: which one its modules' names tell).

    Raises:
        UsageError: it is no plain LoRA, or no name tells the part.
    """
    _refuse(found.name, found.config)
    halves = found.halves()
    more = set(found.tensors) - {n for half in halves for n in (half.a, half.b, half.magnitude)}
    if more or any(half.embedding for half in halves) or not halves:
        raise UsageError(f"cannot convert {found.name}: it is more than a plain LoRA ({', '.join(sorted(more)[:1])})")
    part = part or _part(half.module for half in halves)
    if part is None:
        raise UsageError(f"cannot tell which part of a pipeline {found.name} is for", f"say --part {'|'.join(PARTS)}")
    held = found.located
    return [
        Pair(part, half.module, held[half.a], held[half.b], half.scaling * half.rank,
             held[half.magnitude] if half.magnitude else None)
        for half in halves
    ]  # fmt: skip


def _part(modules: Iterable[str]) -> str | None:
    for module in modules:
        if module.startswith(("down_blocks.", "up_blocks.", "mid_block.")):
            return "unet"
        if module.startswith(("transformer_blocks.", "single_transformer_blocks.")):
            return "transformer"
        if module.startswith(("text_model.", "encoder.layers.")):
            return "text_encoder"
    return None


def to_kohya(made: list[Pair]) -> tuple[dict[str, Any], dict[str, str]]:
    """Tensors (of torch) by kohya's names, and a file's metadata.

    Raises:
        UsageError: magnitudes of DoRA, which have another shape there.
    """
    import torch

    if any(pair.magnitude is not None for pair in made):
        raise UsageError("kohya's files have DoRA's magnitudes in another shape", "convert it --to diffusers or peft")
    # Where there are two text encoders (SDXL, whose attention blocks are deep), the first is numbered too.
    two = any(
        p.part == "text_encoder_2" or re.search(r"attentions\..*transformer_blocks\.[1-9]", p.module) for p in made
    )
    prefixes = {"text_encoder": "te1" if two else "te", "text_encoder_2": "te2", "text_encoder_3": "te3"}
    tensors = {}
    for pair in made:
        module = pair.module
        if pair.part.startswith("text") and module.startswith("encoder.layers."):
            module = f"text_model.{module}"  # as transformers named it before, and everyone else still does
        name = f"lora_{prefixes.get(pair.part, pair.part)}_{unet.underscored(module)}"
        tensors[f"{name}.lora_down.weight"] = adapter.load(*pair.a)
        tensors[f"{name}.lora_up.weight"] = adapter.load(*pair.b)
        tensors[f"{name}.alpha"] = torch.tensor(pair.alpha)
    ranks = Counter(pair.rank for pair in made).most_common(1)[0][0]
    alphas = Counter(pair.alpha for pair in made).most_common(1)[0][0]
    told = {"ss_network_module": "networks.lora", "ss_network_dim": str(ranks), "ss_network_alpha": f"{alphas:g}"}
    return tensors, {"format": "pt", **told}


def to_diffusers(made: list[Pair]) -> tuple[dict[str, Any], dict[str, str]]:
    """Tensors (of torch) by diffusers' names, and a file's metadata with the alphas."""
    tensors: dict[str, Any] = {}
    told: dict[str, Any] = {}
    for part in dict.fromkeys(pair.part for pair in made):
        mine = [pair for pair in made if pair.part == part]
        # PEFT looks for the ends of names: without text_model they are found under both of their names.
        settings = peft_settings([_bare(pair) for pair in mine])
        told |= {f"{part}.{name}": value for name, value in settings.items() if name != "inference_mode"}
        tensors |= _named(mine, f"{part}.")
    return tensors, {"format": "pt", METADATA: json.dumps(told, indent=2, sort_keys=True)}


def to_peft(mine: list[Pair]) -> tuple[dict[str, Any], dict[str, Any]]:
    """PEFT's settings and tensors (of torch) for the pairs of one part."""
    if not any(pair.module.startswith("text_projection") for pair in mine):
        # transformers 5 has no text_model in a CLIP text encoder that has no projection.
        mine = [_bare(pair) if pair.part == "text_encoder" else pair for pair in mine]
    settings = {**peft_settings(mine), "base_model_name_or_path": None, "task_type": None}
    return settings, _named(mine, "base_model.model.")


def _bare(pair: Pair) -> Pair:
    return pair._replace(module=pair.module.removeprefix("text_model."))


def _named(mine: list[Pair], prefix: str) -> dict[str, Any]:
    tensors = {}
    for pair in mine:
        tensors[f"{prefix}{pair.module}.lora_A.weight"] = adapter.load(*pair.a)
        tensors[f"{prefix}{pair.module}.lora_B.weight"] = adapter.load(*pair.b)
        if pair.magnitude is not None:
            tensors[f"{prefix}{pair.module}.lora_magnitude_vector"] = adapter.load(*pair.magnitude)
    return tensors


def peft_settings(mine: list[Pair]) -> dict[str, Any]:
    """PEFT's settings for pairs: the most common rank and alpha, and patterns for the rest."""
    rank = Counter(pair.rank for pair in mine).most_common(1)[0][0]
    alpha = Counter(pair.alpha for pair in mine).most_common(1)[0][0]
    return {
        "peft_type": "LORA",
        "r": rank,
        "lora_alpha": _plain(alpha),
        "rank_pattern": {re.escape(pair.module): pair.rank for pair in mine if pair.rank != rank},
        "alpha_pattern": {re.escape(pair.module): _plain(pair.alpha) for pair in mine if pair.alpha != alpha},
        "target_modules": sorted(pair.module for pair in mine),
        "use_dora": any(pair.magnitude is not None for pair in mine),
        "bias": "none",
        "lora_dropout": 0.0,
        "inference_mode": True,
    }


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


def write(path: Path, tensors: Mapping[str, Any], metadata: dict[str, str], wanted: list[Pair]) -> None:
    """Write a file, and hold what is read back from it against the pairs that were meant.

    Raises:
        CheckFailedError: they differ.
    """
    extras.check("peft", "torch", "safetensors")
    from safetensors.torch import save_file

    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, metadata=metadata)
    _, held, told = open_file(path)
    again = {(p.part, p.module.removeprefix("text_model.")): p for p in pairs(str(path), held, told)}
    for pair in wanted:
        found = again.get((pair.part, pair.module.removeprefix("text_model.")))
        same = found is not None and _same(found.a, pair.a) and _same(found.b, pair.b)
        if not same or found is None or abs(found.alpha - pair.alpha) > 1e-5 * abs(pair.alpha):
            raise CheckFailedError(f"{pair.part}.{pair.module} cannot be read back from the file that was written")


def _same(one: contents.Located, other: contents.Located) -> bool:
    return one[0].dtype == other[0].dtype and one[1].fetch(one[2], one[0].bytes) == other[1].fetch(
        other[2], other[0].bytes
    )


def open_file(path: Path) -> tuple[list[Tensor], dict[str, contents.Located], dict[str, str]]:
    """The tensors of a safetensors file, where they lie, and its metadata.

    Raises:
        CheckFailedError: it is damaged.
    """
    return open_place(place(str(path.absolute())), path.name)


def file_in(where: Place) -> str | None:
    """The file of a place that holds a diffusion model's LoRA: itself, diffusers' usual name, or the only one."""
    top = [path for path in where.files if "/" not in path and path.endswith(".safetensors")]
    for path in [USUAL] if USUAL in top else top if len(top) == 1 else []:
        _, held, _ = open_place(where, path)
        if style(held) is not None:
            return path
    return None


def open_place(where: Place, name: str) -> tuple[list[Tensor], dict[str, contents.Located], dict[str, str]]:
    """As :func:`open_file`, of the file ``name`` of a place."""
    only = where._replace(files={name: where.files[name]})
    group = groups.groups(only)[0]
    parsed, told = groups.load(only, group)
    weights = Weights(group, parsed, told, {})
    return list(weights.tensors()), contents.located(only, weights), dict(told.get("metadata") or {})
