"""The GPUs screen: devices and processes at every size, choosing, sorting, filtering, going on from there."""

import json

import pytest

from hfterm.dashboard.screens.process import ProcessScreen
from hfterm.dashboard.screens.trends import TrendsScreen
from hfterm.dashboard.widgets.device_list import DeviceList
from hfterm.dashboard.widgets.host_panel import HostPanel
from hfterm.dashboard.widgets.process_list import ProcessList
from hfterm.monitor.pretend import RUN
from support.dash import dashboard, lines_of, terminal, text_of, until
from support.scripted import Scripted, no_gpu, rows_of, run

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
            await pilot.press("escape")
            await pilot.resize_terminal(80, 14)  # now both lists have a scroll bar
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
            assert "its run" not in text
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
