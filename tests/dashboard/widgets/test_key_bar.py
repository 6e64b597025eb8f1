"""The last line tells the keys of what lies over the screen, and then again those of the screen."""

from typing import Any

from hfterm.dashboard.screens.ask import Ask, Choice
from hfterm.dashboard.screens.ask_text import AskText
from hfterm.dashboard.screens.help import HelpScreen
from support.dash import dashboard, lines_of, until
from support.stage import run


def last_line(app: Any) -> str:
    """Empty before the first painting."""
    return (lines_of(app) or [""])[-1]


def test_the_keys_of_a_question_while_it_is_asked() -> None:
    async def test() -> None:
        async with dashboard((80, 24), screen="runs") as (app, pilot):

            async def last_line_is(*words: str, without: str) -> None:
                def true() -> Any:
                    line = last_line(app)
                    return all(word in line for word in words) and without not in line

                await until(pilot, true)

            await last_line_is("t stop", "? help", without="Esc")
            app.push_screen(Ask("Stop x?", [Choice("y", "save \x1b[1m and end", "warn"), Choice("k", "kill it")]))
            await last_line_is(" y save \\x1b[1m and end  k kill it  Esc no", without="t stop")
            await pilot.press("escape")
            await last_line_is("t stop", "? help", without="Esc")
            app.push_screen(AskText("A title", "old"))
            await last_line_is("Esc close", without="t stop")
            await pilot.press("escape")
            await last_line_is("t stop", without="Esc")
            app.push_screen(HelpScreen(app.screen))  # it has the whole screen
            await until(pilot, lambda: "q closes" in last_line(app))
            await pilot.press("q")
            await last_line_is("t stop", without="Esc")

    run(test)


def test_what_was_said_stays_over_the_keys_of_a_question() -> None:
    async def test() -> None:
        async with dashboard((80, 24), screen="runs") as (app, pilot):
            app.push_screen(Ask("Stop x?", [("y", "end")]))
            app.say("run x is stopped")
            await until(pilot, lambda: "run x is stopped" in last_line(app))
            app.said_until = 1.0  # it has been there for long enough
            await until(pilot, lambda: "y end  Esc no" in last_line(app))

    run(test)
