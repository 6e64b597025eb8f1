"""The recipes of the tasks that Transformers' own Trainer trains: texts, images and sounds."""

from dataclasses import dataclass
from typing import ClassVar, Self

from hfterm.errors import UsageError
from hfterm.train.recipe import Recipe, option

PROBLEMS = ("single", "multi", "regression")
_PEFT = "PEFT method (lora, dora, ia3, ...), or none to tune all weights."


@dataclass(frozen=True)
class TaskRecipe(Recipe):
    """What the tasks have in common: all weights are tuned unless a PEFT method is named, as by the Trainer."""

    LEARNING_RATES: ClassVar[tuple[float, float]] = (1e-3, 5e-5)

    peft: str = option("none", _PEFT)
    per_device_train_batch_size: int = option(8, "Examples a forward pass on each device.")
    from_scratch: bool = option(False, "Begin with random weights: of the model only its config.json counts.")


@dataclass(frozen=True)
class MeasuredRecipe(TaskRecipe):
    """A task whose predictions can be scored."""

    metric: str | None = option(
        None, "Metrics of an evaluation, by name, between commas.", metavar="NAMES", shown="the task's usual ones"
    )


@dataclass(frozen=True)
class ClmRecipe(TaskRecipe):
    """Causal language modelling: go on with pretraining, on plain text."""

    METHOD: ClassVar[str] = "clm"

    max_length: int = option(1024, "Tokens of a block; a model that can do less gets less.")


@dataclass(frozen=True)
class MlmRecipe(TaskRecipe):
    """Masked language modelling."""

    METHOD: ClassVar[str] = "mlm"

    max_length: int = option(512, "Tokens of a piece; longer texts become several.")
    mlm_probability: float = option(0.15, "Share of the tokens that are masked.")
    whole_words: bool = option(False, "Mask whole words, not single tokens.")

    def check(self) -> Self:
        """As :meth:`hfterm.train.recipe.Recipe.check`."""
        if not 0 < self.mlm_probability < 1:
            raise UsageError(f"--mlm-probability must be between 0 and 1, not {self.mlm_probability:g}")
        return super().check()


@dataclass(frozen=True)
class Seq2SeqRecipe(MeasuredRecipe):
    """Text to text: translate, summarize, rewrite."""

    METHOD: ClassVar[str] = "seq2seq"
    ARGUMENTS: ClassVar[str] = "transformers.Seq2SeqTrainingArguments"

    max_length: int = option(512, "Tokens a source may have; longer ones are cut off.")
    max_target_length: int = option(128, "Tokens a target may have, also one that is generated.")
    source_prefix: str = option("", "Text before every source, such as 'summarize: '.")

    def check(self) -> Self:
        """As :meth:`hfterm.train.recipe.Recipe.check`."""
        if self.max_target_length < 2:
            raise UsageError(f"--max-target-length must be 2 or more, not {self.max_target_length}")
        return super().check()


@dataclass(frozen=True)
class ClassifyRecipe(MeasuredRecipe):
    """Classification of texts, or of pairs of texts."""

    METHOD: ClassVar[str] = "classify"

    max_length: int = option(512, "Tokens a text may have; longer ones are cut off.")
    problem_type: str | None = option(
        None,
        "One label a text, several, or numbers (regression).",
        choices=PROBLEMS,
        shown="multi if labels are lists, else single",
    )

    def check(self) -> Self:
        """As :meth:`hfterm.train.recipe.Recipe.check`."""
        if self.problem_type is not None and self.problem_type not in PROBLEMS:
            raise UsageError(f"no such problem type {self.problem_type!r}", f"choose {', '.join(PROBLEMS)}")
        return super().check()


@dataclass(frozen=True)
class TagRecipe(MeasuredRecipe):
    """Classification of the words of a text: names, parts of speech."""

    METHOD: ClassVar[str] = "tag"

    max_length: int = option(512, "Tokens a text may have; longer ones are cut off.")


@dataclass(frozen=True)
class ImageRecipe(MeasuredRecipe):
    """Classification of images."""

    METHOD: ClassVar[str] = "image"

    augment: bool = option(False, "Train on random crops and mirror images.")


@dataclass(frozen=True)
class AudioRecipe(MeasuredRecipe):
    """Classification of sounds."""

    METHOD: ClassVar[str] = "audio"

    max_seconds: float = option(20.0, "Seconds a sound may have; longer ones are cut off.")

    def check(self) -> Self:
        """As :meth:`hfterm.train.recipe.Recipe.check`."""
        if not 0 < self.max_seconds < float("inf"):
            raise UsageError(f"--max-seconds must be above 0, not {self.max_seconds:g}")
        return super().check()


RECIPES: tuple[type[Recipe], ...] = (
    ClmRecipe,
    MlmRecipe,
    Seq2SeqRecipe,
    ClassifyRecipe,
    TagRecipe,
    ImageRecipe,
    AudioRecipe,
)
