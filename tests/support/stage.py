"""One widget in the dashboard's app, without screens and sources around it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from hfterm.dashboard.app import HftermApp
from hfterm.dashboard.sources import Sources, pretend
from support.dash import Clock, make_app


class Nothing:
    """A source with nothing to tell."""

    def poll(self) -> list[Any]:
        return []


class Bare(Screen[None]):
    """Widgets and nothing else."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets

    def compose(self) -> ComposeResult:
        yield from self._widgets

    def on_mount(self) -> None:
        self.set_class(self.app.ascii, "-ascii")  # type: ignore[attr-defined]


@contextlib.asynccontextmanager
async def stage(
    *widgets: Widget, size: tuple[int, int] = (60, 16), term: Any = None
) -> AsyncIterator[tuple[HftermApp, Pilot[int]]]:
    """The app with the widgets on a bare screen; the first has the focus."""
    found = pretend(Clock())
    app = make_app(Sources(found.machine, Nothing(), found.chat, Clock()), term=term)
    async with app.run_test(size=size) as pilot:
        await app.push_screen(Bare(*widgets))
        await pilot.pause()
        widgets[0].focus()
        await pilot.pause()
        yield app, pilot


def run(test: Callable[[], Awaitable[Any]]) -> None:
    """Run an async test."""
    asyncio.run(test())  # type: ignore[arg-type]
