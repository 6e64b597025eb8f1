"""PEFT methods by name, and their configurations."""

import dataclasses
import difflib
import importlib.util
import sys
from collections.abc import Mapping, Sequence
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
    "loftq": ("lora", {"init_lora_weights": "loftq", "loftq_config": {"loftq_bits": 4, "loftq_iter": 1}}),
    "eva": ("lora", {"init_lora_weights": "eva"}),
}

# What PEFT trains only with more than records of text.
NOT_FROM_RECORDS = {
    "poly": "it needs a task number with every record",
    "multitask_prompt_tuning": "it needs a task number with every record",
    "xlora": "it mixes adapters that are trained already, and PEFT does not save the mixer",
}
# First values of LoRA that a call of its own computes from data; without it PEFT leaves them random, or fails.
FROM_DATA = ("eva", "corda", "lora_ga")
# What a variant needs beside PEFT: packages, and a CUDA GPU.
PACKAGES = {"loftq": ("bitsandbytes", "scipy"), "qlora": ("bitsandbytes",)}
CUDA = ("loftq",)
# Settings that a method cannot do without and that depend on the model or the data.
REQUIRED: dict[str, dict[str, str]] = {
    "adaption_prompt": {"adapter_len": "tokens, such as 10", "adapter_layers": "last layers that get it, such as 30"},
    "cpt": {
        "cpt_token_ids": "the numbers of the tokens of examples, such as [5,6,7,8]",
        "cpt_tokens_type_mask": "1 to 4 for each: 1 and 3 template, 2 input, 4 answer, such as [1,2,3,4]",
    },
    "trainable_tokens": {"token_indices": "the numbers of the tokens, such as [5,6]"},
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
        raise unknown(method, [*more, *names()])
    return base, extra, by_name[base]


def unknown(method: str, every: Sequence[str]) -> UsageError:
    """The error for a name that is none of ``every``; the nearest are named."""
    name = method.lower().replace("-", "_")
    if name == "qlora":
        return UsageError("QLoRA is LoRA on weights of 4 bits", "write: --peft lora --load-in 4bit")
    near = difflib.get_close_matches(name, every, n=2)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"choose {', '.join(every)}"
    return UsageError(f"no such PEFT method {method!r}", hint)


def config(method: str, settings: Mapping[str, Any], task: str | None = "CAUSAL_LM", *, ours: bool = True) -> Any:
    """The PEFT configuration of ``method`` with ``settings`` over our defaults.

    Not ``ours``: over PEFT's own defaults, and of methods too that :mod:`hfterm.train` cannot train.

    Raises:
        UsageError: no such method or setting (the nearest is named), a value it refuses, or a method that
            needs more than records.
    """
    base, extra, cls = find(method, *(["none"] if ours else []))
    known = {f.name for f in dataclasses.fields(cls) if f.init}
    for key in settings:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=2)
            hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"it has {', '.join(sorted(known))}"
            raise UsageError(f"PEFT method {method!r} has no setting {key!r}", hint)
    values = {**(DEFAULTS.get(base, {}) if ours else {}), **extra, **settings}
    if ours:
        _trainable(method, base, values)
    if base == "adalora" and ours:
        values.setdefault("total_step", 1_000_000)  # hfterm.train.special knows how many there will be
    if "num_virtual_tokens" in known:
        values.setdefault("num_virtual_tokens", 20)
    if "task_type" in known:
        values.setdefault("task_type", task)
    try:
        return cls(**values)
    except (TypeError, ValueError, KeyError, ImportError) as exc:
        raise UsageError(f"PEFT method {method!r}: {one_line(exc)}", "change it with --peft-set KEY=VALUE") from exc


def untrainable(method: str) -> str | None:
    """Why :mod:`hfterm.train` cannot train a method, in words; None: it can, with the settings of ``REQUIRED``.

    Raises:
        UsageError: there is none.
    """
    base, extra, _ = find(method)
    return NOT_FROM_RECORDS.get(base) or _from_data(extra)


def lacking(method: str) -> str | None:
    """What this machine lacks for a variant of LoRA, in words; imports nothing but what is imported already."""
    missing = [package for package in PACKAGES.get(method, ()) if importlib.util.find_spec(package) is None]
    if missing:
        return f"needs {', '.join(missing)}, not installed"
    if method in CUDA and not _cuda():
        return "needs a CUDA GPU"
    return None


def _cuda() -> bool:
    if "torch" in sys.modules:
        import torch

        return bool(torch.cuda.is_available())
    from hfterm.monitor.survey import survey

    return any(gpu.get("visible") is not False for gpu in survey(cpu_interval=None).gpus)


def _from_data(values: Mapping[str, Any]) -> str | None:
    way = values.get("init_lora_weights")
    if isinstance(way, str) and way.lower().startswith(FROM_DATA):
        return "its first values are computed from the data, by a program of one's own"
    return None


def _trainable(method: str, base: str, values: Mapping[str, Any]) -> None:
    why = NOT_FROM_RECORDS.get(base) or (_from_data(values) if base == "lora" else None)
    if base == "lora" and values.get("init_lora_weights") == "loftq":
        why = lacking("loftq")
    if why:
        raise UsageError(f"PEFT method {method!r} cannot be trained here: {why}", "choose another")
    missing = {key: words for key, words in REQUIRED.get(base, {}).items() if not values.get(key)}
    if missing:
        said = ", ".join(f"{key} ({words})" for key, words in missing.items())
        example = " ".join(f"--peft-set {key}={words.rpartition('such as ')[2]}" for key, words in missing.items())
        raise UsageError(f"PEFT method {method!r} has no default for {said}", f"give it: {example}")
