"""What the methods have in common that let the model write and learn from what it wrote."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hfterm.data.checks import Value
from hfterm.errors import CheckFailedError, UsageError
from hfterm.inference import folder
from hfterm.output import Output
from hfterm.train import preferences
from hfterm.train import rewards as reward_functions
from hfterm.train.completions import Completions
from hfterm.train.launch.shape import shape
from hfterm.train.methods.base import Prepared
from hfterm.train.methods.trl_shared import TrlMethod, changes_base, peft_for, refusals
from hfterm.train.preference_recipes import RewardedRecipe, SampledRecipe
from hfterm.train.preferences import Refuse, Row, Rows
from hfterm.train.rewards import builtin

# Fields of TRL's that decide how many prompts a generation takes; with one of them set only TRL knows the steps.
_GENERATION = ("generation_batch_size", "steps_per_generation")


class Sampled(TrlMethod):
    """Prompts that the model answers."""

    def rows_of(self, record: Value) -> list[Row]:
        """A prompt, and the record's other fields."""
        return preferences.prompts(record)

    def fitting(self, recipe: SampledRecipe, model_path: Path) -> Callable[[Rows, Row, Sequence[int]], int | None]:
        """Refuse prompts that leave no room for a completion."""
        room = _positions(folder.inspect(model_path).config)

        def fit(found: Rows, row: Row, lengths: Sequence[int]) -> int | None:
            if room is not None and lengths[0] + recipe.max_completion_length > room:
                raise Refuse(
                    f"its prompt of {lengths[0]} tokens and a completion of {recipe.max_completion_length} are more "
                    f"than the {room} that the model reads",
                    f"{'lower --max-completion-length' if lengths[0] < room else 'shorten it'}, "
                    "or leave such records out with --skip-bad",
                )
            return lengths[0]

        return fit

    def prompts_a_step(self, recipe: Any) -> int:
        """How many prompts a step takes."""
        passes = recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps
        return int(passes * shape(recipe).processes)

    def completions_a_prompt(self, recipe: Any) -> int:
        """How many completions are compared."""
        return 1

    def examples(self, recipe: Any, rows: int) -> int | None:
        """Completions an epoch: TRL leaves out the prompts that fill no step."""
        if any(name in recipe.set for name in _GENERATION):
            return None
        wanted = self.prompts_a_step(recipe)
        if rows < wanted:
            raise CheckFailedError(
                f"a step takes {wanted} prompts, and the data has {rows}",
                "lower --per-device-train-batch-size or --gradient-accumulation-steps, or give more prompts",
            )
        again = recipe.set.get("num_iterations") or 1
        return int(rows // wanted * wanted * self.completions_a_prompt(recipe) * again)

    def follow(self, trainer: Any, arguments: Any) -> Any:
        """The trainer, which writes samples of its completions into the run's folder."""
        trainer.add_callback(Completions(trainer, Path(arguments.output_dir).parent))
        return trainer


class Rewarded(Sampled):
    """Completions that are compared by their rewards."""

    def check(self, recipe: Any, model: Mapping[str, Any]) -> None:
        """As for all; and the reference model must be one that TRL can get back."""
        super().check(recipe, model)
        if recipe.beta and recipe.peft != "none":
            from hfterm.peft import methods

            if changes_base(methods.config(recipe.peft, recipe.peft_set)):
                raise UsageError(
                    f"--peft {recipe.peft} changes the base model, so {recipe.METHOD} has no reference to stay near",
                    "use --beta 0, or another PEFT method",
                )

    def resolve(self, recipe: RewardedRecipe, out: Output) -> RewardedRecipe:
        """Absolute files and folders; as many forward passes a step as whole groups of completions need."""
        found = [reward_functions.parse(text).text for text in recipe.reward]
        batch, passes = recipe.per_device_train_batch_size, recipe.gradient_accumulation_steps
        group, wanted = recipe.num_generations, recipe.gradient_accumulation_steps
        while batch * wanted % group and not any(name in recipe.set for name in _GENERATION):
            wanted += 1
        if wanted != passes:
            out.note(
                f"{batch * passes} completions a step are no whole groups of {group} (--num-generations): "
                f"{wanted} forward passes a step instead of {passes}"
            )
        return dataclasses.replace(recipe, reward=found, gradient_accumulation_steps=wanted)

    def fitting(self, recipe: Any, model_path: Path) -> Callable[[Rows, Row, Sequence[int]], int | None]:
        """As for all; a reward that compares needs an answer to compare with."""
        fit = super().fitting(recipe, model_path)
        compare = next((text for text in recipe.reward if text in builtin.COMPARE), None)

        def fit_answer(found: Rows, row: Row, lengths: Sequence[int]) -> int | None:
            if compare and row.get("answer") is None:
                names = ", ".join(preferences.ANSWERS)
                raise Refuse(f"the reward {compare} compares with the right answer, and it has none ({names})")
            return fit(found, row, lengths)

        # Their mistakes should not wait for the weights.
        reward_functions.check(recipe.reward, recipe.max_completion_length)
        return fit_answer

    def prompts_a_step(self, recipe: RewardedRecipe) -> int:
        """Each prompt fills a group."""
        return super().prompts_a_step(recipe) // recipe.num_generations

    def completions_a_prompt(self, recipe: RewardedRecipe) -> int:
        """A group."""
        return recipe.num_generations

    def arguments(self, recipe: RewardedRecipe) -> dict[str, Any]:
        """Whole groups in an evaluation, too."""
        group = recipe.set.get("num_generations_eval") or recipe.num_generations
        return {
            "reward_weights": recipe.reward_weight or None,
            "per_device_eval_batch_size": max(1, recipe.per_device_train_batch_size // group) * group,
        }

    def made(self, kind: Any, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """TRL's trainer ``kind``."""
        functions = reward_functions.load(
            prepared.recipe.reward,  # type: ignore[attr-defined]
            max_completion_length=arguments.max_completion_length,
            device=prepared.device,
            dtype=prepared.dtype,
        )
        with refusals():
            trainer = kind(
                model=model,
                reward_funcs=functions,
                args=arguments,
                train_dataset=prepared.material.train,
                eval_dataset=prepared.material.evaluation,
                processing_class=prepared.material.processor,
                peft_config=peft_for(prepared),
            )
        return self.follow(trainer, arguments)


def _positions(config: Mapping[str, Any]) -> int | None:
    inner = config.get("text_config")
    found = config.get("max_position_embeddings") or config.get("n_positions")
    if found is None and isinstance(inner, Mapping):
        found = inner.get("max_position_embeddings")
    return found if isinstance(found, int) and found > 0 else None
