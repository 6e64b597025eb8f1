"""Group relative policy optimization, by TRL's GRPOTrainer: completions of a prompt, compared by their rewards."""

from typing import Any

from hfterm.train.methods.base import Prepared
from hfterm.train.methods.sampled import Rewarded


class Grpo(Rewarded):
    """A group of completions, each against its group's mean."""

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """TRL's GRPOTrainer."""
        import trl

        return self.made(trl.GRPOTrainer, prepared, model, arguments)


METHOD = Grpo()
