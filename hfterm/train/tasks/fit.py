"""Whether a model is for a task, told from its config.json alone; and how long its texts may be."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hfterm.errors import HftermError, UsageError


class Task(NamedTuple):
    """What transformers calls a task: the ``auto`` class and the table of the models for it; ``what`` in words."""

    auto: str
    table: str
    what: str


TASKS = {
    "clm": Task("AutoModelForCausalLM", "CAUSAL_LM", "causal language modelling"),
    "mlm": Task("AutoModelForMaskedLM", "MASKED_LM", "masked language modelling"),
    "seq2seq": Task("AutoModelForSeq2SeqLM", "SEQ_TO_SEQ_CAUSAL_LM", "text to text"),
    "classify": Task("AutoModelForSequenceClassification", "SEQUENCE_CLASSIFICATION", "text classification"),
    "tag": Task("AutoModelForTokenClassification", "TOKEN_CLASSIFICATION", "token classification"),
    "image": Task("AutoModelForImageClassification", "IMAGE_CLASSIFICATION", "image classification"),
    "audio": Task("AutoModelForAudioClassification", "AUDIO_CLASSIFICATION", "audio classification"),
}
# Positions that a model's own count of them does not leave to tokens: padding comes first.
_AFTER_PADDING = {"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "roberta-prelayernorm", "data2vec-text"}
_CAUSAL = ("CausalLM", "LMHeadModel", "ForConditionalGeneration")
# Their positions are relative; the number in the configuration is what they were trained with.
_RELATIVE = {"t5", "mt5", "umt5", "longt5", "switch_transformers"}


def check(method: str, config: Mapping[str, Any]) -> None:
    """Refuse a model that transformers has no class for in this task.

    Raises:
        UsageError: what the model is for is named.
    """
    kind = str(config.get("model_type"))
    if kind not in _models(method):
        fitting = verbs(config)
        raise UsageError(
            f"a model of the type {kind!r} is not for {TASKS[method].what}",
            f"it is for {', '.join(fitting)}" if fitting else f"choose a model for {TASKS[method].what}",
        )
    named = [str(name) for name in config.get("architectures") or ()]
    # BERT and its kin can be built as a causal model, which without its training as one learns to copy.
    causal = config.get("is_decoder") or any(name.endswith(_CAUSAL) for name in named)
    if method == "clm" and kind in _models("mlm") and not causal:
        raise UsageError(f"a model of the type {kind!r} reads both ways", "use hfterm train mlm")


def verbs(config: Mapping[str, Any]) -> list[str]:
    """The commands that a model of this type is for."""
    kind = str(config.get("model_type"))
    return [f"hfterm train {name}" for name in TASKS if kind in _models(name)]


def _models(method: str) -> Mapping[str, Any]:
    from transformers.models.auto import modeling_auto

    names: Mapping[str, Any] = getattr(modeling_auto, f"MODEL_FOR_{TASKS[method].table}_MAPPING_NAMES")
    return names


def longest(config: Mapping[str, Any], tokenizer: Any, wanted: int) -> int:
    """Tokens that an example may have: ``wanted``, or fewer where the model or its tokenizer has no room for them."""
    known = positions(config)
    return min(wanted, int(min(tokenizer.model_max_length, 2**31)), *([] if known is None else [known]))


def positions(config: Mapping[str, Any]) -> int | None:
    """Tokens that a model reads, by its configuration; None: as many as one likes."""
    kind, found = config.get("model_type"), []
    # OPT and BART count what their table of positions has beside the padding; nobody else says n_positions.
    for name in () if kind in _RELATIVE else ("max_position_embeddings", "n_positions", "n_ctx"):
        value = config.get(name)
        if isinstance(value, int) and value > 2:
            found.append(value - 2 if kind in _AFTER_PADDING else value)
    inner = config.get("text_config")
    return min(found) if found else positions(inner) if isinstance(inner, Mapping) else None


def check_vocabulary(config: Mapping[str, Any], largest: int, model: Path) -> None:
    """Refuse token ids that the model has no embedding for: torch would only say that an index is out of range.

    Raises:
        HftermError: there are such.
    """
    size = config.get("vocab_size")
    if isinstance(size, int) and largest >= size:
        raise HftermError(
            f"the tokenizer of {str(model)!r} has the token id {largest}, the model a vocabulary of {size}",
            "they do not belong together: get the model again, or change vocab_size in config.json",
        )
