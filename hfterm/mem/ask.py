"""What is asked of the planner: a model, and how it is to be trained or run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hfterm.errors import UsageError

DTYPES = {"float32": 4, "bfloat16": 2, "float16": 2}
ATTENTION = ("eager", "sdpa", "flash_attention_2")
# Optimizers that are run, and those whose states are counted; names as in transformers' ``OptimizerNames``.
OPTIMIZERS = (
    "adamw_torch",
    "adamw_torch_fused",
    "adamw_8bit",
    "adafactor",
    "adagrad",
    "rmsprop",
    "sgd",
)
PURPOSES = ("training", "inference")


@dataclass(frozen=True)
class Ask:
    """``batch`` examples a device, of ``length`` tokens each (``target_length`` the answers of seq2seq models).

    ``dtype`` is the arithmetic's; the weights have it too, unless ``mixed``: then they stay in float32 (autocast).
    None chooses as :mod:`hfterm.train` does on a GPU: bfloat16, the weights in float32 where all are tuned; for
    inference what config.json says. ``attention`` None is what transformers chooses. ``foreach``: the optimizer
    updates all weights at once, as torch does on a GPU unless told otherwise. ``plain_loop``: as in a loop of 2022
    that one wrote oneself; outputs live through the backward pass, gradients are set to zero instead of freed.
    ``bits``: weights loaded in 4 or 8 bits. ``peft_defaults``: settings that are not given are those of
    :mod:`hfterm.peft.methods`, else PEFT's own.
    """

    model: str
    purpose: str = "training"
    task: str | None = None
    peft: str | None = None
    peft_set: Mapping[str, Any] = field(default_factory=dict)
    peft_defaults: bool = True
    batch: int = 4
    length: int = 1024
    target_length: int | None = None
    dtype: str | None = None
    mixed: bool | None = None
    checkpointing: bool = False
    attention: str | None = None
    optimizer: str = "adamw_torch_fused"
    foreach: bool = True
    plain_loop: bool = False
    accumulation: int = 1
    bits: int | None = None

    def check(self) -> "Ask":
        """The ask itself, when it makes sense.

        Raises:
            UsageError: it does not.
        """
        for name, value in (("batch", self.batch), ("length", self.length), ("accumulation", self.accumulation)):
            if value < 1:
                raise UsageError(f"the {name} must be 1 or more, not {value}")
        if self.target_length is not None and self.target_length < 1:
            raise UsageError(f"the target length must be 1 or more, not {self.target_length}")
        _choose("dtype", self.dtype, DTYPES)
        _choose("attention", self.attention, ATTENTION)
        _choose("optimizer", self.optimizer, OPTIMIZERS)
        _choose("purpose", self.purpose, PURPOSES)
        if self.bits not in (None, 4, 8):
            raise UsageError(f"weights are loaded in 4 or 8 bits, not {self.bits}")
        if self.bits and self.purpose == "training" and not self.tunes_adapter:
            raise UsageError(f"weights of {self.bits} bits cannot be tuned", "put an adapter on them: --peft lora")
        if self.mixed and self.dtype == "float32":
            raise UsageError("mixed precision needs a dtype of 16 bits", "choose bfloat16 or float16")
        if self.mixed and self.purpose == "inference":
            raise UsageError("mixed precision is a way of training", "leave it out, or choose --for training")
        if self.attention == "flash_attention_2" and self.dtype == "float32" and not self.mixed:
            raise UsageError("flash_attention_2 knows no float32", "choose --dtype bfloat16, or --attn sdpa")
        return self

    @property
    def tunes_adapter(self) -> bool:
        """Whether a PEFT method is put on the model."""
        return self.peft not in (None, "none")

    @property
    def arithmetic(self) -> str:
        """The dtype of the arithmetic."""
        return self.dtype or "bfloat16"

    @property
    def weights(self) -> str:
        """The dtype that the weights are kept in."""
        if self.purpose == "inference":
            return self.arithmetic
        mixed = self.mixed
        if mixed is None:  # as hfterm.train.work loads them
            mixed = self.dtype == "float16" or (self.dtype is None and not self.tunes_adapter)
        return "float32" if mixed else self.arithmetic


def _choose(what: str, value: str | None, known: Any) -> None:
    if value is not None and value not in known:
        raise UsageError(f"no such {what} {value!r}", f"choose {', '.join(known)}")
