"""The dashboard over pretend sources with a clock that stands still: for Pilot tests, snapshots and pictures."""

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from textual.pilot import Pilot

from hfterm.dashboard.app import HftermApp, Options
from hfterm.dashboard.sources import Sources, pretend
from hfterm.dashboard.terminal import Terminal

# Monday, 2026-11-23 08:00:37 UTC: a moment at which the pretend GPUs are busy.
NOW = 1795420837.0


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def terminal(**changes: Any) -> Terminal:
    """A good terminal, but for ``changes``."""
    import dataclasses

    from hfterm.dashboard.terminal import probe

    class Tty:
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

        def fileno(self) -> int:
            raise OSError

    environ = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    return dataclasses.replace(probe(environ, Tty(), Tty()), **changes)  # type: ignore[arg-type]


def make_app(sources: Sources | None = None, *, term: Terminal | None = None, **options: Any) -> HftermApp:
    """An app that has not been started."""
    return HftermApp(sources or pretend(Clock()), Options(**options), term or terminal())


@contextlib.asynccontextmanager
async def dashboard(
    size: tuple[int, int] = (120, 40), *, sources: Sources | None = None, term: Terminal | None = None, **options: Any
) -> AsyncIterator[tuple[HftermApp, Pilot[int]]]:
    """A running dashboard whose sources have been read once."""
    app = make_app(sources, term=term, **options)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.state.machine is not None and app.state.runs is not None)
        await pilot.pause()
        yield app, pilot


async def until(pilot: Pilot[Any], true: Callable[[], Any], seconds: float = 90.0) -> None:
    """Let the app work until ``true()``."""
    import asyncio
    import time

    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError("it did not come to be\n" + text_of(pilot.app))
        await asyncio.sleep(0.02)
        await pilot.pause()


def lines_of(app: Any) -> list[str]:
    """The screen's lines as text."""
    from textual._context import visible_screen_stack

    visible_screen_stack.set(app._background_screens)  # as Textual does, else what is below a question may be blank
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def text_of(app: Any) -> str:
    """The screen as text."""
    return "\n".join(lines_of(app))
