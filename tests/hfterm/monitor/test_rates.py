"""Rates between two looks at this machine; the clock is set by hand, the load is real."""

import os
from pathlib import Path

import psutil
import pytest

from hfterm.monitor import rates
from hfterm.monitor.rates import HostRates

pytestmark = pytest.mark.usefixtures("isolated")


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


def test_the_first_look_knows_no_rates_the_second_does(tmp_path: Path) -> None:
    clock = Clock()
    host = HostRates(clock)
    first = host.look()
    assert (first.cpu, first.per_core) == (None, ())
    assert {first.disk_read, first.disk_write, first.net_received, first.net_sent} == {None}
    spent = os.times().user
    while os.times().user < spent + 0.1:
        sum(range(1000))
    clock.now += 0.5
    second = host.look()
    assert second.cpu is not None and 0 < second.cpu <= 100
    assert len(second.per_core) == psutil.cpu_count() and max(second.per_core) > 0
    assert second.memory_used and second.memory_total and second.memory_used < second.memory_total
    assert second.memory_total <= psutil.virtual_memory().total
    assert second.disk_free and second.disk_total and second.disk_free < second.disk_total
    assert second.load and second.uptime and second.cores > 0 and second.name


def test_a_counter_that_begins_anew_has_no_rate() -> None:
    host = HostRates(Clock())
    assert [host._rate("x", moment, count) for moment, count in ((1.0, 100.0), (3.0, 300.0))] == [None, 100.0]
    assert host._rate("x", 4.0, 7.0) is None
    assert host._rate("x", 4.0, 9.0) is None, "no time has passed"
    assert host._rate("x", 5.0, None) is None
    assert host._rate("x", 6.0, 1000.0) is None, "it was away"


def test_the_network_is_what_goes_through_real_cards() -> None:
    cards = psutil.net_io_counters(pernic=True)
    received, _ = rates._network()
    real = {name: card.bytes_recv for name, card in cards.items() if not name.startswith(rates.VIRTUAL_NETWORKS)}
    assert "lo" not in real
    assert (received is None) == (not real)
    if received is not None:
        assert received >= sum(real.values())


def test_what_the_system_refuses_to_tell_is_none() -> None:
    assert rates._ask("disk_usage", "/nowhere/at/all") is None


def test_space_of_a_state_folder_that_is_not_there_yet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HFTERM_HOME", str(tmp_path / "a" / "b"))
    assert HostRates(Clock()).look().disk_total
