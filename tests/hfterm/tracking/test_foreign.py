import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from hfterm.tracking.discover import Found
from hfterm.tracking.followed import flat
from hfterm.tracking.foreign import ForeignRun
from support.events import scalar

REAL = Path(__file__).parent / "data" / "tensorboard"


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


def trainer_state(folder: Path, step: int, when: float, **more: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    history = [{"step": n, "epoch": n / 10, "loss": 5.0 - n / 100} for n in range(10, step + 1, 10)]
    path = folder / "trainer_state.json"
    path.write_text(json.dumps({"global_step": step, "max_steps": 100, "log_history": history} | more))
    os.utime(path, (when, when))


def test_a_trainer_without_event_files(tmp_path: Path) -> None:
    clock = Clock()
    for n in (10, 20, 30):
        trainer_state(
            tmp_path / f"checkpoint-{n}", n, clock.now - 300 + n * 10, best_model_checkpoint="x/checkpoint-20"
        )
    (tmp_path / "checkpoint-30" / "model.safetensors").write_bytes(b"x" * 1000)
    (tmp_path / "checkpoint-40").mkdir()
    run = ForeignRun(Found("trainer", tmp_path, "out"), clock)
    assert run.poll() and (run.step, run.max_steps, run.loss) == (30, 100, 4.7)
    assert run.steps_per_second == pytest.approx(0.1), "by the times of the checkpoints"
    assert (run.state, run.eta) == ("live", pytest.approx(700))
    rows = run.checkpoints()
    assert [(r["step"], r["complete"], r["best"]) for r in rows] == [
        (10, True, False), (20, True, True), (30, True, False), (40, False, False),
    ]  # fmt: skip
    assert rows[2]["bytes"] > 1000 and dict(run.configuration())["best_model_checkpoint"] == "x/checkpoint-20"
    clock.now += 100
    assert run.poll() and run.state == "idle" and run.eta is None and run.ending() is None


def test_a_trainer_with_event_files_is_newer_than_its_last_checkpoint(tmp_path: Path) -> None:
    trainer_state(tmp_path / "checkpoint-20", 20, time.time())
    run = ForeignRun(Found("trainer", tmp_path, "out"))
    run.poll()
    assert len(run.series["loss"]) == 2
    events = tmp_path / "runs" / "Jan01_host"
    events.mkdir(parents=True)
    content = b"".join(
        scalar("train/loss", n, 1.0, 1.7e9 + n) + scalar("eval/loss", n, 2.0) + scalar("train/epoch", n, 0.1)
        for n in range(10, 60, 10)
    )
    (events / "events.out.tfevents.1.h").write_bytes(content)
    again = ForeignRun(Found("trainer", tmp_path, "out"))
    again.poll()
    assert set(again.series) == {"loss", "eval_loss"} and len(again.series["loss"]) == 5
    assert (again.step, again.max_steps, again.steps_per_second) == (50, 100, pytest.approx(1.0))
    run._reader._looked = -100  # type: ignore[union-attr]
    run.poll()
    assert len(run.series["loss"]) == 5, "they may come later"


def test_tensorboard_with_settings_and_a_log(tmp_path: Path) -> None:
    shutil.copy(next(REAL.iterdir()), tmp_path)
    (tmp_path / "train.log").write_text("hello\n")
    (tmp_path / "config.yaml").write_text("model:\n  size: 8\n  api_key: abc\nlist: [1, 2]\n")
    run = ForeignRun(Found("tensorboard", tmp_path, "tb"))
    assert run.poll(10) and run.kind == "tensorboard" and run.key == f"path:{tmp_path}"
    assert run.loss is None, "the newest one is no number"
    assert run.series["train/loss"].bad == 1 and run.log is not None
    assert [line.text for line in run.log.last(5)] == ["hello"]
    assert dict(run.configuration()) == {
        "lr": "0.0001", "optimizer": "adamw", "packing": "yes", "r": "8", "args.learning_rate": "0.0001",
        "args.seed": "42", "model.size": "8", "model.api_key": "***", "list": "1, 2",
    }  # fmt: skip


def test_a_log_without_times_is_timed_as_it_grows(tmp_path: Path) -> None:
    clock = Clock()
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 10, "loss": 1, "total_steps": 100}\n')
    run = ForeignRun(Found("jsonl", path, "m"), clock)
    run.poll()
    assert run.steps_per_second is None and run.max_steps == 100 and run.eta is None
    for step in (20, 30):
        clock.now += 5
        with path.open("a") as stream:
            stream.write(f'{{"step": {step}, "loss": 1}}\n')
        os.utime(path, (clock.now, clock.now))
        run.poll()
    assert run.steps_per_second == pytest.approx(2.0) and run.eta == pytest.approx(35.0)


def test_files_saved_by_others(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text("step,loss\n1,2\n")
    for name in ("epoch=1-step=200.ckpt", "step_100.pt", "notes.txt"):
        (tmp_path / "checkpoints").mkdir(exist_ok=True)
        (tmp_path / "checkpoints" / name).write_bytes(b"12345")
    shutil.copy(next(REAL.iterdir()), tmp_path)
    rows = ForeignRun(Found("tensorboard", tmp_path, "x")).checkpoints()
    assert [(r["step"], r["bytes"], r["complete"]) for r in rows] == [(100, 5, True), (200, 5, True)]
    assert ForeignRun(Found("csv", tmp_path / "metrics.csv", "x")).checkpoints() == []


@pytest.mark.parametrize(
    ("metrics", "loss"),
    [
        (["eval_loss", "loss"], 1), (["Loss/train", "Loss/test"], 0), (["val/loss", "model/loss"], 1),
        (["losses", "val_loss"], None), (["acc", "main loss"], 1), (["train_loss"], 0),
    ],
)  # fmt: skip
def test_which_metric_is_the_loss(tmp_path: Path, metrics: list[str], loss: int | None) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text(json.dumps({"step": 1} | {name: float(n) for n, name in enumerate(metrics)}) + "\n")
    run = ForeignRun(Found("jsonl", path, "x"))
    run.poll()
    assert run.loss == loss


def test_gone(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text("step,loss\n1,2\n")
    run = ForeignRun(Found("csv", path, "x"))
    run.poll()
    run.poll()
    path.unlink()
    assert run.poll() and run.gone and run.state == "idle" and "is gone" in (run.ending() or "")
    assert run.series["loss"].last == 2


@pytest.mark.parametrize(
    "text",
    ["a: &x [1]\nb: *x\n", "!!python/object/apply:os.system ['true']", "- 1\n", "{", "\x00", "x" * 10, "a: {b: " * 500],
)
def test_settings_that_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "metrics.csv").write_text("step,loss\n1,2\n")
    (tmp_path / "config.yaml").write_text(text)
    assert ForeignRun(Found("csv", tmp_path / "metrics.csv", "x")).configuration() == []


def test_settings_at_any_depth() -> None:
    deep: dict[str, Any] = {"x": 1}
    for _ in range(50):
        deep = {"d": deep}
    assert len(list(flat(deep))) == 1
    rows = dict(flat({"a": {"b": None, "c": [1, {"d": 2}]}, "e": {}, "hub_token": "t", "n": 1.0, "\x1b": "\x1b[2J"}))
    assert rows == {"a.b": "-", "a.c": '[1, {"d": 2}]', "e": "{}", "hub_token": "***", "n": "1", "\\x1b": "\\x1b[2J"}
