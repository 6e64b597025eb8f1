"""Checkpoints that were saved with PEFT's layers in the model: the base and the adapter taken apart by their names."""

import re
from collections.abc import Iterable

PREFIX = "base_model.model."
_BASE = re.compile(r"\.(?:base_layer|original_module)(?=\.)")


def is_wrapped(keys: Iterable[str]) -> bool:
    """Whether names of tensors are those of a model with PEFT's layers in it."""
    return any(key.startswith(PREFIX) or ".base_layer." in key for key in keys)


def parts(keys: Iterable[str], kind: str, name: str = "default") -> tuple[dict[str, str], dict[str, str]]:
    """The base's tensors and the adapter's: their names in the checkpoint by those that they get.

    ``kind`` is the adapter's peft_type, ``name`` the adapter's name in the checkpoint.
    """
    from hfterm.peft.keys import PREFIXES

    prefix = PREFIXES.get(kind.upper(), "lora_")
    base, adapter = {}, {}
    held = list(keys)
    saved = {key.partition(".modules_to_save.")[0] for key in held if ".modules_to_save." in key}
    for key in held:
        plain = key.removeprefix(PREFIX)
        if ".modules_to_save." in key:
            adapter[PREFIX + plain.replace(f".modules_to_save.{name}.", ".")] = key
        elif any(word.startswith(prefix) for word in plain.split(".")):
            adapter[PREFIX + re.sub(rf"\.{re.escape(name)}(?=\.|$)", "", plain)] = key
        elif ".original_module." in key or key.partition(".modules_to_save.")[0] not in saved:
            base[_BASE.sub("", plain)] = key
    return base, adapter
