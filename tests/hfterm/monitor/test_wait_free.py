"""Waiting, with the clock and the look handed in."""

import pytest

from hfterm.errors import HftermError
from hfterm.monitor.devices import Survey, gpu_record
from hfterm.monitor.sizes import amount
from hfterm.monitor.wait import names, wait_free


def gpu(index: int, free: int, mig: int | None = None) -> dict:
    known = {"memory_free": free, "memory_total": 100, "utilization": 0, "visible": True, "uuid": f"GPU-{index}"}
    return gpu_record(device=str(index), kind="nvidia", index=index, mig=mig, name="X", **known)


class World:
    """Surveys in turn; sleeping moves the clock."""

    def __init__(self, *rounds: list[int]) -> None:
        self.rounds, self.time, self.slept = list(rounds), 0.0, []

    def look(self) -> Survey:
        frees = self.rounds.pop(0) if len(self.rounds) > 1 else self.rounds[0]
        return Survey([gpu(i, free) for i, free in enumerate(frees)])

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def wait(self, free: str, gpus: int = 1, **options: object) -> list[dict]:
        return wait_free(amount(free), gpus, look=self.look, clock=lambda: self.time, sleep=self.sleep, **options)


def test_it_looks_until_enough_are_free_and_takes_the_freest() -> None:
    world = World([10, 10, 10], [60, 10, 10], [60, 10, 90])
    told: list[str] = []
    found = world.wait("50%", 2, interval=3.0, waiting=told.append)
    assert [d["index"] for d in found] == [2, 0]
    assert world.slept == [3.0, 3.0]
    assert told == ["waiting for 2 GPUs with 50 % free: " + "; ".join(f"GPU {i} 10 B free, 0 % busy" for i in range(3))]


def test_the_last_look_is_at_the_time_out() -> None:
    world = World([10], [10], [90])
    assert world.wait("50", interval=4.0, timeout=6.0)[0]["memory_free"] == 90
    assert world.slept == [4.0, 2.0]


def test_it_gives_up_at_the_time_out() -> None:
    world = World([10])
    with pytest.raises(HftermError, match="no 1 GPU with 50 B free within 6 s: GPU 0 10 B free"):
        world.wait("50", interval=4.0, timeout=6.0)
    assert world.time == 6.0


def test_names() -> None:
    assert names([gpu(2, 1), gpu(0, 1)]) == "2,0"
    assert names([gpu(2, 1), gpu(0, 1)], uuid=True) == "GPU-2,GPU-0"
    assert names([gpu(2, 1, mig=0)]) == "GPU-2"
