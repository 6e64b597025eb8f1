import json
from pathlib import Path

import pytest

from hfterm import runs
from hfterm.train import checkpoints

pytestmark = pytest.mark.usefixtures("isolated")


@pytest.fixture
def run() -> runs.Run:
    return runs.create("demo", {"method": "sft"})


def saved(run: runs.Run, step: int, *, seal: bool = True) -> Path:
    folder = run.path / "checkpoints" / f"checkpoint-{step}"
    (folder / "deep").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"x" * 100)
    (folder / "deep" / "state.json").write_bytes(b"{}")
    if seal:
        assert checkpoints.seal(folder) == 102
    return folder


def test_sealed_is_complete(run: runs.Run) -> None:
    folder = saved(run, 10)
    assert json.loads((folder / runs.MARKER).read_text())["files"] == {"model.safetensors": 100, "deep/state.json": 2}
    assert runs.complete(folder)
    assert checkpoints.seal(folder) == 102, "sealing again counts the same files"


def test_prune_keeps_the_newest_two_and_the_best(run: runs.Run) -> None:
    for step, loss in ((10, 2.0), (20, 1.0), (30, 3.0), (40, 3.0), (50, 3.0)):
        saved(run, step)
        run.append({"event": "log", "step": step, "loss": loss})
    saved(run, 60, seal=False)
    assert checkpoints.prune(run) == [10, 30]
    assert list(run.checkpoint_folders()) == [20, 40, 50, 60]


def test_sweep_removes_only_what_is_torn(run: runs.Run) -> None:
    saved(run, 10)
    saved(run, 20, seal=False)
    (saved(run, 30) / "model.safetensors").write_bytes(b"x")
    (run.path / ".output.abc.tmp").mkdir()
    assert checkpoints.sweep(run) == ["checkpoint-20", "checkpoint-30"]
    assert list(run.checkpoint_folders()) == [10]
    assert not (run.path / ".output.abc.tmp").exists()
