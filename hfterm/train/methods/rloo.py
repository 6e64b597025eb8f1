"""REINFORCE leave-one-out, by TRL's RLOOTrainer: each completion against the mean reward of the others."""

from typing import Any

from hfterm.train.methods.base import Prepared
from hfterm.train.methods.sampled import Rewarded


class Rloo(Rewarded):
    """A group of completions, each against the others."""

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """TRL's RLOOTrainer."""
        import trl

        return self.made(trl.RLOOTrainer, prepared, model, arguments)


METHOD = Rloo()
