from pathlib import Path

import pytest

from hfterm import runs
from hfterm.errors import HftermError
from hfterm.train import checkpoints, room
from hfterm.train.keep import Keep
from support.saved import checkpoint

pytestmark = pytest.mark.usefixtures("isolated")


@pytest.fixture
def run() -> runs.Run:
    """With checkpoints at 10, 20, 30 and 40; the best is 10."""
    made = runs.create("demo", {"method": "sft"})
    for step in (10, 20, 30, 40):
        checkpoint(made, step)
        made.append({"event": "log", "step": step, "loss": float(step)})
    return made


class Disk:
    """Each checkpoint takes 100 of its bytes, beside the 1000 of somebody else."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, folder: Path) -> int:
        return self.size - 100 * sum(each.is_dir() for each in folder.iterdir())


def test_what_the_policy_lets_go_is_removed(run: runs.Run) -> None:
    checkpoint(run, 50, seal=False)
    assert room.prune(run, Keep(2, best=True), also=(20, None)) == []
    assert room.prune(run, Keep(2, best=True)) == [20]
    assert list(run.checkpoint_folders()) == [10, 30, 40, 50]
    assert room.prune(run, Keep(all=True)) == []
    assert room.prune(run, Keep()) == [10, 30]


def test_a_damaged_checkpoint_goes_once_a_whole_one_has_followed(run: runs.Run) -> None:
    for step in (40, 30):
        (run.path / "checkpoints" / f"checkpoint-{step}" / "optimizer.pt").unlink()
    assert checkpoints.start(run).step == 20
    room.prune(run, Keep(all=True))
    assert [step for step, _ in checkpoints.damaged(run)] == [30, 40]
    checkpoint(run, 30)
    room.prune(run, Keep(all=True))
    assert [step for step, _ in checkpoints.damaged(run)] == [40]


def test_with_room_nothing_goes(run: runs.Run) -> None:
    assert room.make_room(run, Keep(), 50, 100, free=Disk(500)) == []
    assert list(run.checkpoint_folders()) == [10, 20, 30, 40]


def test_a_nearly_full_disk_takes_what_would_go_anyway_oldest_first(run: runs.Run) -> None:
    assert room.make_room(run, Keep(2), 50, 200, free=Disk(400)) == ["checkpoint-10", "checkpoint-20"]
    assert list(run.checkpoint_folders()) == [30, 40]


def test_the_best_and_torn_and_damaged_ones(run: runs.Run) -> None:
    checkpoint(run, 45, seal=False)
    (run.path / "checkpoints" / "checkpoint-40" / "optimizer.pt").unlink()
    checkpoint(run, 46)
    (run.path / "checkpoints" / "checkpoint-46").rename(run.path / "checkpoints" / "damaged-46")
    assert room.make_room(run, Keep(best=True), 50, 200, also=(20,), free=Disk(500)) == [
        "checkpoint-40",
        "checkpoint-45",
        "damaged-46",
    ]
    assert list(run.checkpoint_folders()) == [10, 20, 30]


def test_no_room_even_so_is_an_error_and_the_newest_stays(run: runs.Run) -> None:
    with pytest.raises(HftermError, match="not enough disk space"):
        room.make_room(run, Keep(), 50, 10**18, free=Disk(0))
    assert list(run.checkpoints()) == [40] and checkpoints.problems(run.checkpoints()[40]) == []
    with pytest.raises(HftermError, match="not enough disk space"):
        room.make_room(run, Keep(all=True), 50, 10**18)
    assert list(run.checkpoints()) == [40]
