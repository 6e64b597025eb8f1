"""LoRA on linear layers counted by its formula: in milliseconds, where PEFT and transformers take seconds to import.

It answers only where it is sure to say what PEFT would: architectures of :mod:`hfterm.peft.outline`, the settings of
``KNOWN``, and versions of the libraries that it was held against in tests. For all else it says None.
"""

import ast
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hfterm.peft import kept, outline
from hfterm.peft.outline import Layer

# Beginnings of the versions whose classes the tests hold this against.
TESTED = {"peft": "0.21.", "transformers": "5."}
METHODS = ("lora", "dora", "rslora", "pissa", "olora", "loftq", "eva", "qlora")
# Settings that are understood here; of the others not even the defaults are asked for.
KNOWN = {"r", "lora_alpha", "lora_dropout", "target_modules", "use_rslora", "use_dora", "init_lora_weights", "bias"}
_MAPPING = "TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING"


class Light(NamedTuple):
    """``touched``: layers that LoRA is put on, and how many numbers it adds to each; ``frozen``: the model's own."""

    architecture: str
    task: str
    touched: list[tuple[Layer, int]]
    frozen: int


def count(told: Mapping[str, Any], method: str, settings: Mapping[str, Any], task: str | None) -> Light | None:
    """What LoRA adds to the model of a config.json's object; None where only PEFT can tell."""
    name = method.lower().replace("-", "_")
    if name not in METHODS or not settings.keys() <= KNOWN or not _tested():
        return None
    found = outline.of(told)
    if found is None or task not in (None, found.task):
        return None
    rank, dora = settings.get("r", 8), settings.get("use_dora", name == "dora")
    sound = type(rank) is int and rank > 0 and type(dora) is bool and settings.get("bias", "none") == "none"
    numbers = [settings.get(key, 0) for key in ("lora_alpha", "lora_dropout")]
    if not sound or not all(type(value) in (int, float) and value >= 0 for value in numbers) or numbers[1] > 1:
        return None
    ways = [settings.get("use_rslora", False), settings.get("init_lora_weights", True)]
    if type(ways[0]) is not bool or type(ways[1]) not in (bool, str):  # first values change no count
        return None
    touched = _touched(found, settings.get("target_modules"), str(told["model_type"]))
    # What is not linear, PEFT wraps in another way, or refuses.
    if not touched or any(layer.size is None for layer in touched):
        return None
    added = [(layer, rank * sum(layer.size or ()) + (dora and (layer.size or (0, 0))[1])) for layer in touched]
    return Light(told["architectures"][0], found.task, added, sum(layer.numbers for layer in found.layers))


def _touched(found: outline.Outline, targets: Any, kind: str) -> list[Layer] | None:
    """The layers that ``target_modules`` means, as ``check_target_module_exists`` and ``all-linear`` of PEFT do."""
    if targets is None:
        targets = _defaults().get(kind)
    if isinstance(targets, str) and targets.lower() == "all-linear":
        return [layer for layer in found.layers if layer.size and not layer.head]
    if not isinstance(targets, list) or not targets:  # a pattern may mean modules that have no outline
        return None
    last = {layer.name.rpartition(".")[2] for layer in found.layers}
    above = {part for layer in found.layers for part in layer.name.split(".")[:-1]}
    if not all(isinstance(one, str) and one in last and one not in above for one in targets):
        return None  # a path, a module of several, a typo; the tied head too
    return [layer for layer in found.layers if layer.name.rpartition(".")[2] in targets]


def _defaults() -> dict[str, Any]:
    """The layers that PEFT takes where nothing is said, by model type: read from its source, as it is not imported."""
    spec = importlib.util.find_spec("peft")
    try:
        file = Path(spec.origin or "").parent / "utils" / "constants.py"  # type: ignore[union-attr]
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and [getattr(t, "id", None) for t in node.targets] == [_MAPPING]:
                found: dict[str, Any] = ast.literal_eval(node.value)
                return found
    except (OSError, ValueError, SyntaxError, AttributeError):
        pass
    return {}


def _tested() -> bool:
    versions = kept.versions()
    return all(versions[name].startswith(start) for name, start in TESTED.items())
