"""PEFT methods by name, and their configurations."""

import dataclasses
import difflib
from collections.abc import Mapping
from typing import Any

from hfterm.errors import UsageError, one_line

# What is set when the user does not say: PEFT's own defaults touch few layers, or cannot be built.
DEFAULTS: dict[str, dict[str, Any]] = {
    "lora": {"r": 16, "lora_alpha": 32, "target_modules": "all-linear"},
}
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "dora": ("lora", {"use_dora": True}),
    "rslora": ("lora", {"use_rslora": True}),
    "pissa": ("lora", {"init_lora_weights": "pissa"}),
    "olora": ("lora", {"init_lora_weights": "olora"}),
}

# What PEFT trains only with more than records of text.
NOT_FROM_RECORDS = {
    "poly": "it needs a task number with every record",
    "multitask_prompt_tuning": "it needs a task number with every record",
    "xlora": "it mixes adapters that are trained already",
}


def names() -> list[str]:
    """Every method that can be named, in small letters, variants of LoRA included."""
    from peft.mapping import PEFT_TYPE_TO_CONFIG_MAPPING

    return sorted({*(kind.value.lower() for kind in PEFT_TYPE_TO_CONFIG_MAPPING), *VARIANTS})


def find(method: str, *more: str) -> tuple[str, dict[str, Any], Any]:
    """PEFT's own name of ``method``, what the variant sets, and the class of its configuration.

    Raises:
        UsageError: there is none; the nearest is named, ``more`` (other words that fit here) included.
    """
    from peft.mapping import PEFT_TYPE_TO_CONFIG_MAPPING

    by_name = {kind.value.lower(): cls for kind, cls in PEFT_TYPE_TO_CONFIG_MAPPING.items()}
    name = method.lower().replace("-", "_")
    base, extra = VARIANTS.get(name, (name, {}))
    if base not in by_name:
        near = difflib.get_close_matches(name, [*names(), *more], n=2)
        every = ", ".join([*more, *names()])
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"choose {every}"
        raise UsageError(f"no such PEFT method {method!r}", hint)
    return base, extra, by_name[base]


def config(method: str, settings: Mapping[str, Any], task: str | None = "CAUSAL_LM", *, ours: bool = True) -> Any:
    """The PEFT configuration of ``method`` with ``settings`` over our defaults.

    Not ``ours``: over PEFT's own defaults, and of methods too that :mod:`hfterm.train` cannot train.

    Raises:
        UsageError: no such method or setting (the nearest is named), a value it refuses, or a method that
            needs more than records.
    """
    base, extra, cls = find(method, *(["none"] if ours else []))
    if ours and base in NOT_FROM_RECORDS:
        raise UsageError(f"PEFT method {method!r} cannot be trained here: {NOT_FROM_RECORDS[base]}", "choose another")
    known = {f.name for f in dataclasses.fields(cls) if f.init}
    for key in settings:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=2)
            hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"it has {', '.join(sorted(known))}"
            raise UsageError(f"PEFT method {method!r} has no setting {key!r}", hint)
    values = {**(DEFAULTS.get(base, {}) if ours else {}), **extra, **settings}
    if "num_virtual_tokens" in known:
        values.setdefault("num_virtual_tokens", 20)
    if "task_type" in known:
        values.setdefault("task_type", task)
    try:
        return cls(**values)
    except (TypeError, ValueError, KeyError, ImportError) as exc:
        raise UsageError(f"PEFT method {method!r}: {one_line(exc)}", "change it with --peft-set KEY=VALUE") from exc
