"""A reward model, by TRL's RewardTrainer: the base model with a head that gives a text one score."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hfterm.errors import UsageError
from hfterm.train import preferences, quantized
from hfterm.train.methods.base import Method, Prepared
from hfterm.train.methods.trl_shared import TrlMethod, refusals
from hfterm.train.preference_recipes import RewardRecipe
from hfterm.train.preferences import Row, Rows
from hfterm.train.rewards.model import load_classifier


class Reward(TrlMethod):
    """Pairs of answers, of which the chosen one is to score higher."""

    peft_task = "SEQ_CLS"

    def check(self, recipe: Any, model: Mapping[str, Any]) -> None:
        """Only a model that transformers can put a head on; a classifier only if it has one output."""
        from transformers.models.auto.modeling_auto import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES as KNOWN

        kind = model.get("model_type")
        if kind not in KNOWN:
            raise UsageError(f"transformers has no classifier for models of the type {kind!r}", "use another model")

    def rows_of(self, record: Mapping[str, Any]) -> list[Row]:
        """A prompt, a chosen and a rejected answer."""
        return preferences.pairs(record)

    def fit(self, recipe: RewardRecipe, found: Rows, row: Row, lengths: Sequence[int]) -> int | None:
        """Leave out what is too long: the end of an answer may decide."""
        wholes = lengths[1:]
        return None if max(wholes) > recipe.max_length else sum(wholes)

    def load(self, prepared: Prepared, path: Path, dtype: str) -> Any:
        """The model with a head of one output."""
        more = quantized.options(prepared.recipe, prepared.device, prepared.dtype)
        return load_classifier(path, device=prepared.device, dtype=dtype, fresh=True, more=more)

    def wrap(self, prepared: Prepared, model: Any) -> Any:
        """PEFT on it, as for any model: there is no reference model; the head is trained and saved whole."""
        return Method.wrap(self, prepared, model)

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """TRL's RewardTrainer."""
        import trl

        with refusals():
            return trl.RewardTrainer(
                model=model,
                args=arguments,
                train_dataset=prepared.material.train,
                eval_dataset=prepared.material.evaluation,
                processing_class=prepared.material.processor,
            )


METHOD = Reward()
