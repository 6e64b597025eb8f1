"""What is kept of a run that another process watches over, and how the run shows by it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hfterm import paths, runs, supervised
from hfterm.processes import boot_time, iso, now, this_process
from hfterm.runs import Run

pytestmark = pytest.mark.usefixtures("isolated")


def watched(name: str, **facts: Any) -> Run:
    supervised.folder(name).mkdir(parents=True, exist_ok=True)
    known = {"name": name, "method": "sft", "model": "m", "created": now(), "phase": "waiting"}
    supervised.write(name, {**known, **this_process(), **facts})
    return Run(name, paths.runs_dir() / name)


def test_a_run_without_a_folder_is_queued_lost_or_ended() -> None:
    run = watched("demo", waits_for="run 'a'")
    assert runs.names() == ["demo"] and runs.get("demo") == run and run.state() == "queued"
    row = run.summary()
    assert (row["waits_for"], row["method"], row["step"]) == ("run 'a'", "sft", None)
    assert "demo" in run.describe()["path"] and run.created() == row["started"]
    watched("demo", pid=4_000_000, process_started=1.0)
    assert run.state() == "lost" and "waits_for" not in run.summary() and list(run.log(follow=True)) == []
    watched("demo", phase=supervised.ENDED, state="failed", error="no such model", exit_code=3, ended=now())
    assert run.state() == "failed" and "failed: no such model" in str(run.ending())
    supervised.remove("demo")
    assert runs.names() == [] and run.state() == "damaged"


def test_on_another_machine_the_heart_must_beat() -> None:
    run = watched("demo", host="gpu-07")
    assert run.state() == "queued"
    from datetime import UTC, datetime

    then = datetime.now(UTC).timestamp() - supervised.LOST_SECONDS - 5
    watched("demo", host="gpu-07", heartbeat=iso(datetime.fromtimestamp(then, UTC)))
    assert run.state() == "lost"


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "null", '{"pid": "x", "host": 3}'])
def test_a_torn_record_is_no_error(text: str) -> None:
    run = watched("demo")
    (supervised.folder("demo") / "supervisor.json").write_text(text)
    assert run.state() in ("damaged", "lost") and supervised.waiting("demo") == {}
    assert runs.all_runs() == [run] and run.summary()["name"] == "demo" and run.describe()["note"] is None


def test_a_dead_or_failed_run_is_queued_while_somebody_will_begin_it_again() -> None:
    run = runs.create("demo", {"method": "sft", "recipe": {}})
    assert run.state() == "running"
    watched("demo", waits_for="another start, try 1 of 2")
    for facts in ({"state": "failed"}, {"state": "running", "pid": 4_000_000, "process_started": 1.0}):
        run.write_status({**run.status(), **facts})
        assert run.state() == "queued" and run.summary()["waits_for"] == "another start, try 1 of 2"
    run.write_status({**run.status(), "state": "done"})
    assert run.state() == "done"


def test_runs_of_another_state_folder_are_not_watched_here(tmp_path: Path) -> None:
    watched("demo")
    away = Run("demo", tmp_path / "elsewhere" / "demo")
    assert away.state() == "damaged" and away.facts() == {}


def test_after_a_restart_of_this_machine_a_run_is_lost_whoever_has_its_number_now() -> None:
    boot = boot_time()
    if boot is None:
        pytest.skip("this system does not tell when it was started")
    run = runs.create("demo", {"method": "sft", "recipe": {}})
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        run.write_status({**run.status(), "pid": other.pid, "process_started": boot - 3600})
        assert run.state() == "lost" and "the machine was restarted" in str(run.ending())
        run.write_status({**run.status(), "pid": other.pid, "process_started": boot + 0.5})
        assert run.state() == "lost" and "killed or crashed" in str(run.ending())
        other.communicate(b"\n")


def test_a_run_whose_machine_died_is_lost_once_it_is_silent() -> None:
    run = runs.create("demo", {"method": "sft", "recipe": {}})
    run.write_status({**run.status(), "host": "gpu-07"})
    assert run.state() == "running"
    run.write_status({**run.status(), "heartbeat": "2026-01-01T00:00:00.000Z"})
    assert run.state() == "lost" and "nothing is heard of its process" in str(run.ending())


@pytest.mark.parametrize("facts", [{}, {"method": "sft"}, {"name": "old", "recipe": None, "versions": []}])
@pytest.mark.parametrize("status", [{"state": "done"}, {"state": "running"}, {"state": "melted"}, {"state": 3}, {}])
def test_a_run_of_an_older_or_newer_version_can_be_looked_at(facts: dict[str, Any], status: dict[str, Any]) -> None:
    run = runs.create("old", facts)
    run.write_status(status)
    assert run.state() in runs.STATES
    assert run.summary()["name"] == "old" and run.describe()["state"] == run.state()
    assert run.ending() is None or "old" in str(run.ending()) or run.state() in ("lost", "damaged")
