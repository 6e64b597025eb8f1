"""Short and foreign names of a recipe's keys, and values that stand on a command line under any of them."""

import copy
import dataclasses
import re
from collections.abc import Iterable
from typing import Any

from hfterm.errors import UsageError
from hfterm.train.recipe import parse_value
from hfterm.train.recipes import RECIPES
from hfterm.train.schema.document import Document
from hfterm.train.schema.field import Field

# What people type, or know from other tools; the command line takes them, a file is told the right name.
ALIASES = {
    "lr": "learning_rate",
    "epochs": "num_train_epochs",
    "num_epochs": "num_train_epochs",
    "steps": "max_steps",
    "bs": "per_device_train_batch_size",
    "batch": "per_device_train_batch_size",
    "batch_size": "per_device_train_batch_size",
    "micro_batch_size": "per_device_train_batch_size",
    "accumulation": "gradient_accumulation_steps",
    "grad_accum": "gradient_accumulation_steps",
    "warmup": "warmup_steps",
    "warmup_ratio": "warmup_steps",
    "scheduler": "lr_scheduler_type",
    "lr_scheduler": "lr_scheduler_type",
    "wd": "weight_decay",
    "optimizer": "optim",
    "max_seq_length": "max_length",
    "cutoff_len": "max_length",
    "sequence_len": "max_length",
    "base_model": "model",
    "model_name": "model",
    "model_name_or_path": "model",
    "dataset": "data",
    "datasets": "data",
    "dataset_name": "data",
    "train_data": "data",
    "train_file": "data",
    "eval_file": "eval_data",
    "test_data": "eval_data",
    "adapter": "peft",
    "finetuning_type": "peft",
    "use_peft": "peft",
    "r": "peft.r",
    "rank": "peft.r",
    "lora_r": "peft.r",
    "lora_rank": "peft.r",
    "alpha": "peft.lora_alpha",
    "lora_alpha": "peft.lora_alpha",
    "dropout": "peft.lora_dropout",
    "lora_dropout": "peft.lora_dropout",
    "target_modules": "peft.target_modules",
    "lora_target_modules": "peft.target_modules",
}
FLAG = re.compile(r"--([a-z][a-z-]*)")
# Mappings of a recipe whose keys can be written with a dot.
GROUPS = ("set", "peft", "peft_set", "columns")


def full(key: str, known: Iterable[str] = ()) -> str:
    """The name of a key as a recipe has it: ``lr`` is ``learning_rate``, unless there is a key ``lr``."""
    key = key.strip().replace("-", "_")
    return key if key in known else ALIASES.get(key, key)


def pairs(words: Iterable[str], option: str) -> list[tuple[str, str]]:
    """``KEY=VALUE`` words, apart.

    Raises:
        UsageError: a word is none.
    """
    found = []
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"{option} {word}: not KEY=VALUE")
        found.append((key, value.strip()))
    return found


def overridden(document: Document, settings: Iterable[tuple[str, str]], option: str) -> Document:
    """A copy of the document with ``settings`` (key, text) over it; ``option`` is where they were written."""
    values = copy.deepcopy(document.values)
    written = dict(document.written)
    for key, text in settings:
        head, dot, rest = full(key).partition(".")
        if dot and head in GROUPS:
            inner = values.get(head)
            if not isinstance(inner, dict):
                inner = {"method": inner} if head == "peft" and inner is not None else {}
            values[head] = {**inner, rest: text}
            written[(head, rest)] = option
        elif head == "peft" and isinstance(values.get("peft"), dict) and text.lower() != "none":
            values["peft"] = {**values["peft"], "method": text}
            written[("peft", "method")] = option
        else:
            values[full(key)] = text
            written = {place: by for place, by in written.items() if place[0] != head}
            written[(full(key),)] = option
    return dataclasses.replace(document, values=values, written=written)


def spelled(field: Field, text: str) -> Any:
    """Text from a command line as the field may take it: a list of ``a,b``, an object of JSON, else the text."""
    if ("list" in field.kinds and ("," in text or text.startswith("["))) or (
        "dict" in field.kinds and text.startswith("{")
    ):
        return parse_value(text)
    if "none" in field.kinds and text.lower() in ("none", "null"):
        return None
    return text


def as_keys(text: str | None) -> str | None:
    """Words about options as words about a recipe's keys: ``--eval-data`` is ``eval_data`` there."""
    known = {field.name for kind in RECIPES.values() for field in dataclasses.fields(kind)}
    return text and FLAG.sub(lambda m: key if (key := m[1].replace("-", "_")) in known else m[0], text)


def told_of(message: str, recipe: Any) -> str | None:
    """The field of a recipe's class that a message tells of: by its option, else by its name."""
    known = [field.name for field in dataclasses.fields(recipe)]
    flags = [flag.replace("-", "_") for flag in FLAG.findall(message)]
    words = re.findall(r"\w+", message)
    return next((name for name in (*flags, *words) if name in known), None)
