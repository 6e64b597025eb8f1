from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from hfterm.errors import HftermError
from hfterm.train.diverge import Guard, finite
from hfterm.train.places import Place, Places

torch = pytest.importorskip("torch")
NAN, INF = float("nan"), float("inf")


def a_trainer(losses: list[float], *, epoch: float = 0.0, step: int = 0, accumulate: int = 1) -> Any:
    """One that has 10 examples in batches of 2, in order, and these losses to tell."""
    from torch.utils.data import DataLoader

    told = iter(losses)
    callbacks: list[Any] = []
    return SimpleNamespace(
        state=SimpleNamespace(global_step=step, epoch=epoch, max_steps=100),
        args=SimpleNamespace(eval_batch_size=4, world_size=1),
        eval_dataset=range(10),
        current_gradient_accumulation_steps=accumulate,
        callback_handler=SimpleNamespace(train_dataloader=DataLoader(range(10), batch_size=2)),
        training_step=lambda *args: torch.tensor(next(told)),
        prediction_step=lambda *args: (torch.tensor(next(told)), None, None),
        add_callback=callbacks.append,
        callbacks=callbacks,
    )


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(HftermError) as told:
        call()
    return told.value.message


@pytest.mark.parametrize(("value", "word"), [(NAN, "NaN"), (INF, "infinite"), (-INF, "infinite")])
def test_a_loss_that_is_no_number_names_step_and_records(value: float, word: str) -> None:
    trainer = a_trainer([1.0, value], epoch=0.4, step=2)
    places = [Place("a.jsonl", 1 + at) for at in range(7)] + [Place("b.jsonl", 11 + at) for at in range(3)]
    Guard(trainer, "facts.jsonl", places=Places(places))
    trainer.training_step()
    trainer.state.global_step, trainer.state.epoch = 3, 0.6
    assert refusal(trainer.training_step) == (
        f"training diverged at step 4: the loss became {word} on record 7 of a.jsonl and record 11 of b.jsonl"
    )


def test_the_batch_within_a_step_is_told_apart() -> None:
    trainer = a_trainer([1.0, NAN], epoch=1.4, step=6, accumulate=2)
    Guard(trainer)
    trainer.training_step()
    assert refusal(trainer.training_step).endswith("the loss became NaN on examples 7, 8 of the data")


def test_a_stream_has_no_numbers() -> None:
    trainer = a_trainer([NAN])
    trainer.callback_handler.train_dataloader = iter(())
    Guard(trainer)
    assert refusal(trainer.training_step) == "training diverged at step 1: the loss became NaN"


def test_weights_that_are_no_numbers_are_not_saved() -> None:
    model = torch.nn.Linear(2, 2)
    control = SimpleNamespace(should_save=True, should_training_stop=False)
    for epoch, accumulate, examples in ((0.8, 1, "7, 8"), (0.8, 2, "5, 6, 7, 8"), (1.0, 1, "9, 10")):
        trainer = a_trainer([], epoch=epoch, step=4, accumulate=accumulate)
        guard = Guard(trainer)
        assert trainer.callbacks == [guard]
        guard.on_step_end(trainer.args, trainer.state, control, model=model)
        with torch.no_grad():
            model.bias[1] = NAN
        told = refusal(lambda g=guard, t=trainer: g.on_step_end(t.args, t.state, control, model=model))
        assert told == f"training diverged at step 4: its weights are no numbers on examples {examples} of the data"
        with torch.no_grad():
            model.bias[1] = 0.0


def test_only_trained_floating_point_weights_are_looked_at() -> None:
    model = torch.nn.ParameterDict(
        {
            "frozen": torch.nn.Parameter(torch.tensor([NAN]), requires_grad=False),
            "whole": torch.nn.Parameter(torch.tensor([1]), requires_grad=False),
            "empty": torch.nn.Parameter(torch.empty(0)),
            "sixteen": torch.nn.Parameter(torch.tensor([6e4, 6e4], dtype=torch.float16)),
        }
    )
    assert finite(model)
    model["sixteen"].data[0] = INF
    assert not finite(model)


def test_an_evaluation_without_a_number_stops_after_saving() -> None:
    trainer = a_trainer([1.0, NAN, NAN])
    guard = Guard(
        trainer, eval_source="held.jsonl", eval_places=Places(Place("held.jsonl", at) for at in range(101, 111))
    )
    control = SimpleNamespace(should_save=False, should_training_stop=False)
    for _ in range(3):
        trainer.prediction_step()
    guard.check()
    guard.on_evaluate(trainer.args, trainer.state, control, metrics={"eval_loss": NAN, "eval_runtime": 1.0})
    assert control.should_save and control.should_training_stop
    told = refusal(guard.check)
    assert told == "the evaluation at step 0 failed: eval_loss is NaN on records 105, 106, 107, 108 of held.jsonl"


def test_a_good_evaluation_goes_on() -> None:
    trainer = a_trainer([1.0, 2.0])
    guard = Guard(trainer)
    control = SimpleNamespace(should_save=False, should_training_stop=False)
    trainer.prediction_step()
    guard.on_evaluate(trainer.args, trainer.state, control, metrics={"eval_loss": 1.0, "eval_gap": NAN})
    guard.on_evaluate(trainer.args, trainer.state, control)
    guard.check()
    assert not control.should_save


def test_of_several_evaluation_data_the_bad_one_is_named() -> None:
    trainer = a_trainer([1.0, NAN])
    trainer.eval_dataset = {"easy": range(8), "easy_too": range(6)}
    guard = Guard(trainer, eval_places={"easy_too": Places(Place("b.jsonl", at) for at in (3, 4, 9, 10, 11, 12))})
    control = SimpleNamespace(should_save=False, should_training_stop=False)
    for _ in range(2):
        trainer.prediction_step()
    guard.on_evaluate(trainer.args, trainer.state, control, metrics={"eval_easy_too_loss": NAN})
    guard.on_evaluate(trainer.args, trainer.state, control, metrics={"eval_easy_loss": INF})
    assert refusal(guard.check).endswith("eval_easy_too_loss is NaN on records 11, 12 of b.jsonl")


def test_an_evaluation_in_another_order_names_no_records() -> None:
    from torch.utils.data import DataLoader

    trainer = a_trainer([NAN])
    trainer.callback_handler.eval_dataloader = DataLoader(range(10), batch_size=4, shuffle=True)
    guard = Guard(trainer)
    trainer.prediction_step()
    control = SimpleNamespace(should_save=False, should_training_stop=False)
    guard.on_evaluate(trainer.args, trainer.state, control, metrics={"eval_loss": NAN})
    assert refusal(guard.check).endswith("eval_loss is NaN")
