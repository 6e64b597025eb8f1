"""What adapters of other programs are: checkpoints of the adapters library, LoRAs of diffusion models."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from hfterm import extras
from hfterm.hub.inspect.source import Place
from hfterm.hub.inspect.tensors import Tensor
from hfterm.peft import checks, contents
from hfterm.peft.convert import diffusion, library


class Part(NamedTuple):
    """A module that is changed: its tensors, its rank, and what the product of its matrices is multiplied with."""

    module: str
    tensors: list[contents.Located]
    rank: int | None
    scaling: float | None
    a: contents.Located | None
    b: contents.Located | None


class Foreign(NamedTuple):
    """``record`` tells what it is, without sums; ``held`` where each tensor lies."""

    record: dict[str, Any]
    parts: list[Part]
    held: Mapping[str, contents.Located]

    def tensors(self) -> list[Tensor]:
        """The headers of all tensors."""
        return [where[0] for where in self.held.values()]

    def problems(self, *, numbers: bool) -> list[str]:
        """What is wrong with it; with ``numbers`` all are read.

        Raises:
            MissingExtraError: no numpy.
        """
        if not self.held:
            return ["its weights hold no tensors"]
        return checks.numbers(self.held) if numbers else []

    def norms(self, part: Part) -> tuple[float | None, float | None]:
        """The norm of a module's tensors, and of what they add to its weight, where that can be told."""
        extras.check("peft", "numpy")
        squares = [contents.stats(*where).norm for where in part.tensors]
        norm = None if None in squares else sum(n * n for n in squares if n is not None) ** 0.5
        if part.a is None or part.b is None or part.scaling is None:
            return norm, None
        product = contents.product_norm(part.a, part.b)
        return norm, None if product is None else abs(part.scaling) * product


def of_library(place: Place, config: Mapping[str, Any], *, allow_pickle: bool) -> Foreign:
    """A checkpoint of the adapters library.

    Raises:
        NotFoundError, AccessError, CheckFailedError: as :func:`hfterm.peft.convert.library.open_weights`.
    """
    place, weights = library.open_weights(place, allow_pickle=allow_pickle)
    held = contents.located(place, weights)
    record = library.facts(place, config, [where[0] for where in held.values()])
    modules: dict[str, dict[str, contents.Located]] = {}
    for name, where in held.items():
        module, part = library.module_of(name)
        modules.setdefault(module, {})[part] = where
    scaling = record["scaling"] if record["method"] == "lora" else None
    parts = [
        Part(module, list(inner.values()), record["rank"], scaling, inner.get("lora_A"), inner.get("lora_B"))
        for module, inner in modules.items()
    ]
    return Foreign(record, parts, held)


def of_diffusion(place: Place, name: str) -> Foreign:
    """The file ``name`` with a LoRA of a diffusion model, kohya's or diffusers'.

    Raises:
        UsageError: it is no plain LoRA. CheckFailedError: it is damaged.
    """
    _, held, metadata = diffusion.open_place(place, name)
    pairs = diffusion.pairs(place.name, held, metadata)
    parts = [
        Part(f"{p.part}.{p.module}", [p.a, p.b], p.rank, p.alpha / p.rank, p.a, p.b) for p in pairs
    ]  # fmt: skip
    record = {
        "id": place.name,
        "format": diffusion.style(held),
        "method": "lora",
        "parts": dict(Counter(p.part for p in pairs)),
        "rank": _one(p.rank for p in pairs),
        "alpha": _one(p.alpha for p in pairs),
        "scaling": _one(p.alpha / p.rank for p in pairs),
        "targets": sorted({f"{p.part}.{p.module}" for p in pairs}),
        "base_model": metadata.get("ss_base_model_version") or metadata.get("ss_sd_model_name"),
    }
    return Foreign(record, parts, held)


def _one(values: Any) -> Any:
    """The only value, or all that there are."""
    found = sorted(set(values))
    return found[0] if len(found) == 1 else found
