"""The dashboard over pretend sources whose clock goes on by a second a Ctrl-T; says in the title what is painted.

python ticking_app.py SCREEN
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any, ClassVar

from hfterm.dashboard import launch, terminal

found = launch.check()
terminal.apply(found)

from textual.binding import Binding  # noqa: E402
from textual.pilot import Pilot  # noqa: E402

from hfterm.dashboard import app as frame  # noqa: E402
from hfterm.dashboard.app import HftermApp, Options  # noqa: E402
from hfterm.dashboard.driver.driver import CellDriver  # noqa: E402
from hfterm.dashboard.sources import pretend  # noqa: E402


class Clock:
    now = 1795420837.0

    def __call__(self) -> float:
        return self.now


class Ticking(HftermApp):
    """Looks when it is told to, then writes ``painted N`` as the terminal's title."""

    CSS_PATH = Path(frame.__file__).with_name("app.tcss")
    BINDINGS: ClassVar[Any] = [
        Binding("ctrl+t", "tick", show=False, priority=True),
        Binding("ctrl+y", "mark", show=False, priority=True),
    ]
    count = 0
    waits = False

    def action_tick(self) -> None:
        clock.now += 1
        self.waits = True
        self.pump.now()

    def on_sampled(self, message: Any) -> None:
        super().on_sampled(message)
        machine, live = self.state.machine, self.state.live()
        seen = machine is not None and machine.time == clock.now and live is not None and live.written == clock.now
        if self.waits and seen:
            self.waits = False
            self.tell("clock")
            self.action_mark()

    def action_mark(self) -> None:
        self.run_worker(self.write_title())

    async def write_title(self) -> None:
        """Say it once all widgets have done their work and what was painted is out."""
        pilot: Pilot[int] = Pilot(self)
        driver: Any = self._driver
        await pilot.pause()
        await pilot.pause()
        while driver._writer.surface.pending or not driver._writer.drain(0.0):
            await asyncio.sleep(0.01)
        self.count += 1
        driver.write(f"\x1b]2;painted {self.count}\x07")


clock = Clock()
app = Ticking(pretend(clock), Options(screen=sys.argv[1], interval=3600.0), found, driver_class=CellDriver)
app.run()
os._exit(app.return_code or 0)
