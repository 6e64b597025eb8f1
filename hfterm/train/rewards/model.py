"""A reward model as a reward: a sequence classifier with one output, or an adapter of one on its base model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from hfterm.errors import HftermError, UsageError, one_line
from hfterm.inference import folder, load
from hfterm.inference.quiet import hush
from hfterm.train import quantized

# What the head is called that makes a language model a classifier; it is not in a language model's weights.
_HEADS = {"score", "classifier", "pre_classifier", "classification_head", "pooler"}
# Modules of the head as bitsandbytes is to leave them, those within the body by pattern.
_SPARED = [*sorted(_HEADS - {"pooler"}), r".*\.pooler"]


def load_classifier(
    path: Path, *, device: str, dtype: str, fresh: bool = False, more: Mapping[str, Any] | None = None
) -> Any:
    """The model with one output in the folder ``path`` (an adapter is put on its base), in evaluation mode.

    ``fresh``: a language model is taken too, and gets a new head, drawn from the random state. ``more`` is for
    ``from_pretrained``: quantization, of all but the head.

    Raises:
        UsageError: it has another number of outputs. HftermError: it cannot be loaded, or has no head.
    """
    import torch

    hush()
    from transformers import AutoModelForSequenceClassification

    found = folder.inspect(path)
    base = folder.inspect(load.base_folder(found)) if found.is_adapter else found
    outputs = base.config.get("num_labels") or len(base.config.get("id2label") or {}) or 2
    is_head = any("SequenceClassification" in name for name in base.config.get("architectures") or ())
    if is_head and outputs != 1:
        raise UsageError(
            f"{str(base.path)!r} sorts into {outputs} classes and is no reward model", "a reward model has one output"
        )
    try:
        model, info = AutoModelForSequenceClassification.from_pretrained(
            base.path,
            num_labels=1,
            dtype=getattr(torch, dtype),
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
            **quantized.sparing(more or {}, _SPARED),
        )
    except Exception as exc:  # a folder that does not fit makes the libraries raise anything
        raise HftermError(f"cannot load {str(base.path)!r} as a reward model: {one_line(exc)[:200]}") from exc
    missing = sorted(info.get("missing_keys") or ())
    new_head = fresh or found.is_adapter
    if missing and not (new_head and all(any(part in _HEADS for part in name.split(".")) for name in missing)):
        raise HftermError(
            f"{str(path)!r} is no reward model: {len(missing)} weights are not in it, first {missing[0]!r}",
            "train one with 'hfterm train reward'",
        )
    if found.is_adapter:
        from peft import PeftModel

        if found.config.get("task_type") != "SEQ_CLS":
            raise UsageError(f"{str(path)!r} is an adapter of another task, not of a reward model")
        model = PeftModel.from_pretrained(model, str(found.path), local_files_only=True)
    return (model if more and "device_map" in more else model.to(device)).eval()


class RewardModel:
    """Scores conversations (or texts) with a model."""

    def __init__(self, model: Any, tokenizer: Any, device: str) -> None:
        self.model, self.tokenizer, self.device = model, tokenizer, device
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token
        tokenizer.padding_side = "right"
        # The score is read at the last token that is no padding.
        model.config.get_text_config().pad_token_id = tokenizer.pad_token_id

    @classmethod
    def load(cls, path: Path, *, device: str, dtype: str) -> Self:
        """Load the reward model of a folder.

        Raises:
            As :func:`load_classifier`.
        """
        found = folder.inspect(path)
        where = found if found.has_tokenizer or not found.is_adapter else folder.inspect(load.base_folder(found))
        model = load_classifier(path, device=device, dtype=dtype)
        return cls(model, load.load_tokenizer(where), device)

    def __call__(self, prompts: Sequence[Any], completions: Sequence[Any], **_: Any) -> list[float]:
        """One score a completion."""
        return self.scores([self._text(p, c) for p, c in zip(prompts, completions, strict=True)])

    def scores(self, texts: Sequence[str]) -> list[float]:
        """The scores of whole texts, written as the chat template writes conversations."""
        import torch

        batch = self.tokenizer(list(texts), return_tensors="pt", padding=True, add_special_tokens=self._special())
        with torch.inference_mode():
            logits = self.model(**batch.to(self.device)).logits
        found: list[float] = logits[:, 0].float().tolist()
        return found

    def _special(self) -> bool:
        return not getattr(self.tokenizer, "chat_template", None)

    def _text(self, prompt: Any, completion: Any) -> str:
        eos = self.tokenizer.eos_token or ""
        if isinstance(prompt, str):
            whole: str = prompt + completion
            return whole if not eos or whole.endswith(eos) else whole + eos
        if self._special():
            raise UsageError("the reward model's tokenizer has no chat template, so a conversation has no form")
        text: str = self.tokenizer.apply_chat_template([*prompt, *completion], tokenize=False)
        return text
