"""Questions answered with one key."""

from typing import Any

import pytest

from hfterm.dashboard.screens.ask import Ask, Choice
from hfterm.dashboard.widgets.text_view import TextView
from support.dash import dashboard, lines_of, terminal, text_of
from support.stage import run, stage


def ask(**changes: Any) -> Ask:
    choices = [Choice("y", "delete its folder", "bad"), Choice("m", "delete the 3 marked runs")]
    return Ask("Delete run \x1b[31mx?", choices, ["/some/where with 3 checkpoints, which would be gone for good"])


@pytest.mark.parametrize(
    ("keys", "answer"),
    [(["y"], "y"), (["x", "enter", "space", "m"], "m"), (["escape"], None), (["q"], None), (["n"], None)],
)
def test_only_a_choices_key_chooses(keys: list[str], answer: str | None) -> None:
    async def test() -> None:
        answers: list[str | None] = []
        async with dashboard((80, 24)) as (app, pilot):
            app.push_screen(ask(), answers.append)
            await pilot.pause()
            text = text_of(app)
            assert "Delete run \\x1b[31mx?" in text and "y  delete its folder" in text and "Esc: no" in text
            assert " 3 Runs " in text  # the screen below is still there
            await pilot.press("2", "J", "tab")  # keys of that screen
            assert isinstance(app.screen, Ask) and app.current_mode == "home"
            await pilot.press(*keys)
            await pilot.pause()
            assert answers == [answer] and not isinstance(app.screen, Ask)

    run(test)


def test_a_click_on_a_choice_is_the_choice() -> None:
    async def test() -> None:
        answers: list[str | None] = []
        async with stage(TextView(), size=(60, 20)) as (app, pilot):
            app.push_screen(ask(), answers.append)
            await pilot.pause()
            line = next(n for n, text in enumerate(lines_of(app)) if "m  delete the 3" in text)
            await pilot.click(offset=(20, line - 3))
            assert not answers  # words are no choices
            await pilot.click(offset=(20, line))
            await pilot.pause()
            assert answers == ["m"]

    run(test)


@pytest.mark.parametrize("size", [(24, 6), (20, 5), (200, 50)])
def test_the_choices_fit_everywhere(size: tuple[int, int]) -> None:
    async def test() -> None:
        async with stage(TextView(), size=size, term=terminal(glyphs="ascii", colors="none")) as (app, pilot):
            app.push_screen(ask())
            await pilot.pause()
            assert all(f"{key}  delete" in text_of(app) for key in "ym") and text_of(app).isascii()

    run(test)
