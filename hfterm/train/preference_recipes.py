"""The recipes of TRL's methods: preferences, rewards, distillation. Fields and defaults are TRL's own."""

from dataclasses import dataclass, field
from typing import ClassVar, Self

from hfterm.errors import UsageError
from hfterm.train.recipe import ChatRecipe, Recipe, did_you_mean, flag, option

DPO_LOSSES = (
    "sigmoid", "hinge", "ipo", "exo_pair", "nca_pair", "robust", "bco_pair", "sppo_hard", "aot", "aot_unpaired",
    "apo_zero", "apo_down", "discopop", "sft", "sigmoid_norm",
)  # fmt: skip
KTO_LOSSES = ("kto", "apo_zero_unpaired")
_PAIR_LENGTH = "Tokens prompt and answer may have together; longer ones are cut off."
_COMPLETIONS = "Completions a forward pass on each device."


@dataclass(frozen=True)
class DpoRecipe(ChatRecipe):
    """Direct preference optimization."""

    METHOD: ClassVar[str] = "dpo"
    ARGUMENTS: ClassVar[str] = "trl.DPOConfig"
    LEARNING_RATES: ClassVar[tuple[float, float]] = (1e-5, 1e-6)

    max_length: int = option(1024, _PAIR_LENGTH, argument=True)
    beta: float = option(0.1, "How closely it stays to the reference model.", argument=True)
    loss_type: str = option("sigmoid", f"{', '.join(DPO_LOSSES[:3])}, ...; several with commas.", metavar="LOSS")

    def check(self) -> Self:
        """As :meth:`Recipe.check`."""
        super().check()
        _above(self, "beta")
        for name in self.losses():
            if name not in DPO_LOSSES:
                hint = did_you_mean(name, DPO_LOSSES, f"choose {', '.join(DPO_LOSSES)}")
                raise UsageError(f"--loss-type: no such loss {name!r}", hint)
        if "exo_pair" in self.losses() and not self.set.get("label_smoothing"):
            raise UsageError(
                "--loss-type exo_pair needs a label_smoothing above 0",
                "its paper says 0.001: --set label_smoothing=0.001",
            )
        return self

    def losses(self) -> list[str]:
        """The losses that are summed up."""
        return [name.strip() for name in self.loss_type.split(",")]


@dataclass(frozen=True)
class KtoRecipe(ChatRecipe):
    """Kahneman-Tversky optimization: answers marked good or bad, not in pairs."""

    METHOD: ClassVar[str] = "kto"
    ARGUMENTS: ClassVar[str] = "trl.KTOConfig"
    LEARNING_RATES: ClassVar[tuple[float, float]] = (1e-5, 1e-6)

    max_length: int = option(1024, _PAIR_LENGTH, argument=True)
    beta: float = option(0.1, "How closely it stays to the reference model.", argument=True)
    desirable_weight: float = option(1.0, "Weight of the good answers.", argument=True)
    undesirable_weight: float = option(1.0, "Weight of the bad answers.", argument=True)
    loss_type: str = option("kto", "The loss.", argument=True, choices=KTO_LOSSES)

    def check(self) -> Self:
        """As :meth:`Recipe.check`."""
        super().check()
        _above(self, "beta", "desirable_weight", "undesirable_weight")
        if self.loss_type not in KTO_LOSSES:
            raise UsageError(f"--loss-type: no such loss {self.loss_type!r}", f"choose {', '.join(KTO_LOSSES)}")
        if self.loss_type == "kto" and self.per_device_train_batch_size < 2:
            raise UsageError(
                "kto compares the examples of a batch: --per-device-train-batch-size must be 2 or more",
                "or use --loss-type apo_zero_unpaired",
            )
        return self


@dataclass(frozen=True)
class RewardRecipe(ChatRecipe):
    """A model that scores answers."""

    METHOD: ClassVar[str] = "reward"
    ARGUMENTS: ClassVar[str] = "trl.RewardConfig"
    LEARNING_RATES: ClassVar[tuple[float, float]] = (1e-3, 1e-4)

    max_length: int = option(
        1024, "Tokens prompt and answer may have together; pairs with more are left out.", argument=True
    )
    center_rewards_coefficient: float | None = option(
        None, "Pull the scores to a mean of 0; 0.01 is usual.", shown="no", argument=True
    )

    def check(self) -> Self:
        """As :meth:`Recipe.check`."""
        super().check()
        if self.center_rewards_coefficient is not None:
            _above(self, "center_rewards_coefficient")
        return self


@dataclass(frozen=True)
class SampledRecipe(ChatRecipe):
    """What methods that sample completions from the model have in common."""

    LEARNING_RATES: ClassVar[tuple[float, float]] = (1e-5, 1e-6)

    max_completion_length: int = option(512, "Tokens a completion may have.", argument=True)
    temperature: float = option(1.0, "How freely completions are sampled.", argument=True)
    per_device_train_batch_size: int = option(8, _COMPLETIONS)

    def check(self) -> Self:
        """As :meth:`Recipe.check`."""
        super().check()
        _above(self, "max_completion_length", "temperature")
        return self


@dataclass(frozen=True)
class RewardedRecipe(SampledRecipe):
    """What methods that learn from rewards have in common."""

    reward: list[str] = field(
        default_factory=list,
        metadata={
            "help": "A built-in reward, FILE.py:function or a reward model; see 'train grpo --help'.",
            "metavar": "REWARD",
        },
    )
    reward_weight: list[float] = field(
        default_factory=list, metadata={"help": "A weight for each --reward, in their order.", "metavar": "NUMBER"}
    )
    num_generations: int = option(8, "Completions a prompt, compared with each other.", argument=True)
    beta: float = option(0.0, "Weight of the KL divergence from the reference model; 0: none is kept.", argument=True)

    def check(self) -> Self:
        """As :meth:`Recipe.check`."""
        super().check()
        if self.num_generations < 2:
            raise UsageError(f"--num-generations must be 2 or more, not {self.num_generations}")
        if self.beta < 0:
            raise UsageError(f"--beta must be 0 or more, not {self.beta:g}")
        if not self.reward:
            raise UsageError(
                "no --reward given: nothing says which completions are good",
                "such as --reward exact, --reward rules.py:score or --reward run:NAME",
            )
        if self.reward_weight and len(self.reward_weight) != len(self.reward):
            raise UsageError(
                f"{len(self.reward_weight)} --reward-weight for {len(self.reward)} --reward", "give one for each"
            )
        return self


@dataclass(frozen=True)
class GrpoRecipe(RewardedRecipe):
    """Group relative policy optimization."""

    METHOD: ClassVar[str] = "grpo"
    ARGUMENTS: ClassVar[str] = "trl.GRPOConfig"


@dataclass(frozen=True)
class RlooRecipe(RewardedRecipe):
    """REINFORCE leave-one-out."""

    METHOD: ClassVar[str] = "rloo"
    ARGUMENTS: ClassVar[str] = "trl.RLOOConfig"

    num_generations: int = option(2, "Completions a prompt, compared with each other.", argument=True)
    beta: float = option(0.05, "Weight of the KL divergence from the reference model; 0: none is kept.", argument=True)


@dataclass(frozen=True)
class DistillRecipe(SampledRecipe):
    """A model that learns to go on as a larger one would."""

    METHOD: ClassVar[str] = "distill"
    ARGUMENTS: ClassVar[str] = "trl.DistillationConfig"

    teacher: str | None = option(
        None, "The model to learn from, always needed: a folder, a Hub id or run:NAME.", metavar="MODEL"
    )
    beta: float = option(1.0, "0: forward KL divergence, 1: reverse, between: Jensen-Shannon.", argument=True)

    def check(self) -> Self:
        """As :meth:`Recipe.check`."""
        super().check()
        if not 0 <= self.beta <= 1:
            raise UsageError(f"--beta must be from 0 to 1, not {self.beta:g}")
        if not self.teacher:
            raise UsageError("no --teacher given", "name the model to learn from: a folder, a Hub id or run:NAME")
        return self


def _above(recipe: Recipe, *names: str) -> None:
    for name in names:
        value = getattr(recipe, name)
        if not 0 < value < float("inf"):
            raise UsageError(f"{flag(name)} must be above 0, not {value:g}")


RECIPES: tuple[type[Recipe], ...] = (DpoRecipe, KtoRecipe, RewardRecipe, GrpoRecipe, RlooRecipe, DistillRecipe)
