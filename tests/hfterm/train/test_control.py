"""Runs stopped, resumed, deleted and noted from outside. The trainers are small real processes without a model."""

import os
import signal
import subprocess
import sys

import pytest

from hfterm import jobs, paths, runs
from hfterm.errors import HftermError, UsageError
from hfterm.train import control, removal
from support.small_runs import Start, ended

pytestmark = pytest.mark.usefixtures("isolated")


def test_stop_waits_until_it_has_saved(start: Start) -> None:
    stopped = control.stop(start("demo"))
    assert (stopped.state, stopped.step, stopped.asked, stopped.killed) == ("stopped", 41, True, False)
    again = control.stop(runs.get("demo"))
    assert (again.state, again.asked) == ("stopped", False)


def test_it_is_asked_once_however_often_stop_is_called(start: Start) -> None:
    run = start("demo")
    assert control.stopping(run) is None
    assert control.ask_to_stop(run) and control.ask_to_stop(run)
    assert str(control.stopping(run)).endswith("Z")
    assert control.await_end(run).step == 41, "a second signal would have cost the checkpoint"
    assert control.stopping(run) is None


def test_grace_and_kill(start: Start) -> None:
    run = start("stubborn", "refuse")
    with pytest.raises(
        HftermError, match=r"'stubborn' still runs after 0\.1 s: it ends after its step; wait longer, or"
    ):
        control.stop(run, grace=0.1)
    stopped = control.stop(run, grace=0.1, kill=True)
    assert (stopped.state, stopped.step, stopped.killed) == ("stopped", 40, True)
    assert run.status()["exit_code"] == 137 and str(run.ending()).startswith("killed on request")


def test_a_run_elsewhere_is_stopped_there(start: Start) -> None:
    run = runs.create("away", {"method": "sft", "recipe": {}})
    run.write_status({**run.status(), "host": "gpu-07"})
    for call in (control.ask_to_stop, control.stop):
        with pytest.raises(
            HftermError, match=r"'away' runs on gpu-07, not on this machine .*; stop it there: ssh gpu-07"
        ):
            call(run)
    with pytest.raises(UsageError, match="'away' is running on gpu-07"):
        removal.delete(run)


def test_another_process_with_its_number_is_left_alone() -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    run = runs.create("demo", {"method": "sft"})
    run.write_status({**run.status(), "pid": bystander.pid, "process_started": 1000.0})
    assert control.stop(run, kill=True, grace=0).asked is False
    assert bystander.poll() is None and run.state() == "lost"
    bystander.communicate(b"\n")


@pytest.mark.parametrize(
    ("state", "words"),
    [("running", "is running, at step 40 .*; follow it with"), ("done", "is done: .*; its output is run:demo")],
)
def test_what_need_not_be_resumed(state: str, words: str) -> None:
    run = ended("demo", state)
    with pytest.raises(UsageError, match=words):
        control.resume(run)


def test_what_cannot_be_resumed() -> None:
    (paths.runs_dir() / "rubbish").mkdir(parents=True)
    with pytest.raises(UsageError, match="'rubbish' is damaged"):
        control.resume(runs.get("rubbish"))
    no_recipe = runs.create("old", {"method": "sft"})
    no_recipe.write_status({"state": "stopped"})
    with pytest.raises(UsageError, match="'old' is damaged"):
        control.resume(no_recipe)
    assert jobs.all_jobs() == []


def test_a_resume_that_fails_says_why() -> None:
    said: list[str] = []
    with pytest.raises(
        HftermError, match="run 'demo' did not resume: no such command 'hfterm train nonsense'"
    ) as caught:
        control.resume(ended("demo", "lost", method="nonsense"), say=said.append)
    assert caught.value.exit_code == 2 and str(jobs.all_jobs()[0].out) in str(caught.value)
    assert said == ["run 'demo' goes on at step 0: it has no checkpoint"]
    assert control.job_of(runs.get("demo")) == jobs.all_jobs()[0]


def test_a_run_that_is_being_resumed_is_not_resumed_twice_but_can_be_stopped() -> None:
    run = ended("demo")
    job = jobs.start([sys.executable, "-c", "import time; time.sleep(300)"], title="loads for long")
    (run.path / "job.txt").write_text(job.id + "\n")
    with pytest.raises(UsageError, match=f"is being resumed already, by job {job.id}"):
        control.resume(run)
    assert control.stop(run).asked is True
    assert job.state() == "stopped"


def test_a_note_is_kept_without_secrets() -> None:
    run = ended("demo")
    control.note(run, "  ünïcode\nhf_abcdefghijklmnopqrst ")
    assert run.note() == "ünïcode\nhf_***"
    control.note(run, None)
    control.note(run, "  ")
    assert run.note() is None and not (run.path / runs.NOTE).exists()


def test_check_done_raises_how_it_ended() -> None:
    control.check_done(ended("fine", "done"))
    run = ended("demo")
    run.write_status({**run.status(), "exit_code": 143})
    with pytest.raises(HftermError, match="run 'demo': stopped by a signal") as caught:
        control.check_done(run)
    assert caught.value.exit_code == 143


def test_one_stopped_by_hand_is_waited_for(start: Start) -> None:
    run = start("demo")
    os.kill(run.status()["pid"], signal.SIGTERM)
    assert control.await_end(run).state == "stopped"
