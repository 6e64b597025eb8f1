"""The GPUs screen whatever a driver does: GPUs that vanish, sources that hang, odd text, storms of sizes."""

import dataclasses
import threading
import time

from rich.cells import cell_len

from hfterm.dashboard.widgets.device_list import DeviceList
from hfterm.dashboard.widgets.process_list import ProcessList
from hfterm.monitor.devices import tell_apart
from hfterm.monitor.machine import MachineSample
from hfterm.monitor.procs import OUTSIDE
from support.dash import dashboard, lines_of, make_app, text_of, until
from support.scripted import AT, Scripted, look_again, no_gpu, rows_of, run


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


def test_figures_of_a_driver_that_failed_are_shown_as_old() -> None:
    async def test() -> None:
        source = Scripted()
        async with dashboard((120, 40), sources=source.sources(), screen="gpus") as (app, pilot):
            before = lines_of(app)[3:11]
            error = "the NVIDIA driver fails: Unknown Error; its figures are from 08:00:00"

            def stale(sample: MachineSample) -> MachineSample:
                return dataclasses.replace(sample, error=error,
                                           devices=[{**d, "stale": AT, "ecc_errors": 123} for d in sample.devices],
                                           processes=[{**p, "stale": AT} for p in sample.processes])  # fmt: skip

            source.change = stale
            await look_again(app, pilot, source)
            await until(pilot, lambda: "Unknown Error; its figures are from" in text_of(app))
            lines, when = lines_of(app)[3:11], time.strftime("%H:%M:%S", time.localtime(AT))
            assert f"as of {when}" in text_of(app) and "gone" not in text_of(app)
            for was, now in zip(before, lines, strict=True):
                assert now.split()[:7] == was.split()[:7] and f"as of {when}" in now
            assert app.state.alerts and all("is at" not in alert.text for alert in app.state.alerts)
            source.change = lambda s: s
            await look_again(app, pilot, source)
            await until(pilot, lambda: "as of" not in text_of(app) and "Unknown Error" not in text_of(app))

    run(test)


def test_gpus_of_two_makers_are_chosen_apart() -> None:
    async def test() -> None:
        def amd_too(sample: MachineSample) -> MachineSample:
            devices = [dict(d) for d in sample.devices]
            others = [{**d, "kind": "amd", "name": "AMD Instinct MI300X", "utilization": 11} for d in devices[:2]]
            rows = [{**p, "kind": "amd", "pid": 700 + i} for i, p in enumerate(sample.processes[:2])]
            rows += [dict(p) for p in sample.processes]
            tell_apart(devices + others, rows)
            return dataclasses.replace(sample, devices=devices + others, processes=rows)

        source = Scripted(2)
        async with dashboard((100, 30), sources=source.sources(), screen="gpus") as (app, pilot):
            await pilot.press("right")  # the first GPU, while there is one maker only
            await until(pilot, lambda: [r["gpu"] for r in rows_of(app)] == ["0"])
            source.change = amd_too
            await look_again(app, pilot, source)
            await until(pilot, lambda: [r["gpu"] for r in rows_of(app)] == ["nv0"])
            assert [line[2:6] for line in lines_of(app)[3:7]] == ["nv0 ", "nv1 ", "amd0", "amd1"]
            await pilot.press("right", "right")
            await until(pilot, lambda: [(r["gpu"], r["pid"]) for r in rows_of(app)] == [("amd0", 700)])
            assert "Processes on GPU amd0" in text_of(app) and "MI300X" in text_of(app)
            await pilot.press("s")
            assert app.state.history.trend("amd:0", "utilization", 1) == [11]
            await until(pilot, lambda: app.state.history.trend("nvidia:0", "utilization", 1)[0] not in (11, None))

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
