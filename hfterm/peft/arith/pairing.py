"""Two models of one architecture side by side, their weights read one at a time under the names they have in memory."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import refs
from hfterm.errors import HftermError, UsageError, one_line
from hfterm.inference import folder
from hfterm.peft.merging import bare, kinds
from hfterm.peft.merging.source import Names, Source

# How the names of model classes end, and PEFT's task type for it.
TASKS = {
    "ForCausalLM": "CAUSAL_LM",
    "LMHeadModel": "CAUSAL_LM",
    "ForSequenceClassification": "SEQ_CLS",
    "ForTokenClassification": "TOKEN_CLS",
    "ForQuestionAnswering": "QUESTION_ANS",
}
# Heads that PEFT holds whole by itself for these tasks.
_HEADS = {"SEQ_CLS": ("classifier", "score"), "TOKEN_CLS": ("classifier", "score"), "QUESTION_ANS": ("qa_outputs",)}


@dataclass(frozen=True)
class Linear:
    """A layer that LoRA can change; ``turned``: its weight is (in, out), as GPT-2's."""

    name: str
    shape: tuple[int, ...]
    turned: bool


@dataclass(frozen=True)
class Two:
    """``kind`` makes the model; ``one`` and ``other`` give its weights as they are in BASE and in TUNED."""

    base: folder.ModelFolder
    tuned: folder.ModelFolder
    kind: kinds.Kind
    model: Any
    one: Names
    other: Names

    @property
    def task(self) -> str | None:
        """PEFT's task type for this class of model."""
        return task_of(self.model)

    def linears(self) -> dict[str, Linear]:
        """All linear layers by name; ``all-linear`` as PEFT means it leaves :meth:`heads` out."""
        import torch
        from transformers.pytorch_utils import Conv1D

        return {
            name: Linear(name, tuple(module.weight.shape), isinstance(module, Conv1D))
            for name, module in self.model.named_modules()
            if isinstance(module, torch.nn.Linear | Conv1D) and f"{name}.weight" in self.one.shapes
        }

    def heads(self) -> set[str]:
        """Modules that make the output: of a language model its words, of a classifier its classes."""
        head = self.model.get_output_embeddings()
        return self.held() | {name for name, module in self.model.named_modules() if module is head}

    def held(self) -> set[str]:
        """Heads that PEFT wants to find whole in every adapter for the task."""
        ends = _HEADS.get(self.task or "", ())
        return {name for name, _ in self.model.named_modules() if name.rpartition(".")[2] in ends}

    def parameters(self) -> Iterator[str]:
        """Names of all parameters that both have, each once."""
        gone = {*self.one.missing(), *self.other.missing()}
        for name, _ in self.model.named_parameters():
            if name not in gone:
                yield name

    def buffers(self) -> Iterator[str]:
        """Names of what both have saved beside parameters, such as running means."""
        for name, _ in self.model.named_buffers():
            if name in self.one and name in self.other:
                yield name

    def read(self, name: str) -> tuple[Any, Any]:
        """A parameter of both, in float32."""
        return self.one.read(name).float(), self.other.read(name).float()


def task_of(model: Any) -> str | None:
    """PEFT's task type for a model's class, where it has one: of sounds and images it has none."""
    name = type(model).__name__
    if model.main_input_name != "input_ids":
        return None
    if model.config.is_encoder_decoder and name.endswith("ForConditionalGeneration"):
        return "SEQ_2_SEQ_LM"
    return next((task for ending, task in TASKS.items() if name.endswith(ending)), None)


def pair(base: str, tuned: str, note: Callable[[str], None] | None = None) -> Two:
    """The models that two references name, their names and shapes held against each other; no weight is read.

    Raises:
        UsageError: one is an adapter or quantized, or they are not of one architecture, vocabulary and shapes.
        NotFoundError, AccessError, NetworkError. HftermError: damaged.
    """
    folders = []
    for text in (base, tuned):
        found = folder.inspect(refs.resolve(text, "model", note=note))
        if found.is_adapter:
            raise UsageError(f"{text} is an adapter, not a whole model",
                             "merge it first: hfterm peft merge; compress one: hfterm peft rescale --rank")  # fmt: skip
        if found.config.get("quantization_config"):
            raise UsageError(f"{text} is quantized: its weights are rounded", "give the unquantized model")
        folders.append(found)
    one, other = folders
    for setting in ("model_type", "architectures", "tie_word_embeddings"):
        left, right = one.config.get(setting), other.config.get(setting)
        if left != right:
            raise UsageError(f"{base} and {tuned} are not alike: {setting} is {left} and {right}")
    kind = kinds.of(one, Path("/nonexistent"), {}, {})
    try:
        model = bare.empty(kind.cls, kind.config)
        names = Names(Source.of(one), model), Names(Source.of(other), model)
    except HftermError:
        raise
    except Exception as exc:  # whatever a model does when it is made
        raise HftermError(f"cannot build {base} without its weights: {one_line(exc)[:200]}") from exc
    two = Two(one, other, kind, model, *names)
    _alike(two, base, tuned)
    return two


def _alike(two: Two, base: str, tuned: str) -> None:
    import torch

    ignored = [re.compile(pattern) for pattern in two.model._keys_to_ignore_on_load_missing or ()]
    for names, text in ((two.one, base), (two.other, tuned)):
        missing = [name for name in names.missing() if not any(one.search(name) for one in ignored)]
        if missing:
            raise UsageError(f"{text} lacks {len(missing)} weights of a {type(two.model).__name__}, first {missing[0]}",
                             "it is another kind of model, or half-written")  # fmt: skip
    if wrong := two.one.misshapen():
        raise HftermError(f"{base} is damaged: {wrong[0]} does not fit its config.json", "get the model again")
    if wrong := two.other.misshapen():
        name = wrong[0]
        left = list(two.one.shapes[name])
        right = list(two.other.source.tensors[two.other.direct[name]].shape)
        is_words = isinstance(two.model.get_submodule(name.rpartition(".")[0]), torch.nn.Embedding)
        if is_words or name.startswith("lm_head."):
            raise UsageError(f"the vocabularies differ: {left[0]} tokens in {base}, {right[0]} in {tuned}",
                             "resize the base model's first")  # fmt: skip
        raise UsageError(f"{name} is {left} in {base} and {right} in {tuned}: not tuned from this base")
