import pytest

from hfterm.monitor.devices import FIELDS
from hfterm.monitor.pretend import RUN, PretendMachine

MOMENTS = [1795423003.25 + 17.3 * i for i in range(40)]


def test_the_clock_alone_decides() -> None:
    one, other = PretendMachine(lambda: 1e9), PretendMachine(lambda: 1e9)
    assert one.poll() == other.poll() == one.at(1e9)
    assert one.at(1e9 + 60) != one.poll()


@pytest.mark.parametrize("mig", [False, True])
def test_everything_is_plausible(mig: bool) -> None:
    machine = PretendMachine(lambda: MOMENTS[0], mig=mig)
    for moment in MOMENTS:
        sample = machine.at(moment)
        assert sample.time == moment and sample.error is None
        assert [d["device"] for d in sample.devices][:8] == [str(i) for i in range(8)]
        for device in sample.devices:
            assert tuple(device) == FIELDS
            assert 0 < device["memory_used"] + device["memory_free"] <= device["memory_total"]
            if device["mig"] is None:
                assert 60 < device["power"] <= device["power_limit"] and 25 <= device["temperature"] <= 85
                assert 0 <= (device["utilization"] or 0) <= 100 and 1200 <= device["clock"] <= 1980
        by_name = {device["device"]: device for device in sample.devices}
        assert len({row["pid"] for row in sample.processes}) == len(sample.processes)
        for row in sample.processes:
            assert 0 < row["memory"] <= by_name[row["gpu"]]["memory_used"]
            assert row["started"] < moment and row["since"].endswith("Z")
        assert {row["run"] for row in sample.processes} == {RUN, None}
        assert all(0 <= core <= 100 for core in sample.host.per_core) and 0 < (sample.host.cpu or 0) < 100


def test_the_last_one_cut_into_mig_devices() -> None:
    sample = PretendMachine(lambda: MOMENTS[0], mig=True).poll()
    assert [d["device"] for d in sample.devices][7:] == ["7", "7:0", "7:1"]
    assert [row["gpu"] for row in sample.processes][-2:] == ["7:0", "7:1"]


@pytest.mark.parametrize("gpus", [0, 1, 2, 3])
def test_fewer_gpus(gpus: int) -> None:
    sample = PretendMachine(lambda: MOMENTS[0], gpus=gpus).poll()
    assert len(sample.devices) == len(sample.processes) == gpus
