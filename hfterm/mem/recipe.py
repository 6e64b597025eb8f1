"""A training recipe as a question for the planner; the recipe comes as plain data, as ``Recipe.as_dict`` gives it."""

from collections.abc import Mapping
from typing import Any

from hfterm.errors import UsageError
from hfterm.mem.ask import OPTIMIZERS, Ask

# What the methods train, as tasks of :mod:`hfterm.mem.build`; those not named are language models.
TASKS = {
    "seq2seq": "seq2seq",
    "classify": "classify",
    "reward": "classify",
    "tag": "tag",
    "mlm": "mlm",
    "image": "image",
    "audio": "audio",
}
# An example of these is a pair of texts, both in the batch.
PAIRS = ("dpo", "reward")
# More than a step of the trained model is not followed: what is said of these beside it.
MORE = {
    "dpo": "without PEFT a frozen copy of the model is there too: add its weights",
    "kto": "without PEFT a frozen copy of the model is there too: add its weights",
    "distill": "the teacher is there too: add what it needs, see 'hfterm mem TEACHER --for inference'",
    "grpo": "the texts that it writes need a KV cache, and rewards may be models: not in the plan",
    "rloo": "the texts that it writes need a KV cache, and rewards may be models: not in the plan",
}
_NAMES = {"adamw_bnb_8bit": "adamw_8bit"}


def ask_of(method: str, recipe: Mapping[str, Any]) -> Ask:
    """What the planner is asked for a recipe of ``method``.

    Raises:
        UsageError: its optimizer or another setting is none that can be planned.
    """
    settings = recipe.get("set") or {}
    optimizer = str(settings.get("optim", "adamw_torch_fused"))
    optimizer = _NAMES.get(optimizer, optimizer)
    if optimizer not in OPTIMIZERS:
        raise UsageError(f"the memory of optimizer {optimizer!r} is not known here", f"choose {', '.join(OPTIMIZERS)}")
    batch = int(recipe["per_device_train_batch_size"])
    audio = recipe.get("max_seconds")
    length = recipe.get("max_length") or (round(float(audio) * 16_000) if audio else 1024)
    return Ask(
        str(recipe["model"]),
        task=TASKS.get(method, "clm"),
        peft=str(recipe["peft"]),
        peft_set=dict(recipe.get("peft_set") or {}),
        batch=batch * 2 if method in PAIRS else batch,
        length=int(length),
        target_length=recipe.get("max_target_length"),
        dtype=recipe.get("dtype"),
        checkpointing=bool(recipe.get("gradient_checkpointing")),
        optimizer=optimizer,
        accumulation=int(recipe["gradient_accumulation_steps"]),
        bits={"4bit": 4, "8bit": 8}.get(str(recipe.get("load_in"))),
    ).check()
