"""What an adapter is, and whether it is whole: its settings, its weights' headers and numbers, its base model."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hfterm import extras, naming
from hfterm.errors import AccessError, CheckFailedError, HftermError, NotFoundError, UsageError
from hfterm.hub import cached
from hfterm.hub.client import Repo
from hfterm.hub.inspect import look
from hfterm.hub.inspect.source import place as place_of
from hfterm.hub.inspect.tensors import Tensor
from hfterm.peft import contents

# Where the part of a tensor's name begins that is the adapter's own (PEFT's prefixes, by method).
_PART = re.compile(
    r"\.(lora_\w+|ia3_\w+|hada_\w+|lokr_\w+|vera_\w+|oft_\w+|boft_\w+|hra_\w+|miss_\w+|delora_\w+|fourierft_\w+"
    r"|road_\w+|randlora_\w+|vblora_\w+|poly_lora_\w+|modules_to_save)(?:\.|$)"
)
_LAYER = re.compile(r"(?:^|\.)(\d+)(?:\.|$)")
_PAIRS = {"lora_A": "lora_B", "lora_B": "lora_A", "lora_embedding_A": "lora_embedding_B",
          "lora_embedding_B": "lora_embedding_A"}  # fmt: skip
_FLOATS = ("F64", "F32", "F16", "BF16")
# Problems of one kind that are named; the rest are counted.
MOST_NAMED = 3


class Module(NamedTuple):
    """A module that the adapter changes. ``update`` is the norm of what LoRA adds to its weight: scale * B A."""

    module: str
    layer: int | None
    tensors: int
    parameters: int
    rank: int | None
    norm: float | None
    update: float | None


class Adapter(NamedTuple):
    """``problems`` says in words what is damaged or does not fit; empty: nothing was found."""

    record: dict[str, Any]
    modules: list[Module]
    problems: list[str]

    def check(self) -> None:
        """Fail if there are problems.

        Raises:
            CheckFailedError: names the first, and how many more there are.
        """
        if self.problems:
            more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
            raise CheckFailedError(f"{self.record['id']}: {self.problems[0]}{more}", "get or train the adapter again")


def info(text: str, *, each: bool = False, note: Callable[[str], None] | None = None) -> Adapter:
    """Look at the adapter that a reference names; of the Hub's the weights are read only with ``each``.

    Raises:
        UsageError: it is a whole model. NotFoundError: it is none, or has no weights. AccessError: pickled weights.
        CheckFailedError: a file is torn or lies. MissingExtraError: no numpy. NetworkError.
    """
    place = place_of(text, None, None, note)
    config = place.json("adapter_config.json")
    if not config:
        if "config.json" in place.files:
            raise UsageError(f"{text} is a whole model, not an adapter", f"see: hfterm hub inspect {text}")
        raise NotFoundError(f"{text} is no adapter: it has no adapter_config.json")
    if not any(path.endswith(".safetensors") for path in place.files):
        pickled = next((path for path in place.files if path.startswith("adapter_model.")), None)
        if pickled:
            raise AccessError(
                f"{text} has pickled weights only ({pickled}), which can run code when they are loaded",
                "convert them to safetensors where you trust the source",
            )
        raise NotFoundError(f"{text} has no adapter_model.safetensors", "it is half-written, or still in training")
    found = look.look(text, file="adapter_model*.safetensors", note=None)
    weights = found.weights[0]
    told = look.report(found)
    tensors = list(weights.tensors())
    problems = _broken(config, tensors)
    base = _base(config)
    problems += _misfits(config, tensors, base[1])
    modules = _modules(config, tensors)
    read = each or place.kind != "repository"
    if read:
        modules, bad = _numbers(contents.located(place, weights), config, modules)
        problems += bad
    record = {
        "id": told["id"],
        **{name: told["adapter"].get(name) for name in ("method", "task", "rank", "alpha")},
        "targets": told["adapter"].get("target_modules"),
        "modules_to_save": config.get("modules_to_save"),
        "base_model": told.get("base_model"),
        "base": base[0],
        "modules": len(modules),
        "layers": len({m.layer for m in modules if m.layer is not None}),
        "dtype": next(iter(told["dtypes"]), None),
        **{name: told[name] for name in ("parameters", "tensors", "bytes")},
        "norm": _total(m.norm for m in modules) if read else None,
        "update": _total(m.update for m in modules) if read else None,
        "problems": problems,
    }  # fmt: skip
    return Adapter(record, modules, problems)


def _total(values: Any) -> float | None:
    known = [v for v in values if v is not None]
    return math.sqrt(sum(v * v for v in known)) if known else None


def module_of(name: str) -> tuple[str, str]:
    """The module that a tensor of an adapter belongs to, as the base model calls it, and the rest of the name."""
    inner = name.removeprefix("base_model.model.").removeprefix("base_model.")
    match = _PART.search(f".{inner}")
    if match:
        return f".{inner}"[1 : match.start()], f".{inner}"[match.start() + 1 :]
    module, _, part = inner.rpartition(".")
    return module or inner, part or inner


def _modules(config: Mapping[str, Any], tensors: list[Tensor]) -> list[Module]:
    sums: dict[str, list[Tensor]] = {}
    for tensor in tensors:
        sums.setdefault(module_of(tensor.name)[0], []).append(tensor)
    rows = []
    for name, inner in sums.items():
        layer = _LAYER.search(name)
        first = next((t for t in inner if ".lora_A." in t.name and len(t.shape) >= 2), None)
        rank = first.shape[0] if first else None
        rows.append(Module(name, int(layer[1]) if layer else None, len(inner), sum(t.elements for t in inner),
                           rank, None, None))  # fmt: skip
    return sorted(rows, key=lambda m: [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in m.module.split(".")])


def _by_pattern(patterns: Any, module: str, otherwise: Any) -> Any:
    """PEFT's rank_pattern and alpha_pattern: the first key that is the name's end, or a regular expression for it."""
    for key, value in (patterns or {}).items() if isinstance(patterns, dict) else ():
        try:
            if re.match(rf"(.*\.)?({key})$", module):
                return value
        except re.error:
            continue
    return otherwise


def _broken(config: Mapping[str, Any], tensors: list[Tensor]) -> list[str]:
    """What the headers alone give away: halves without the other, ranks that are not the configuration's."""
    names = {t.name for t in tensors}
    lone, ranks = [], []
    is_lora = str(config.get("peft_type")).upper() == "LORA"
    for tensor in tensors:
        module, part = module_of(tensor.name)
        kind = part.split(".")[0]
        if is_lora and kind in _PAIRS and tensor.name.replace(kind, _PAIRS[kind]) not in names:
            lone.append(f"{module} has {kind} but no {_PAIRS[kind]}")
        wanted = _by_pattern(config.get("rank_pattern"), module, config.get("r"))
        told = is_lora and kind == "lora_A" and isinstance(wanted, int) and not config.get("target_parameters")
        if told and tensor.shape and tensor.shape[0] != wanted:
            ranks.append(f"{module} has rank {tensor.shape[0]}, adapter_config.json says {wanted}")
    problems = _named(lone) + _named(ranks)
    if not isinstance(config.get("peft_type"), str):
        problems.append("adapter_config.json names no peft_type")
    if not tensors:
        problems.append("its weights hold no tensors")
    virtual = config.get("num_virtual_tokens")
    prompt = next((t for t in tensors if t.name == "prompt_embeddings"), None)
    if prompt and isinstance(virtual, int) and virtual > 0 and (not prompt.shape or prompt.shape[0] % virtual):
        problems.append(f"its prompt has the shape {list(prompt.shape)}, adapter_config.json says {virtual} tokens")
    return problems


def _named(problems: list[str]) -> list[str]:
    more = len(problems) - MOST_NAMED
    return [*problems[:MOST_NAMED], *([f"{more} more modules like {problems[0]!r}"] if more > 0 else [])]


def _base(config: Mapping[str, Any]) -> tuple[str, dict[str, Tensor]]:
    """Whether the base model is ``here``, ``missing`` or ``unnamed``, and its tensors by name where headers tell."""
    name = config.get("base_model_name_or_path")
    if not isinstance(name, str) or not name:
        return "unnamed", {}
    try:
        ref = naming.parse(name, "model")
        where = ref.name
        if ref.where == "hub":
            repo = Repo(ref.name, "model", ref.revision or config.get("revision"))
            sha = cached.commit(repo)
            if sha is None:
                return "missing", {}
            where = str(cached.folder(repo) / "snapshots" / sha)
        found = look.look(where)
    except NotFoundError:
        return "missing", {}
    except HftermError:
        return "damaged", {}
    return "here", {t.name: t for weights in found.weights for t in weights.tensors()}


def _misfits(config: Mapping[str, Any], tensors: list[Tensor], base: Mapping[str, Tensor]) -> list[str]:
    """Where LoRA's matrices do not fit the base's, and what it targets there but does not hold.

    Only where names agree at all: transformers may load a checkpoint under other names.
    """
    if str(config.get("peft_type")).upper() != "LORA" or not base:
        return []
    shapes: dict[str, dict[str, tuple[int, ...]]] = {}
    for tensor in tensors:
        module, part = module_of(tensor.name)
        shapes.setdefault(module, {})[part.split(".")[0]] = tensor.shape
    lora = {m: s for m, s in shapes.items() if len(s.get("lora_A", ())) == 2 and len(s.get("lora_B", ())) == 2}
    held = {m: base[f"{m}.weight"] for m in lora if f"{m}.weight" in base}
    if not held:
        return []
    sizes = []
    for module, tensor in held.items():
        wanted = (lora[module]["lora_B"][0], lora[module]["lora_A"][1])
        if tensor.dtype in _FLOATS and len(tensor.shape) == 2 and wanted not in (tensor.shape, tensor.shape[::-1]):
            sizes.append(f"{module} is made for a weight {list(wanted)}, the base model's is {list(tensor.shape)}")
    gone = [f"{m} is not in the base model" for m in lora if m not in held]
    return _named(sizes) + _named(gone) + _named(_lacking(config, shapes.keys(), base))


def _lacking(config: Mapping[str, Any], held: Any, base: Mapping[str, Tensor]) -> list[str]:
    targets = config.get("target_modules")
    limits = ("layers_to_transform", "layers_pattern", "exclude_modules", "layer_replication", "target_parameters")
    if not isinstance(targets, list) or any(config.get(name) for name in limits):
        return []
    lacking = []
    for name, tensor in base.items():
        module = name.removesuffix(".weight")
        fits = any(module == t or module.endswith(f".{t}") for t in map(str, targets))
        if name != module and fits and len(tensor.shape) == 2 and module not in held:
            lacking.append(f"{module} is a target, and its keys are missing")
    return lacking


def _numbers(
    tensors: Mapping[str, Any], config: Mapping[str, Any], modules: list[Module]
) -> tuple[list[Module], list[str]]:
    """The modules with their norms, and the tensors that hold NaN or infinite numbers."""
    extras.check("peft", "numpy")
    squares: dict[str, list[float | None]] = {}
    pairs: dict[str, dict[str, Any]] = {}
    bad = []
    for name, where in tensors.items():
        module, part = module_of(name)
        found = contents.stats(*where)
        squares.setdefault(module, []).append(found.norm)
        pairs.setdefault(module, {})[part.split(".")[0]] = where
        if found.nan or found.inf:
            bad.append(f"{name} holds {found.nan} NaN and {found.inf} infinite numbers of {where[0].elements}")
    rows = []
    for row in modules:
        halves = pairs[row.module]
        update = None
        if "lora_A" in halves and "lora_B" in halves and row.rank:
            alpha = _by_pattern(config.get("alpha_pattern"), row.module, config.get("lora_alpha"))
            product = contents.product_norm(halves["lora_A"], halves["lora_B"])
            if product is not None and isinstance(alpha, int | float):
                update = product * alpha / (math.sqrt(row.rank) if config.get("use_rslora") else row.rank)
        norms = squares[row.module]
        rows.append(row._replace(norm=None if None in norms else _total(norms), update=update))
    return rows, _named(bad)
