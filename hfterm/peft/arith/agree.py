"""Whether adapters can be combined at all, told before anything is computed."""

from collections.abc import Sequence
from typing import Any

from hfterm.errors import HftermError, UsageError
from hfterm.peft.arith import lora
from hfterm.peft.arith.source import NOT_A_SUM, Source, mutates, same_base

_SAME_RANK = ("linear", "ties", "dare_ties", "dare_linear", "magnitude_prune")
_ALONE = "use them one by one, or merge each into a copy of the base model"


def base(sources: Sequence[Source], told: str | None) -> str:
    """The base model of what comes of adapters: the one told, else the one that all name.

    Raises:
        UsageError: they name different ones, or are of different methods.
    """
    kinds = {s.kind for s in sources}
    if len(kinds) > 1:
        words = " and ".join(f"{s.name} ({s.kind.lower()})" for s in sources[:2])
        raise UsageError(f"cannot combine adapters of different methods: {words}", _ALONE)
    if not kinds & {"LORA", "IA3"}:
        raise UsageError(
            f"cannot combine adapters of {sources[0].kind.lower()}: PEFT adds up those of LoRA and (IA)3 only", _ALONE
        )
    if told is not None:
        return told
    names = [s.base for s in sources]
    if not same_base(names):
        other = next(s for s in sources if not same_base([names[0], s.base]))
        raise UsageError(
            f"{sources[0].name} is made for the base model {names[0]!r}, {other.name} for {other.base!r}",
            "where they are the same model, name it with --base",
        )
    return names[0]


def plain_lora(source: Source, what: str) -> None:
    """Refuse a LoRA whose matrices alone do not tell what it adds, or that brings more than matrices.

    Raises:
        UsageError: says why ``what`` (such as "combine") cannot be done.
    """
    config = source.config
    cannot = f"cannot {what} {source.name}"
    for setting, reason in NOT_A_SUM.items():
        if config.get(setting) is not None and config.get(setting) is not False and config.get(setting) != []:
            raise UsageError(f"{cannot}: {reason}")
    if way := mutates(config):
        raise UsageError(
            f"{cannot}: it began as {way}, which takes part of the base model's weights away, so its matrices are "
            "not what it changes",
            "convert it when you save it (PEFT: path_initial_model_for_weight_conversion)",
        )


def lora_modules(sources: Sequence[Source], how: str) -> tuple[list[dict[str, lora.Pair]], dict[str, Any]]:
    """Each adapter's pairs, and what else goes into the result unchanged (the base's embeddings beside LoRA's).

    Raises:
        UsageError: DoRA, biases, modules_to_save, or ranks, shapes and settings that do not fit together.
        HftermError: a half is missing.
    """
    held: list[dict[str, lora.Pair]] = []
    kept: dict[str, Any] = {}
    for source in sources:
        plain_lora(source, "combine")
        cannot = f"cannot combine {source.name}"
        if source.config.get("use_dora"):
            raise UsageError(f"{cannot}: DoRA's magnitudes are no sum; PEFT would take the base model's", _ALONE)
        if source.config.get("lora_bias") or source.config.get("bias") not in (None, "none"):
            raise UsageError(f"{cannot}: it has trained biases, which PEFT would drop without a word", _ALONE)
        if more := source.config.get("modules_to_save") or source.config.get("trainable_token_indices"):
            named = ", ".join(map(str, more))
            raise UsageError(f"{cannot}: it holds whole modules or tokens ({named[:100]}), not only changes", _ALONE)
        try:
            pairs, rest = lora.pairs(source.config, source.tensors)
        except HftermError as exc:
            raise HftermError(f"{source.name} is damaged: {exc.message}", "get the adapter again") from exc
        if not pairs:
            raise HftermError(f"{source.name} is damaged: it holds no LoRA matrices", "get the adapter again")
        held.append(pairs)
        _keep(kept, rest, source, pairs)
    for setting in ("fan_in_fan_out", "task_type"):
        values = {str(s.config.get(setting)) for s in sources}
        if len(values) > 1:
            raise UsageError(f"the adapters differ in {setting}: {' and '.join(sorted(values))}")
    _shapes(sources, held, how)
    return held, kept


def _keep(kept: dict[str, Any], rest: dict[str, Any], source: Source, pairs: dict[str, lora.Pair]) -> None:
    """PEFT saves an embedding that is tuned with the base's weights beside it: the same in all adapters."""
    import torch

    embeddings = {f"{lora.PREFIX}{p.module}." for p in pairs.values() if p.embedding}
    for name, tensor in rest.items():
        if name.startswith(tuple(embeddings)) and name.endswith((".base_layer.weight", ".weight")):
            if name in kept and not torch.equal(kept[name], tensor):
                raise UsageError(f"cannot combine {source.name}: its copy of {name} is another than the first's")
            kept[name] = tensor
        else:
            raise UsageError(f"cannot combine {source.name}: {name} is no half of a LoRA, and would be dropped")


def _shapes(sources: Sequence[Source], held: Sequence[dict[str, lora.Pair]], how: str) -> None:
    seen: dict[str, tuple[str, lora.Pair]] = {}
    for source, pairs in zip(sources, held, strict=True):
        for module, pair in pairs.items():
            if module not in seen:
                seen[module] = (source.name, pair)
                continue
            name, other = seen[module]
            if pair.a.shape[1:] != other.a.shape[1:] or pair.b.shape[0] != other.b.shape[0]:
                sizes = [[p.b.shape[0], *p.a.shape[1:]] for p in (other, pair)]
                raise UsageError(
                    f"{module} is {sizes[0]} in {name} and {sizes[1]} in {source.name}: not of the same base model"
                )
            if how in _SAME_RANK and pair.rank != other.rank:
                raise UsageError(
                    f"--how {how} needs adapters of one rank: {module} has {other.rank} in {name}, "
                    f"{pair.rank} in {source.name}",
                    "use --how svd or cat",
                )


def ia3(sources: Sequence[Source], how: str) -> None:
    """Refuse what of (IA)3 cannot be added up.

    Raises:
        UsageError: another way than a weighted sum, whole modules, or shapes that differ.
    """
    if how not in ("svd", "linear"):
        raise UsageError(f"(IA)3 has vectors, no matrices: --how {how} means nothing", "leave --how out")
    shapes: dict[str, tuple[Any, str]] = {}
    for source in sources:
        if more := source.config.get("modules_to_save"):
            raise UsageError(f"cannot combine {source.name}: it holds whole modules ({', '.join(map(str, more))})")
        for name, tensor in source.tensors.items():
            if not name.endswith(".ia3_l"):
                raise UsageError(f"cannot combine {source.name}: {name} is no vector of (IA)3, and would be dropped")
            if name in shapes and shapes[name][0] != tensor.shape:
                raise UsageError(f"{name} has other shapes in {shapes[name][1]} and {source.name}")
            shapes[name] = (tensor.shape, source.name)
