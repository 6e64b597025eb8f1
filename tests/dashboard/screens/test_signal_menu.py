"""Signals to real processes: which, to whom, and what came of it; nothing without its own letter."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from hfterm.dashboard.screens.signal_menu import SignalMenu, Targets
from hfterm.monitor.machine import MachineSample
from hfterm.monitor.pretend import PretendMachine
from hfterm.processes import process_start
from support.dash import Clock, dashboard, text_of, until

# Says when it is ready, and ignores what can be ignored.
STUBBORN = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def sleepers() -> "Iterator[Callable[..., subprocess.Popen[str]]]":
    """Starts processes, and ends what is left of them."""
    begun: list[subprocess.Popen[str]] = []

    def begin(stubborn: bool = False) -> "subprocess.Popen[str]":
        argv = [sys.executable, "-S", "-c", STUBBORN] if stubborn else ["sleep", "600"]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        begun.append(process)
        if stubborn:
            assert process.stdout and process.stdout.readline() == "ready\n"
        return process

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def machine(*rows: dict[str, Any]) -> Any:
    """A machine whose processes are these."""
    from hfterm.dashboard.sources import pretend

    base = PretendMachine(Clock(), 2)

    class Fixed:
        def poll(self) -> MachineSample:
            sample = base.poll()
            whole = [{**sample.processes[0], "run": None, **row} for row in rows]
            return MachineSample(sample.time, sample.devices, whole, sample.host)

    sources = pretend(Clock())
    sources.machine, sources.pretend = Fixed(), False
    return sources


def row(process: "subprocess.Popen[str]", **changes: Any) -> dict[str, Any]:
    return {"gpu": "0", "pid": process.pid, "user": "me", "command": f"work {process.pid}", "memory": 1 << 30,
            "started": process_start(process.pid), **changes}  # fmt: skip


def run(test: Callable[[], Awaitable[Any]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


async def opened(app: Any, pilot: Any) -> SignalMenu:
    await pilot.press("x")
    await until(pilot, lambda: isinstance(app.screen, SignalMenu))
    await pilot.pause()
    menu: SignalMenu = app.screen
    return menu


def said(menu: SignalMenu) -> dict[int, str]:
    """What became of each, in words."""
    return {pid: text for pid, (text, _) in menu.query_one(Targets).results.items()}


@pytest.mark.parametrize(("key", "number"), [("i", signal.SIGINT), ("t", signal.SIGTERM), ("k", signal.SIGKILL)])
def test_each_letter_sends_its_signal(sleepers: Any, key: str, number: int) -> None:
    process, other = sleepers(), sleepers()

    async def test() -> None:
        async with dashboard((80, 24), sources=machine(row(process), row(other)), screen="gpus") as (app, pilot):
            menu = await opened(app, pilot)
            text = text_of(app)
            assert "Send a signal to this process" in text and f"work {process.pid}" in text
            assert text.count("me  ") >= 1 and "nothing is saved" in text
            await pilot.press("enter", "space", "y", "up", "down", "pageup", "pagedown")
            assert process.poll() is None, "no other key sends anything"
            await pilot.press(key)
            await until(pilot, lambda: said(menu).get(process.pid) == "has ended")
            assert process.wait(20) == -number and other.poll() is None
            await until(pilot, lambda: "has ended" in text_of(app))

    run(test)


def test_one_that_does_not_listen_can_be_killed_from_the_same_menu(sleepers: Any) -> None:
    process = sleepers(stubborn=True)

    async def test() -> None:
        async with dashboard((120, 40), sources=machine(row(process)), screen="gpus") as (app, pilot):
            menu = await opened(app, pilot)
            await pilot.press("t")
            await until(pilot, lambda: said(menu) == {process.pid: "TERM sent"})
            assert process.poll() is None and "TERM sent" in text_of(app)
            text, rows = menu.to_copy()
            assert "TERM sent" in text and rows[0]["result"] == "TERM sent"
            await pilot.press("k")
            await until(pilot, lambda: said(menu) == {process.pid: "has ended"})
            await pilot.press("k", "escape")
            await until(pilot, lambda: not isinstance(app.screen, SignalMenu))

    run(test)


def test_marked_ones_each_once_and_never_another(sleepers: Any) -> None:
    process, bystander = sleepers(), sleepers()
    rows = [
        row(process),
        row(process, gpu="1"),  # the same on another GPU
        row(bystander, started=process_start(bystander.pid) - 500),  # its number was another's before
        row(bystander, pid=4_190_001, started=None, user=None, command=None),
        row(bystander, pid=os.getpid(), started=process_start(os.getpid())),
    ]

    async def test() -> None:
        async with dashboard((120, 40), sources=machine(*rows), screen="gpus") as (app, pilot):
            await pilot.press("a")
            menu = await opened(app, pilot)
            assert "Send a signal to 4 processes" in text_of(app) and "(not to be seen from here)" in text_of(app)
            await pilot.press("k")
            await until(pilot, lambda: len(said(menu)) == 4 and said(menu)[process.pid] == "has ended")
            found = said(menu)
            assert "has ended" in found[bystander.pid] and bystander.poll() is None, "it is not the one that was seen"
            assert found[4_190_001] == "not sent: unknown from here" and "hfterm itself" in found[os.getpid()]
            assert process.wait(20) == -signal.SIGKILL

    run(test)


def test_leaving_sends_nothing(sleepers: Any) -> None:
    process = sleepers()

    async def test() -> None:
        async with dashboard((80, 24), sources=machine(row(process)), screen="gpus") as (app, pilot):
            for key in ("escape", "q", "x"):
                await opened(app, pilot)
                await pilot.press(key)
                await until(pilot, lambda: not isinstance(app.screen, SignalMenu))
            assert process.poll() is None

    run(test)


def test_readonly_says_so_and_opens_nothing(sleepers: Any) -> None:
    process = sleepers()

    async def test() -> None:
        sources = machine(row(process))
        async with dashboard((80, 24), sources=sources, screen="gpus", readonly=True) as (app, pilot):
            await pilot.press("x")
            await until(pilot, lambda: "read-only: start without --readonly to send signals" in text_of(app))
            await pilot.press("i", "x", "k", "t", "escape")
            assert not isinstance(app.screen, SignalMenu) and process.poll() is None

    run(test)


@pytest.mark.parametrize("size", [(120, 40), (48, 12)])
def test_many_are_listed_all(sleepers: Any, size: tuple[int, int]) -> None:
    process = sleepers()
    rows = [row(process, pid=4_190_000 + i, started=1.0, command=f"ghost {i} 👻") for i in range(100)]

    async def test() -> None:
        async with dashboard(size, sources=machine(*rows), screen="gpus") as (app, pilot):
            await pilot.press("a")
            menu = await opened(app, pilot)
            await pilot.press(*["pagedown"] * 11)
            await until(pilot, lambda: "4190099" in text_of(app))
            assert "KILL" in text_of(app), "the choices stay"
            await pilot.press("t")
            await until(pilot, lambda: len(said(menu)) == 100)
            assert all("has ended" in text for text in said(menu).values())

    run(test)
