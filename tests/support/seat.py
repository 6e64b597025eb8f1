"""Somebody in front of a dashboard that looks often: types, and waits for what is to be seen or said.

Pilot's own ``press`` and ``pause`` wait for a process that does nothing, which such a dashboard never is.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from textual import events
from textual.geometry import Size
from textual.keys import _character_to_key
from textual.pilot import Pilot

from hfterm.dashboard.app import HftermApp
from support.dash import dashboard, text_of

# A loaded machine takes its time; what is right never waits so long.
PATIENCE_SECONDS = 90.0


class Seat:
    """``heard`` is all that the dashboard has said in its last line, also what was gone before one looked."""

    def __init__(self, app: HftermApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot
        self.heard: list[str] = []
        say = app.say

        def listen(text: str, role: str = "accent") -> None:
            say(text, role)
            self.heard.append(app._said[0])

        app.say = listen  # type: ignore[method-assign]

    @property
    def text(self) -> str:
        """The screen as text."""
        return text_of(self.app)

    async def press(self, *keys: str) -> None:
        """Type keys, each when what was known of the last has been done."""
        assert self.app._driver is not None
        for key in keys:
            char = " " if key == "space" else key if len(key) == 1 else None
            name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
            event = events.Key(name, char)
            event.set_sender(self.app)
            self.app._driver.send_message(event)
            for _ in range(3):  # from the app to the screen, from there to the pane, and what that does about it
                await self.pilot._wait_for_screen(PATIENCE_SECONDS)

    def resize(self, width: int, height: int) -> None:
        """Change the terminal's size, and wait for nothing."""
        assert self.app._driver is not None
        self.app._driver.process_message(events.Resize(Size(width, height), Size(width, height)))

    async def until(self, true: Callable[[], Any]) -> None:
        """Let the app work until ``true()``."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"it did not come to be; heard: {self.heard}\n{self.text}")
            await asyncio.sleep(0.02)

    async def see(self, *texts: str) -> None:
        """Wait until all of these are on the screen."""
        await self.until(lambda: all(text in self.text for text in texts))

    async def hear(self, text: str) -> None:
        """Wait until the last line says this, or has said it since it last was heard; forget what was said before."""
        await self.until(lambda: any(text in said for said in self.heard))
        last = max(n for n, said in enumerate(self.heard) if text in said)
        del self.heard[: last + 1]


@contextlib.asynccontextmanager
async def seat(size: tuple[int, int] = (120, 40), **options: Any) -> AsyncIterator[Seat]:
    """A dashboard, and somebody in front of it; options as for :func:`support.dash.dashboard`."""
    async with dashboard(size, **options) as (app, pilot):
        yield Seat(app, pilot)
