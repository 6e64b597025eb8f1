"""A recipe as the library's own arguments: ours named one by one, any other by ``--set``."""

import importlib
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from hfterm.errors import UsageError, one_line
from hfterm.train import methods, schema, trackers
from hfterm.train.recipe import Recipe, did_you_mean
from hfterm.train.schema.ours import OURS


def arguments_class(kind: type[Recipe]) -> Any:
    """The library's dataclass of arguments that a recipe becomes."""
    module, _, name = kind.ARGUMENTS.rpartition(".")
    return getattr(importlib.import_module(module), name)


def check_settings(settings: Mapping[str, Any], recipe: type[Recipe]) -> dict[str, Any]:
    """The ``--set`` fields as the installed library takes them.

    Raises:
        UsageError: a field is unknown (the nearest is named), ours, or its value of the wrong kind.
    """
    if settings:
        arguments_class(recipe)  # whoever trains needs it anyway, and its fields are then told at once
    return schema.check(recipe.ARGUMENTS, settings, own={f.name for f in fields(recipe)}, ours=OURS)


def steps_for(examples: int | None, recipe: Recipe, processes: int = 1) -> int | None:
    """Optimizer steps that the trainer will make on so many processes; None where only it knows."""
    if recipe.max_steps is not None:
        return recipe.max_steps
    if examples is None:
        return None
    batches = math.ceil(examples / (recipe.per_device_train_batch_size * processes))
    return math.ceil(recipe.num_train_epochs * max(1, math.ceil(batches / recipe.gradient_accumulation_steps)))


def report_to(names: str | None, folder: Path) -> list[str]:
    """The trackers that the trainer tells beside the run's own files, ready for the run in ``folder``.

    Raises:
        As :func:`hfterm.train.trackers.wanted`.
    """
    wanted = trackers.wanted(names)
    if folder.is_absolute():  # else nothing is to be written yet
        trackers.prepare(wanted, folder)
    return wanted


def _choose(names: Iterable[str]) -> str:
    return f"choose {', '.join(names)}"


def training_arguments(recipe: Recipe, folder: Path, *, device: str, dtype: str) -> Any:
    """The library's arguments of a resolved recipe; checkpoints go to ``folder``.

    Raises:
        UsageError: the installed library refuses a value.
    """
    settings = check_settings(recipe.set, type(recipe))
    from transformers.trainer_utils import SchedulerType

    schedules = [s.value for s in SchedulerType]
    if recipe.lr_scheduler_type not in schedules:
        hint = did_you_mean(recipe.lr_scheduler_type, schedules, _choose(schedules))
        raise UsageError(f"--lr-scheduler-type: no such course {recipe.lr_scheduler_type!r}", hint)
    warmup = recipe.warmup_steps
    own = {f.name: getattr(recipe, f.name) for f in fields(recipe) if f.metadata.get("argument")}
    values: dict[str, Any] = {
        "num_train_epochs": recipe.num_train_epochs,
        "max_steps": recipe.max_steps or -1,
        "learning_rate": recipe.learning_rate,
        "per_device_train_batch_size": recipe.per_device_train_batch_size,
        "per_device_eval_batch_size": recipe.per_device_train_batch_size,
        "gradient_accumulation_steps": recipe.gradient_accumulation_steps,
        "activation_checkpointing": recipe.gradient_checkpointing,
        "warmup_steps": warmup if warmup < 1 else int(warmup),
        "lr_scheduler_type": recipe.lr_scheduler_type,
        "weight_decay": recipe.weight_decay,
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        "save_strategy": "steps",
        "save_steps": recipe.save_steps,
        "logging_strategy": "steps",
        "logging_steps": recipe.logging_steps,
        "logging_first_step": True,
        "logging_nan_inf_filter": False,
        "eval_strategy": "steps" if recipe.evaluates else "no",
        "eval_steps": recipe.eval_steps,
        "include_num_input_tokens_seen": "non_padding",
        "remove_unused_columns": False,
        "dataloader_pin_memory": device.startswith("cuda"),
        "disable_tqdm": True,
        "report_to": report_to(recipe.report_to, folder.parent),
        "run_name": folder.parent.name or None,
        "use_cpu": device == "cpu",
        "bf16": dtype == "bfloat16" and device.startswith("cuda"),
        "fp16": dtype == "float16",
        **{name: value for name, value in own.items() if value is not None},
        **methods.of(recipe).arguments(recipe),
    }
    if device == "cpu" and os.environ.get("ACCELERATE_USE_DEEPSPEED") == "true":
        # With its own word for the CPU accelerate leaves DeepSpeed out and says nothing.
        values |= {"use_cpu": False, "accelerator_config": {"use_configured_state": True}}
    try:
        arguments = arguments_class(type(recipe))(output_dir=str(folder), **{**values, **settings})
    except (TypeError, ValueError, KeyError, AttributeError, ImportError) as exc:
        raise UsageError(f"the settings are refused: {one_line(exc)[:200]}") from exc
    # One run, one device: on a machine with several GPUs the Trainer would otherwise split each batch.
    _ = arguments.device
    arguments._n_gpu = min(1, arguments.n_gpu)
    return arguments
