"""Direct preference optimization, by TRL's DPOTrainer: chosen answers become likelier than rejected ones."""

from collections.abc import Mapping, Sequence
from typing import Any

from hfterm.train import preferences
from hfterm.train.methods.base import Prepared
from hfterm.train.methods.trl_shared import TrlMethod, pair_length, peft_for, reference_model, refusals
from hfterm.train.preference_recipes import DpoRecipe
from hfterm.train.preferences import Row, Rows


class Dpo(TrlMethod):
    """Pairs of answers."""

    def rows_of(self, record: Mapping[str, Any]) -> list[Row]:
        """A prompt, a chosen and a rejected answer."""
        return preferences.pairs(record)

    def fit(self, recipe: DpoRecipe, found: Rows, row: Row, lengths: Sequence[int]) -> int | None:
        """Cut off at ``max_length``."""
        return pair_length(recipe, found, lengths)

    def arguments(self, recipe: DpoRecipe) -> dict[str, Any]:
        """The losses, as a list."""
        return {"loss_type": recipe.losses()}

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """TRL's DPOTrainer."""
        import trl

        with refusals():
            return trl.DPOTrainer(
                model=model,
                ref_model=reference_model(prepared, self),
                args=arguments,
                train_dataset=prepared.material.train,
                eval_dataset=prepared.material.evaluation,
                processing_class=prepared.material.processor,
                peft_config=peft_for(prepared),
            )


METHOD = Dpo()
