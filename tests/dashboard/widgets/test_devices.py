"""Devices in a line, in a panel and in a strip: nothing is ever wider than its place, and what is unknown is a dash."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from rich.style import Style
from rich.text import Text

from hfterm.dashboard.widgets import meter as meters
from hfterm.dashboard.widgets.device_line import device_line, labels, layout, together
from hfterm.dashboard.widgets.devices import DevicePanel, DeviceStrip, host_facts, strips
from hfterm.dashboard.widgets.meter import Meter, flow, of_total, short_name, size
from hfterm.monitor.devices import gpu_record
from hfterm.monitor.pretend import PretendMachine
from hfterm.monitor.rates import HostSample
from support.dash import Clock, dashboard, lines_of, terminal, until

GIB = 1 << 30
WIDTHS = (20, 44, 58, 76, 90, 116, 160, 236)


def pen(glyphs: str = "braille") -> Any:
    """What a meter needs of a widget, without an app."""
    app = SimpleNamespace(ascii=glyphs == "ascii", terminal=SimpleNamespace(glyphs=glyphs))
    return SimpleNamespace(shade=lambda role: Style(), hfterm=app)


def gpu(device: str = "0", **known: Any) -> dict[str, Any]:
    index, _, mig = device.partition(":")
    return gpu_record(device=device, kind="nvidia", index=int(index), mig=int(mig) if mig else None, **known)


def test_sizes_take_five_cells() -> None:
    assert [size(n) for n in (None, 0, 999, 1000, 150 * 1024, 71.25 * GIB, 999 * GIB, 1500 * GIB)] == [
        "-", "0B", "999B", "1.0K", "150K", "71.2G", "999G", "1.5T",
    ]  # fmt: skip
    assert max(len(size(10.0**n * x)) for n in range(15) for x in (1, 4.99, 9.996)) <= 5
    assert [of_total(*pair) for pair in ((None, 5), (512 << 20, None), (71.2 * GIB, 80 * GIB))] == [
        "-", "512M", "71.2/80G",
    ]  # fmt: skip
    assert of_total(1077 * GIB, 1274 * GIB, 9) == "1.1/1.2T"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("NVIDIA H100 80GB HBM3", "H100"),
        ("NVIDIA GeForce RTX 4090", "RTX 4090"),
        ("AMD Instinct MI300X", "MI300X"),
        ("NVIDIA A100-SXM4-80GB MIG 1g.10gb", "1g.10gb"),
        ("Tesla V100-PCIE-16GB\x1b[31m", r"V100--\x1b[31m"),
        (None, "?"),
        ("GPU", "?"),
    ],
)
def test_short_names(name: str | None, short: str) -> None:
    assert short_name(name) == short


def test_colours_say_what_needs_an_eye() -> None:
    assert [meters.load_role(x) for x in (None, 0, 0.3, 0.9)] == ["dim", "dim", "accent", "good"]
    assert [meters.fill_role(x) for x in (None, 0.91, 0.95, 0.98)] == ["dim", "accent", "warn", "bad"]
    assert [meters.heat_role(x) for x in (None, 60, 80, 90)] == ["dim", "plain", "warn", "bad"]
    assert [meters.power_role(x) for x in (None, 0.5, 0.99)] == ["dim", "plain", "warn"]
    assert meters.worries({"throttle": ["power limit", "too hot"], "ecc_errors": 1}) == ["too hot", "1 memory error"]


@pytest.mark.parametrize(
    ("glyphs", "bars"),
    [
        ("braille", ["────", "━━──", "━━╸─", "━━━━", "    "]),
        ("blocks", ["    ", "██  ", "██▌ ", "████", "    "]),
        ("ascii", ["....", "##..", "##..", "####", "    "]),
    ],
)
def test_bars_in_the_signs_that_the_terminal_has(glyphs: str, bars: list[str]) -> None:
    drawn = []
    for share in (0, 0.5, 0.625, 1.7, None):
        line = Text()
        Meter(pen(glyphs)).bar(line, share, 4, "good")
        drawn.append(line.plain)
    assert drawn == bars


DEVICES = [
    gpu("0", name="NVIDIA H100 80GB HBM3", utilization=97, memory_used=72 * GIB, memory_total=80 * GIB, temperature=66,
        power=650.0, power_limit=700.0, clock=1980, throttle=["too hot"], ecc_errors=12),
    gpu("1", name="NVIDIA H100 80GB HBM3", visible=False),
    gpu("2", error="GPU is lost: stop its programs, then 'sudo nvidia-smi --gpu-reset' or reboot"),
    gpu("3", name="🔥 émoji 显卡 עברית", utilization=0, memory_used=0, memory_total=0, power=0.0, power_limit=0.0),
    gpu("3:11", name="NVIDIA H100 80GB HBM3 MIG 1g.10gb", memory_used=3 * GIB, memory_total=10 * GIB),
]  # fmt: skip


@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_line_fits_whatever_is_known(width: int, glyphs: str) -> None:
    found = layout([together(DEVICES), *DEVICES], width)
    for device in [together(DEVICES), *DEVICES]:
        line = device_line(Meter(pen(glyphs)), device, found, width, [97.0] * 400)
        assert line.cell_len <= max(width, 44), line.plain
        if glyphs == "ascii":
            assert all(ord(c) < 128 or c in str(device["name"]) for c in line.plain.replace("…", ""))
    first = device_line(Meter(pen(glyphs)), DEVICES[0], found, width).plain
    for text in ("97%", "72.0/80G", "66", "650"):
        assert text in first
    assert ("!" in first) != ("too hot" in first), "that the clocks are held back is said at every width"


def test_more_is_shown_where_there_is_room() -> None:
    narrow, middle, wide = (layout(DEVICES[:1], width) for width in (42, 76, 150))
    assert (narrow.name, narrow.cap, narrow.spark) == (0, False, 0)
    assert middle.name and middle.cap and middle.spark and not middle.clock
    assert wide.clock and wide.words and wide.spark > middle.spark
    over = {text: start for start, text in labels(wide)}
    line = device_line(Meter(pen()), DEVICES[0], wide, 150, [50.0] * 400).plain
    assert line[over["util"]] == "━" and line[over["memory"]] == "━" and line[over["trend"]] == "⣤"
    assert line[over["MHz"] - 1 : over["MHz"] + 3].strip() == "1980" and line[over["trouble"] :].startswith("too hot")


def test_great_numbers_keep_their_columns() -> None:
    devices = [gpu(str(i), name="X", utilization=9, memory_used=150 * GIB, memory_total=192 * GIB, power=1150.0,
                   power_limit=1200.0) for i in range(72)]  # fmt: skip
    found = layout([together(devices), *devices], 80)
    lines = [device_line(Meter(pen()), d, found, 76).plain for d in (together(devices), devices[0])]
    assert " 11/14T " in lines[0] and " 83/86kW" in lines[0] and " 150/192G " in lines[1]
    assert " 1.1/1.2kW" in lines[1] or " 1.2/1.2kW" in lines[1]


def test_all_together_counts_whole_gpus_once() -> None:
    all_ = together(DEVICES)
    assert all_["name"] == "4 GPUs" and all_["utilization"] == 48.5
    assert (all_["memory_used"], all_["memory_total"], all_["temperature"]) == (72 * GIB, 80 * GIB, 66)
    nothing = together([gpu(error="no answer")])
    assert nothing["utilization"] is None and nothing["memory_used"] is None and nothing["name"] == "1 GPU"


@pytest.mark.parametrize("width", [18, 40, 79, 120])
@pytest.mark.parametrize("count", [1, 8, 72])
def test_a_strip_fits(width: int, count: int) -> None:
    devices = [gpu(str(i), utilization=97, memory_used=70 * GIB, memory_total=80 * GIB) for i in range(count)]
    lines = strips(pen(), devices, width)
    assert len(lines) <= 3 and all(line.cell_len <= width for line in lines)
    if count == 8 and width == 79:
        assert len(lines) == 1 and lines[0].plain.endswith("mem 88%")
    if count == 72:
        assert lines[-1].plain.endswith(" more")


def test_a_strip_of_odd_devices() -> None:
    (line,) = strips(pen("ascii"), DEVICES, 120)
    assert "2 error" in line.plain and "3:11" not in line.plain and "0 #" in line.plain


NOWHERE = HostSample(
    name="x", cpu=None, cores=0.5, per_core=(), load=None, memory_used=None, memory_total=None, swap_used=None,
    swap_total=None, disk_read=None, disk_write=None, net_received=None, net_sent=None, disk_free=None,
    disk_total=None, uptime=None,
)  # fmt: skip


def test_a_host_of_which_nothing_is_known() -> None:
    assert [fact.plain for fact in host_facts(Meter(pen()), NOWHERE)] == ["CPU          - of 0.5"]


def test_facts_flow_into_lines() -> None:
    facts = [Text(word) for word in ("one", "two", "three", "four")]
    assert [line.plain for line in flow(facts, 10)] == ["one  two", "three", "four"]
    assert [line.plain for line in flow(facts, 10, 2)] == ["one  two", "three"]
    assert [line.plain for line in flow([], 10)] == [""]


def run(test: Callable[[], Awaitable[Any]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
def test_home_shows_devices_and_host(glyphs: str) -> None:
    async def test() -> None:
        async with dashboard((120, 40), term=terminal(glyphs=glyphs)) as (app, pilot):
            lines = lines_of(app)
            assert "GPUs" in lines[1] and "util" in lines[1] and "memory" in lines[1]
            for n, line in enumerate(lines[2:10]):
                assert line[2:].startswith(f"{n} H100 ") and "/700W" in line
            assert "CPU" in lines[10] and "RAM" in lines[10] and "net" in lines[11]
            app.screen.query_one(DevicePanel).focus()
            await pilot.pause()
            assert "util" in lines_of(app)[1], "the title is painted again in the colour of the focus"
            await pilot.resize_terminal(80, 24)
            await until(pilot, lambda: "mem " in lines_of(app)[1])
            assert app.screen.query_one(DeviceStrip).size.height == 1
            await pilot.resize_terminal(50, 20)
            await until(pilot, lambda: app.screen.query_one(DeviceStrip).size.height == 2)

    run(test)


def test_parts_are_left_out_before_gpus_are() -> None:
    async def test() -> None:
        from hfterm.dashboard.sources import pretend

        source = pretend(Clock())
        source.machine = PretendMachine(Clock(), gpus=10, mig=True)  # twelve lines for ten
        async with dashboard((120, 40), sources=source) as (app, pilot):
            text = "\n".join(lines_of(app)[1:13])
            assert " 9 H100" in text and "9:0" not in text
            source.machine = PretendMachine(Clock(), gpus=16)
            app.pump.samplers["machine"]._poll = source.machine.poll
            app.pump.now()
            await until(pilot, lambda: " 15 " in "\n".join(lines_of(app)[1:4]))

    run(test)
