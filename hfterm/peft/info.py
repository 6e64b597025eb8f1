"""What an adapter is, and whether it is whole: its settings, its weights' headers and numbers, its base model."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hfterm import extras
from hfterm.errors import HftermError
from hfterm.hub.inspect import facts, summary
from hfterm.hub.inspect.source import Place
from hfterm.hub.inspect.source import place as place_of
from hfterm.hub.inspect.tensors import Tensor
from hfterm.peft import adapter, checks, contents, fits, foreign, keys, norms, stacked
from hfterm.peft.convert import diffusion, library


class Module(NamedTuple):
    """A module that the adapter changes. ``update`` is the norm of the change of its weight: LoRA's scale * B A."""

    module: str
    layer: int | None
    tensors: int
    parameters: int
    rank: int | None
    scaling: float | None
    norm: float | None
    update: float | None


class Layer(NamedTuple):
    """A numbered layer of the base model, or (None) all that lies outside of them. ``dead`` modules change nothing."""

    layer: int | None
    modules: int
    parameters: int
    norm: float | None
    update: float | None
    dead: int


class Info(NamedTuple):
    """``problems`` says in words what is damaged or does not fit; empty: nothing was found."""

    record: dict[str, Any]
    modules: list[Module]
    problems: list[str]

    def layers(self) -> Iterator[Layer]:
        """The modules summed up by their layers, in order; what lies outside of them last."""
        sums: dict[int | None, list[Module]] = {}
        for module in self.modules:
            sums.setdefault(module.layer, []).append(module)
        for number in sorted(sums, key=lambda n: (n is None, n)):
            inner = sums[number]
            yield Layer(
                number,
                len(inner),
                sum(m.parameters for m in inner),
                total(m.norm for m in inner),
                total(m.update for m in inner),
                sum(is_dead(m) for m in inner),
            )

    def check(self) -> None:
        """Fail if there are problems.

        Raises:
            CheckFailedError: names the first, and how many more there are.
        """
        adapter.refuse(self.record["id"], self.problems)


def info(
    text: str, *, base: str | None = None, each: bool = False, allow_pickle: bool = False,
    note: Callable[[str], None] | None = None,
) -> Info:  # fmt: skip
    """Look at the adapter that a reference names; of the Hub's the weights are read only with ``each``.

    ``base`` is the model to hold it against (default: the one that it names, where that lies here or in the cache).
    ``allow_pickle`` as in :func:`hfterm.peft.adapter.read`.

    Raises:
        UsageError: it is a whole model. NotFoundError: it is none, or has no weights; no such ``base``. AccessError:
        pickled weights. CheckFailedError: a file is torn or lies. MissingExtraError: no numpy. NetworkError.
    """
    place = place_of(text, None, None, note)
    read = each or place.kind != "repository"
    if adapter.CONFIG not in place.files and (name := diffusion.file_in(place)):
        return _foreign(foreign.of_diffusion(place, name), read)
    config = adapter.settings(place)
    if library.is_mine(config):
        return _foreign(foreign.of_library(place, config, allow_pickle=allow_pickle), read)
    place, weights = adapter.open_weights(place, allow_pickle=allow_pickle)
    tensors = list(weights.tensors())
    problems = checks.settings(config) + checks.headers(config, tensors)
    fit, misfits = _fits(config, tensors, base, place.json(fits.HEAD))
    problems += misfits
    modules = _modules(config, tensors)
    if read:
        modules, bad = _numbers(contents.located(place, weights), config, modules)
        problems += bad
    record = _record(place, config, tensors, modules, read)
    made = Info(record, modules, problems)
    if read:
        record["by_layer"] = [layer.update if layer.update is not None else layer.norm for layer in made.layers()
                              if layer.layer is not None]  # fmt: skip
    record |= {"base_model": config.get("base_model_name_or_path"), "fits": fit, "problems": problems}
    return made


def _foreign(found: foreign.Foreign, read: bool) -> Info:
    """What an adapter of another program is."""
    modules = []
    for part in found.parts:
        norm, update = found.norms(part) if read else (None, None)
        size = sum(where[0].elements for where in part.tensors)
        layer = keys.layer_of(part.module)
        modules.append(Module(part.module, layer, len(part.tensors), size, part.rank, part.scaling, norm, update))
    sums = summary.totals(iter(found.tensors()), {})
    problems = found.problems(numbers=read)
    record = found.record | {
        "modules": len(modules),
        "layers": len({m.layer for m in modules if m.layer is not None}),
        "dtype": next(iter(sums["dtypes"]), None),
        **{name: sums[name] for name in ("parameters", "tensors", "bytes")},
        "norm": total(m.norm for m in modules),
        "update": total(m.update for m in modules),
        "dead": [m.module for m in modules if is_dead(m)] if read else None,
        "problems": problems,
    }
    return Info(record, modules, problems)


def _record(
    place: Place, config: Mapping[str, Any], tensors: list[Tensor], modules: list[Module], read: bool
) -> dict[str, Any]:
    told = facts.of_adapter(config)
    sums = summary.totals(iter(tensors), {})
    rank = config.get("r")
    scalings = sorted({m.scaling for m in modules if m.scaling is not None})
    kind = str(config.get("peft_type")).upper()
    return {
        "id": place.name,
        "method": told.get("method"),
        "variants": variants(config),
        "task": told.get("task"),
        "rank": rank if isinstance(rank, int) else None,
        "tokens": config.get("num_virtual_tokens"),
        "rank_pattern": config.get("rank_pattern") or None,
        "alpha": config.get("lora_alpha") if kind in ("LORA", "ADALORA") else config.get("alpha"),
        "alpha_pattern": config.get("alpha_pattern") or None,
        "scaling": scalings[0] if len(scalings) == 1 else scalings or None,
        "targets": told.get("target_modules"),
        "modules_to_save": config.get("modules_to_save"),
        "modules": len(modules),
        "layers": len({m.layer for m in modules if m.layer is not None}),
        "dtype": next(iter(sums["dtypes"]), None),
        **{name: sums[name] for name in ("parameters", "tensors", "bytes")},
        "norm": total(m.norm for m in modules) if read else None,
        "update": total(m.update for m in modules) if read else None,
        "dead": [m.module for m in modules if is_dead(m)] if read else None,
        "by_layer": None,
    }


def variants(config: Mapping[str, Any]) -> list[str]:
    """What a LoRA is besides: DoRA, rsLoRA, how it began."""
    found = [name for key, name in (("use_dora", "DoRA"), ("use_rslora", "rsLoRA")) if config.get(key)]
    way = config.get("init_lora_weights")
    found += [f"begun by {way}"] if isinstance(way, str) else []
    return found + [
        name for name in ("layer_replication", "trainable_token_indices", "target_parameters") if config.get(name)
    ]


def total(values: Iterable[float | None]) -> float | None:
    """The norm of all from the norms of the parts; None where none is known."""
    known = [v for v in values if v is not None]
    return math.sqrt(sum(v * v for v in known)) if known else None


def is_dead(module: Module) -> bool:
    """Whether a module is known to change nothing: what it adds is 0, or all of its numbers are."""
    return module.update == 0 or module.norm == 0


def _modules(config: Mapping[str, Any], tensors: list[Tensor]) -> list[Module]:
    sums: dict[str, list[Tensor]] = {}
    for tensor in tensors:
        sums.setdefault(keys.module_of(tensor.name)[0], []).append(tensor)
    rows = []
    for name, inner in sums.items():
        first = next((t for t in inner if ".lora_A" in t.name or ".lora_embedding_A" in t.name), None)
        rank = stacked.rank(config, name, first.shape[0]) if first and len(first.shape) >= 2 else None
        scaling = keys.scaling_of(config, name, keys.rank_of(config, name) or rank or 0)
        rows.append(
            Module(
                name, keys.layer_of(name), len(inner), sum(t.elements for t in inner), rank,
                scaling if first or str(config.get("peft_type")).upper() in ("LOHA", "LOKR") else None, None, None,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda m: [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in m.module.split(".")])


def _fits(
    config: Mapping[str, Any], tensors: list[Tensor], base: str | None, head: Mapping[str, Any]
) -> tuple[str, list[str]]:
    """Whether the base model fits: ``yes``, ``no``, or why that was not checked; and the misfits."""
    if base is not None:
        found = adapter.base_tensors(base, need=True)
    else:
        name = config.get("base_model_name_or_path")
        if not isinstance(name, str) or not name:
            return "not checked: it names no base model", []
        try:
            found = adapter.base_tensors(name, config.get("revision"))
        except HftermError:
            return "not checked: the base model here is damaged", []
        if found is None:
            return "not checked: the base model is not here", []
    misfits = fits.misfits(config, tensors, found or {}, head)
    if misfits is None:
        return "not checked: its sizes cannot be held against this model's", []
    return ("no" if misfits else "yes"), misfits


def _numbers(
    tensors: Mapping[str, contents.Located], config: Mapping[str, Any], modules: list[Module]
) -> tuple[list[Module], list[str]]:
    """The modules with their norms, and the tensors that hold NaN or infinite numbers."""
    extras.check("peft", "numpy")
    found: dict[str, list[float | None]] = {}
    parts: dict[str, dict[str, contents.Located]] = {}
    bad = []
    for name, where in tensors.items():
        module, part = keys.module_of(name)
        stats = contents.stats(*where)
        found.setdefault(module, []).append(stats.norm)
        parts.setdefault(module, {})[part.split(".")[0] if not part.endswith(".bias") else part] = where
        if said := checks.bad(name, where[0], stats):
            bad.append(said)
    rows = []
    for row in modules:
        inner = found[row.module]
        update = norms.update(config, row.module, parts[row.module])
        rows.append(row._replace(norm=None if None in inner else total(inner), update=update))
    return rows, checks.named(bad)
