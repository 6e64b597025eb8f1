import json
import os
from pathlib import Path
from typing import Any

import pytest

from hfterm.tracking.readers import trainer_state
from hfterm.tracking.readers.trainer_state import TrainerStateReader, newest


def state(folder: Path, steps: int, when: float, **more: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    history: list[dict[str, Any]] = [
        {"step": n, "epoch": n / 10, "loss": 5.0 - n, "learning_rate": 1e-4} for n in range(1, steps + 1)
    ]
    path = folder / "trainer_state.json"
    path.write_text(json.dumps({"global_step": steps, "max_steps": 4, "log_history": history} | more))
    os.utime(path, (when, when))
    return path


def test_the_newest_checkpoints_state_is_read_and_only_what_is_new(tmp_path: Path) -> None:
    reader = TrainerStateReader(tmp_path)
    assert reader.poll() == [] and reader.problem is None
    state(tmp_path / "checkpoint-1", 1, 1000)
    assert reader.poll() == [("loss", 1, 4.0, None), ("learning_rate", 1, 1e-4, None)]
    state(tmp_path / "checkpoint-3", 3, 2000, best_metric=0.5, best_model_checkpoint="out/checkpoint-1")
    assert [p[1] for p in reader.poll() if p[0] == "loss"] == [2, 3]
    assert reader.facts == {
        "global_step": 3,
        "max_steps": 4,
        "best_metric": 0.5,
        "best_model_checkpoint": "out/checkpoint-1",
    }
    assert reader.written == 2000 and reader.generation == 0 and reader.poll() == []
    summary = {"step": 4, "train_runtime": 9.0, "train_loss": 3.0, "total_flos": 1e9}
    path = state(tmp_path, 3, 3000)
    whole = json.loads(path.read_text())
    whole["log_history"].append(summary)
    path.write_text(json.dumps(whole))
    assert reader.poll() == [], "the summary at the end is no metric"
    assert newest(tmp_path) == path


def test_a_run_begun_again_replaces_what_was_read(tmp_path: Path) -> None:
    state(tmp_path / "checkpoint-3", 3, 1000)
    reader = TrainerStateReader(tmp_path)
    reader.poll()
    path = state(tmp_path / "checkpoint-2", 2, 2000)
    path.write_text(path.read_text().replace("4.0", "9.0"))
    os.utime(path, (2000, 2000))
    assert [p[2] for p in reader.poll() if p[0] == "loss"] == [9.0, 3.0] and reader.generation == 1


def test_torn_and_odd_files(tmp_path: Path) -> None:
    path = state(tmp_path, 2, 1000)
    text = path.read_text()
    path.write_text(text[:50])
    reader = TrainerStateReader(tmp_path)
    assert reader.poll() == [] and reader.problem == "trainer_state.json is damaged or half-written"
    path.write_text(text)
    assert len(reader.poll()) == 4 and reader.problem is None
    for odd in ("[1]", "{}", '{"log_history": 3}', '{"log_history": [1, {"loss": 1}, {"step": "x", "loss": 1}]}'):
        path.write_text(odd)
        assert TrainerStateReader(tmp_path).poll() == []
    path.write_text('{"log_history": [{"step": 1, "loss": NaN}]}')
    assert len(TrainerStateReader(tmp_path).poll()) == 1


def test_as_the_trainer_writes_it_when_it_counts_tokens(tmp_path: Path) -> None:
    row = {
        "epoch": 0.1,
        "loss": 2.5,
        "num_input_tokens_seen": 77,
        "step": 1,
        "train_runtime": 0.5,
        "train_tokens_per_second": 154,
    }
    summary = {"epoch": 0.1, "step": 1, "train_loss": 2.5, "train_runtime": 0.5, "train_steps_per_second": 2.0}
    (tmp_path / "trainer_state.json").write_text(json.dumps({"log_history": [row, summary]}))
    names = {name: value for name, _, value, _ in TrainerStateReader(tmp_path).poll()}
    assert names == {"loss": 2.5, "num_input_tokens_seen": 77, "train_tokens_per_second": 154}


def test_a_checkpoint_that_goes_away_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "checkpoint-9").mkdir()
    path = state(tmp_path / "checkpoint-1", 1, 1000)
    reader = TrainerStateReader(tmp_path)
    assert len(reader.poll()) == 2
    path.unlink()
    assert reader.poll() == [] and reader.facts["global_step"] == 1
    assert TrainerStateReader(tmp_path / "none").poll() == []


def test_an_enormous_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer_state, "LARGEST", 10)
    state(tmp_path, 1, 1000)
    reader = TrainerStateReader(tmp_path)
    assert reader.poll() == [] and reader.problem is not None and "is larger than" in reader.problem
