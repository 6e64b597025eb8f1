"""Runs stopped, resumed, deleted and noted from outside. The trainers are small real processes without a model."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hfterm import jobs, paths, runs
from hfterm.errors import HftermError, UsageError
from hfterm.train import control

pytestmark = pytest.mark.usefixtures("isolated")

# Argument: the run's name, and what it does when asked to stop: "save" after its step, or "refuse".
TRAINER = """
import signal, sys, time
from hfterm import runs
from hfterm.errors import Terminated
from hfterm.train.journal import Journal
name, manner = sys.argv[1:]
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
run = runs.get(name)
try:
    with run.lock(), Journal(run) as journal:
        journal.status(force=True, step=40, max_steps=100)
        print("up", file=sys.__stdout__, flush=True)  # the journal keeps what is printed
        while not asked or manner == "refuse":
            time.sleep(0.01)
        time.sleep(0.2)
        journal.status(force=True, step=41 if len(asked) == 1 else 0)
        raise Terminated
except Terminated:
    sys.exit(143)
"""
Start = Callable[..., runs.Run]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a trainer of a new run, and return the run."""
    processes = []

    def start(name: str, manner: str = "save") -> runs.Run:
        run = runs.create(name, {"method": "sft", "recipe": {}})
        process = subprocess.Popen([sys.executable, "-c", TRAINER, name, manner], stdout=subprocess.PIPE)
        processes.append(process)
        assert process.stdout and process.stdout.readline() == b"up\n"
        return run

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def ended(name: str, state: str = "stopped", **facts: object) -> runs.Run:
    run = runs.create(name, {"method": "sft", "recipe": {}, **facts})
    run.write_status({**run.status(), "state": state, "step": 40})
    return run


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
        control.delete(run)


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


def test_delete_frees_the_name_at_once(start: Start) -> None:
    run = start("demo")
    with pytest.raises(UsageError, match="'demo' is running, at step 40; stop it first: hfterm train stop demo"):
        control.delete(run)
    control.stop(run)
    (run.path / "checkpoints").mkdir()
    (run.path / "checkpoints" / "weights").write_bytes(b"x" * 5000)
    assert control.size(run) > 5000
    (paths.runs_dir() / ".other.123.old" / "rest").mkdir(parents=True)  # a removal was killed here
    assert control.delete(run) > 5000
    assert list(paths.runs_dir().iterdir()) == []


def test_what_another_process_holds_is_not_deleted(start: Start) -> None:
    run = start("demo", "refuse")
    run.write_status({**run.status(), "state": "stopped"})  # its heart has not beaten since
    with pytest.raises(HftermError, match="is being trained by pid"):
        control.delete(run)
    assert run.path.is_dir()


def test_a_run_on_another_disk_goes_with_its_files_a_foreign_folder_stays(tmp_path: Path) -> None:
    run = ended("demo")
    run.path.rename(tmp_path / "big")
    run.path.symlink_to(tmp_path / "big")
    assert control.delete(run) > 0 and not (tmp_path / "big").exists()
    (tmp_path / "precious").mkdir()
    run.path.symlink_to(tmp_path / "precious")
    assert control.delete(run) == 0
    assert (tmp_path / "precious").is_dir() and list(paths.runs_dir().iterdir()) == []


@pytest.mark.skipif(os.getuid() == 0, reason="root may remove anything")
def test_what_must_not_be_removed_is_said() -> None:
    run = ended("demo")
    paths.runs_dir().chmod(0o500)
    try:
        with pytest.raises(HftermError, match="not permitted to remove run 'demo'"):
            control.delete(run)
    finally:
        paths.runs_dir().chmod(0o700)


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
