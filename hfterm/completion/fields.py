"""Settings of PEFT methods and of trainers for a Tab: ``KEY=``, then what a choice or a switch can be.

They are those of the installed libraries, as far as some command has kept them in the cache folder
(:mod:`hfterm.train.schema.stored`, :mod:`hfterm.peft.catalog`); nothing is imported for them. Of the kept file only the
part is parsed that is asked for: of the whole that takes longer than a Tab may.
"""

import os
from typing import Any

from hfterm.paths import cache_dir_name

# Whose arguments a method of training takes, and what hfterm decides among them; a test holds both to the originals.
ARGUMENTS = {
    "sft": "trl.SFTConfig",
    "dpo": "trl.DPOConfig",
    "kto": "trl.KTOConfig",
    "reward": "trl.RewardConfig",
    "grpo": "trl.GRPOConfig",
    "rloo": "trl.RLOOConfig",
    "distill": "trl.DistillationConfig",
    "seq2seq": "transformers.Seq2SeqTrainingArguments",
}
OTHERS = "transformers.TrainingArguments"
DECIDED = frozenset(
    [
        "output_dir",
        "disable_tqdm",
        "resume_from_checkpoint",
        "do_train",
        "do_eval",
        "eval_strategy",
        "save_strategy",
        "save_total_limit",
        "save_only_model",
        "logging_strategy",
        "use_cpu",
        "bf16",
        "fp16",
        "data_seed",
        "push_to_hub",
        "activation_checkpointing",
        "train_batch_size",
    ]
)
# Settings of every PEFT method that PEFT, or hfterm, fills in itself.
_SHARED = frozenset(
    ["task_type", "auto_mapping", "peft_type", "peft_version", "base_model_name_or_path", "revision", "inference_mode"]
)
# A kept file, or a recipe, larger than this is not read.
_MOST_BYTES = 8 << 20
_MOST_RECIPE_BYTES = 1 << 16

Words = list[str] | tuple[str, ...]
# Of each setting what its value can be, where that is told.
Choices = dict[str, list[str]]


def settings(kind: str, prefix: str, words: Words) -> list[str]:
    """What ``prefix`` can become: keys with ``=``, or a key and one of its values.

    ``kind``: ``peftkeys`` (of the method after ``--peft``, or LoRA), ``fieldkeys`` (of the method of training among the
    words) or ``recipekeys`` (of the method in the recipe that the words name; its adapter's as ``peft.KEY``).
    """
    if kind == "peftkeys":
        found = _of_peft(_after("--peft", words) or "lora")
    elif kind == "fieldkeys":
        found = _of_training(next((word for word in words if word in ARGUMENTS), ""))
    else:
        method, adapter = _recipe(words)
        if prefix.startswith("peft."):
            found = {f"peft.{key}": values for key, values in _of_peft(adapter or "lora").items()}
        else:
            found = _of_training(method)
            if found and "=" not in prefix and "peft.".startswith(prefix):
                return sorted([*_offers(found, prefix), "peft."])
    return sorted(_offers(found, prefix))


def _offers(found: Choices, prefix: str) -> list[str]:
    key, equals, _ = prefix.partition("=")
    if equals:
        return [f"{key}={value}" for value in found.get(key, ())]
    return [f"{key}=" for key in found]


def _after(option: str, words: Words) -> str | None:
    """The value of an option, of several the last."""
    found = None
    for at, word in enumerate(words):
        if word.startswith(f"{option}="):
            found = word.partition("=")[2]
        elif word == option and at + 1 < len(words):
            found = words[at + 1]
    return found


def _of_peft(method: str) -> Choices:
    name = method.lower().replace("-", "_")
    name = "lora" if name == "qlora" else name
    text = _kept("train-schema", "")
    at = text.rfind('"peft": {')
    told = _part(text, f'"{name}": ', at, '{"base"') if at >= 0 else None
    rows = told["fields"] if told else None
    if rows is None:
        text = _kept("peft", "methods-")
        at = text.rfind('"settings": {')
        rows = _part(text, f'"{name}": ', at, "[") if at >= 0 else None
    found = {str(row.get("name", row.get("setting"))): _values(row) for row in rows or ()}
    return {key: values for key, values in found.items() if key not in _SHARED}


def _of_training(method: str) -> Choices:
    rows = _part(_kept("train-schema", ""), f'"{ARGUMENTS.get(method, OTHERS)}": ', 0, "[")
    return {row["name"]: _values(row) for row in rows or () if row["name"] not in DECIDED}


def _values(row: dict[str, Any]) -> list[str]:
    """What a setting's value can be: a field has ``kinds`` and ``choices``, a row of the catalog Python's ``type``."""
    kinds, choices = row.get("kinds"), list(row.get("choices") or ())
    if kinds is None:
        said = str(row.get("type"))
        literal = said.partition("Literal[")[2].partition("]")[0]
        choices = [one.strip().strip("'\"") for one in literal.split(",")] if literal else []
        kinds = ["bool"] if "bool" in said.replace("[", " ").replace("]", " ").replace(",", " ").split() else []
    choices += ["true", "false"] if "bool" in kinds else []
    # Some choices are words about a value.
    return [str(one) for one in choices if str(one).replace("_", "").replace("-", "").replace(".", "").isalnum()]


def _part(text: str, key: str, start: int, begins: str) -> Any:
    """The value after ``key`` in JSON, which begins in a certain way; None where there is none."""
    at = text.find(key + begins, start)
    if at < 0:
        return None
    import json

    return json.JSONDecoder().raw_decode(text, at + len(key))[0]


def _kept(folder: str, start: str) -> str:
    """The newest of the kept files whose names begin with ``start``."""
    where, newest = os.path.join(cache_dir_name(), folder), (0.0, "")
    try:
        with os.scandir(where) as entries:
            for entry in entries:
                if entry.name.startswith(start) and entry.name.endswith(".json"):
                    found = entry.stat()
                    if found.st_size <= _MOST_BYTES:
                        newest = max(newest, (found.st_mtime, entry.path))
        with open(newest[1], encoding="utf-8") as stream:
            return stream.read()
    except OSError:
        return ""


def _recipe(words: Words) -> tuple[str, str | None]:
    """The method of training, and of its adapter, in the recipe of YAML that the words name, if its lines are plain."""
    path = next((word for word in words if word.endswith((".yaml", ".yml")) and os.path.isfile(word)), None)
    if path is None:
        return next((word for word in words if word in ARGUMENTS), ""), None
    with open(path, encoding="utf-8", errors="replace") as stream:
        lines = stream.read(_MOST_RECIPE_BYTES).splitlines()
    found: dict[str, str] = {}
    above = ""
    for line in lines:
        name, _, value = line.partition(" #")[0].partition(":")
        if line[:1] not in (" ", "\t", "#", ""):
            above = name
            name = ""
        found.setdefault(f"{above}.{name.strip()}", value.strip(" '\""))
    return found.get("method.", ""), found.get("peft.method") or found.get("peft.") or None
