"""What trackers are told of a run, without any of them: they are tried by hand."""

import json
import os
from pathlib import Path

import pytest

from hfterm.train import trackers

VARIABLES = (
    "WANDB_RUN_ID",
    "WANDB_RESUME",
    "WANDB_DIR",
    "WANDB_SILENT",
    "MLFLOW_RUN_ID",
    "TENSORBOARD_LOGGING_DIR",
    "RANK",
)


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, "")  # so that it is put back
        monkeypatch.delenv(name)


def test_one_run_of_wandb_for_one_of_ours_in_all_its_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "my.run"
    folder.mkdir()
    trackers.prepare(["wandb"], folder)
    first = os.environ["WANDB_RUN_ID"]
    assert first.startswith("my-run-") and json.loads((folder / trackers.NAME).read_text()) == {"wandb": first}
    assert (os.environ["WANDB_RESUME"], os.environ["WANDB_DIR"]) == ("allow", str(folder))
    monkeypatch.delenv("WANDB_RUN_ID")
    trackers.prepare(["wandb"], folder)
    assert os.environ["WANDB_RUN_ID"] == first
    # Another run of that name is another one there too.
    (folder / trackers.NAME).unlink()
    monkeypatch.delenv("WANDB_RUN_ID")
    trackers.prepare(["wandb"], folder)
    assert os.environ["WANDB_RUN_ID"] != first


def test_what_the_user_has_set_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"WANDB_RUN_ID": "mine", "WANDB_RESUME": "never", "WANDB_DIR": "/mine", "WANDB_SILENT": "false"}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    trackers.prepare(["wandb", "mlflow"], tmp_path)
    assert {name: os.environ[name] for name in own} == own and "MLFLOW_RUN_ID" not in os.environ


def test_mlflow_goes_on_with_the_run_it_began(tmp_path: Path) -> None:
    (tmp_path / trackers.NAME).write_text('{"mlflow": "abc"}')
    trackers.prepare(["mlflow"], tmp_path)
    assert os.environ["MLFLOW_RUN_ID"] == "abc"


def test_the_end_of_a_run_without_trackers_is_nothing_to_them() -> None:
    trackers.finish(None)
    trackers.finish(KeyboardInterrupt())
