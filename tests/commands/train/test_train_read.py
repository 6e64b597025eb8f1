"""``hfterm train ls | show | logs``: read by anyone, at once, whatever lies in the folder."""

import json
import subprocess
import time
from pathlib import Path

import pytest

from hfterm import paths, runs
from support.cli import Hfterm


@pytest.fixture
def two_runs(hfterm: Hfterm, monkeypatch: pytest.MonkeyPatch) -> list[runs.Run]:
    monkeypatch.setenv("HFTERM_HOME", str(hfterm.home / "hfterm"))
    made = []
    for name in ("first", "second"):
        run = runs.create(name, {"method": "sft", "model": "org/tiny", "recipe": {"max_steps": 2}})
        for step in (1, 2):
            run.append({"event": "log", "step": step, "loss": 3.25 - step})
        (run.path / "log.txt").write_text("one\ntwo\nthree\n")
        made.append(run)
        time.sleep(0.005)
    made[0].write_status(
        {**made[0].status(), "state": "done", "step": 2, "max_steps": 2, "loss": 1.25, "seconds": 61.0}
    )
    return made


def test_ls_formats(hfterm: Hfterm, two_runs: list[runs.Run]) -> None:
    rows = [json.loads(line) for line in hfterm("train", "ls", check=0).lines]
    assert [(r["name"], r["state"]) for r in rows] == [("second", "running"), ("first", "done")]
    assert rows[1]["loss"] == 1.25 and rows[1]["seconds"] == 61.0
    assert hfterm("train", "ls", "-f", "quiet", check=0).lines == ["second", "first"]
    header, *_ = hfterm("train", "ls", "-f", "csv", check=0).lines
    assert header == "name,state,method,model,step,max_steps,loss,started,seconds"
    table = hfterm("train", "ls", "-f", "table", check=0).stdout
    assert "1m01s" in table and "tiny" in table


def test_ls_of_nothing_and_of_rubbish(hfterm: Hfterm) -> None:
    empty = hfterm("train", "ls", "-f", "table", check=0)
    assert empty.stdout == "" and "no runs yet" in empty.stderr
    assert hfterm("train", "ls", check=0).stdout == ""
    folder = hfterm.home / "hfterm" / "runs" / "rubbish"
    folder.mkdir(parents=True)
    (folder / "status.json").write_bytes(b"\xff\x00")
    assert json.loads(hfterm("train", "ls", check=0).stdout)["state"] == "damaged"
    assert json.loads(hfterm("train", "show", "rubbish", "-f", "json", check=0).stdout)["state"] == "damaged"
    assert hfterm("train", "logs", "rubbish", check=0).stdout == ""


def test_show(hfterm: Hfterm, two_runs: list[runs.Run]) -> None:
    shown = json.loads(hfterm("train", "show", "first", "-f", "json", check=0).stdout)
    assert shown["state"] == "done" and shown["recipe"] == {"max_steps": 2} and shown["output"] is None
    piped = hfterm("train", "show", "-f", "json", stdin="run:first\n", check=0)
    assert json.loads(piped.stdout) == shown
    assert "no run named 'frist'; did you mean 'first'" in hfterm("train", "show", "frist", check=3).stderr
    assert "standard input names none" in hfterm("train", "show", check=2).stderr


def test_logs(hfterm: Hfterm, two_runs: list[runs.Run]) -> None:
    assert hfterm("train", "logs", "first", check=0).lines == ["one", "two", "three"]
    assert hfterm("train", "logs", "first", "-n", "1", "-F", check=0).lines == ["three"]
    events = [json.loads(line) for line in hfterm("train", "logs", "first", "--events", check=0).lines]
    assert [(e["step"], e["loss"]) for e in events] == [(1, 2.25), (2, 1.25)]


def test_follow_ends_with_the_run(hfterm: Hfterm, two_runs: list[runs.Run]) -> None:
    run = two_runs[1]
    reader = hfterm.popen("train", "logs", "second", "--events", "-F", stdout=subprocess.PIPE)
    assert reader.stdout is not None
    assert [json.loads(reader.stdout.readline())["step"] for _ in range(2)] == [1, 2]
    run.append({"event": "log", "step": 3})
    assert json.loads(reader.stdout.readline())["step"] == 3, "shown while the run goes on"
    run.write_status({**run.status(), "state": "stopped"})
    assert reader.communicate(timeout=30)[0] == b"" and reader.returncode == 0


@pytest.mark.parametrize("verb", ["ls", "show", "logs"])
def test_nothing_heavy_is_imported(hfterm: Hfterm, two_runs: list[runs.Run], verb: str) -> None:
    args = ["train", verb, *(["first"] if verb != "ls" else [])]
    done = hfterm(*args, env={"PYTHONPROFILEIMPORTTIME": "1"}, check=0)
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "hfterm" in imported
    assert not imported & {"torch", "transformers", "datasets", "huggingface_hub", "peft", "numpy", "textual"}


def test_runs_dir_is_where_the_state_is(two_runs: list[runs.Run]) -> None:
    assert two_runs[0].path == Path(paths.runs_dir() / "first")
