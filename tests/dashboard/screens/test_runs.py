"""The Runs screen over pretend runs: what it shows at every size, its keys, and sources that misbehave."""

import copy
import threading
from typing import Any

import pytest

from hfterm.dashboard.screens.ask import Ask
from hfterm.dashboard.sources import Sources, pretend
from hfterm.dashboard.widgets.checkpoint_list import CheckpointList
from hfterm.dashboard.widgets.line_chart import LineChart
from hfterm.dashboard.widgets.log_view import LogView
from hfterm.dashboard.widgets.metric_grid import MetricGrid
from hfterm.dashboard.widgets.run_list import RunList
from hfterm.dashboard.widgets.text_view import TextView
from hfterm.tracking.pretend import PretendBook
from hfterm.tracking.series import Series
from support.dash import Clock, dashboard, lines_of, terminal, text_of, until
from support.seat import seat
from support.stage import run

RUNS = ("sft-llama-8b", "sft-llama-8b-lr1e-4", "dpo-llama-8b", "sft-qwen-7b", "kto-mistral-7b", "clip-vit-b32")


class Book:
    """Pretend runs that are changed before they are handed out."""

    def __init__(self, change: Any = lambda runs: runs) -> None:
        self._book = PretendBook(Clock())
        self.change = change

    def poll(self) -> list[Any]:
        found: list[Any] = self.change(self._book.poll())
        return found

    def sources(self) -> Sources:
        found = pretend(Clock())
        return Sources(found.machine, self, found.chat, Clock(), pretend=True)


def listed(app: Any) -> RunList:
    found: RunList = app.screen.query_one(RunList)
    return found


def charts(app: Any) -> list[LineChart]:
    return [chart for chart in app.screen.query(LineChart) if chart.display]


def test_the_run_at_work_with_its_charts_values_and_log() -> None:
    async def test() -> None:
        async with dashboard(screen="runs") as (app, pilot):
            await until(pilot, lambda: "note: 2e-5" in text_of(app))
            text = text_of(app)
            assert all(name[:13] in text for name in RUNS)
            assert "step 1234/5000" in text and "25%" in text and "ETA" in text
            assert [chart.title for chart in charts(app)][:3] == ["loss", "eval_loss", "grad_norm"]
            assert "Values" in text and "learning_rate" in text and "Log of sft-llama-8b" in text
            await until(pilot, lambda: "INFO hfterm.train" in text_of(app))
            assert listed(app).current.name == "sft-llama-8b"
            assert " 0 " in lines_of(app)[1] and " 7 " in lines_of(app)[1]  # the devices

    run(test)


def test_80x24_keeps_what_matters() -> None:
    async def test() -> None:
        async with dashboard((80, 24), screen="runs") as (app, pilot):
            await until(pilot, lambda: "note: 2e-5" in text_of(app))
            text = text_of(app)
            for words in ("sft-llama-8b-lr1e-4", "1234/5000", "59m", "loss", "1.515", "7 ", "t stop", "1 of 5 metrics"):
                assert words in text, words
            assert len(charts(app)) == 1 and charts(app)[0].size.height >= 6
            await pilot.press("down", "down")
            await until(pilot, lambda: "failed: GPU memory ran out" in text_of(app))
            await pilot.press("down")
            await until(pilot, lambda: "lost: nothing is heard of its process" in text_of(app))

    run(test)


def test_marked_runs_are_compared_in_their_colours() -> None:
    async def test() -> None:
        async with dashboard(screen="runs") as (app, pilot):
            await pilot.press("space", "down")
            await pilot.pause()
            loss = charts(app)[0]
            assert [curve.name for curve in loss.curves] == ["sft-llama-8b", "dpo-llama-8b"]
            assert [curve.color for curve in loss.curves] == [run.color for run in app.state.runs[:3:2]]
            assert text_of(app).count("━ ") >= 2
            await pilot.press("a")
            await pilot.pause()
            assert len(charts(app)[0].curves) == 5  # the sixth calls it train/loss
            await pilot.press("a", "G", "space")  # the last row: the cursor cannot go on
            await pilot.pause()
            assert [curve.name for curve in charts(app)[0].curves] == ["clip-vit-b32"]

    run(test)


def test_charts_read_together_and_the_values_beside_them() -> None:
    async def test() -> None:
        async with dashboard(screen="runs") as (app, pilot):
            assert "newest" in text_of(app)
            await pilot.press("tab", "left", "left", "left")
            await pilot.pause()
            step = charts(app)[0].sight.cursor
            assert step is not None and step < 1230
            assert text_of(app).count(f"@{step:.0f}") >= 3 and f"at step {step:.0f}" in text_of(app)
            await pilot.press("]", "m", "y")
            await pilot.pause()
            assert all("smooth 0.6" in str(chart.border_title) for chart in charts(app))
            assert "log" in str(charts(app)[0].border_title) and "log" not in str(charts(app)[1].border_title)
            await pilot.press("0")
            await pilot.pause()
            assert "newest" in text_of(app)

    run(test)


def test_filter_in_the_list_and_in_the_charts() -> None:
    async def test() -> None:
        async with dashboard(screen="runs") as (app, pilot):
            await pilot.press("slash", *"8b", "enter")
            assert [run.name for run in listed(app).rows] == list(RUNS[:3]) and "3 of 6  /8b" in text_of(app)
            await pilot.press("tab", "slash", *"*loss", "enter")
            await pilot.pause()
            assert [chart.title for chart in charts(app)] == ["loss", "eval_loss"] and "/*loss  2 metrics" in text_of(
                app
            )
            assert isinstance(app.focused, LineChart)
            await pilot.press("q")
            assert app.screen.query_one(MetricGrid).filter == "" and isinstance(app.focused, LineChart)
            await pilot.press("escape")  # to the list
            assert app.focused is listed(app)
            await pilot.press("escape")
            assert len(listed(app).rows) == 6 and app.current_mode == "runs"
            await pilot.press("escape")
            assert app.current_mode == "home"

    run(test)


def test_views_in_turn_and_the_focus_in_them() -> None:
    async def test() -> None:
        async with dashboard(screen="runs") as (app, pilot):
            await pilot.press("enter")
            assert isinstance(app.focused, LineChart)
            await pilot.press("e")
            await pilot.pause()
            assert isinstance(app.focused, LogView) and "following" in text_of(app)
            assert text_of(app).count("Log of sft-llama-8b") == 1
            await pilot.press("e")
            await until(pilot, lambda: "learning_rate" in text_of(app) and "Configuration ─" in text_of(app))
            assert isinstance(app.focused, TextView)
            text, value = app.screen.to_copy()
            assert isinstance(value, dict) and value["model"] in text
            await pilot.press("e")
            await until(pilot, lambda: "run:sft-llama-8b@" in text_of(app))
            assert isinstance(app.focused, CheckpointList) and "best" in text_of(app)
            assert app.screen.to_copy()[0].startswith("run:sft-llama-8b@")
            await pilot.press("e")
            assert isinstance(app.focused, LineChart)
            await pilot.press("E")
            assert isinstance(app.focused, CheckpointList)
            await pilot.press("escape", "E")  # from the list the focus stays there
            assert app.focused is listed(app) and app.screen.view == "Configuration"
            tabs = next(n for n, line in enumerate(lines_of(app)) if " Log  Configuration " in line)
            await pilot.click(offset=(lines_of(app)[tabs].index("Charts"), tabs))
            assert app.screen.view == "Charts"
            assert listed(app).to_copy()[0] == "run:sft-llama-8b"

    run(test)


def test_one_metric_alone_zoomed_and_back() -> None:
    async def test() -> None:
        async with dashboard(screen="runs") as (app, pilot):
            await pilot.press("enter", "enter")
            await pilot.pause()
            assert [chart.title for chart in charts(app)] == ["loss"] and "1 of 5 metrics" in text_of(app)
            await pilot.press("z")
            await pilot.pause()
            assert app.screen.maximized is app.focused and "2 GPUs" in text_of(app) and "? help" in text_of(app)
            await pilot.press("pagedown")
            await pilot.pause()
            assert "eval_loss" in lines_of(app)[1]
            await pilot.press("escape", "escape")
            await pilot.pause()
            assert app.screen.maximized is None and len(charts(app)) == 5
            await pilot.press("e", "z", "e")  # another view ends the zoom
            assert app.screen.maximized is None

    run(test)


@pytest.mark.parametrize("key", ["t", "R", "d", "A"])
def test_the_demo_changes_nothing(key: str) -> None:
    async def test() -> None:
        async with dashboard((80, 24), screen="runs") as (app, pilot):
            await pilot.press(key)
            await pilot.pause()
            assert "this is a demo" in app.said()[0] and not isinstance(app.screen, Ask)
            await pilot.press("G", key)
            assert "hfterm did not start clip-vit-b32" in app.said()[0]

    run(test)


def test_pin_a_run_to_home_and_come_to_a_chosen_one() -> None:
    async def test() -> None:
        async with dashboard(screen="runs") as (app, pilot):
            await pilot.press("down", "down", "p")
            assert app.state.live().name == "dpo-llama-8b" and "Home shows dpo-llama-8b" in app.said()[0]
            await pilot.press("1")
            await until(pilot, lambda: "loss of dpo-llama-8b" in text_of(app))
            await pilot.press("3", "p")
            assert app.state.live().name == "sft-llama-8b"
            await pilot.press("slash", *"8b", "enter", "1")
            app.state.run_key = "run:kto-mistral-7b"  # as the GPUs screen does for a process
            await pilot.press("3")
            await until(pilot, lambda: listed(app).current.name == "kto-mistral-7b")
            await pilot.press("up")
            await pilot.pause(0.1)
            assert listed(app).current.name == "sft-qwen-7b"

    run(test)


@pytest.mark.parametrize(
    ("keys", "model"),
    [
        (["H"], "run:sft-llama-8b@last"),
        (["down", "H"], "run:sft-llama-8b-lr1e-4"),
        (["E", "enter", "wait", "down", "H"], "run:sft-llama-8b@500"),
    ],
)
def test_chat_with_a_runs_model(keys: list[str], model: str) -> None:
    async def test() -> None:
        async with dashboard(screen="runs") as (app, pilot):
            for key in keys:
                if key == "wait":
                    await until(pilot, lambda: app.screen.query_one(CheckpointList).current)
                else:
                    await pilot.press(key)
            await until(pilot, lambda: app.current_mode == "chat")
            assert app.chat_model in (model, None) and (app.chat_model or model in text_of(app))

    run(test)


def test_a_run_that_disappears_while_shown() -> None:
    async def test() -> None:
        book = Book()
        async with seat((80, 24), screen="runs", sources=book.sources(), interval=0.1) as user:
            app = user.app
            await user.press("down", "e")
            await user.until(lambda: listed(app).current is app.state.runs[1])
            gone = app.state.runs[1]
            gone.gone = True
            await user.hear("sft-llama-8b-lr1e-4: the files are gone")
            await user.see("its files are gone")
            await user.press("e", "e", "e")
            await user.see("min ", "loss")
            book.change = lambda runs: [run for run in runs if not run.gone]
            await user.until(lambda: listed(app).current.name == "dpo-llama-8b")
            book.change = lambda runs: []
            await user.see("no runs yet")
            for key in ("space", "a", "enter", "t", "R", "d", "A", "H", "p", "e", "E", "c", "z", "escape"):
                await user.press(key)
            book.change = lambda runs: runs
            await user.press("3")
            await user.until(lambda: app.current_mode == "runs" and listed(app).current is not None)
            await user.see("dpo")

    run(test)


def test_sources_that_fail_or_hang_and_come_back() -> None:
    async def test() -> None:
        hangs, go = threading.Event(), threading.Event()

        def fail(runs: Any) -> Any:
            raise PermissionError(13, "Permission denied", "/state/runs")

        def hang(runs: Any) -> Any:
            hangs.set()
            go.wait(600)
            return runs

        book = Book()
        async with seat((80, 24), screen="runs", sources=book.sources(), interval=0.1) as user:
            sampler = user.app.pump.samplers["runs"]
            book.change = fail
            await user.see("runs: ", "/state/runs", "sft-llama-8b")  # what was known before
            book.change = hang
            await user.until(hangs.is_set)
            assert sampler._since is not None
            sampler._since -= 60
            await user.see("runs: no answer for")
            await user.press("down", "e")
            await user.until(lambda: listed(user.app).current.name == RUNS[1])
            go.set()
            await user.until(lambda: "runs: " not in user.text)

    run(test)


def test_files_that_cannot_be_read_say_so() -> None:
    async def test() -> None:
        def broken(runs: Any) -> Any:
            for one in runs:
                one.configuration = lambda: 1 / 0
            return runs

        async with dashboard((80, 24), screen="runs", sources=Book(broken).sources()) as (app, pilot):
            await pilot.press("e", "e")
            await until(pilot, lambda: "ZeroDivisionError: division by zero" in text_of(app))
            await pilot.press("down", "e")
            await until(pilot, lambda: "run:sft-llama-8b-lr1e-4@" in text_of(app))

    run(test)


def test_a_thousand_runs_and_odd_names() -> None:
    async def test() -> None:
        def many(runs: Any) -> Any:
            found = list(runs)
            for n in range(1000):
                one = copy.copy(runs[1])
                one.key, one.name, one.color = (
                    f"run:{n}",
                    ("🚀 ניסוי " if n % 2 else "実験") + f"{n}" + "x" * (n % 60),
                    n,
                )
                found.append(one)
            return found

        async with dashboard(screen="runs", sources=Book(many).sources()) as (app, pilot):
            await pilot.press("G")
            await pilot.pause()
            assert "🚀 ניסוי 999" in text_of(app)
            await pilot.press("a")
            await pilot.pause()
            assert len(charts(app)[0].curves) == 16  # no more than can be told apart
            await pilot.press("a", "s", "s", "s", "S", "slash", *"999", "enter")
            assert len(listed(app).rows) == 1
            widths = {len(line) for line in lines_of(app)[3:-1] if line.isascii()}
            assert all(width <= 120 for width in widths)

    run(test)


def test_a_live_run_is_drawn_as_it_goes() -> None:
    async def test() -> None:
        def grow(runs: Any) -> Any:
            one = runs[0]
            if not hasattr(one, "grown"):
                one.grown = Series("loss")
                one._series = {"loss": one.grown}
            for _ in range(3):
                one.grown.append(len(one.grown) + 1, 2.0)
            return runs

        async with seat(screen="runs", sources=Book(grow).sources(), interval=0.1) as user:
            await user.until(lambda: len(charts(user.app)) == 1 and "loss" in user.text)
            before = charts(user.app)[0].curves[0].series.last_step
            await user.until(lambda: f"@{before:.0f}" not in user.text and "2 @" in user.text)

    run(test)


def test_a_storm_of_sizes() -> None:
    async def test() -> None:
        async with dashboard(screen="runs") as (app, pilot):
            await pilot.press("space", "down")
            for n, size in enumerate(
                [(20, 5), (240, 60), (80, 24), (47, 40), (48, 12), (100, 11), (99, 31), (180, 33)]
            ):
                await pilot.resize_terminal(*size)
                await pilot.press("e" if n % 2 else "tab")
                await pilot.pause()
                assert max(map(len, lines_of(app))) <= size[0]
            await pilot.resize_terminal(20, 5)
            await pilot.pause()
            assert "sft-llama" in text_of(app)  # the summary

    run(test)


def test_ascii_without_colours() -> None:
    async def test() -> None:
        async with dashboard(screen="runs", term=terminal(glyphs="ascii", colors="none")) as (app, pilot):
            await pilot.press("space", "down", "down", "down")
            for _ in range(4):
                await until(pilot, lambda: "stopped by a signal" in text_of(app))
                assert text_of(app).isascii(), next(line for line in lines_of(app) if not line.isascii())
                await pilot.press("e")
            assert "= b kto" in text_of(app) and "> a sft" in text_of(app)

    run(test)
