"""The GPUs screen: devices and processes at every size, choosing, sorting, filtering, and whatever a driver does."""

import asyncio
import dataclasses
import json
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from hfterm.dashboard.screens.process import ProcessScreen
from hfterm.dashboard.screens.trends import TrendsScreen
from hfterm.dashboard.sources import Sources, pretend
from hfterm.dashboard.widgets.device_list import DeviceList
from hfterm.dashboard.widgets.host_panel import HostPanel
from hfterm.dashboard.widgets.process_list import ProcessList
from hfterm.monitor.machine import OUTSIDE, MachineSample
from hfterm.monitor.pretend import RUN, PretendMachine
from support.dash import Clock, dashboard, lines_of, terminal, text_of, until

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


# What is shown.


def test_eight_gpus_and_eight_processes_fit_80_by_24() -> None:
    async def test() -> None:
        async with dashboard((80, 24), sources=Scripted().sources(), screen="gpus") as (app, _):
            lines = lines_of(app)
            assert len(lines) == 24 and "all 8 GPUs" in lines[2]
            for n in range(8):
                assert lines[3 + n][2] == str(n) and "/700W" in lines[3 + n] and "/80G" in lines[3 + n]
                assert lines[14 + n][3] == str(n) and ("python" in lines[14 + n] or "hfterm se" in lines[14 + n])
            for title in ("GPU", "pid", "user", "memory", "mem%", "SM%", "time", "run", "command"):
                assert title in lines[13]
            assert "31337 ada" in lines[14] and RUN in lines[14] and "91%" in lines[14]
            assert "signal" in lines[23] and "CPU" in lines[11] and "RAM" in lines[11]

    run(test)


@pytest.mark.parametrize("size", [(120, 40), (200, 50)])
def test_larger_screens_show_the_chosen_gpus_trends(size: tuple[int, int]) -> None:
    async def test() -> None:
        async with dashboard(size, sources=Scripted().sources(), screen="gpus") as (app, pilot):
            text = text_of(app)
            assert "All 8 GPUs" in text and "CPU%" in text and "RAM" in text
            await pilot.press("right", "right")
            text = text_of(app)
            for words in ("GPU 1  NVIDIA H100 80GB HBM3", "clocks not held back", "memory errors 0", "85° is hot",
                          "driver 570.86.15", "MHz"):  # fmt: skip
                assert words in text, words
            assert ("EPYC" in text) == (size[0] == 200), "where it is wide the host has a pane"

    run(test)


def test_one_gpu_needs_no_line_for_all() -> None:
    async def test() -> None:
        async with dashboard((120, 40), sources=Scripted(1).sources(), screen="gpus") as (app, pilot):
            lines = lines_of(app)
            assert lines[2][2] == "0" and "╰" in lines[3] and "GPU 0  NVIDIA" in lines[4]
            await pilot.press("right", "left", "left")
            assert len(rows_of(app)) == 1

    run(test)


def test_parts_stand_under_their_gpu_and_have_its_processes() -> None:
    async def test() -> None:
        source = Scripted(8, mig=True)
        async with dashboard((120, 40), sources=source.sources(), screen="gpus") as (app, pilot):
            lines = lines_of(app)
            assert lines[10][2:].startswith("7    H100") and lines[11][2:].startswith(" 7:0 3g.40gb")
            devices = app.screen.query_one(DeviceList)
            devices.select("7")
            await until(pilot, lambda: [r["gpu"] for r in rows_of(app)] == ["7:0", "7:1"])
            devices.select("7:1")
            await until(pilot, lambda: [r["gpu"] for r in rows_of(app)] == ["7:1"])
            assert "Processes on GPU 7:1" in text_of(app)

    run(test)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
def test_without_a_gpu_the_machine_and_its_busiest_are_shown(size: tuple[int, int]) -> None:
    async def test() -> None:
        source = Scripted(change=no_gpu())
        async with dashboard(size, sources=source.sources(), screen="gpus") as (app, pilot):
            text = text_of(app)
            for words in ("EPYC", "CPU", "of 4", "load", "memory", "swap 1.0/8G", "disk", "network", "read", "out",
                          "CPU%", "work --number 0", RUN):  # fmt: skip
                assert words in text, words
            assert "GPU 0" not in text and "SM%" not in text
            if size != (80, 24):
                assert "  2 ━" in text, "a bar for each core"
            assert [r["pid"] for r in rows_of(app)][:3] == [100, 101, 102], "as busy as they came"
            await pilot.press("right", "0", "t")
            await until(pilot, lambda: isinstance(app.screen, TrendsScreen))
            assert app.screen.query_one(HostPanel).size.height > size[1] - 5

    run(test)


def test_a_terminal_without_signs_or_colours_loses_nothing() -> None:
    async def test() -> None:
        term = terminal(glyphs="ascii", colors="none")
        async with dashboard((120, 40), sources=Scripted().sources(), screen="gpus", term=term) as (app, pilot):
            text = text_of(app)
            assert text.isascii() and "97%" in text and "66C" in text and "+- GPUs" in text
            await pilot.press("t")
            await pilot.pause()
            assert text_of(app).isascii()

    run(test)


# Choosing.


def test_keys_of_the_screen_choose_a_device_from_anywhere() -> None:
    async def test() -> None:
        async with dashboard((80, 24), sources=Scripted().sources(), screen="gpus") as (app, pilot):
            await pilot.press("right")
            await until(pilot, lambda: [r["gpu"] for r in rows_of(app)] == ["0"])
            await pilot.press("l", "l", "h")
            await until(pilot, lambda: [r["gpu"] for r in rows_of(app)] == ["1"])
            await pilot.press("left", "left")
            await until(pilot, lambda: len(rows_of(app)) == 8)
            await pilot.press("right", "right", "0")
            await until(pilot, lambda: len(rows_of(app)) == 8)

    run(test)


def test_keys_of_the_device_list() -> None:
    async def test() -> None:
        async with dashboard((80, 24), sources=Scripted().sources(), screen="gpus") as (app, pilot):
            devices = app.screen.query_one(DeviceList)
            devices.focus()
            seen = []
            for key in ("down", "j", "up", "k", "end", "enter", "enter", "home", "G", "pageup", "space", "a",
                        "pagedown", "ctrl+u", "ctrl+d", "g"):  # fmt: skip
                await pilot.press(key)
                seen.append(devices.selected)
            assert seen == ["0", "1", "0", None, "7", None, "7", None, "7", None, "0", None, "7", None, "7", None]
            await until(pilot, lambda: len(rows_of(app)) == 8)
            await pilot.click(DeviceList, offset=(5, 4))
            assert devices.selected == "2"
            await pilot.click(DeviceList, offset=(5, 1))
            assert devices.selected is None

    run(test)


def test_filters_of_both_lists() -> None:
    async def test() -> None:
        async with dashboard((120, 40), sources=Scripted().sources(), screen="gpus") as (app, pilot):
            await pilot.press("slash", *"lin", "enter")
            await until(pilot, lambda: [r["user"] for r in rows_of(app)] == ["lin"])
            assert "1 of 8  /lin" in text_of(app)
            await pilot.press("escape", "slash", *"!sft", "enter")
            await until(pilot, lambda: len(rows_of(app)) == 2)
            await pilot.press("escape")
            await until(pilot, lambda: len(rows_of(app)) == 8)
            app.screen.query_one(DeviceList).focus()
            await pilot.press("slash", *"7e570003", "enter")
            devices = app.screen.query_one(DeviceList)
            await until(pilot, lambda: [d["device"] for d in devices.rows] == ["3"])
            assert "1 of 8  /7e570003" in text_of(app)
            await pilot.press("slash", *"x")
            await until(pilot, lambda: "no match" in text_of(app))

    run(test)


def test_every_column_sorts_numbers_from_the_greatest() -> None:
    async def test() -> None:
        async with dashboard((160, 40), sources=Scripted().sources(), screen="gpus") as (app, pilot):
            orders = {}
            for _ in range(11):
                await pilot.press("s")
                shown = app.screen.query_one(ProcessList)
                orders[shown.COLUMNS[shown.sorted_by].title] = [r["gpu"] for r in rows_of(app)]
                assert "▼" in lines_of(app)[23] or "▲" in lines_of(app)[23]
            assert list(orders) == ["GPU", "pid", "user", "memory", "mem%", "SM%", "CPU%", "RAM", "time", "run",
                                    "command"]  # fmt: skip
            assert orders["pid"][0] == "7" and orders["time"][0] == "6" and orders["user"][-1] == "6"
            assert orders["memory"] == orders["mem%"] and orders["memory"][-1] == "7"
            await pilot.press("s")
            assert app.screen.query_one(ProcessList).sorted_by is None
            await pilot.press("s", "S")
            assert [r["gpu"] for r in rows_of(app)] == list("76543210")
            await pilot.click(ProcessList, offset=(16, 1))  # the title of the users
            await pilot.click(ProcessList, offset=(16, 1))
            assert [r["user"] for r in rows_of(app)][:2] == ["lin", "grace"]

    run(test)


def test_copies_are_rows_as_text_and_json(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with dashboard((120, 40), sources=Scripted().sources(), screen="gpus") as (app, pilot):
            copied: list[str] = []
            monkeypatch.setattr(app, "copy_text", copied.append)
            await pilot.press("c", "C", "space", "space", "C")
            assert copied[0].split("\t")[:3] == ["0", "31337", "ada"] and copied[0].endswith(f"--name {RUN}")
            assert json.loads(copied[1])["pid"] == 31337 and len(json.loads(copied[2])) == 2
            app.screen.query_one(DeviceList).focus()
            await pilot.press("down", "c", "C", "up", "C")
            assert copied[3].startswith("0\tNVIDIA H100") and json.loads(copied[4])["uuid"].startswith("GPU-")
            assert len(json.loads(copied[5])) == 8

    run(test)


# Going on from here.


def test_enter_goes_to_the_run_of_a_process() -> None:
    async def test() -> None:
        async with dashboard((120, 40), sources=Scripted().sources(), screen="gpus") as (app, pilot):
            await pilot.press("enter")
            await until(pilot, lambda: app.current_mode == "runs")
            wanted = next(r.key for r in app.state.runs if r.name == RUN)
            assert app.state.run_key == wanted
            app.action_goto("gpus")
            app.pump.end()
            app.state.runs = []
            await until(pilot, lambda: app.current_mode == "gpus" and app.screen.is_current)
            said: list[str] = []
            app.say = lambda text, role="": said.append(text)
            await pilot.press("enter")
            await until(pilot, lambda: f"the run {RUN} is not listed (yet)" in said)

    run(test)


def test_enter_tells_all_about_a_process_without_a_run() -> None:
    async def test() -> None:
        async with dashboard((80, 24), sources=Scripted().sources(), screen="gpus") as (app, pilot):
            await pilot.press("end", "k", "enter")
            await until(pilot, lambda: isinstance(app.screen, ProcessScreen))
            await pilot.pause()
            text = text_of(app)
            for words in ("Process 28114", "hfterm serve Qwen/Qwen3-8B --port 8000 --api-key ***", "lin", "2d01h",
                          "66% of its memory", "51% of its processors", "a pretend process"):  # fmt: skip
                assert words in text, words
            give, value = app.screen.to_copy()
            assert value["pid"] == 28114 and "28114" not in give and "command" in give
            await pilot.press("enter")
            assert isinstance(app.screen, ProcessScreen), "there is no run to go to"
            await pilot.press("x")
            await until(pilot, lambda: not isinstance(app.screen, ProcessScreen))
            assert "demo" in app.said()[0]
            await pilot.press("home", "i")
            await until(pilot, lambda: isinstance(app.screen, ProcessScreen))
            await pilot.press("enter")
            await until(pilot, lambda: app.current_mode == "runs")

    run(test)


def test_trends_on_the_whole_screen() -> None:
    async def test() -> None:
        async with dashboard((80, 24), sources=Scripted().sources(), screen="gpus") as (app, pilot):
            await pilot.press("t")
            await until(pilot, lambda: isinstance(app.screen, TrendsScreen))
            await pilot.pause()
            assert "All 8 GPUs" in text_of(app) and "EPYC" in text_of(app)
            await pilot.press("right", "l", "j", "left")
            await until(pilot, lambda: "GPU 1  NVIDIA" in text_of(app))
            assert "1" in app.screen.to_copy()[0]
            await pilot.press("0")
            await until(pilot, lambda: "All 8 GPUs" in text_of(app))
            await pilot.press("down", "t")
            await until(pilot, lambda: not isinstance(app.screen, TrendsScreen))
            await until(pilot, lambda: [r["gpu"] for r in rows_of(app)] == ["0"])

    run(test)


# Whatever a driver does.


def test_a_gpu_that_vanishes_stays_in_its_place_and_says_so() -> None:
    async def test() -> None:
        source = Scripted()
        async with dashboard((80, 24), sources=source.sources(), screen="gpus") as (app, pilot):
            await pilot.press(*["right"] * 4)
            await until(pilot, lambda: [r["gpu"] for r in rows_of(app)] == ["3"])

            def without(sample: MachineSample) -> MachineSample:
                devices = [d for d in sample.devices if d["device"] != "3"]
                return dataclasses.replace(sample, devices=devices,
                                           processes=[p for p in sample.processes if p["gpu"] != "3"])  # fmt: skip

            source.change = without
            await look_again(app, pilot, source)
            await until(pilot, lambda: "gone since" in text_of(app))
            assert lines_of(app)[6][2:].startswith("3 ") and "no process on GPU 3" in text_of(app)
            source.change = lambda s: s
            await look_again(app, pilot, source)
            await until(pilot, lambda: "gone since" not in text_of(app))

    run(test)


def test_a_driver_that_fails_leaves_a_screen_that_can_be_used() -> None:
    async def test() -> None:
        source = Scripted()
        async with dashboard((80, 24), sources=source.sources(), screen="gpus") as (app, pilot):
            error = "the GPU driver has not answered for 12 s; see 'sudo dmesg | grep -i -e nvrm -e amdgpu'"

            def silent(sample: MachineSample) -> MachineSample:
                lasting = ("device", "kind", "index", "mig", "name", "memory_total", "power_limit")
                devices = [{**dict.fromkeys(d), **{n: d[n] for n in lasting}, "error": "no answer"}
                           for d in sample.devices]  # fmt: skip
                return dataclasses.replace(sample, devices=devices, processes=[], error=error)

            source.change = silent
            await look_again(app, pilot, source)
            await until(pilot, lambda: "has not answered for 12 s" in text_of(app))
            text = text_of(app)
            assert text.count("no answer") == 8 and "unknown: the driver does not tell" in text
            await pilot.press("right", "i", "x", "t", "escape", "0", "s", "space", "enter")
            assert app.said()[0] == "no process here"
            source.change = no_gpu(3)  # then the library is unloaded altogether
            await look_again(app, pilot, source)
            await until(pilot, lambda: "work --number 2" in text_of(app))
            assert text_of(app).count("gone since") == 8
            source.change = lambda s: s
            await look_again(app, pilot, source)
            await until(pilot, lambda: "97%" in text_of(app) and "not answered" not in text_of(app))
            assert lines_of(app)[12].startswith("╭"), "what was said leaves no gap"

    run(test)


def test_a_source_that_hangs_or_dies_is_said_above_what_was_seen_last() -> None:
    async def test() -> None:
        source, gate = Scripted(), threading.Event()

        def broken(sample: MachineSample) -> MachineSample:
            raise RuntimeError("NVML says \x1b[2J no")

        async with dashboard((80, 24), sources=source.sources(), screen="gpus", interval=0.25) as (app, pilot):
            source.change = broken
            await until(pilot, lambda: "NVML says" in text_of(app))
            assert "what was seen last" in text_of(app) and "\x1b" not in text_of(app) and "97%" in text_of(app)
            source.change = lambda s: (gate.wait(), s)[1]
            await until(pilot, lambda: app.pump.samplers["machine"]._since is not None)
            app.pump.samplers["machine"]._since -= 60
            app._tick()
            await until(pilot, lambda: "no answer for 6" in text_of(app))
            await pilot.press("right", "s", "down")
            assert "Processes on GPU 0" in text_of(app)
            source.change = lambda s: s
            gate.set()
            await until(pilot, lambda: "no answer" not in text_of(app))

    run(test)


def test_before_the_first_look() -> None:
    async def test() -> None:
        from support.dash import make_app

        source, gate = Scripted(), threading.Event()
        source.change = lambda s: (gate.wait(), s)[1]
        app = make_app(source.sources(), screen="gpus")
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: "looking..." in text_of(app))
            await pilot.press("right", "left", "0", "x", "i", "s", "enter", "space", "tab", "enter", "down", "c", "t")
            await pilot.press("escape")
            gate.set()
            await until(pilot, lambda: "97%" in text_of(app))

    run(test)


def test_processes_outside_the_container_keep_their_memory() -> None:
    async def test() -> None:
        unknown = dict.fromkeys(("user", "command", "since", "started", "run", "cpu", "host_memory"))

        def container(sample: MachineSample) -> MachineSample:
            rows = [{**row, **unknown} if i % 2 else row for i, row in enumerate(sample.processes)]
            return dataclasses.replace(sample, processes=rows, notes=(OUTSIDE,))

        async with dashboard((100, 24), sources=Scripted(change=container).sources(), screen="gpus") as (app, pilot):
            lines = lines_of(app)
            assert "processes with unknown names run outside this container" in lines[12]
            assert "(outside this" in lines[16] and "72." in lines[16] and "?" in lines[16]
            await pilot.press("down", "enter")
            await until(pilot, lambda: "cannot be seen from here" in text_of(app))

    run(test)


def test_odd_text_and_thousands_of_rows() -> None:
    async def test() -> None:
        def many(sample: MachineSample) -> MachineSample:
            row = sample.processes[0]
            odd = ["🔥 train 显卡", "\x1b[2J\x1b]0;x\x07evil", "עברית \u202eabc", "a\nb\tc", "", "é" * 500]
            rows = [
                {**row, "gpu": str(i % 8), "pid": i, "user": odd[i % 6][:9], "command": odd[i % 6], "run": odd[i % 5]}
                for i in range(20_000)
            ]
            return dataclasses.replace(sample, processes=rows)

        async with dashboard((120, 40), sources=Scripted(change=many).sources(), screen="gpus") as (app, pilot):
            await pilot.press("end", "a", "s", "s", "s", "s", "home", "pagedown")
            text = text_of(app)
            assert "\x1b" not in text and r"\x1b[2J" in text and "🔥" in text
            assert len(app.screen.query_one(ProcessList).marked) == 20_000
            from rich.cells import cell_len

            assert {cell_len(line) for line in lines_of(app)[12:38]} == {120}

    run(test)


def test_a_storm_of_sizes() -> None:
    async def test() -> None:
        source = Scripted(8, mig=True)
        async with dashboard((120, 40), sources=source.sources(), screen="gpus") as (app, pilot):
            for size in ((20, 5), (48, 12), (60, 16), (80, 24), (99, 31), (240, 60), (200, 20), (180, 32), (1, 1),
                         (47, 40), (80, 12), (120, 40)):  # fmt: skip
                await pilot.resize_terminal(*size)
                await pilot.press("right")
                await pilot.pause()
                assert len(lines_of(app)) == size[1]
            source.change = no_gpu()
            app.screen.query_one(DeviceList)._known.clear()
            await look_again(app, pilot, source)
            for size in ((20, 5), (60, 13), (80, 24), (240, 60), (150, 14), (30, 50), (120, 40)):
                await pilot.resize_terminal(*size)
                await pilot.pause()
                assert len(lines_of(app)) == size[1]
            assert "work --number 0" in text_of(app)
            await pilot.resize_terminal(40, 10)
            await until(pilot, lambda: "CPU" in text_of(app) and "RAM" in text_of(app))

    run(test)
