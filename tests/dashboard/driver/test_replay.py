"""Frames that Textual painted for real widgets look the same when only the changed cells are sent."""

import asyncio
import importlib.util
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from hfterm.dashboard.driver.painter import Painter
from hfterm.dashboard.driver.surface import Surface
from support.emulator import Screen, difference, through_tty
from support.frames import Recorder

_spec = importlib.util.spec_from_file_location("painted_app", Path(__file__).with_name("painted_app.py"))
assert _spec and _spec.loader
painted_app = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(painted_app)


async def keys(pilot: Any) -> None:
    for key in (
        "n",
        "down",
        "down",
        "n",
        "tab",
        "n",
        "n",
        "pagedown",
        "n",
        "tab",
        "down",
        "end",
        "home",
        *"nnnnnnnnnnnn",
    ):
        await pilot.press(key)


async def modal(pilot: Any) -> None:
    for key in ("m", "漢", "a", "é", "backspace", "left", "x", "escape", "n"):
        await pilot.press(key)


async def themes(pilot: Any) -> None:
    for key in ("t", "n", "t"):
        await pilot.press(key)


async def resizes(pilot: Any) -> None:
    for columns, lines in ((60, 20), (120, 40), (20, 5), (81, 25), (80, 24)):
        pilot.app._driver.resize(columns, lines)
        await pilot.pause()
        await pilot.press("n")


async def flood(pilot: Any) -> None:
    pilot.app.query_one("#flood").display = True
    for _ in range(10):
        pilot.app.flood()
        await pilot.pause()


async def recorded(drive: Callable[[Any], Awaitable[None]], size: tuple[int, int]) -> list[str]:
    app = painted_app.Painted(driver_class=Recorder)
    async with app.run_test(headless=False, size=size) as pilot:
        await pilot.pause()
        await drive(pilot)
        await pilot.pause()
        driver = app._driver
    assert isinstance(driver, Recorder)
    return driver.writes


@pytest.mark.parametrize(
    ("drive", "size", "colors"),
    [
        (keys, (80, 24), "truecolor"),
        (modal, (100, 30), "256"),
        (themes, (80, 24), "standard"),
        (resizes, (80, 24), "truecolor"),
        (flood, (100, 40), "truecolor"),
    ],
)
def test_every_frame_looks_like_textuals_own(
    drive: Callable[[Any], Awaitable[None]], size: tuple[int, int], colors: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", colors)
    writes = asyncio.run(recorded(drive, size))
    own, terminal = Screen(*size), Screen(*size)
    surface = Surface(*size, Painter(bce=colors == "truecolor"))
    surface.cleared()
    frames = compared = sent = 0
    whole = True
    for data in writes:
        if data.startswith("size "):
            columns, lines = map(int, data.split()[1:])
            for screen in (own, terminal):
                screen.resize(lines, columns)
            # What a terminal shows after a resize is its own affair until all of it was painted.
            whole = (columns, lines) == size and not frames
            surface.resize(columns, lines)
        elif data.startswith("\x1b[") and "H" in data[:9]:
            frames += 1
            surface.feed(data)
            own.write(through_tty(data))
            paint = surface.paint()
            terminal.write(through_tty(paint))
            sent += len(paint)
            whole = whole or all(f"\x1b[{line};1H" in data for line in range(1, own.lines + 1))
            if whole:
                compared += 1
                found = difference(terminal, own)
                assert not found, f"frame {frames}: {found}"
                assert (terminal.cursor.x, terminal.cursor.y) == (own.cursor.x, own.cursor.y)
    assert compared > 5 and whole
    assert sent < sum(map(len, writes)) / 3
