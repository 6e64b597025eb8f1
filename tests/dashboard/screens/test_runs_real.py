"""The Runs screen over real runs on disk and real processes: what they say; stop, resume, delete, note."""

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hfterm import jobs, paths, runs
from hfterm.dashboard.screens.ask import Ask
from hfterm.dashboard.widgets.line_input import LineInput
from hfterm.dashboard.widgets.note_line import NoteLine
from hfterm.dashboard.widgets.run_list import RunList
from support.made_runs import STAND_IN, checkpoint, go_to, log, made, over_runs, train
from support.seat import PATIENCE_SECONDS
from support.stage import run

pytestmark = pytest.mark.usefixtures("isolated")

Trainer = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def trainer() -> Iterator[Trainer]:
    """Starts trainers, and kills what is left of them."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> "subprocess.Popen[bytes]":
        started.append(train(*arguments))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def no_jobs_left() -> Iterator[None]:
    """Stops what the dashboard has started."""
    yield
    for job in jobs.all_jobs():
        job.stop()


def asked(user: Any) -> bool:
    return isinstance(user.app.screen, Ask)


def test_what_runs_say_and_how_they_grow() -> None:
    async def test() -> None:
        alpha = made("alpha", 50, "lost")
        made("beta", 100)
        async with over_runs() as user:
            await go_to(user, "alpha")
            await user.see("lost: its process 4000000", "sft  org/tiny", "said at step 50", "@50")
            log(alpha, 51, 60)
            with (alpha.path / "log.txt").open("a") as stream:
                stream.write("Traceback (most recent call last):\n")
            await user.see("@60", "Traceback (most")
            log(alpha, 40, 45)  # resumed from a checkpoint at step 39
            await user.see("@45")

    run(test)


def test_stop_saves_and_says_where(trainer: Trainer) -> None:
    async def test() -> None:
        process = trainer("demo")
        checkpoint(runs.get("demo"), 40)
        async with over_runs() as user:
            await go_to(user, "demo")
            await user.press("t")
            await user.see("Stop demo?", "y  save a checkpoint")
            await user.press("escape")
            await user.until(lambda: not asked(user))
            await user.press("t")
            await user.until(lambda: asked(user))
            assert runs.get("demo").state() == "running"
            await user.press("y")
            await user.hear("demo is stopped at step 40; saved at step 40")
            assert process.wait(PATIENCE_SECONDS) == 143
            await user.see("stopped by a signal")
            await user.press("t")
            await user.hear("demo is stopped: there is nothing to stop")

    run(test)


def test_a_second_stop_offers_to_kill(trainer: Trainer) -> None:
    async def test() -> None:
        process = trainer("deaf", "refuse")
        async with over_runs(size=(80, 24)) as user:
            await go_to(user, "deaf")
            await user.press("t")
            await user.see("Stop deaf?")
            await user.press("k")  # not offered yet
            await user.press("y")
            await user.hear("asked deaf to stop: it saves a checkpoint first")
            await user.press("t")
            await user.see("Kill deaf?", "It has been asked to stop", "k  kill it now")
            await user.press("y")  # not offered any more
            await user.press("k")
            await user.hear("deaf was killed at step 40")
            assert process.wait(PATIENCE_SECONDS) == -9
            await user.see("deaf  stopped")
            await user.until(lambda: not any(one.name == "hfterm-deed" for one in threading.enumerate()))
            await user.press("p")
            await user.until(lambda: any("Home shows" in said for said in user.heard))
            assert user.heard == ["Home shows deaf"]  # the end is said once, not again by what waited for the first

    run(test)


def test_resume_goes_on_in_a_job_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_jobs_left: None
) -> None:
    async def test() -> None:
        (tmp_path / "path").mkdir()
        (tmp_path / "path" / "sitecustomize.py").write_text(STAND_IN)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
        demo = made("demo", 50, "stopped")
        checkpoint(demo, 40)
        async with over_runs() as user:
            await go_to(user, "demo")
            await user.press("R")
            await user.hear("run 'demo' goes on from step 40")
            await user.hear("demo trains again, also when you leave")
            await user.see("demo  running", "step 40/100")
            assert user.app.started[0].id == jobs.all_jobs()[0].id
            await user.press("R")
            await user.hear("run 'demo' is running")
        assert demo.state() == "running"  # the dashboard is gone
        jobs.all_jobs()[0].stop()
        assert jobs.all_jobs()[0].wait(PATIENCE_SECONDS) == "stopped"

    run(test)


def test_a_resume_that_fails_says_why() -> None:
    async def test() -> None:
        made("demo", 50, "failed", error="out of ideas")
        facts = json.loads((paths.runs_dir() / "demo" / "run.json").read_text())
        (paths.runs_dir() / "demo" / "run.json").write_text(json.dumps({**facts, "method": "nonsense"}))
        made("over", 100)
        async with over_runs() as user:
            await go_to(user, "demo")
            await user.see("failed: out of ideas")
            await user.press("R")
            await user.hear("did not resume: no such command")
            await go_to(user, "over")
            await user.press("R")
            await user.hear("is done: there is nothing to resume")

    run(test)


def test_delete_asks_and_refuses_what_runs(trainer: Trainer) -> None:
    async def test() -> None:
        for name in ("one", "two", "three"):
            checkpoint(made(name), 50, 5000)
        process = trainer("busy")
        async with over_runs() as user:
            await go_to(user, "busy")
            await user.press("d")
            await user.hear("run 'busy' is running")
            await go_to(user, "one")
            await user.press("d")
            await user.see("Delete one?", "y  delete it", "Its checkpoints and its final model go with it.")
            await user.press("q")
            await user.until(lambda: not asked(user))
            await user.press("d")
            await user.until(lambda: asked(user))
            assert runs.get("one").path.is_dir()
            await user.press("y")
            await user.hear("deleted one:")
            assert "one" not in runs.names()
            rows = user.app.screen.query_one(RunList)
            await user.until(lambda: all(row.name != "one" for row in rows.rows))
            await user.press("a", "d")
            await user.see("delete the 3 marked runs")
            await user.press("m")
            await user.hear("deleted 2 runs")
            assert "run 'busy' is running" in user.app._said[0] and runs.names() == ["busy"]
            await user.until(lambda: [row.name for row in rows.rows] == ["busy"])
            assert not any("files are gone" in said for said in user.heard)  # it is known where they went
            made("one")  # another of that name
            await user.until(lambda: [row.name for row in rows.rows] == ["one", "busy"])
            process.kill()
            process.wait()
            for name in ("one", "busy"):
                shutil.rmtree(paths.runs_dir() / name)
                await user.hear(f"{name}: the files are gone")

    run(test)


def test_a_note_is_written_changed_and_taken_away() -> None:
    async def test() -> None:
        demo = made("demo")
        async with over_runs(size=(80, 24)) as user:

            async def opened() -> LineInput:
                await user.press("A")
                await user.until(lambda: isinstance(user.app.focused, NoteLine))
                assert isinstance(user.app.focused, LineInput)
                return user.app.focused

            await go_to(user, "demo")
            await opened()
            await user.press(*"good", "space", *"lr", "enter")
            await user.see("note: good lr")
            assert demo.note() == "good lr" and isinstance(user.app.focused, RunList)
            assert (await opened()).value == "good lr"
            await user.press("x", "escape")
            await user.until(lambda: isinstance(user.app.focused, RunList))
            assert demo.note() == "good lr"
            await opened()
            await user.press(*["backspace"] * 7, "enter")
            await user.hear("no note on demo any more")
            await user.until(lambda: "note:" not in user.text)
            assert demo.note() is None

    run(test)


def test_readonly_changes_nothing() -> None:
    async def test() -> None:
        made("demo")
        async with over_runs(size=(80, 24), readonly=True) as user:
            await go_to(user, "demo")
            for key in ("t", "R", "d", "A"):
                await user.press(key)
                await user.hear("read-only")
            assert not asked(user) and runs.names() == ["demo"]

    run(test)
