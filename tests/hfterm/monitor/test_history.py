import dataclasses
from typing import Any

import pytest

from hfterm.monitor.devices import gpu_record
from hfterm.monitor.history import HOST, History
from hfterm.monitor.machine import MachineSample
from hfterm.monitor.pretend import PretendMachine

GIB = 1 << 30
HOST_SAMPLE = PretendMachine(lambda: 0.0).poll().host


def sample(*devices: dict[str, Any], **host: Any) -> MachineSample:
    return MachineSample(0.0, list(devices), [], dataclasses.replace(HOST_SAMPLE, **host))


def gpu(name: str, utilization: int | None = 50, **more: Any) -> dict[str, Any]:
    return gpu_record(device=name, kind="nvidia", utilization=utilization, **more)


def test_the_newest_come_last_and_are_padded() -> None:
    history = History(keep=4)
    assert history.trend("nvidia:0", "utilization", 3) == [None, None, None] and len(history) == 0
    for value in range(1, 7):
        history.add(sample(gpu("0", value)))
    assert len(history) == 4
    assert history.trend("nvidia:0", "utilization", 3) == [4, 5, 6]
    assert history.trend("nvidia:0", "utilization", 6) == [None, None, 3, 4, 5, 6]
    assert history.trend("nvidia:0", "utilization", 0) == []


def test_shares_and_what_is_not_known() -> None:
    history = History()
    history.add(sample(gpu("0", None, memory_used=20 * GIB, memory_total=80 * GIB, power=700.5, temperature=63)))
    told = {
        field: history.trend("nvidia:0", field, 1)[0] for field in ("utilization", "memory", "power", "temperature")
    }
    assert told == {"utilization": None, "memory": 25.0, "power": 700.5, "temperature": 63}
    assert history.trend("nvidia:0", "nonsense", 2) == [None, None] and history.trend("nvidia:9", "power", 2) == [
        None,
        None,
    ]


def test_the_host() -> None:
    history = History()
    history.add(sample(cpu=None, memory_used=1, memory_total=4, disk_read=5e9, swap_total=0, swap_used=0))
    history.add(sample(cpu=12.5, memory_used=None, net_sent=2.0))
    assert history.trend(HOST, "cpu", 2) == [None, 12.5]
    assert history.trend(HOST, "memory", 2) == [25.0, None]
    assert history.trend(HOST, "disk_read", 2)[0] == 5e9
    assert history.trend(HOST, "net_sent", 1) == [2.0]
    assert history.trend(HOST, "swap", 2)[0] is None, "no swap is no share of it"


def test_a_device_that_vanishes_leaves_a_gap_and_is_forgotten_at_last() -> None:
    history = History(keep=5)
    history.add(sample(gpu("0", 1), gpu("1", 2)))
    history.add(sample(gpu("0", 3)))
    history.add(sample(gpu("0", 4), gpu("1", 5)))
    assert history.trend("nvidia:1", "utilization", 3) == [2, None, 5]
    late = sample(gpu("0", 6), gpu("2:0", 7))
    history.add(late)
    assert history.trend("nvidia:2:0", "utilization", 4) == [None, None, None, 7], "one that comes later begins then"
    for _ in range(5):
        history.add(late)
    assert history.trend("nvidia:1", "utilization", 5) == [None] * 5
    assert {device for device, _ in history._series} == {HOST, "nvidia:0", "nvidia:2:0"}


def test_gpus_of_two_makers_have_each_its_own_and_figures_of_old_are_none() -> None:
    history = History(keep=5)
    history.add(sample(gpu("0", 1)))
    history.add(sample(gpu("nv0", 2), gpu_record(device="amd0", kind="amd", utilization=9)))
    history.add(sample({**gpu("0", 3), "stale": 7.0}))
    assert history.trend("nvidia:0", "utilization", 3) == [1, 2, None]
    assert history.trend("amd:0", "utilization", 3) == [None, 9, None]


@pytest.mark.parametrize("keep", [1, 600])
def test_memory_stays_constant(keep: int) -> None:
    history, machine = History(keep), PretendMachine(lambda: 0.0)
    for second in range(2 * keep + 3):
        history.add(machine.at(float(second)) if keep == 1 else sample(gpu("0", second % 100)))
    assert all(len(series) == keep for series in history._series.values())
