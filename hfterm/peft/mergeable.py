"""Which adapters can be merged, told from ``adapter_config.json`` alone.

PEFT merges some kinds without a word into something else; those are refused here.
"""

from collections.abc import Mapping
from typing import Any

from hfterm.errors import UsageError

PROMPT_KINDS = {
    "PROMPT_TUNING",
    "MULTITASK_PROMPT_TUNING",
    "P_TUNING",
    "PREFIX_TUNING",
    "CPT",
    "CARTRIDGE",
}
# Tasks whose models are not language models.
HEADED = {"SEQ_CLS", "TOKEN_CLS", "QUESTION_ANS", "SEQ_2_SEQ_LM"}
OTHER_KINDS = {"ADAPTION_PROMPT", "POLY", "LILY", "SHADOW"}


def method(config: Mapping[str, Any]) -> str:
    """The PEFT method in small letters."""
    return str(config.get("peft_type") or "unknown").lower()


def exact(name: str) -> bool | None:
    """Whether a method's adapters become part of the weights exactly; None where it depends on the base model.

    Measured with PEFT 0.21; single settings can still stand in the way (:func:`check`).
    """
    kind = name.upper()
    if kind == "BEFT":  # it needs biases to add to
        return None
    return kind not in PROMPT_KINDS | OTHER_KINDS | {"XLORA"}


def check(config: Mapping[str, Any], name: str, *, language: bool = False) -> None:
    """Refuse what has no weights to merge, or what PEFT would merge wrongly.

    ``language``: the base is going to be loaded as a language model, without any other head.

    Raises:
        UsageError: it cannot be merged; the message says why.
    """
    kind = str(config.get("peft_type") or "").upper()
    use = f"use it as it is: hfterm chat {name}"
    if not kind:
        raise UsageError(f"cannot merge {name}: its adapter_config.json names no peft_type")
    if language and (task := config.get("task_type")) in HEADED:
        raise UsageError(f"cannot merge {name} into a language model: it is an adapter for the task {task}")
    if kind in PROMPT_KINDS:
        raise UsageError(f"cannot merge {name}: {kind} learns a prompt, not a change of the weights", use)
    if kind in OTHER_KINDS:
        raise UsageError(f"cannot merge {name}: {kind} adds parts to the model that no weight can take over", use)
    if kind == "XLORA":
        raise UsageError(
            f"cannot merge {name}: X-LoRA mixes adapters anew for each token; PEFT would drop it silently", use
        )
    if config.get("layer_replication"):
        raise UsageError(
            f"cannot merge {name}: layer_replication shares weights between layers; PEFT would merge them wrongly", use
        )
    if (config.get("alora_invocation_tokens")) is not None:
        raise UsageError(f"cannot merge {name}: an activated LoRA works only after its invocation tokens", use)
