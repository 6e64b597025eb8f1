"""Kahneman-Tversky optimization, by TRL's KTOTrainer: single answers, each marked good or bad."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from hfterm.errors import CheckFailedError
from hfterm.train import preferences
from hfterm.train.methods.base import Prepared
from hfterm.train.methods.trl_shared import Referenced
from hfterm.train.places import Places
from hfterm.train.preference_recipes import KtoRecipe
from hfterm.train.preferences import Row, Rows


class Kto(Referenced):
    """Judged answers, and both answers of preferences."""

    def rows_of(self, record: Mapping[str, Any]) -> list[Row]:
        """A prompt, a completion and whether it is good."""
        return preferences.judged(record)

    def agree(self, recipe: Any, found: Sequence[tuple[str, Sequence[Any]]], model: Mapping[str, Any] | None) -> None:
        """Good answers and bad ones must be there."""
        both([row for rows in found[0][1] for row in rows])

    def arrange(self, recipe: KtoRecipe, rows: Rows) -> None:
        """Mix good and bad by the seed: TRL goes through them in order, and compares within a batch.

        Raises:
            CheckFailedError: all are good, or all are bad.
        """
        both(rows.rows)
        order = list(range(len(rows.rows)))
        random.Random(recipe.seed).shuffle(order)
        rows.rows = [rows.rows[at] for at in order]
        rows.places = Places(rows.places[at] for at in order)

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """TRL's KTOTrainer."""
        import trl

        return self.made(trl.KTOTrainer, prepared, model, arguments)


def both(rows: Sequence[Row]) -> None:
    """Refuse answers that are all alike.

    Raises:
        CheckFailedError: all are good, or all are bad.
    """
    labels = {row["label"] for row in rows}
    if len(labels) == 1:
        label = "true" if labels.pop() else "false"
        raise CheckFailedError(
            f"all {len(rows)} answers have the label {label}: there is nothing to tell apart",
            "kto wants good answers and bad ones",
        )


METHOD = Kto()
