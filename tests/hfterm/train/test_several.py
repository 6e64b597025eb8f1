from types import SimpleNamespace
from typing import Any

from hfterm.train import several


def test_the_loss_of_all_is_their_mean_and_every_metric_has_a_name() -> None:
    logged: list[dict[str, Any]] = []
    state = SimpleNamespace(log_history=[])

    def log(values: dict[str, Any]) -> None:
        state.log_history.append({**values, "step": 1})
        for callback in trainer.callback_handler.callbacks:
            callback.on_log(None, state, None, logs=values)
        logged.append(values)

    def evaluate(eval_dataset: Any = None) -> dict[str, Any]:
        found = {}
        for name, loss in (("a", 1.0), ("a_b", 4.0)):
            one = {f"eval_{name}_loss": loss, "epoch": 1.0, "eval_margin": loss}
            found |= one
            trainer.log(one)
        return found

    examples = {"a": range(3), "a_b": range(1)}
    trainer: Any = SimpleNamespace(eval_dataset=examples, evaluate=evaluate, log=log)
    trainer.callback_handler = SimpleNamespace(callbacks=[])
    several.install(trainer)
    assert trainer.evaluate()["eval_loss"] == 1.75
    assert logged == [
        {"eval_a_loss": 1.0, "epoch": 1.0, "eval_a_margin": 1.0},
        {"eval_a_b_loss": 4.0, "epoch": 1.0, "eval_a_b_margin": 4.0},
        {"eval_loss": 1.75},
    ]
    assert state.log_history == [{**one, "step": 1} for one in logged]


def test_one_evaluation_is_left_as_it_is() -> None:
    trainer = SimpleNamespace(eval_dataset=range(3))
    several.install(trainer)
    assert vars(trainer) == {"eval_dataset": range(3)}
