"""Direct preference optimization, by TRL's DPOTrainer: chosen answers become likelier than rejected ones."""

from collections.abc import Mapping
from typing import Any

from hfterm.train import preferences
from hfterm.train.methods.base import Prepared
from hfterm.train.methods.trl_shared import Referenced
from hfterm.train.preference_recipes import DpoRecipe
from hfterm.train.preferences import Row


class Dpo(Referenced):
    """Pairs of answers."""

    def rows_of(self, record: Mapping[str, Any]) -> list[Row]:
        """A prompt, a chosen and a rejected answer."""
        return preferences.pairs(record)

    def arguments(self, recipe: DpoRecipe) -> dict[str, Any]:
        """The losses, as a list."""
        return {"loss_type": recipe.losses()}

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """TRL's DPOTrainer."""
        import trl

        return self.made(trl.DPOTrainer, prepared, model, arguments)


METHOD = Dpo()
