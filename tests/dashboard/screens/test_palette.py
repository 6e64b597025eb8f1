"""The palette: what the keys in force do, themes, commands; found by words, done from the keyboard."""

from typing import Any

from hfterm.dashboard.screens.palette import DeedList, Palette
from hfterm.dashboard.widgets.command_line import CommandLine
from support.dash import dashboard, lines_of, terminal, text_of, until
from support.stage import run


async def opened(app: Any, pilot: Any) -> DeedList:
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(app.screen, Palette) and app.screen.query_one(DeedList).rows)
    return app.screen.query_one(DeedList)


def test_what_the_pane_does_comes_before_what_works_everywhere() -> None:
    async def test() -> None:
        async with dashboard((80, 24)) as (app, pilot):
            deeds = await opened(app, pilot)
            texts = [deed.text for deed in deeds.rows]
            assert texts.index("Logarithmic axis, and back") < texts.index("Explain the keys that work here")
            assert "One row down" not in texts and "Search everything that can be done" not in texts
            chart = app.screen_stack[0].query_one("LineChart")
            await pilot.press(*"logar", "enter")
            await until(pilot, lambda: chart.log_y)

    run(test)


def test_arrows_move_while_one_types_and_escape_leaves() -> None:
    async def test() -> None:
        async with dashboard((80, 24)) as (app, pilot):
            deeds = await opened(app, pilot)
            await pilot.press(*"theme", "down", "down", "up", "pagedown")
            assert deeds.current.text == "Theme: ansi-light" and deeds.rows[0].text == "Theme: dark"
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, Palette))
            assert app.theme == "hfterm-dark"
            await opened(app, pilot)
            await pilot.press(*"no such thing", "enter")
            await until(pilot, lambda: not isinstance(app.screen, Palette))

    run(test)


def test_a_command_begins_its_line() -> None:
    async def test() -> None:
        async with dashboard((80, 24)) as (app, pilot):
            await opened(app, pilot)
            await pilot.press(*":tok count", "enter")
            await until(pilot, lambda: app.screen.query(CommandLine))
            assert app.screen.query_one(CommandLine).value == "tok count "
            await until(pilot, lambda: lines_of(app)[-1].startswith(":tok count"))

    run(test)


def test_in_ascii_it_is_ascii_and_on_every_size_it_is_there() -> None:
    async def test() -> None:
        async with dashboard((80, 24), term=terminal(glyphs="ascii", colors="none")) as (app, pilot):
            await opened(app, pilot)
            assert text_of(app).isascii()
            for size in ((80, 24), (20, 5), (40, 10), (240, 60)):
                await pilot.resize_terminal(*size)
                await until(pilot, lambda rows=size[1]: len(lines_of(app)) == rows)
                assert "words" in text_of(app), size

    run(test)
