"""LoRA on parameters (``target_parameters``), such as the weights of all experts in one: held against the base's.

As ``peft.tuners.lora.layer.ParamWrapper`` has it: A is (experts * rank, in), B (out, experts * rank), for a parameter
(experts, out, in) or (experts, in, out), or of two sides as one expert. Where a module has several that are targets,
wrappers lie one in another (``base_layer``): the innermost is that of the module's first parameter.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hfterm.hub.inspect.tensors import Tensor
from hfterm.peft import keys

INNER = ".base_layer"
Shapes = Mapping[str, Mapping[str, tuple[int, ...]]]


class Held(NamedTuple):
    """``modules`` are those of the adapter that were looked at; the others are problems, in words."""

    modules: set[str]
    sizes: list[str]
    gone: list[str]
    lacking: list[str]


def targets(config: Mapping[str, Any]) -> list[str]:
    """The ends of the names of the parameters that are targets."""
    told = config.get("target_parameters")
    return [one for one in told if isinstance(one, str)] if isinstance(told, list) else []


def root(module: str) -> str:
    """The module whose parameters a wrapper, or one inside of it, changes."""
    while module.endswith(INNER):
        module = module.removesuffix(INNER)
    return module


def rank(config: Mapping[str, Any], module: str, rows: int) -> int:
    """The rank of a module's A of so many rows: an expert's, where A is of several."""
    told = keys.rank_of(config, module)
    return told if targets(config) and told and rows > told and not rows % told else rows


def reach(config: Mapping[str, Any], modules: Mapping[str, Any]) -> set[str]:
    """The names, without ``.weight``, that parameters of these modules would have as targets."""
    ends = {one.rpartition(".")[2] for one in targets(config)}
    return {f"{root(module)}.{end}".removesuffix(".weight") for module in modules for end in ends}


def against(config: Mapping[str, Any], shapes: Shapes, weights: Mapping[str, Tensor]) -> Held:
    """Hold the adapter's wrappers against the base's parameters.

    ``shapes`` are those of the adapter's tensors by module and part; ``weights`` the base's by name, ``.weight`` left
    out.
    """
    found = Held(set(), [], [], [])
    by_root: dict[str, list[str]] = {}
    for name in weights if targets(config) else ():
        full = name if _is_target(config, name) else f"{name}.weight"
        if _is_target(config, full):
            by_root.setdefault(full.rpartition(".")[0], []).append(name)
    levels: dict[str, list[str]] = {}
    for module, parts in shapes.items():
        if root(module) in by_root and "lora_A" in parts:
            levels.setdefault(root(module), []).append(module)
            found.modules.add(module)
    for above, names in by_root.items():
        inner = sorted(levels.get(above, []), key=len, reverse=True)
        if len(inner) < len(names):
            lost = names[len(inner) :] if inner else names
            found.lacking.extend(f"{name} is a target, and its keys are missing" for name in lost)
            continue
        found.gone.extend(f"{name} has no parameter of the base model" for name in inner[len(names) :])
        for name, module in zip(names, inner, strict=False):
            said = _misfit(config, name, shapes[module], weights[name])
            found.sizes.extend([said] if said else [])
    return found


def _is_target(config: Mapping[str, Any], name: str) -> bool:
    return any(name == one or name.endswith(f".{one}") for one in targets(config))


def _misfit(config: Mapping[str, Any], name: str, parts: Mapping[str, tuple[int, ...]], tensor: Tensor) -> str | None:
    """What does not fit; of sides that are no matrix nothing is said here."""
    a, b = parts.get("lora_A", ()), parts.get("lora_B", ())
    if len(a) != 2 or len(b) != 2 or len(tensor.shape) not in (2, 3):
        return None
    experts, sides = (tensor.shape[0], tensor.shape[1:]) if len(tensor.shape) == 3 else (1, tensor.shape)
    straight = (b[0], a[1]) == sides
    if not straight and not (len(tensor.shape) == 3 and (a[1], b[0]) == sides):
        return f"{name} is made for a weight {[b[0], a[1]]}, the base model's is {list(tensor.shape)}"
    told = keys.rank_of(config, name)
    if told is not None and a[0] != told * experts:
        need = f"{told * experts}: {experts} in the base model, each of rank {told}"
        return f"{name} has an A of {a[0]} rows, not {need}"
    return None
