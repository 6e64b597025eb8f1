from pathlib import Path

import pytest
import torch

from hfterm import paths
from hfterm.peft.merge import default_output
from hfterm.peft.merging.outputs import difference


def test_default_output(isolated: Path) -> None:
    run = paths.runs_dir() / "demo"
    (run / "output").mkdir(parents=True)
    assert default_output("run:demo", run / "output") == run / "merged"
    checkpoint = run / "checkpoints" / "checkpoint-5"
    assert default_output("run:demo@5", checkpoint) == run / "merged-checkpoint-5"
    (isolated / "my-adapter").mkdir()
    assert default_output("x", isolated / "my-adapter") == Path("my-adapter-merged")
    cached = isolated / "hub" / "models--org--lora" / "snapshots" / "abc"
    cached.mkdir(parents=True)
    assert default_output("org/lora@main", cached) == Path("lora-merged")


@pytest.mark.parametrize(
    ("found", "drift"),
    [([1.0, -4.0], 0.0), ([1.0, -3.0], 0.25), ([float("nan"), -4.0], float("inf")), ([1.0], float("inf"))],
)
def test_drift_is_a_share_of_the_largest_logit(found: list[float], drift: float) -> None:
    assert difference({"logits": torch.tensor([found])}, {"logits": torch.tensor([[1.0, -4.0]])}) == drift
