import json
import random
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hfterm.train import exact

torch = pytest.importorskip("torch")


@pytest.mark.parametrize(
    ("epoch", "length", "expected"),
    [
        (None, 6, (0, 0)),
        (0.5, 6, (0, 3)),
        (1.0, 6, (1, 0)),
        (1 + 5 / 6, 6, (1, 5)),
        (2.9999999, 6, (3, 0)),
        (7 + 1 / 3, 3, (7, 1)),
        (1.5, 0, (1, 0)),
    ],
)
def test_the_place_in_the_data(epoch: float | None, length: int, expected: tuple[int, int]) -> None:
    assert exact.position(epoch, range(length)) == expected
    assert exact.position(epoch, iter(())) == (int(epoch or 0), 0), "a stream has no length"


def test_every_batch_of_long_epochs_is_found_again() -> None:
    for length in (3, 7, 49, 1000, 100_003):
        for batch in {0, 1, length // 3, length - 1}:
            for epoch in (0, 1, 17):
                assert exact.position(epoch + batch / length, range(length)) == (epoch, batch)


class Drawn:
    """A sampler as those of transformers and TRL that draw from a generator, or the global state."""

    def __init__(self, generator: Any = None) -> None:
        self.generator = generator

    def __len__(self) -> int:
        return 20

    def __iter__(self) -> Any:
        yield from torch.randperm(20, generator=self.generator).tolist()


@pytest.mark.parametrize("own", [False, True])
def test_a_sampler_has_the_same_order_in_an_epoch_whatever_was_drawn_before(own: bool) -> None:
    def order(epoch: int, drawn: int) -> list[int]:
        torch.rand(drawn)
        sampler = exact.steady(Drawn(torch.Generator() if own else None), 42)
        sampler.set_epoch(epoch)
        before = torch.get_rng_state()
        found = list(sampler)
        assert own or torch.equal(before, torch.get_rng_state()), "the training's own draws are not touched"
        return found

    assert order(3, 0) == order(3, 5) and sorted(order(3, 0)) == list(range(20))
    assert order(3, 0) != order(4, 0)
    assert len(exact.steady(Drawn(), 1)) == 20


def test_samplers_that_are_steady_already_stay() -> None:
    from torch.utils.data import RandomSampler, SequentialSampler

    for sampler in (None, RandomSampler(range(3)), SequentialSampler(range(3)), exact.SteadySampler(Drawn(), 1)):
        assert exact.steady(sampler, 1) is sampler


def test_the_epoch_reaches_a_sampler_however_deep() -> None:
    told: list[int] = []
    sampler = SimpleNamespace(set_epoch=told.append)
    loader = SimpleNamespace(
        set_epoch=lambda epoch: told.append(-1),
        batch_sampler=SimpleNamespace(batch_sampler=SimpleNamespace(batch_sampler=SimpleNamespace(sampler=sampler))),
        sampler=sampler,
    )
    exact.set_epoch(loader, 5)
    assert told == [5], "once, and not the loader itself: that is the Trainer's to do"
    exact.set_epoch(None, 5)


def draw(features: Any) -> tuple[float, float, Any]:
    import numpy as np

    return random.random(), float(np.random.rand()), torch.rand(3).tolist()


def test_a_collator_draws_the_same_for_a_batch_wherever_a_run_begins() -> None:
    collator = exact.SteadyCollator(draw, 42)
    collator.begin(1, 0)
    before = torch.get_rng_state(), random.getstate()
    whole = [collator(None) for _ in range(6)]
    assert torch.equal(before[0], torch.get_rng_state()) and before[1] == random.getstate()
    assert len({str(one) for one in whole}) == 6
    resumed = exact.SteadyCollator(draw, 42)
    resumed.begin(1, 4)
    torch.rand(9)
    assert [resumed(None) for _ in range(2)] == whole[4:]
    resumed.begin(2, 4)
    assert resumed(None) != whole[4]
    other = exact.SteadyCollator(draw, 42, rank=1)
    other.begin(1, 0)
    assert other(None) != whole[0]


def test_workers_draw_what_one_process_would(monkeypatch: pytest.MonkeyPatch) -> None:
    from torch.utils.data import DataLoader

    def batches(workers: int, batch: int) -> list[Any]:
        collator = exact.SteadyCollator(draw, 7)
        collator.begin(0, batch)
        return list(DataLoader(range(12 - 2 * batch), batch_size=2, collate_fn=collator, num_workers=workers))

    assert batches(0, 0) == batches(2, 0)
    assert batches(2, 3) == batches(0, 0)[3:]


def trainer(**more: Any) -> Any:
    return SimpleNamespace(_tr_loss=torch.tensor(0.0), _total_loss_scalar=0.0, _globalstep_last_logged=0, **more)


def test_what_was_summed_up_is_carried_over_to_the_bit(tmp_path: Path) -> None:
    before = trainer(
        _metrics={"train": defaultdict(list), "eval": defaultdict(list)}, _total_train_tokens=1234, _step=5
    )
    for value in (0.1, 1 / 3, 7e-9):
        before._tr_loss += value
    before._total_loss_scalar, before._globalstep_last_logged = 12.1 / 3, 9
    before._metrics["train"]["entropy"] += [0.1, 0.2]
    folder = tmp_path / "checkpoint-11"
    folder.mkdir()
    arguments = SimpleNamespace(output_dir=str(tmp_path), world_size=1, process_index=0)
    exact.Exact(before, None, 0).on_save(arguments, SimpleNamespace(global_step=11), None)
    assert [path.name for path in folder.iterdir()] == ["hfterm-state.json"]
    after = trainer(_metrics={"train": defaultdict(list), "eval": defaultdict(list)}, _total_train_tokens=0, _step=0)
    exact.Exact(after, folder, 0).on_train_begin(arguments, None, None)
    assert torch.equal(after._tr_loss, before._tr_loss) and after._tr_loss.dtype == torch.float32
    assert (after._total_loss_scalar, after._globalstep_last_logged) == (before._total_loss_scalar, 9)
    assert dict(after._metrics["train"]) == {"entropy": [0.1, 0.2]} and after._metrics["train"]["new"] == []
    assert (after._total_train_tokens, after._step) == (1234, 5)


def test_each_process_has_its_own_sums(tmp_path: Path) -> None:
    (tmp_path / "checkpoint-1").mkdir()
    for rank in range(2):
        arguments = SimpleNamespace(output_dir=str(tmp_path), world_size=2, process_index=rank)
        one = trainer()
        one._tr_loss += rank
        exact.Exact(one, None, 0).on_save(arguments, SimpleNamespace(global_step=1), None)
    sums = {p.name: json.loads(p.read_text())["loss_sum"] for p in (tmp_path / "checkpoint-1").iterdir()}
    assert sums == {"hfterm-state_0.json": 0.0, "hfterm-state_1.json": 1.0}


def test_a_checkpoint_of_an_older_run_has_no_sums(tmp_path: Path) -> None:
    one = trainer()
    arguments = SimpleNamespace(world_size=1, process_index=0)
    exact.Exact(one, tmp_path, 0).on_train_begin(arguments, None, None)
    exact.Exact(one, None, 0).on_train_begin(arguments, None, None)
    assert one._tr_loss.item() == 0.0 and exact.carried(SimpleNamespace()) == {}
