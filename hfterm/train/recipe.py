"""What a training run is asked to do: one dataclass that gives the flags, the file keys and the help.

The fields named as in transformers' ``TrainingArguments`` mean the same there. None means that the
value is chosen when the run is prepared; ``run.json`` records what was chosen. What only some methods
have is in :mod:`hfterm.train.recipes`.
"""

import difflib
import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Self

from hfterm.errors import UsageError
from hfterm.train.keep import DEFAULT as KEEP
from hfterm.train.keep import parse as parse_keep

DTYPES = ("float32", "bfloat16", "float16")
# What goes to the Hub while a run works, in the words of transformers' TrainingArguments.
HUB_STRATEGIES = ("end", "every_save", "checkpoint", "all_checkpoints")
LOAD_IN = ("4bit", "8bit")
LAUNCHERS = ("auto", "none", "torchrun", "accelerate", "deepspeed")


def option(default: Any, help: str, **more: Any) -> Any:
    """A field with its help. ``shown``: the default in words, where it is chosen later."""
    return field(default=default, metadata={"help": help, **more})


@dataclass(frozen=True)
class Recipe:
    """What every method of training is asked; each method adds its own.

    ``model`` is any reference; ``data`` records: a source of the data group, or a list of them. A field whose metadata
    says ``argument`` is handed to the library's arguments under its own name.

    ``METHOD`` is the verb, ``ARGUMENTS`` the dataclass that ``--set`` reaches, ``LEARNING_RATES`` the defaults with
    PEFT and without.
    """

    METHOD: ClassVar[str] = ""
    ARGUMENTS: ClassVar[str] = "transformers.TrainingArguments"
    LEARNING_RATES: ClassVar[tuple[float, float]] = (2e-4, 2e-5)

    model: str
    data: str | list[str]
    config: str | None = option(None, "The data set's configuration.", shown="its default", metavar="NAME")
    split: str | None = option(None, "The data set's split, several (a+b), or all.", shown="train", metavar="NAME")
    eval_data: str | list[str] | None = field(
        default=None, metadata={"help": "Records to measure on, as DATA; of several NAME=DATA names one's metrics."}
    )
    eval_split: str | float | None = option(
        None, "Measure on this split, or hold out this share of DATA: 0.1.", metavar="NAME|SHARE"
    )
    columns: dict[str, str] = field(
        default_factory=dict,
        metadata={
            "help": "Take a column of the data for a field: prompt=question.",
            "metavar": "NAME=COLUMN",
            "flag": "--column",
        },
    )
    max_samples: int | None = option(None, "Take only the first so many records.", shown="all", metavar="N")
    peft: str = option("lora", "PEFT method (lora, dora, ia3, ...), or none to tune all weights.")
    peft_set: dict[str, Any] = field(
        default_factory=dict, metadata={"help": "A setting of the PEFT method, such as r=8.", "metavar": "KEY=VALUE"}
    )
    load_in: str | None = option(
        None, "Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA).", shown="no", choices=LOAD_IN
    )
    learning_rate: float | None = option(None, "Peak learning rate.", shown="by method and PEFT")
    num_train_epochs: float = option(3.0, "Passes over the data.")
    max_steps: int | None = option(None, "Stop after this many steps instead.", shown="by epochs")
    per_device_train_batch_size: int = option(4, "Examples a forward pass on each device.")
    gradient_accumulation_steps: int = option(1, "Forward passes a step.")
    gradient_checkpointing: bool = option(False, "Compute activations again instead of keeping them: less memory.")
    warmup_steps: float = option(0.03, "Steps of rising learning rate; below 1 a share of all steps.")
    lr_scheduler_type: str = option("linear", "Course of the learning rate after that: linear, cosine, constant, ...")
    weight_decay: float = option(0.0, "Weight decay.")
    save_steps: int = option(100, "Steps between checkpoints.")
    keep: str = option(
        KEEP, "Checkpoints that stay: best, last, a number of newest, every:STEPS, all.", metavar="WORDS"
    )
    logging_steps: int | None = option(None, "Steps between logged metrics.", shown="1, of long runs a thousandth")
    eval_steps: int | None = option(None, "Steps between evaluations.", shown="as --save-steps")
    seed: int = option(42, "Seed of everything random.")
    skip_bad: bool = option(False, "Leave out records that cannot be read or used.")
    device: str = option("auto", "auto, cpu, cuda, cuda:N or mps.", setting="device")
    launch: str = option(
        "auto", "How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed.", metavar="HOW"
    )
    gpus: str | None = option(
        None, "GPUs to train on, a process each: all, how many, or 0,1.", shown="one", metavar="GPUS"
    )
    nproc: int | None = option(
        None, "Processes that train together, on each node.", shown="one a GPU of --gpus", metavar="N"
    )
    nodes: str | None = option(
        None,
        "Train on the hosts of this file, over ssh: NAME slots=N; none: here alone.",
        shown="Slurm's",
        metavar="FILE",
    )
    zero: int | None = option(None, "DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3.", metavar="STAGE")
    offload: str | None = option(
        None, "With --zero or --fsdp, what stays on the CPU: optimizer, params or both.", metavar="PARTS"
    )
    fsdp: bool = option(False, "Share the model out by FSDP2.")
    max_restarts: int = option(0, "Start all processes again so often when one fails.", metavar="N")
    dtype: str | None = option(
        None, "float32, bfloat16 or float16.", shown="bfloat16 on a GPU that has it, else float32"
    )
    report_to: str | None = option(
        None, "Trackers to tell as well: tensorboard, wandb, trackio, mlflow.", shown="none", metavar="NAMES"
    )
    hub_strategy: str = option(
        "end",
        "When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them.",
        choices=HUB_STRATEGIES,
    )
    set: dict[str, Any] = field(
        default_factory=dict,
        metadata={"help": "Any other field of the library's arguments; see 'train schema'.", "metavar": "FIELD=VALUE"},
    )

    def check(self) -> Self:
        """The recipe itself, when every number makes sense.

        Raises:
            UsageError: one does not.
        """
        positive = ("num_train_epochs", "per_device_train_batch_size", "gradient_accumulation_steps", "save_steps")
        for name in (*positive, "learning_rate", "max_steps", "max_samples", "logging_steps", "eval_steps"):
            value = getattr(self, name)
            if value is not None and not (value > 0 and math.isfinite(value)):
                raise UsageError(f"{flag(name)} must be above 0, not {value:g}")
        for name in ("warmup_steps", "weight_decay", "seed", "max_restarts"):
            if not (getattr(self, name) >= 0 and math.isfinite(getattr(self, name))):
                raise UsageError(f"{flag(name)} must be 0 or more, not {getattr(self, name):g}")
        parse_keep(self.keep)
        if self.launch not in LAUNCHERS:
            raise UsageError(
                f"--launch {self.launch}: no such way",
                did_you_mean(self.launch, LAUNCHERS, f"choose {', '.join(LAUNCHERS)}"),
            )
        if self.hub_strategy not in HUB_STRATEGIES:
            raise UsageError(
                f"--hub-strategy {self.hub_strategy}: no such strategy",
                did_you_mean(self.hub_strategy, HUB_STRATEGIES, f"choose {', '.join(HUB_STRATEGIES)}"),
            )
        if self.zero not in (None, 1, 2, 3):
            raise UsageError(f"--zero must be 1, 2 or 3, not {self.zero}")
        if self.held_out is not None and not 0 < self.held_out < 1:
            raise UsageError(f"--eval-split {self.eval_split}: a share is between 0 and 1", "or name a split")
        if self.held_out is not None and self.eval_data not in (None, []):
            raise UsageError("a share is held out of DATA, or --eval-data is measured on, not both")
        if self.seed >= 2**32:
            raise UsageError(f"--seed must be below 2**32, not {self.seed}")
        if self.dtype is not None and self.dtype not in DTYPES:
            raise UsageError(f"no such dtype {self.dtype!r}", f"choose {', '.join(DTYPES)}")
        if self.load_in is not None:
            if self.load_in not in LOAD_IN:
                raise UsageError(f"--load-in: weights are loaded in {' or '.join(LOAD_IN)}, not {self.load_in!r}")
            if self.peft == "none":
                raise UsageError(
                    f"weights of {self.load_in[0]} bits cannot be tuned", "put an adapter on them: --peft lora"
                )
        max_length = getattr(self, "max_length", None)
        if max_length is not None and max_length < 2:
            raise UsageError(f"--max-length must be 2 or more, not {max_length}")
        return self

    @property
    def held_out(self) -> float | None:
        """The share of the data that is measured on and not trained on; None where ``eval_split`` is none."""
        try:
            return None if self.eval_split is None else float(self.eval_split)
        except ValueError:
            return None

    @property
    def eval_name(self) -> str | None:
        """The split that is measured on, where ``eval_split`` names one."""
        return None if self.eval_split is None or self.held_out is not None else str(self.eval_split)

    @property
    def evaluates(self) -> bool:
        """Whether there is something to measure on."""
        return self.eval_data not in (None, []) or self.eval_split is not None

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as ``run.json`` keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class ChatRecipe(Recipe):
    """A method that reads conversations."""

    chat_template: str | None = option(
        None, "Template by name (chatml, llama3, qwen, ...), a file, or none.", shown="the tokenizer's", metavar="NAME"
    )


def flag(name: str) -> str:
    """The option that sets a field: ``--max-steps`` for ``max_steps``."""
    return "--" + name.replace("_", "-")


def did_you_mean(word: str, known: Iterable[str], otherwise: str | None = None) -> str | None:
    """A hint that names the nearest known words."""
    near = difflib.get_close_matches(word, list(known), n=2)
    return f"did you mean {' or '.join(map(repr, near))}?" if near else otherwise


def parse_settings(pairs: Iterable[str], option: str) -> dict[str, Any]:
    """``KEY=VALUE`` words as a dictionary; values are read as :func:`parse_value` does.

    Raises:
        UsageError: a word has no ``=``; ``option`` names where it stood.
    """
    settings = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"{option} {pair}: not KEY=VALUE")
        settings[key.strip()] = parse_value(value.strip())
    return settings


def parse_value(text: str) -> Any:
    """Text from a command line as a value: JSON where it is JSON, ``1e-4`` a number, ``a,b`` a list, else text."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    words = {"true": True, "yes": True, "false": False, "no": False, "none": None, "null": None}
    if text.lower() in words:
        return words[text.lower()]
    try:
        return float(text) if text[:1] in "+-.0123456789" else _list_or_text(text)
    except ValueError:
        return _list_or_text(text)


def _list_or_text(text: str) -> Any:
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if "," in inner or inner is not text:
        return [parse_value(part.strip()) for part in inner.split(",") if part.strip()]
    return text
