"""Waiting for runs and for memory; the runs are folders, and nobody sleeps."""

from typing import Any

import pytest

from hfterm import runs, supervised
from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.monitor.devices import Survey, gpu_record
from hfterm.processes import this_process
from hfterm.train.background import waits
from hfterm.train.background.wishes import Wishes
from support.small_runs import ended

pytestmark = pytest.mark.usefixtures("isolated")


def running(name: str) -> runs.Run:
    return runs.create(name, {"method": "sft", "recipe": {}})


def queued(name: str, *awaits: str) -> None:
    supervised.folder(name).mkdir(parents=True)
    facts = {"name": name, "method": "sft", "phase": "waiting", "awaits": awaits, **this_process()}
    supervised.write(name, facts)


def finish(*those: runs.Run, state: str = "done") -> Any:
    """A pause that ends one run each time."""
    left = list(those)

    def pause(seconds: float) -> None:
        run = left.pop(0)
        run.write_status({**run.status(), "state": state})

    return pause


def test_it_begins_once_all_are_done() -> None:
    first, second, said = running("a"), running("b"), list[str]()
    waits.for_runs(Wishes(after=("a",), after_any=("b",)), finish(first, second), said.append)
    assert said == ["runs 'a', 'b'", "run 'b'"]


def test_it_does_not_wait_for_what_has_failed_unless_any_end_will_do() -> None:
    run = running("a")
    with pytest.raises(HftermError, match="run 'a', which must be done first, is not: stopped") as caught:
        waits.for_runs(Wishes(after=("a",)), finish(run, state="stopped"), lambda what: None)
    assert "--after-any" in str(caught.value)
    waits.for_runs(Wishes(after_any=("a",)), finish(), lambda what: None)


@pytest.mark.parametrize("state", ["failed", "lost", "damaged"])
def test_what_can_no_more_be_done_is_refused_at_once(state: str) -> None:
    run = ended("a", "failed" if state != "lost" else "running")
    if state == "lost":
        run.write_status({**run.status(), "pid": 4_000_000, "process_started": 1.0})
    if state == "damaged":
        (run.path / "run.json").write_text("{")
    with pytest.raises(HftermError, match=f"run 'a', which must be done first, is not: {state}"):
        waits.check(Wishes(after=("a",)), "b")


def test_what_is_removed_while_it_is_waited_for() -> None:
    import shutil

    run = running("a")

    def remove(seconds: float) -> None:
        shutil.rmtree(run.path)

    with pytest.raises(NotFoundError, match="no run named 'a'"):
        waits.for_runs(Wishes(after=("a",)), remove, lambda what: None)
    waits.for_runs(Wishes(after_any=("a",)), finish(), lambda what: None)
    with pytest.raises(NotFoundError, match="no run named 'a'"):
        waits.check(Wishes(after_any=("a",)), "b")


def test_a_circle_is_refused() -> None:
    queued("a", "b")
    queued("b", "c")
    with pytest.raises(UsageError, match="run 'a' waits for run 'c': neither would ever begin"):
        waits.check(Wishes(after=("a",)), "c")
    waits.check(Wishes(after=("a",)), "d")


def gpus(*free: float) -> Survey:
    """GPUs of 80 GiB with so much free."""
    return Survey([
        gpu_record(device=str(n), kind="nvidia", index=n, uuid=f"GPU-{n}", name="H", memory_total=80 << 30,
                   memory_free=int(f * 2**30), memory_used=int((80 - f) * 2**30), visible=True)
        for n, f in enumerate(free)
    ])  # fmt: skip


def test_memory_must_stay_free_for_a_while() -> None:
    looks, said, pauses = iter([gpus(10, 20), gpus(10, 50), gpus(10, 20), *[gpus(10, 50)] * 3]), list[str](), []
    variables, turn = waits.for_memory(Wishes(when_free="40G"), pauses.append, said.append, look=lambda: next(looks))
    assert variables == {"CUDA_VISIBLE_DEVICES": "GPU-1"} and len(pauses) == 5
    assert turn is not None
    assert said[0].startswith("40.0 GiB of free memory (no 1 GPU with 40.0 GiB free") and "20.0 GiB free" in said[0]
    turn.close()


def test_two_queued_runs_do_not_take_the_same_memory() -> None:
    _, turn = waits.for_memory(Wishes(when_free="40G"), lambda s: None, lambda what: None, look=lambda: gpus(50))
    said = list[str]()

    def pause(seconds: float) -> None:
        assert turn is not None
        if len(said) == 2:
            turn.close()

    again, mine = waits.for_memory(Wishes(when_free="40G"), pause, said.append, look=lambda: gpus(50))
    assert "another queued run is about to take it" in said[0] and again and mine is not None
    mine.close()


def test_several_gpus_and_a_machine_without_any() -> None:
    look = lambda: gpus(50, 10, 60)  # noqa: E731
    variables, turn = waits.for_memory(Wishes(when_free="40G", gpus=2), lambda s: None, lambda what: None, look=look)
    assert variables == {"CUDA_VISIBLE_DEVICES": "GPU-2,GPU-0"} and turn is not None
    turn.close()
    machine = Survey([{"device": "cpu", "kind": "cpu", "memory_total": 64 << 30, "memory_free": 32 << 30}])
    variables, turn = waits.for_memory(Wishes(when_free="50%"), lambda s: None, lambda what: None, look=lambda: machine)
    assert variables == {} and turn is not None
    turn.close()
    for survey, words in ((machine, "this machine has no GPU, and 64.0 GiB"), (gpus(70), "no GPU here has 90.0 GiB")):
        with pytest.raises(UsageError, match=words):
            waits.for_memory(Wishes(when_free="90G"), lambda s: None, lambda what: None, look=lambda s=survey: s)
    assert waits.for_memory(Wishes(), lambda s: None, lambda what: None) == ({}, None)
