"""One thread a source: paused when unwatched, never stalling another."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from hfterm.dashboard import pump as pumps
from hfterm.dashboard.pump import Pump, Sampler


def wait(true: Callable[[], Any], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.005)


class Heard(list[tuple[str, Any, Exception | None]]):
    def __call__(self, name: str, data: Any, error: Exception | None) -> None:
        self.append((name, data, error))


def test_it_looks_again_and_again_while_it_is_wanted() -> None:
    heard = Heard()
    looks = iter(range(1000))
    sampler = Sampler("a", lambda: next(looks), 0.01, heard)
    sampler.want(True)
    wait(lambda: len(heard) >= 3)
    sampler.end()
    assert [data for _, data, _ in heard[:3]] == [0, 1, 2]


def test_nothing_is_read_before_somebody_watches_nor_while_nobody_does() -> None:
    heard = Heard()
    sampler = Sampler("unwatched", lambda: 1, 0.001, heard)
    assert "hfterm-unwatched" not in [t.name for t in threading.enumerate()]
    sampler.want(True)
    wait(lambda: heard)
    sampler.want(False)
    time.sleep(0.05)
    before = len(heard)
    time.sleep(0.1)
    assert len(heard) == before
    sampler.want(True)
    wait(lambda: len(heard) > before)
    sampler.end()


def test_coming_back_looks_at_once_however_long_the_interval() -> None:
    heard = Heard()
    sampler = Sampler("a", lambda: 1, 3600, heard)
    sampler.want(True)
    wait(lambda: len(heard) == 1)
    sampler.want(False)
    sampler.want(True)
    wait(lambda: len(heard) == 2)
    sampler.now()
    wait(lambda: len(heard) == 3)
    sampler.end()


def test_a_failing_source_is_reported_and_asked_again() -> None:
    heard = Heard()

    def poll() -> int:
        if len(heard) < 2:
            raise OSError("gone")
        return 7

    sampler = Sampler("a", poll, 0.001, heard)
    sampler.want(True)
    wait(lambda: len(heard) >= 3)
    sampler.end()
    assert [str(error) for _, _, error in heard[:2]] == ["gone", "gone"]
    assert heard[2][1] == 7


def test_a_hanging_source_is_told_of_and_stalls_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pumps, "HANGING_SECONDS", 0.05)
    heard, free = Heard(), threading.Event()
    pump = Pump()
    pump.add(Sampler("stuck", lambda: free.wait(30), 0.01, heard))
    pump.add(Sampler("fine", lambda: 1, 0.01, heard))
    pump.want({"stuck", "fine"})
    wait(lambda: "stuck" in pump.hanging())
    wait(lambda: sum(name == "fine" for name, _, _ in heard) > 3)
    assert "fine" not in pump.hanging()
    free.set()
    wait(lambda: any(name == "stuck" for name, _, _ in heard))
    pump.end()


def test_only_what_a_screen_needs_goes_on() -> None:
    heard = Heard()
    pump = Pump()
    for name in ("a", "b"):
        pump.add(Sampler(name, lambda: 1, 0.001, heard))
    pump.want({"a"})
    wait(lambda: len(heard) > 5)
    assert {name for name, _, _ in heard} == {"a"}
    pump.want({"b"})
    wait(lambda: any(name == "b" for name, _, _ in heard))
    pump.end()


def test_after_the_end_nothing_is_delivered() -> None:
    heard = Heard()
    sampler = Sampler("a", lambda: 1, 0.001, heard)
    sampler.want(True)
    wait(lambda: heard)
    sampler.end()
    time.sleep(0.02)
    before = len(heard)
    time.sleep(0.05)
    assert len(heard) == before
