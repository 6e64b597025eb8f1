"""The frame: screens by number, what every key of everywhere does, sources that fail, sentences, sizes."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from hfterm.dashboard import keys, shades
from hfterm.dashboard.screens.help import HelpScreen
from hfterm.dashboard.screens.jobs import JobsScreen
from hfterm.dashboard.screens.table import SCREENS
from hfterm.dashboard.sources import Sources, pretend
from hfterm.dashboard.widgets.command_line import CommandLine
from hfterm.dashboard.widgets.line_input import FilterBar
from support.dash import Clock, dashboard, lines_of, make_app, terminal, text_of, until


def run(test: Callable[[], Awaitable[Any]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


def test_every_screen_is_a_number_away() -> None:
    async def test() -> None:
        async with dashboard() as (app, pilot):
            for n, entry in reversed(list(enumerate(SCREENS, 1))):
                await pilot.press("escape", str(n))
                await until(pilot, lambda name=entry.name: app.current_mode == name and app.screen.is_current)
                assert f" {n} {entry.title} " in lines_of(app)[0]

    run(test)


def test_a_screen_is_built_on_its_first_visit() -> None:
    async def test() -> None:
        async with dashboard(screen="gpus") as (app, pilot):
            assert "runs" not in app._screen_stacks
            await pilot.press("3")
            await until(pilot, lambda: "runs" in app._screen_stacks)

    run(test)


def test_help_lists_the_keys_that_work_here_and_everywhere() -> None:
    async def test() -> None:
        async with dashboard((100, 60)) as (app, pilot):
            await pilot.press("question_mark")
            await until(pilot, lambda: isinstance(app.screen, HelpScreen))
            await pilot.pause()
            text = text_of(app)
            assert "Charts" in text and "Everywhere" in text
            for key in keys.all_keys():
                if key.group in ("chart", "app"):
                    assert key.help[:40] in text, key
            await pilot.press("q")
            await until(pilot, lambda: not isinstance(app.screen, HelpScreen))

    run(test)


def test_the_last_line_shows_the_keys_of_the_focused_pane_first() -> None:
    async def test() -> None:
        async with dashboard() as (app, _):
            last = lines_of(app)[-1]
            assert last.index("log axis") < last.index(": command") < last.index("? help")
            assert "colon" not in last and "bracket" not in last

    run(test)


def test_a_users_keymap_is_obeyed_and_shown() -> None:
    async def test() -> None:
        async with dashboard(keymap="chart.log=L") as (app, pilot):
            chart = app.screen.query_one("LineChart")
            await pilot.press("y")
            assert not chart.log_y
            await pilot.press("L")
            assert chart.log_y
            assert "L log axis" in lines_of(app)[-1]

    run(test)


def test_zoom_and_back() -> None:
    async def test() -> None:
        async with dashboard() as (app, pilot):
            await pilot.press("z")
            await pilot.pause()
            assert app.screen.maximized is not None
            await pilot.press("escape")
            await pilot.pause()
            assert app.screen.maximized is None

    run(test)


def test_back_leads_home_and_then_tells_how_to_quit() -> None:
    async def test() -> None:
        async with dashboard(screen="gpus") as (app, pilot):
            await pilot.press("escape")
            await until(pilot, lambda: app.current_mode == "home")
            await pilot.press("q")
            await pilot.pause()
            assert "Q quits" in lines_of(app)[-1]
            await pilot.press("ctrl+c")
            assert app.is_running
            await pilot.press("Q")
        assert app.return_value == 0

    run(test)


def test_looking_more_and_less_often() -> None:
    async def test() -> None:
        async with dashboard() as (app, pilot):
            await pilot.press("minus")
            assert app.interval == 2.0
            await pilot.press(*["plus"] * 9)
            assert app.interval == 0.25
            assert "every 0.25 s" in lines_of(app)[-1]
            assert {s.interval for s in app.pump.samplers.values()} == {0.25}

    run(test)


def test_a_source_that_fails_is_said_and_the_screen_stays_usable() -> None:
    class Dead:
        def poll(self) -> Any:
            raise OSError(5, "Input/output error \x1b[31m")

    async def test() -> None:
        good = pretend(Clock())
        sources = Sources(Dead(), good.runs, good.chat, Clock(), pretend=True)
        app = make_app(sources)
        async with app.run_test(size=(100, 40)) as pilot:
            await until(pilot, lambda: "machine" in app.state.problems and app.state.runs is not None)
            await pilot.pause()
            assert "put/output error" in text_of(app)
            assert "\x1b" not in text_of(app)
            await pilot.press("2")
            await until(pilot, lambda: app.current_mode == "gpus")
            await pilot.press("1")
            await until(pilot, lambda: app.current_mode == "home")

    run(test)


def test_a_source_that_hangs_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from hfterm.dashboard import pump

    monkeypatch.setattr(pump, "HANGING_SECONDS", 0.2)
    free = threading.Event()

    class Stuck:
        def poll(self) -> Any:
            free.wait(60)

    async def test() -> None:
        good = pretend(Clock())
        app = make_app(Sources(Stuck(), good.runs, good.chat, Clock(), pretend=True))
        async with app.run_test(size=(100, 40)) as pilot:
            await until(pilot, lambda: "no answer" in app.state.problems.get("machine", ""))
            await until(pilot, lambda: "machine: no answer" in text_of(app))
        free.set()

    run(test)


def test_filter_line_filters_and_clears() -> None:
    async def test() -> None:
        async with dashboard() as (app, pilot):
            await pilot.press("slash")
            await pilot.pause()
            bar = app.screen.query_one(FilterBar)
            await pilot.press(*"loss")
            await pilot.press("enter")
            await pilot.pause()
            assert bar.target.filter == "loss" and not app.screen.query(FilterBar)
            await pilot.press("slash", "escape")
            await pilot.pause()
            assert bar.target.filter == ""
            await pilot.press("slash", *"/(/", "enter")
            await pilot.pause()
            assert app.screen.query(FilterBar), "a bad expression is not taken"

    run(test)


def test_command_line_completes_and_recalls() -> None:
    async def test() -> None:
        async with dashboard(sources=_own()) as (app, pilot):
            await pilot.press("colon")
            await pilot.pause()
            line = app.screen.query_one(CommandLine)
            await until(pilot, lambda: line._tree is not None)
            await pilot.press(*"trai", "tab")
            assert line.value == "train "
            await pilot.press("tab")
            await pilot.pause()
            # Of many words the first ones, and how many more there are.
            assert "classify" in text_of(app) and re.search(r"… \d+ more", text_of(app))
            await pilot.press(*"sh", "tab")
            assert line.value == "train show "
            await pilot.press("escape")
            await pilot.pause()
            assert not app.screen.query(CommandLine)

    run(test)


def _own() -> Sources:
    """Pretend sources that are not called a demo: what is started is real."""
    sources = pretend(Clock())
    sources.pretend = False
    return sources


def test_a_command_runs_and_its_output_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HFTERM_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    async def test() -> None:
        async with dashboard(sources=_own()) as (app, pilot):
            await pilot.press("colon", *"config path", "enter")
            await until(pilot, lambda: isinstance(app.screen, JobsScreen))
            await until(pilot, lambda: str(tmp_path / "config.toml")[-30:] in text_of(app), 60)
            await until(pilot, lambda: "done" in text_of(app))
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, JobsScreen))
            await pilot.press("colon", "up", "enter")
            await until(pilot, lambda: text_of(app).count("config path") >= 2, 60)
            await until(pilot, lambda: not app.started)

    run(test)


def test_a_demo_and_a_read_only_dashboard_run_nothing() -> None:
    async def test() -> None:
        async with dashboard() as (app, pilot):
            await pilot.press("colon", *"doctor", "enter")
            await pilot.pause()
            assert "this is a demo" in lines_of(app)[-1]
        async with dashboard(sources=_own(), readonly=True) as (app, pilot):
            await pilot.press("colon", *"doctor", "enter")
            await pilot.pause()
            assert "read-only" in lines_of(app)[-1]

    run(test)


def test_the_palette_finds_what_can_be_done() -> None:
    async def test() -> None:
        async with dashboard() as (app, pilot):
            await pilot.press("ctrl+p")
            await pilot.pause()
            await pilot.press(*"theme: light")
            await until(pilot, lambda: "Theme: light" in text_of(app))
            await pilot.press("enter")
            await until(pilot, lambda: app.theme == "hfterm-light")

    run(test)


def test_sentences_lose_secrets_and_escape_sequences() -> None:
    async def test() -> None:
        async with dashboard() as (app, pilot):
            app.say("bad \x1b[31mthing hf_abcdefghijklmnopqrstuvwxyz012345", "bad")
            await pilot.pause()
            last = lines_of(app)[-1]
            assert "thing" in last and "hf_abcdef" not in last and "\x1b" not in last

    run(test)


def test_tiny_terminals_say_what_matters() -> None:
    async def test() -> None:
        for size in ((20, 5), (40, 30), (150, 8)):
            async with dashboard(size) as (app, pilot):
                await pilot.pause()
                text = text_of(app)
                assert "small" not in text
                assert any(word in text for word in ("GPU 0", "failed", "lost", "sft")), (size, text)

    run(test)


def test_a_storm_of_sizes_leaves_a_whole_screen() -> None:
    async def test() -> None:
        async with dashboard((120, 40)) as (app, pilot):
            for n in range(30):
                await pilot.resize_terminal(20 + 37 * n % 220, 5 + 11 * n % 56)
            await pilot.resize_terminal(120, 40)
            await pilot.pause()
            assert len(lines_of(app)) == 40
            assert "1 Home" in lines_of(app)[0]

    run(test)


@pytest.mark.parametrize("theme", shades.THEMES)
def test_every_theme_paints(theme: str) -> None:
    async def test() -> None:
        async with dashboard(theme=theme) as (app, _):
            assert app.theme == f"hfterm-{theme}"
            assert "GPUs" in text_of(app)

    run(test)


def test_without_colour_no_colour_is_painted() -> None:
    async def test() -> None:
        async with dashboard(term=terminal(colors="none")) as (app, _):
            colors = {
                str(color)
                for strip in app.screen._compositor.render_strips()
                for segment in strip if segment.style
                for color in (segment.style.color, segment.style.bgcolor) if color and not color.is_default
            }  # fmt: skip
            assert app.theme.startswith("hfterm-ansi")
            assert not {c for c in colors if "#" in c}

    run(test)


def test_ascii_means_ascii() -> None:
    async def test() -> None:
        async with dashboard(term=terminal(glyphs="ascii", colors="none")) as (app, pilot):
            for n in range(1, len(SCREENS) + 1):
                await pilot.press("escape", str(n))
                await pilot.pause(0.2)
                text = text_of(app)
                assert text.isascii(), (n, sorted({c for c in text if not c.isascii()}))

    run(test)


def test_however_narrow_the_way_to_the_keys_is_shown() -> None:
    async def test() -> None:
        async with dashboard((80, 24), screen="runs") as (app, pilot):
            for width in (80, 60, 48, 30):
                await pilot.resize_terminal(width, 24)
                await until(pilot, lambda width=width: lines_of(app)[-1].endswith("? help"))
            await pilot.resize_terminal(80, 24)
            await pilot.press("question_mark")
            await until(pilot, lambda: "q closes" in text_of(app))

    run(test)


def test_a_line_to_type_in_says_what_it_is_for() -> None:
    async def test() -> None:
        async with dashboard((80, 24)) as (app, pilot):
            await pilot.press("slash", *"a")
            await until(pilot, lambda: lines_of(app)[-1] == "/a")
            await pilot.press("escape", "colon", *"gpu")
            await until(pilot, lambda: lines_of(app)[-1] == ":gpu")

    run(test)
