"""Several adapters into one, by the formulas of PEFT's ``add_weighted_adapter``, on files: no base model is loaded.

LoRA: ``svd`` and ``cat`` are the weighted sum of what the adapters add to each weight (``cat`` exactly, at the sum of
the ranks; ``svd`` its best part of one rank); the others work on A and B apart, or (``..._svd``) on the products.
The formulas for sparse merging are PEFT's own functions (peft.utils.merge_utils).
"""

import math
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import extras, files
from hfterm.errors import UsageError
from hfterm.peft.arith import agree, lora, source, write
from hfterm.peft.arith.source import Source

HOWS = (
    "svd",
    "linear",
    "cat",
    "ties",
    "ties_svd",
    "dare_ties",
    "dare_linear",
    "dare_ties_svd",
    "dare_linear_svd",
    "magnitude_prune",
    "magnitude_prune_svd",
)
SIGNS = ("total", "frequency")


@dataclass(frozen=True)
class Options:
    """What :func:`combine` may be told, by PEFT's names; ``rank`` is its ``svd_rank``."""

    how: str = "svd"
    density: float | None = None
    rank: int | None = None
    majority_sign_method: str = "total"
    seed: int = 0

    @property
    def random(self) -> bool:
        """Whether numbers are dropped by chance."""
        return self.how.startswith("dare")

    def check(self) -> None:
        """Refuse options that fit together badly.

        Raises:
            UsageError: says which.
        """
        if self.how not in HOWS:
            raise UsageError(f"no such way to combine {self.how!r}", f"choose {', '.join(HOWS)}")
        sparse = self.how not in ("svd", "linear", "cat")
        if sparse and self.density is None:
            raise UsageError(f"--how {self.how} needs --density", "the share of numbers to keep, such as 0.5")
        if not sparse and self.density is not None:
            raise UsageError(f"--how {self.how} keeps all numbers: --density means nothing", "leave it out")
        if self.density is not None and not 0 < self.density <= 1:
            raise UsageError(f"--density {self.density:g} is not above 0 and at most 1")
        if self.rank is not None and not self.how.endswith("svd"):
            raise UsageError(f"--how {self.how} cannot choose a rank", "use one that ends with svd")


@dataclass(frozen=True)
class Combined:
    """``difference`` is how far what was written is from the weighted sum of what the adapters add, as a share of it
    (Frobenius norm over all modules; None for (IA)3, or where the sum is nothing).
    """

    path: Path
    adapters: dict[str, float]
    method: str
    how: str
    base: str
    rank: int | None
    modules: int
    difference: float | None
    bytes: int
    seconds: float

    def facts(self) -> dict[str, Any]:
        """All but the path, for printing beside it."""
        return {k: v for k, v in vars(self).items() if k != "path"}

    def said(self) -> str:
        """In words, for people."""
        rank = f", rank {self.rank}" if self.rank else ""
        far = ""
        if self.difference is not None:
            far = f"; {100 * self.difference:.3g} % off the weighted sum of what they add"
        return f"{len(self.adapters)} adapters of {self.method}, {self.modules} modules{rank}{far}"


def weighted(text: str) -> tuple[str, float]:
    """``ADAPTER=WEIGHT`` in parts; without a weight 1.

    Raises:
        UsageError: the weight is no finite number.
    """
    name, sign, tail = text.rpartition("=")
    if not sign or Path(text).expanduser().exists():
        return text, 1.0
    try:
        value = float(tail)
    except ValueError:
        if "/" in tail:  # a folder with = in its name
            return text, 1.0
        raise UsageError(f"{text!r} is not ADAPTER=WEIGHT: {tail!r} is no number", "such as ./a=0.7") from None
    if not name or not math.isfinite(value):
        raise UsageError(f"{text!r} is not ADAPTER=WEIGHT", "such as ./a=0.7")
    return name, value


def combine(
    adapters: Sequence[tuple[str, float]],
    output: str | Path,
    options: Options | None = None,
    *,
    base: str | None = None,
    overwrite: bool = False,
    dry_run: bool = False,
    note: Callable[[str], None] | None = None,
) -> Combined:
    """Combine adapters (references with weights, which may be negative) into one at ``output``.

    ``base`` names the base model of the result; without it all must name the same. A random choice (DARE) goes
    through the modules in the natural order of their names, with ``seed``.

    Raises:
        UsageError: these cannot be combined so; the reason is named. NotFoundError, AccessError, NetworkError.
        HftermError: one is damaged.
    """
    began = time.monotonic()
    options = options or Options()
    options.check()
    if not adapters:
        raise UsageError("name adapters to combine", "such as ./a=0.7 ./b=0.3")
    extras.check("peft", "torch", "peft")
    sources = [source.read(name, note) for name, _ in adapters]
    weights = [weight for _, weight in adapters]
    target = write.target(output, (s.path for s in sources), overwrite=overwrite)
    base = agree.base(sources, base)
    if sources[0].kind == "IA3":
        config, tensors, modules = _ia3(sources, weights, options, note)
        rank, difference = None, None
    else:
        config, tensors, modules, rank, difference = _lora(sources, weights, options)
    config["base_model_name_or_path"] = base
    config["inference_mode"] = True
    size = sum(t.numel() * t.element_size() for t in tensors.values())
    if not dry_run:
        files.require_space(target, size + 2**24)
        with files.atomic_dir(target, overwrite=overwrite) as temporary:
            write.save(temporary, config, tensors)
            write.copy_tokenizer(sources[0].path, temporary)
            size = write.size(temporary)
    named: dict[str, float] = {}
    for name, weight in adapters:
        named[name] = named.get(name, 0.0) + weight
    how = options.how if rank and len(sources) > 1 else "linear"
    return Combined(
        target, named, sources[0].kind.lower(), how, base, rank, modules, difference, size,
        round(time.monotonic() - began, 3),
    )  # fmt: skip


def _lora(
    sources: Sequence[Source], weights: Sequence[float], options: Options
) -> tuple[dict[str, Any], dict[str, Any], int, int, float | None]:
    import torch

    # PEFT: one adapter alone is only weighted.
    how = "linear" if len(sources) == 1 else options.how
    held, kept = agree.lora_modules(sources, how)
    modules = sorted({module for found in held for module in found}, key=lora.natural)
    dtype = torch.float32
    if len({t.dtype for s in sources for t in s.tensors.values()}) == 1:
        dtype = next(iter(sources[0].tensors.values())).dtype
    turned = bool(sources[0].config.get("fan_in_fan_out"))
    tensors: dict[str, Any] = dict(kept)
    ranks: dict[str, int] = {}
    far = whole = 0.0
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        # It says of density 1 that nothing is pruned.
        warnings.simplefilter("ignore", UserWarning)
        torch.manual_seed(options.seed)
        for module in modules:
            found = [(pairs[module], w) for pairs, w in zip(held, weights, strict=True) if module in pairs]
            first = found[0][0]
            wide = options.rank or max(max(p.rank for p in pairs.values()) for pairs in held)
            a, b = _module(how, found, options, wide, turned or first.embedding)
            ranks[module] = a.shape[0]
            for key, tensor in zip(first.names(), (a, b), strict=True):
                tensors[key] = tensor.to(dtype)
            exact = _summed(found)
            name_a, name_b = first.names()
            written = (tensors[name_a].float().flatten(1), tensors[name_b].float().flatten(1))
            far += lora.distance(written, exact) ** 2
            whole += lora.norm(exact) ** 2
    config = {
        **sources[0].config,
        **lora.layout(ranks),
        "target_modules": lora.targets(modules, [s.config.get("target_modules") for s in sources]),
    }
    difference = math.sqrt(far / whole) if whole else None
    return config, tensors, len(modules), config["r"], difference


def _summed(found: Sequence[tuple[lora.Pair, float]]) -> tuple[Any, Any]:
    """The weighted sum of what a module's pairs add, as one wider pair."""
    import torch

    flat = [(*pair.flat(), weight) for pair, weight in found]
    return torch.cat([a for a, _, _ in flat]), torch.cat([b * weight for _, b, weight in flat], dim=1)


def _module(
    how: str, found: Sequence[tuple[lora.Pair, float]], options: Options, rank: int, turned: bool
) -> tuple[Any, Any]:
    """A and B of one module, in the shapes of its pairs; ``turned``: PEFT holds the product the other way round."""
    import torch

    first = found[0][0]
    if how == "cat":
        a = torch.cat([p.a.float() * weight * p.scale for p, weight in found])
        return a, torch.cat([p.b.float() for p, _ in found], dim=1)
    if how == "svd":
        a, b, _, _ = lora.compress(*_summed(found), rank)
    elif how.endswith("_svd"):
        products = [b @ a for a, b in (p.flat() for p, _ in found)]
        products = [p.T for p in products] if turned else products
        product = _formula(how.removesuffix("_svd"), products, [w for _, w in found], options)
        u, s, vh = torch.linalg.svd(product.T if turned else product, full_matrices=False)
        count = min(rank, len(s))
        a, b = torch.zeros(rank, vh.shape[1]), torch.zeros(u.shape[0], rank)
        a[:count], b[:, :count] = vh[:count], u[:, :count] * s[:count]
    else:
        scaled = [p.scale * weight for p, weight in found]
        roots = [math.sqrt(abs(value)) for value in scaled]
        # The sign goes to one of the two, or it would cancel out.
        signed = [math.copysign(root, value) for root, value in zip(roots, scaled, strict=True)]
        new_a = _formula(how, [p.a.float() for p, _ in found], signed, options)
        return new_a, _formula(how, [p.b.float() for p, _ in found], roots, options)
    return a.reshape(rank, *first.a.shape[1:]), b.reshape(b.shape[0], rank, *first.b.shape[2:])


def _formula(how: str, tensors: list[Any], weights: list[float], options: Options) -> Any:
    """PEFT's own function of that name."""
    import torch
    from peft.utils import merge_utils as peft

    numbers = torch.tensor(weights)
    more: tuple[Any, ...] = (options.density,)
    if how == "linear":
        return peft.task_arithmetic(tensors, numbers)
    if how.endswith("ties"):
        more = (options.density, options.majority_sign_method)
    formulas: Mapping[str, Callable[..., Any]] = {
        "ties": peft.ties,
        "dare_ties": peft.dare_ties,
        "dare_linear": peft.dare_linear,
        "magnitude_prune": peft.magnitude_prune,
    }
    return formulas[how](tensors, numbers, *more)


def _ia3(
    sources: Sequence[Source], weights: Sequence[float], options: Options, note: Callable[[str], None] | None
) -> tuple[dict[str, Any], dict[str, Any], int]:
    """PEFT's sum of (IA)3's vectors: they multiply, so weights that do not add up to 1 scale what flows through."""
    agree.ia3(sources, options.how)
    names = sorted({name for s in sources for name in s.tensors}, key=lora.natural)
    tensors = {}
    for name in names:
        found = [(s.tensors[name], w) for s, w in zip(sources, weights, strict=True) if name in s.tensors]
        if note and abs(sum(w for _, w in found) - 1) > 1e-6:
            note(f"{name}: the weights add up to {sum(w for _, w in found):g}; (IA)3 multiplies, so that scales it")
            note = None
        total = sum(t.float() * w for t, w in found)
        tensors[name] = total.to(found[0][0].dtype)
    config = dict(sources[0].config)
    for setting in ("target_modules", "feedforward_modules"):
        config[setting] = lora.targets(
            [n.removeprefix(lora.PREFIX).removesuffix(".ia3_l") for n in names],
            [s.config.get(setting) or [] for s in sources],
        )
    return config, tensors, len(names)
