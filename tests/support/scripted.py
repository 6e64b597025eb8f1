"""A machine for the dashboard's tests that says what it is told to."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from hfterm.dashboard.sources import Sources, pretend
from hfterm.dashboard.widgets.process_list import ProcessList
from hfterm.monitor.machine import MachineSample
from hfterm.monitor.pretend import RUN, PretendMachine
from support.dash import Clock, until

GIB = 1 << 30
# A moment at which the pretend run does not save: its first GPU is 97 % busy.
AT = 1795420860.0


class Scripted:
    """A machine that says what it is told to: ``change`` alters a pretend look."""

    def __init__(self, gpus: int = 8, mig: bool = False, change: Callable[[MachineSample], Any] = lambda s: s) -> None:
        self.clock, self.change = Clock(AT), change
        self.base = PretendMachine(self.clock, gpus, mig=mig)
        self.polls = 0

    def poll(self) -> MachineSample:
        self.polls += 1
        sample: MachineSample = self.change(self.base.at(AT))
        return sample

    def sources(self, pretended: bool = True) -> Sources:
        found = pretend(self.clock)
        found.machine, found.pretend = self, pretended
        return found


def no_gpu(count: int = 30) -> Callable[[MachineSample], MachineSample]:
    """What a machine without a GPU says."""

    def change(sample: MachineSample) -> MachineSample:
        row = {**sample.processes[0], "gpu": None, "memory": None, "utilization": None, "run": None}
        rows = [
            {**row, "pid": 100 + i, "cpu": 100.0 - i, "command": f"work --number {i}", "run": RUN if i == 2 else None}
            for i in range(count)
        ]
        host = dataclasses.replace(sample.host, cores=4.0, per_core=(10.0, 20.0, 90.0, 0.0), swap_used=GIB)
        return dataclasses.replace(sample, devices=[], processes=rows, host=host)

    return change


def run(test: Callable[[], Awaitable[Any]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


def rows_of(app: Any) -> list[Any]:
    return list(app.screen.query_one(ProcessList).rows)


async def look_again(app: Any, pilot: Any, source: Scripted) -> None:
    """Let the machine be looked at anew, and shown."""
    polls = source.polls
    app.pump.now()
    await until(pilot, lambda: source.polls > polls)
    await pilot.pause(0.05)
