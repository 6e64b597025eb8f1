"""hfterm's own runs: a real one of the tiny model, and others in every state."""

import json
import shutil
from pathlib import Path

import pytest

from hfterm import runs, supervised
from hfterm.processes import this_process
from hfterm.tracking.book import Book
from hfterm.tracking.discover import runs_in
from hfterm.tracking.foreign import ForeignRun
from hfterm.tracking.own import OwnRun
from support.cli import Hfterm
from support.tiny import facts_file, tiny_model


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that ``hfterm train sft`` made."""
    home = tmp_path_factory.mktemp("home")
    model, data = tiny_model(home / "tiny"), facts_file(home / "facts.jsonl", repeat=4)
    Hfterm(home)(
        "train", "sft", model, data, "--name", "real", "--max-steps", "6", "--save-steps", "2", "--logging-steps", "1",
        "--eval-data", data, "--learning-rate", "2e-2", "--progress", "none", check=0,
    )  # fmt: skip
    return home / "hfterm" / "runs" / "real"


def test_a_real_run(trained: Path) -> None:
    run = OwnRun(runs.Run("real", trained))
    assert run.poll(10) and not run.poll(10) and run.problem is None
    assert (run.key, run.kind, run.state, run.step, run.max_steps) == ("run:real", "hfterm", "done", 6, 6)
    assert {"loss", "grad_norm", "learning_rate", "eval_loss", "tokens"} <= set(run.series)
    events = [json.loads(line) for line in (trained / "events.jsonl").read_text().splitlines()]
    logged = {e["step"]: e["loss"] for e in events if e["event"] == "log"}
    assert run.series["loss"].columns(6, 1, 6) == [(logged[n], logged[n]) for n in range(1, 7)]
    assert len(run.series["eval_loss"]) == 3 and run.series["tokens"].last < 2000, "not those of the data set"
    assert run.loss == logged[6] and run.eta is None and run.ending() is None and run.note() is None
    assert run.steps_per_second and run.steps_per_second > 0
    assert run.tokens_per_second and run.tokens_per_second > run.steps_per_second
    assert run.log is not None and any("Training completed" in line.text for line in run.log.last(20))
    configuration = dict(run.configuration())
    assert configuration["learning_rate"] == "0.02" and configuration["method"] == "sft"
    assert configuration["versions.hfterm"] and configuration["command"].startswith("/")
    saved = run.checkpoints()
    assert [row["step"] for row in saved][-2:] == [4, 6] and all(row["complete"] for row in saved)
    assert sum(row["best"] for row in saved) == 1 and all(row["bytes"] > 1000 for row in saved)
    assert run.checkpoints() is saved, "read once"
    row = run.summary()
    assert row["name"] == "real" and row["step"] == 6 and row["method"] == "sft" and row["path"] == str(trained)
    assert run.created > 1.7e9


def test_the_trainers_own_state_in_its_checkpoint(trained: Path) -> None:
    (found,) = runs_in(trained / "checkpoints" / "checkpoint-6")
    run = ForeignRun(found)
    run.poll()
    assert (run.kind, run.step, run.max_steps) == ("trainer", 6, 6)
    assert len(run.series["loss"]) == 6 and len(run.series["eval_loss"]) == 3 and "train_runtime" not in run.series
    own = OwnRun(runs.Run("real", trained))
    own.poll()
    assert run.series["loss"].columns(6) == own.series["loss"].columns(6)


@pytest.fixture
def a_run(isolated: Path) -> runs.Run:
    return runs.create("demo", {"method": "sft", "model": "tiny", "recipe": {"lr": 1e-4, "hub_token": "hf_x"}})


def test_live(a_run: runs.Run) -> None:
    run = OwnRun(a_run)
    run.poll()
    assert (run.state, run.step, run.series, run.eta, run.problem) == ("running", 0, {}, None, None)
    for n in range(1, 11):
        event = {"t": 1.7e9 + n / 2, "event": "log", "step": n, "loss": 10.0 - n, "tokens": n * 100}
        a_run.append(event)
    a_run.write_status({**a_run.status(), "step": 10, "max_steps": 30, "loss": 0.25})
    assert run.poll()
    assert run.steps_per_second == pytest.approx(2.0) and run.tokens_per_second == pytest.approx(200)
    assert run.eta == pytest.approx(10.0) and run.loss == 0.25
    series = run.series
    a_run.append({"t": 1.7e9 + 6, "event": "eval", "step": 10, "eval_loss": 1.0})
    assert run.poll() and "eval_loss" in run.series
    assert run.series is not series and "eval_loss" not in series, "another thread may be going through the old one"
    assert run.series["loss"] is series["loss"]
    assert not run.poll()


def test_before_any_step_is_logged_the_status_tells_the_pace(a_run: runs.Run) -> None:
    a_run.write_status({**a_run.status(), "step": 5, "max_steps": 15, "seconds": 10.0})
    run = OwnRun(a_run)
    run.poll()
    assert run.steps_per_second == 0.5 and run.eta == 20.0 and run.loss is None and run.tokens_per_second is None


def test_a_resumed_run_logs_steps_again(a_run: runs.Run) -> None:
    run = OwnRun(a_run)
    for step in (1, 2, 3, 4, 3, 4, 5):
        a_run.append({"event": "log", "step": step, "loss": float(step)})
    run.poll()
    assert len(run.series["loss"]) == 5 and run.series["loss"].last_step == 5


@pytest.mark.parametrize(
    ("status", "state", "said"),
    [
        ({"state": "failed", "error": "GPU memory ran out", "exit_code": 8}, "failed", "failed: GPU memory ran out"),
        ({"state": "stopped", "exit_code": 143}, "stopped", "stopped by a signal"),
        ({"pid": 2**22 + 5}, "lost", "lost: its process 4194309"),
        ({"state": "odd"}, "damaged", "damaged: its run.json or status.json"),
        ({"state": "failed", "error": "\x1b[31mtoken hf_abcdefghijklmnopqrstu"}, "failed", "\\x1b[31mtoken hf_***"),
    ],
)
def test_why_a_run_ended(a_run: runs.Run, status: dict[str, object], state: str, said: str) -> None:
    a_run.write_status({**a_run.status(), "step": 4, **status})
    run = OwnRun(a_run)
    run.poll()
    assert run.state == state and said in (run.ending() or "")
    assert not run.poll(), "an ended run is not looked into again"


def test_secrets_and_notes(a_run: runs.Run) -> None:
    (a_run.path / runs.NOTE).write_text("the \x1b good one\n")
    run = OwnRun(a_run)
    run.poll()
    assert dict(run.configuration())["hub_token"] == "***"
    assert run.note() == "the \\x1b good one"


def test_a_folder_that_disappears_and_comes_back(a_run: runs.Run, tmp_path: Path) -> None:
    run = OwnRun(a_run)
    a_run.append({"event": "log", "step": 1, "loss": 1.0})
    run.poll()
    away = tmp_path / "away"
    shutil.move(a_run.path, away)
    assert run.poll() and run.gone and "is gone" in (run.ending() or "") and run.checkpoints() == []
    assert run.series["loss"].last == 1.0, "what was read can still be looked at"
    assert not run.poll()
    shutil.move(away, a_run.path)
    assert run.poll() and not run.gone and run.state == "running"


def test_torn_files(a_run: runs.Run) -> None:
    (a_run.path / "run.json").write_text('{"met')
    (a_run.path / "events.jsonl").write_bytes(b'\xff\n{"event": "log", "step": 1, "loss": 2}\n{"ev')
    run = OwnRun(a_run)
    run.poll()
    assert run.state == "damaged" and run.series["loss"].last == 2.0 and run.configuration() == []
    folder = a_run.path / "checkpoints" / "checkpoint-3"
    folder.mkdir(parents=True)
    (folder / "x.bin").write_bytes(b"12345")
    assert run.checkpoints() == [
        {"step": 3, "path": str(folder), "bytes": 5, "complete": False, "best": False},
    ]


def test_a_run_that_waits_has_no_folder_and_is_not_gone(isolated: Path) -> None:
    supervised.folder("next").mkdir(parents=True)
    facts = {"name": "next", "method": "sft", "model": "org/m", "phase": "waiting", "waits_for": "run 'a'"}
    supervised.write("next", {**facts, **this_process()})
    run = Book().poll()[0]
    assert (run.key, run.state, run.gone, run.ending()) == ("run:next", "queued", False, "queued: it waits for run 'a'")
    assert run.summary()["model"] == "org/m" and not run.refresh()
    begun = runs.create("next", {"method": "sft", "recipe": {}})
    assert run.refresh() and run.state == "running" and run.ending() is None
    begun.write_status({**begun.status(), "state": "failed"})
    assert run.refresh() and run.state == "queued", "its supervisor may begin it again"
    supervised.remove("next")
    assert run.refresh() and run.state == "failed"
    shutil.rmtree(begun.path)
    assert run.refresh() and run.gone
