"""Sweeps and launches as runs."""

import os
from pathlib import Path

import pytest

from hfterm import runs
from hfterm.errors import HftermError, Terminated, UsageError
from hfterm.train import control
from hfterm.train.background.errand import Errand, errand

pytestmark = pytest.mark.usefixtures("isolated")


def begun(name: str = "x", method: str = "sweep") -> Errand:
    return errand(name, method, "m", {"recipe": {}, "sweep": ["r.yaml", "--grid", "a=1"]}, apart=False)


def test_it_is_a_run_while_it_works_and_after() -> None:
    with begun() as one:
        one.status(force=True, step=1, max_steps=2)
        one.say("first")
        run = runs.get("x")
        assert (run.state(), run.summary()["method"], run.summary()["step"]) == ("running", "sweep", 1)
        with pytest.raises(HftermError, match="is being trained by"), begun():
            pass
    assert run.state() == "done" and run.status()["pid"] == os.getpid()
    with pytest.raises(HftermError), begun() as one:
        one.say("second")
        raise HftermError("it broke")
    status = run.status()
    assert (status["state"], status["error"], status["exit_code"]) == ("failed", "it broke", 1)
    with pytest.raises(Terminated), begun():
        raise Terminated
    status = run.status()
    assert (status["state"], status["error"], status["exit_code"], status["step"]) == ("stopped", None, 143, None)
    assert [line for line in run.log() if not line.startswith(" ")] == ["first", "second"]
    assert control.resume_words(run) == (
        *("train", "sweep", "r.yaml", "--grid", "a=1", "--name", "x", "--progress", "plain"),
    )
    assert control.folder_of(run) == str(Path.cwd())


def test_a_run_of_another_kind_keeps_its_name() -> None:
    with begun():
        pass
    with pytest.raises(UsageError, match="exists and is no launch"):
        begun(method="launch")


def test_a_launch_cannot_be_resumed() -> None:
    with pytest.raises(Terminated), begun("night", "launch"):
        raise Terminated
    with pytest.raises(UsageError, match="which only you can resume"):
        control.check_resumable(runs.get("night"))
