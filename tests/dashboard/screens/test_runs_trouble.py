"""The Runs screen over what it cannot rely on: others' folders, damage, what disappears, hangs or is written oddly."""

import json
import os
import shutil
from pathlib import Path

import pytest
from rich.cells import cell_len

from hfterm import paths, runs
from hfterm.dashboard import pump
from hfterm.dashboard.screens.ask import Ask
from hfterm.dashboard.screens.runs import VIEWS
from hfterm.dashboard.widgets.checkpoint_list import CheckpointList
from hfterm.dashboard.widgets.log_view import LogView
from hfterm.dashboard.widgets.run_list import RunList
from support.dash import lines_of
from support.made_runs import checkpoint, chosen, go_to, log, made, over_runs
from support.stage import run

pytestmark = pytest.mark.usefixtures("isolated")


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
        async with over_runs(folder) as user:
            rows = user.app.screen.query_one(RunList)
            await user.until(lambda: len(rows.rows) == 5)
            found = {row.kind: row for row in rows.rows if row.key != "run:mine"}
            assert set(found) == {"hfterm", "trainer", "jsonl", "csv"}
            for kind in ("trainer", "jsonl", "csv"):
                await go_to(user, found[kind].name)
                await user.until(lambda kind=kind: found[kind].series and kind in user.text)
                for key in "tRdA":
                    await user.press(key)
                    await user.hear(f"hfterm did not start {found[kind].name}")
            await user.see("1 NaN")
            assert "\x1b" not in user.text
            await go_to(user, found["hfterm"].name)
            await user.press("d")
            await user.hear("is kept elsewhere")
            assert (folder / "mine").is_dir()
            await go_to(user, found["trainer"].name)
            await user.press("E", "enter")
            saved = user.app.screen.query_one(CheckpointList)
            await user.until(lambda: saved.current is not None and user.app.focused is saved)
            assert user.app.screen.to_copy()[0].endswith("checkpoint-20")

    run(test)


def test_a_folder_that_disappears_while_shown() -> None:
    async def test() -> None:
        made("here", 80)
        made("there", 90)
        async with over_runs(size=(80, 24)) as user:
            await go_to(user, "there")
            await user.press("e")
            log_view = user.app.screen.query_one("#log", LogView)
            await user.see("said at step 90")
            shutil.rmtree(paths.runs_dir() / "there")
            await user.hear("there: the files are gone")
            await user.see("its files are gone", "the file is gone", "there  gone")
            assert "said at step 90" in user.text and log_view.tail is not None
            await user.press("e", "e", "e")
            for key in ("t", "R", "d"):
                await user.press(key)
                await user.hear("no run named 'there'")
            await go_to(user, "here")
            await user.see("here  done")
            shutil.rmtree(paths.runs_dir())
            await user.hear("here: the files are gone")
            await user.until(lambda: chosen(user) is None or chosen(user).gone)
            made("anew")
            await go_to(user, "anew")
            await user.see("anew  done")

    run(test)


def test_damaged_torn_and_unreadable_runs() -> None:
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
        async with over_runs() as user:
            await go_to(user, "torn")
            await user.press("E")
            await user.see("run:torn@40", "best")
            assert "torn  " in user.text.split("run:torn@20")[0]
            for name in ("empty", "bad"):
                await go_to(user, name)
                await user.see(f"{name}  damaged")
            await user.press("R")
            await user.hear("is damaged and cannot resume")

    run(test)


def test_a_disk_that_does_not_answer_and_then_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        monkeypatch.setattr(pump, "HANGING_SECONDS", 0.5)
        made("fine", 60)
        async with over_runs(size=(80, 24)) as user:
            await go_to(user, "fine")
            await user.see("fine  done", "@60")
            events = made("stuck", 30).path / "events.jsonl"
            events.rename(tmp_path / "events")
            os.mkfifo(events)  # to open it waits for somebody who writes
            await user.see("runs: no answer for", "fine  done")
            await user.press("e")
            await user.see("said at step 60")
            await user.press("e", "e", "e")
            await user.see("Runs", "runs: no answer for")
            writer = os.open(events, os.O_WRONLY | os.O_NONBLOCK)
            events.unlink()
            (tmp_path / "events").rename(events)
            os.close(writer)
            await user.until(lambda: "no answer" not in user.text)
            await go_to(user, "stuck")
            await user.see("stuck  done", "@30")

    run(test)


def test_letters_of_any_kind_keep_to_their_cells(tmp_path: Path) -> None:
    async def test() -> None:
        odd = tmp_path / "שלום 🚀👩🏽‍💻 実験"
        odd.mkdir()
        rows = [json.dumps({"step": n, "دقة/損失🔥": 2 - n / 40, "loss": 1.0}, ensure_ascii=False) for n in range(40)]
        (odd / "metrics.jsonl").write_text("\n".join(rows))
        words = made("words", 60)
        lines = [f"{n} 学習🚀 مرحبا بالعالم é̂ \u202eright to left\u202c 👨‍👩‍👧‍👦 🇩🇪 " * 4 for n in range(60)]
        (words.path / "log.txt").write_text("\n".join(lines))
        (words.path / "note.txt").write_text("הערה 🚀 \u202eevil")
        async with over_runs(tmp_path, size=(80, 24)) as user:
            await user.see("🚀")
            for name in ("words", next(row.name for row in user.app.state.runs or () if "🚀" in row.name)):
                await go_to(user, name)
                for view, size in zip(VIEWS, ((120, 40), (49, 13), (100, 31), (80, 24)), strict=True):
                    await user.until(lambda view=view: user.app.screen.view == view)
                    user.resize(*size)
                    await user.until(lambda size=size: len(lines_of(user.app)) == size[1])
                    assert all(cell_len(line) <= size[0] for line in lines_of(user.app))
                    assert "\u202e" not in user.text
                    await user.press("e")
            await go_to(user, "words")
            await user.see("הערה 🚀")
            await user.press("e")
            await user.see("学習🚀")

    run(test)


def test_the_smallest_terminals() -> None:
    async def test() -> None:
        made("alpha", 50, "stopped")
        made("beta", 60)
        async with over_runs(size=(20, 5)) as user:
            await user.until(lambda: chosen(user) is not None)
            assert max(map(len, lines_of(user.app))) <= 20
            for key in ("e", "space", "a", "z", "tab", "slash", "x", "escape", "escape", "3", "E", "z", "z"):
                await user.press(key)  # what they do cannot be seen, and harms nothing
            await user.press("d")
            await user.until(lambda: isinstance(user.app.screen, Ask))
            await user.see("y  delete it")
            await user.press("n")
            await user.until(lambda: not isinstance(user.app.screen, Ask))
            for size in ((1, 1), (3, 2), (20, 5), (5, 60), (300, 3), (80, 24)):
                user.resize(*size)
                await user.until(lambda size=size: len(lines_of(user.app)) == size[1])
            await user.see("alpha", "beta", "1 Home")
            assert sorted(runs.names()) == ["alpha", "beta"]

    run(test)


def test_a_storm_of_sizes_while_a_run_grows() -> None:
    async def test() -> None:
        live = made("live", 10, "running", pid=os.getpid())
        async with over_runs() as user:
            await go_to(user, "live")
            sizes = [(80, 24), (20, 5), (240, 60), (48, 12), (100, 31), (47, 11), (180, 33), (120, 40)]
            for n, size in enumerate(sizes * 2):
                log(live, 11 + n, 11 + n)
                for more in range(3):  # as a window is dragged
                    user.resize(size[0] + more, size[1] + more)
                user.resize(*size)
                await user.press("e" if n % 3 else "tab")
            await user.until(lambda: len(lines_of(user.app)) == 40 and max(map(len, lines_of(user.app))) <= 120)
            await user.press("p")  # heard after all keys before it
            await user.hear("Home shows live")
            for view in range(VIEWS.index(user.app.screen.view), len(VIEWS)):
                await user.press("e")
                await user.until(lambda view=view: user.app.screen.view == VIEWS[(view + 1) % len(VIEWS)])
            await user.see("@26", "live")

    run(test)
