"""A LoRA from two models: what was added to each linear layer, cut to a rank by SVD.

The weights are read one at a time from the files; neither model is ever whole in memory.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hfterm import extras, files
from hfterm.errors import CheckFailedError, HftermError, UsageError, one_line
from hfterm.output import Output
from hfterm.peft.arith import lora, pairing, write
from hfterm.peft.arith.pairing import Linear, Two
from hfterm.peft.merging import bare, lazy, outputs
from hfterm.peft.merging.settings import peft_config
from hfterm.peft.merging.source import Names
from hfterm.peft.merging.wrapped import Wrapped
from hfterm.progress import Progress

# Up to here the SVD is whole; above a randomised one finds the first singular values.
WHOLE_SVD = 1024
# Numbers that are squared at once.
PIECE = 1 << 22
# All is held but for this share of the energy: then the answers must be the tuned model's, to this drift.
ALL = 1e-9
TOLERANCE = 1e-3


@dataclass
class Found:
    """What was made so far: energies are squared Frobenius norms of TUNED - BASE."""

    ranks: dict[str, int] = field(default_factory=dict)
    tensors: dict[str, Any] = field(default_factory=dict)
    layers: list[dict[str, Any]] = field(default_factory=list)
    outside: dict[str, float] = field(default_factory=dict)
    saved: list[str] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    biases: bool = False
    turned: bool = False
    energy: float = 0.0
    kept: float = 0.0


@dataclass(frozen=True)
class Extracted:
    """``kept`` is the share of the whole difference's energy (squared norm) in what was written, ``kept_in_layers``
    that of the layers with a LoRA; ``outside`` the shares of parameters that it does not hold, largest first.
    ``drift`` is how far the answers of base and adapter are from the tuned model's, ``effect`` how far the base's are,
    as shares of the largest (None: not asked).
    """

    path: Path
    base: str
    tuned: str
    rank: int
    kept: float
    kept_in_layers: float
    layers: list[dict[str, Any]]
    outside: dict[str, float]
    modules_to_save: list[str]
    drift: float | None
    effect: float | None
    parameters: int
    bytes: int
    seconds: float

    def facts(self) -> dict[str, Any]:
        """All but the path, for printing beside it."""
        return {k: v for k, v in vars(self).items() if k != "path"}


def extract(
    base: str,
    tuned: str,
    output: str | Path,
    out: Output,
    *,
    rank: int = 16,
    targets: Sequence[str] = (),
    save_modules: bool = False,
    check: bool = True,
    overwrite: bool = False,
    dry_run: bool = False,
) -> Extracted:
    """Write the LoRA that makes of ``base`` what ``tuned`` is, as nearly as ``rank`` allows, at ``output``.

    ``targets`` are ends of the names of linear layers (default: all but the head). ``save_modules``: what differs
    elsewhere (norms, embeddings, biases) goes into the adapter whole. ``check``: base with adapter and ``tuned``
    answer the same inputs, module by module from disk.

    Raises:
        UsageError: the two do not go together, nothing differs, or there is no such target.
        CheckFailedError: all of the difference is held, and the answers differ all the same; nothing is written.
        NotFoundError, AccessError, NetworkError, HftermError.
    """
    began = time.monotonic()
    extras.check("peft", "torch", "transformers", "peft")
    from hfterm.inference.quiet import hush

    hush()
    two = pairing.pair(base, tuned, out.note)
    target = write.target(output, (two.base.path, two.tuned.path), overwrite=overwrite)
    wanted = _wanted(two, targets)
    progress = Progress(out)
    found = _differences(two, wanted, rank, save_modules, progress)
    if not found.energy:
        raise UsageError(f"{base} and {tuned} have the same weights", "there is nothing to extract")
    if not found.ranks:
        raise UsageError(
            f"no linear layer differs{' among the targets' if targets else ''}; what does: {', '.join(found.outside)}"
        )
    config = _config(two, found, base)
    size = sum(t.numel() * t.element_size() for t in found.tensors.values())
    drift = effect = None
    if not dry_run:
        files.require_space(target, size + 2**24)
        with files.atomic_dir(target, overwrite=overwrite) as temporary:
            write.save(temporary, config, found.tensors)
            write.copy_tokenizer(two.tuned.path, temporary)
            size = write.size(temporary)
            names, wrapped = _put_on(two, temporary)
            if check:
                with progress.task("asking both"):
                    drift, effect = _answers(two, names, wrapped, out)
                _judge(found, drift)
    inside = sum(layer["norm"] ** 2 for layer in found.layers)
    in_layers = sum(layer["norm"] ** 2 * layer["kept"] for layer in found.layers) / inside if inside else 1.0
    left = {n: v / found.energy for n, v in sorted(found.outside.items(), key=lambda p: -p[1]) if n not in found.saved}
    return Extracted(
        target, str(two.base.path), str(two.tuned.path), config["r"], found.kept / found.energy, in_layers,
        found.layers, left, config["modules_to_save"] or [], drift, effect,
        sum(t.numel() for t in found.tensors.values()), size, round(time.monotonic() - began, 3),
    )  # fmt: skip


def _wanted(two: Two, targets: Sequence[str]) -> dict[str, Linear]:
    """The layers to make a LoRA for.

    Raises:
        UsageError: a target is none.
    """
    every = two.linears()
    if not targets:
        heads = tuple(f"{head}." for head in two.heads())
        return {name: layer for name, layer in every.items() if not f"{name}.".startswith(heads)}
    for end in targets:
        if not any(name == end or name.endswith(f".{end}") for name in every):
            ends = sorted({name.rpartition(".")[2] for name in every})
            raise UsageError(f"no linear layer's name ends with {end!r}", f"there are {', '.join(ends)[:300]}")
    return {n: one for n, one in every.items() if any(n == end or n.endswith(f".{end}") for end in targets)}


def _differences(two: Two, wanted: dict[str, Linear], rank: int, save: bool, progress: Progress) -> Found:
    import torch

    found = Found()
    held = tuple(f"{module}." for module in two.held())
    total = sum(math.prod(two.one.shapes[name]) for name in two.parameters())
    with progress.task("comparing", total=total, unit="numbers") as task, torch.random.fork_rng(devices=[]):
        for name in two.parameters():
            before, after = two.read(name)
            task.advance(before.numel())
            # In place: of words there are gigabytes.
            delta = after.sub_(before)
            del before, after
            energy = _energy(delta)
            if not math.isfinite(energy):
                raise HftermError(f"{name} holds NaN or infinite numbers in one of the two")
            if not energy:
                continue
            found.energy += energy
            module, _, part = name.rpartition(".")
            layer = wanted.get(module)
            if layer is None or part != "weight":
                found.outside[name] = energy
                if (save or name.startswith(held)) and _saved(two, found, name):
                    found.kept += energy
                continue
            a, b, kept = _cut(delta.T if layer.turned else delta, rank)
            found.turned |= layer.turned
            found.ranks[module] = a.shape[0]
            for key, tensor in zip(lora.keys(module, False), (a, b), strict=True):
                found.tensors[key] = tensor
            found.kept += energy * kept
            found.layers.append({"module": module, "rank": a.shape[0], "norm": math.sqrt(energy), "kept": kept})
    for module in two.held():
        _whole(two, found, module)
    for name in two.buffers():
        before, after = two.read(name)
        if energy := _energy(after - before):
            found.energy += energy
            found.outside[name] = energy
    return found


def _energy(delta: Any) -> float:
    """The sum of squares, in float64, piece by piece."""
    return sum(float(piece.double().square().sum()) for piece in delta.reshape(-1).split(PIECE))


def _saved(two: Two, found: Found, name: str) -> bool:
    """Put a parameter outside of LoRA's matrices into the adapter as it is in TUNED; whether that went."""
    module, _, part = name.rpartition(".")
    if not module:
        return False
    if part == "bias" and module in two.linears() and module not in found.whole:
        # A matrix comes before its bias: it is known whether the layer has a LoRA around it.
        inner = f"{module}.base_layer" if module in found.ranks else module
        found.tensors[f"{lora.PREFIX}{inner}.bias"] = two.other.read(name).float()
        found.biases = True
    else:
        # PEFT parts words that are tied to the head when it holds them: then it must hold both.
        tied = next((group for group in two.one.tied if name in group), [name])
        held = two.held()
        for owner in {one.rpartition(".")[0] for one in tied}:
            _whole(two, found, next((head for head in held if f"{owner}.".startswith(f"{head}.")), owner))
    found.saved.append(name)
    return True


def _whole(two: Two, found: Found, module: str) -> None:
    """Put a module into the adapter as it is in TUNED."""
    if module not in found.whole:
        for part, _ in two.model.get_submodule(module).named_parameters():
            found.tensors[f"{lora.PREFIX}{module}.{part}"] = two.other.read(f"{module}.{part}").float()
        found.whole.add(module)


def _cut(delta: Any, rank: int) -> tuple[Any, Any, float]:
    """A (rank, in) and B (out, rank) for a difference, and the share of its energy that they hold."""
    import torch

    least = min(delta.shape)
    rank = min(rank, least)
    if least <= WHOLE_SVD or 4 * rank >= least:
        u, s, vh = torch.linalg.svd(delta, full_matrices=False)
    else:
        torch.manual_seed(0)
        u, s, v = torch.svd_lowrank(delta, q=min(least, rank + max(8, rank // 2)), niter=4)
        vh = v.T
    roots = s[:rank].sqrt()
    kept = float(s[:rank].double().square().sum()) / _energy(delta) if rank < least else 1.0
    return roots[:, None] * vh[:rank], u[:, :rank] * roots, min(1.0, kept)


def _config(two: Two, found: Found, base: str) -> dict[str, Any]:
    """The adapter_config.json, with all settings as PEFT writes them."""
    import peft

    modules = sorted(found.whole, key=lora.natural)
    settings = peft.LoraConfig(
        task_type=two.task,
        target_modules=_ends(two, found),
        fan_in_fan_out=found.turned,
        bias="all" if found.biases else "none",
        modules_to_save=modules or None,
        inference_mode=True,
        **write.base(base, two.base.path),
        **lora.layout(found.ranks),
    ).to_dict()
    # What PEFT would write: sets as lists.
    plain = {key: sorted(value) if isinstance(value, set) else value for key, value in settings.items()}
    if two.task is None:
        plain["auto_mapping"] = {
            "base_model_class": type(two.model).__name__,
            "parent_library": type(two.model).__module__,
        }
    return {key: getattr(value, "value", value) for key, value in plain.items()}


def _ends(two: Two, found: Found) -> list[str]:
    """Ends of names that mean these layers and no others; where there are none, their whole names."""
    every = [name for name, _ in two.model.named_modules()]
    ends = sorted({name.rpartition(".")[2] for name in found.ranks})
    meant = {name for name in every if any(name == end or name.endswith(f".{end}") for end in ends)}
    return ends if meant == found.ranks.keys() else sorted(found.ranks, key=lora.natural)


def _put_on(two: Two, adapter: Path) -> tuple[Names, Wrapped]:
    """The base model with the adapter as PEFT loads it, without weights.

    Raises:
        CheckFailedError: PEFT cannot.
    """
    from safetensors.torch import load_file

    model = bare.empty(two.kind.cls, two.kind.config)
    names = Names(two.one.source, model)
    try:
        state = load_file(adapter / "adapter_model.safetensors")
        return names, Wrapped(model, names, peft_config(adapter), state)
    except Exception as exc:  # whatever the libraries make of modules that they have not met
        raise CheckFailedError(
            f"PEFT cannot load what was made ({one_line(exc)[:200]}); nothing was written",
            "leave --save-modules out, or choose --targets",
        ) from exc


def _answers(two: Two, names: Names, wrapped: Wrapped, out: Output) -> tuple[float | None, float | None]:
    """How far the answers of base and adapter, and of the base alone, are from the tuned model's."""
    tokenizer = two.tuned.path if two.tuned.has_tokenizer else two.base.path if two.base.has_tokenizer else None
    try:
        given = outputs.inputs(two.model, tokenizer)
        with lazy.running(two.model, two.other):
            wanted = outputs.run(two.model, given)
        with lazy.running(wrapped.peft, names, wrapped):
            answers = outputs.run(wrapped.peft, given)
        again = bare.empty(two.kind.cls, two.kind.config)
        plain = Names(two.one.source, again)
        with lazy.running(again, plain):
            before = outputs.run(again, given)
    except HftermError:
        raise
    except Exception as exc:  # a model may want any other input, or use weights past its modules
        out.warn(f"the models cannot be asked ({one_line(exc)[:120]}): only the weights were compared")
        return None, None
    return outputs.difference(answers, wanted), outputs.difference(before, wanted)


def _judge(found: Found, drift: float | None) -> None:
    if drift is not None and found.kept >= found.energy * (1 - ALL) and not drift <= TOLERANCE:
        raise CheckFailedError(
            f"the adapter holds the whole difference, but base and adapter answer otherwise than the tuned model: "
            f"drift {drift:.3g} of the largest number, tolerance {TOLERANCE:g}; nothing was written",
            "use the tuned model as it is",
        )
