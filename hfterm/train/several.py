"""Several evaluation data: what is measured on each goes by its name, and ``eval_loss`` is that of all together."""

import math
from typing import Any


def install(trainer: Any) -> None:
    """Make a library's trainer that has evaluation data by name tell ``eval_loss`` as well, and name all it tells.

    Checkpoints, sweeps and plots go by ``eval_loss``: it is the mean over all examples. What TRL tells beside the loss
    would have the same name for all data.
    """
    if not isinstance(trainer.eval_dataset, dict):
        return
    sizes = {name: len(found) for name, found in trainer.eval_dataset.items()}
    evaluate = trainer.evaluate

    def evaluate_all(eval_dataset: Any = None, *args: Any, **kwargs: Any) -> Any:
        found = evaluate(eval_dataset, *args, **kwargs)
        losses = {name: found.get(f"eval_{name}_loss") for name in sizes}
        if eval_dataset is None and all(isinstance(loss, int | float) for loss in losses.values()):
            whole = math.fsum(loss * sizes[name] for name, loss in losses.items()) / sum(sizes.values())
            found["eval_loss"] = whole
            trainer.log({"eval_loss": whole})
        return found

    trainer.evaluate = evaluate_all
    # Before those that tell trackers.
    trainer.callback_handler.callbacks.insert(0, Named([*sizes]))


class Named:
    """A callback of the Trainer; events that it has no method for are ignored."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return lambda *args, **kwargs: None
        raise AttributeError(name)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Put the name of the data into what was measured on it, for the callbacks to come and the state."""
        logs = logs if logs is not None else {}
        name = of_metric(next((key for key in logs if key.endswith("_loss")), ""), self.names)
        if name is None:
            return
        for told in (logs, *state.log_history[-1:]):
            entries = dict(told)
            told.clear()
            told.update({self._full(key, name): value for key, value in entries.items()})

    def _full(self, key: str, name: str) -> str:
        rest = key.removeprefix("eval_")
        return key if rest == key or rest.startswith(f"{name}_") else f"eval_{name}_{rest}"


def of_metric(metric: str, names: Any) -> str | None:
    """The evaluation data that a metric such as ``eval_NAME_loss`` is of."""
    found = [name for name in names if metric.startswith(f"eval_{name}_")]
    return max(found, key=len, default=None)
