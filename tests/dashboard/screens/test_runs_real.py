"""The Runs screen over real runs and folders on disk: stop, resume, delete, note, and what others wrote."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hfterm import jobs, paths, runs
from hfterm.dashboard.screens.ask import Ask
from hfterm.dashboard.sources import Sources, pretend
from hfterm.dashboard.widgets.checkpoint_list import CheckpointList
from hfterm.dashboard.widgets.log_view import LogView
from hfterm.dashboard.widgets.note_line import NoteLine
from hfterm.dashboard.widgets.run_list import RunList
from hfterm.tracking.book import Book
from support.dash import Clock, dashboard, lines_of, text_of, until
from support.made_runs import STAND_IN, checkpoint, log, made, train
from support.stage import run

pytestmark = pytest.mark.usefixtures("isolated")


@pytest.fixture
def trainer() -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Starts trainers, and kills what is left of them."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> "subprocess.Popen[bytes]":
        started.append(train(*arguments))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def screen(*folders: Path, size: tuple[int, int] = (120, 40), **options: Any) -> Any:
    """The dashboard over this machine's runs, looked at often."""
    found = pretend(Clock())
    sources = Sources(found.machine, Book(folders), found.chat, folders=folders)
    return dashboard(size, screen="runs", sources=sources, interval=0.05, **options)


def chosen(app: Any) -> Any:
    return app.screen.query_one(RunList).current


async def go_to(app: Any, pilot: Any, name: str) -> None:
    rows = app.screen.query_one(RunList)
    await until(pilot, lambda: any(row.name == name for row in rows.rows))
    rows.move_to(next(n for n, row in enumerate(rows.rows) if row.name == name))
    await pilot.pause()


def test_what_runs_say_and_how_they_grow() -> None:
    async def test() -> None:
        alpha = made("alpha", 50, "lost")
        made("beta", 100)
        async with screen() as (app, pilot):
            await go_to(app, pilot, "alpha")
            await until(pilot, lambda: "lost: its process 4000000" in text_of(app) and "sft  org/tiny" in text_of(app))
            await until(pilot, lambda: "said at step 50" in text_of(app) and "@50" in text_of(app))
            log(alpha, 51, 60)
            with (alpha.path / "log.txt").open("a") as stream:
                stream.write("Traceback (most recent call last):\n")
            await until(pilot, lambda: "@60" in text_of(app) and "Traceback (most" in text_of(app))
            log(alpha, 40, 45)  # resumed from a checkpoint at step 39
            await until(pilot, lambda: "@45" in text_of(app))

    run(test)


def test_stop_saves_and_says_where(trainer: Callable[..., Any]) -> None:
    async def test() -> None:
        process = trainer("demo")
        checkpoint(runs.get("demo"), 40)
        async with screen() as (app, pilot):
            await go_to(app, pilot, "demo")
            await pilot.press("t")
            await until(pilot, lambda: "Stop demo?" in text_of(app) and "y  save a checkpoint" in text_of(app))
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, Ask))
            await pilot.press("t")
            await until(pilot, lambda: isinstance(app.screen, Ask))
            assert runs.get("demo").state() == "running"
            await pilot.press("y")
            assert process.wait(20) == 143
            await until(pilot, lambda: app.said() and "demo is stopped at step 40; saved at step 40" in app.said()[0])
            await until(pilot, lambda: "stopped by a signal" in text_of(app))
            await pilot.press("t")
            await until(pilot, lambda: app.said() and "demo is stopped: there is nothing to stop" in app.said()[0])

    run(test)


def test_a_second_stop_offers_to_kill(trainer: Callable[..., Any]) -> None:
    async def test() -> None:
        process = trainer("deaf", "refuse")
        async with screen(size=(80, 24)) as (app, pilot):
            await go_to(app, pilot, "deaf")
            for key in ("y", "k"):
                await pilot.press("t")
                question = "Kill deaf?" if key == "k" else "Stop deaf?"
                await until(pilot, lambda question=question: question in text_of(app))
                await pilot.press(key)
                await until(pilot, lambda: not isinstance(app.screen, Ask))
                await until(pilot, lambda: app.said() and "deaf" in app.said()[0])
            assert process.wait(20) == -9
            await until(pilot, lambda: app.said() and "deaf was killed at step 40" in app.said()[0])

    run(test)


def test_resume_goes_on_in_a_job_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        (tmp_path / "path").mkdir()
        (tmp_path / "path" / "sitecustomize.py").write_text(STAND_IN)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
        demo = made("demo", 50, "stopped")
        checkpoint(demo, 40)
        async with screen() as (app, pilot):
            await go_to(app, pilot, "demo")
            await pilot.press("R")
            await until(pilot, lambda: app.said() and "trains again, also when you leave" in app.said()[0])
            await until(pilot, lambda: chosen(app).state == "running" and "step 40/100" in text_of(app))
            assert app.started[0].id == jobs.all_jobs()[0].id
            await pilot.press("R")
            await until(pilot, lambda: app.said() and "run 'demo' is running" in app.said()[0])
        assert demo.state() == "running"  # the dashboard is gone
        jobs.all_jobs()[0].stop()
        assert jobs.all_jobs()[0].wait(20) == "stopped"

    run(test)


def test_a_resume_that_fails_says_why() -> None:
    async def test() -> None:
        made("demo", 50, "failed", error="out of ideas")
        facts = json.loads((paths.runs_dir() / "demo" / "run.json").read_text())
        (paths.runs_dir() / "demo" / "run.json").write_text(json.dumps({**facts, "method": "nonsense"}))
        made("over", 100)
        async with screen() as (app, pilot):
            await go_to(app, pilot, "demo")
            await until(pilot, lambda: "failed: out of ideas" in text_of(app))
            await pilot.press("R")
            await until(pilot, lambda: app.said() and "did not resume: no such command" in app.said()[0])
            await go_to(app, pilot, "over")
            await pilot.press("R")
            await until(pilot, lambda: app.said() and "is done: there is nothing to resume" in app.said()[0])

    run(test)


def test_delete_asks_and_refuses_what_runs(trainer: Callable[..., Any]) -> None:
    async def test() -> None:
        for name in ("one", "two", "three"):
            checkpoint(made(name), 50, 5000)
        trainer("busy")
        async with screen() as (app, pilot):
            await go_to(app, pilot, "busy")
            await pilot.press("d")
            await until(pilot, lambda: app.said() and "run 'busy' is running" in app.said()[0])
            await go_to(app, pilot, "one")
            await pilot.press("d")
            await until(pilot, lambda: isinstance(app.screen, Ask) and "y  delete it" in text_of(app))
            await pilot.press("q")
            await until(pilot, lambda: not isinstance(app.screen, Ask))
            await pilot.press("d")
            await until(pilot, lambda: isinstance(app.screen, Ask))
            assert runs.get("one").path.is_dir()
            await pilot.press("y")
            await until(pilot, lambda: app.said() and "deleted one:" in app.said()[0])
            assert "one" not in runs.names()
            await until(pilot, lambda: all(row.name != "one" for row in app.screen.query_one(RunList).rows))
            assert "files are gone" not in lines_of(app)[-1]  # it is known where they went
            await pilot.press("a", "d")
            await until(pilot, lambda: "delete the 3 marked runs" in text_of(app))
            await pilot.press("m")
            await until(pilot, lambda: app.said() and "deleted 2 runs" in app.said()[0])
            assert "run 'busy' is running" in app.said()[0] and runs.names() == ["busy"]

    run(test)


def test_a_note_is_written_changed_and_taken_away() -> None:
    async def test() -> None:
        demo = made("demo")
        async with screen(size=(80, 24)) as (app, pilot):
            await go_to(app, pilot, "demo")
            await pilot.press("A")
            await until(pilot, lambda: isinstance(app.focused, NoteLine))
            await pilot.press(*"good", "space", *"lr", "enter")
            await until(pilot, lambda: demo.note() == "good lr" and "note: good lr" in text_of(app))
            assert isinstance(app.focused, RunList)
            await pilot.press("A")
            await until(pilot, lambda: isinstance(app.focused, NoteLine))
            assert app.focused.value == "good lr"
            await pilot.press("x", "escape")
            assert demo.note() == "good lr" and isinstance(app.focused, RunList)
            await pilot.press("A")
            await until(pilot, lambda: isinstance(app.focused, NoteLine))
            await pilot.press(*["backspace"] * 7, "enter")
            await until(pilot, lambda: demo.note() is None and "note:" not in text_of(app))

    run(test)


@pytest.mark.parametrize("key", ["t", "R", "d", "A"])
def test_readonly_changes_nothing(key: str) -> None:
    async def test() -> None:
        made("demo")
        async with screen(size=(80, 24), readonly=True) as (app, pilot):
            await go_to(app, pilot, "demo")
            await pilot.press(key)
            await until(pilot, lambda: app.said() and "read-only" in app.said()[0])
            assert not isinstance(app.screen, Ask) and runs.names() == ["demo"]

    run(test)


def test_what_others_wrote_is_shown_and_left_alone(tmp_path: Path) -> None:
    async def test() -> None:
        folder = tmp_path / "theirs"
        (folder / "trainer" / "checkpoint-20").mkdir(parents=True)
        history = [{"step": n, "loss": 2 - n / 20, "learning_rate": 1e-4} for n in range(1, 21)]
        state = {"global_step": 20, "max_steps": 40, "log_history": history}
        (folder / "trainer" / "checkpoint-20" / "trainer_state.json").write_text(json.dumps(state))
        (folder / "metrics.jsonl").write_text("".join(json.dumps({"step": n, "acc": n / 9}) + "\n" for n in range(9)))
        (folder / "\x1b[31mred.csv").write_text("step,loss\n1,nan\n2,1.5\n")
        made("mine")
        shutil.move(paths.runs_dir() / "mine", folder / "mine")
        made("mine")  # another of that name
        async with screen(folder) as (app, pilot):
            rows = app.screen.query_one(RunList)
            await until(pilot, lambda: len(rows.rows) == 5)
            assert {row.kind for row in rows.rows} == {"hfterm", "trainer", "jsonl", "csv"}
            for kind in ("trainer", "jsonl", "csv"):
                theirs = next(row for row in rows.rows if row.kind == kind)
                await go_to(app, pilot, theirs.name)
                await until(pilot, lambda run=theirs, kind=kind: run.series and kind in text_of(app))
                for key in "tRdA":
                    await pilot.press(key)
                    assert f"hfterm did not start {theirs.name}" in app.said()[0]
            assert "\x1b" not in text_of(app) and "1 NaN" in text_of(app)
            elsewhere = next(row for row in rows.rows if row.kind == "hfterm" and row.key != "run:mine")
            await go_to(app, pilot, elsewhere.name)
            await pilot.press("d")
            assert "is kept elsewhere" in app.said()[0] and (folder / "mine").is_dir()
            await go_to(app, pilot, next(row.name for row in rows.rows if row.kind == "trainer"))
            await pilot.press("E", "enter")
            saved = app.screen.query_one(CheckpointList)
            await until(pilot, lambda: saved.current is not None)
            assert app.screen.to_copy()[0].endswith("checkpoint-20")

    run(test)


def test_a_folder_that_disappears_while_shown(tmp_path: Path) -> None:
    async def test() -> None:
        made("here", 80)
        made("there", 90)
        async with screen(size=(80, 24)) as (app, pilot):
            await go_to(app, pilot, "there")
            await pilot.press("e")
            log_view = app.screen.query_one("#log", LogView)
            await until(pilot, lambda: "said at step 90" in text_of(app))
            shutil.rmtree(paths.runs_dir() / "there")
            await until(pilot, lambda: "its files are gone" in text_of(app))
            await until(pilot, lambda: "the file is gone" in text_of(app))
            assert "said at step 90" in text_of(app) and log_view.tail is not None
            for key in ("e", "e", "e", "t", "R", "d", "A"):
                await pilot.press(key)
            await until(pilot, lambda: app.said() and "no run named 'there'" in app.said()[0])
            await pilot.press("k" if chosen(app).name == "there" else "j")
            shutil.rmtree(paths.runs_dir())
            await until(pilot, lambda: chosen(app) is None or chosen(app).gone)
            assert "3 Runs" in text_of(app)

    run(test)


def test_damaged_torn_and_unreadable_runs(tmp_path: Path) -> None:
    async def test() -> None:
        torn = made("torn")
        checkpoint(torn, 20, torn=True)
        checkpoint(torn, 40)
        with (torn.path / "events.jsonl").open("a") as stream:
            stream.write('{"step": 51, "lo\n\x00\xff\n[1]\n')
        (paths.runs_dir() / "empty").mkdir()
        (paths.runs_dir() / "a-file").write_text("no folder")
        made("bad")
        (paths.runs_dir() / "bad" / "status.json").write_text("{")
        async with screen() as (app, pilot):
            await go_to(app, pilot, "torn")
            await pilot.press("E")
            await until(pilot, lambda: "run:torn@40" in text_of(app))
            assert "best" in text_of(app) and "torn  " in text_of(app).split("run:torn@20")[0]
            for name in ("empty", "bad"):
                await go_to(app, pilot, name)
                await until(pilot, lambda name=name: f"{name}  damaged" in text_of(app))
            await pilot.press("R")
            await until(pilot, lambda: app.said() and "is damaged and cannot resume" in app.said()[0])

    run(test)
