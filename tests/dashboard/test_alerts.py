"""Alerts and advice, from what is known alone."""

import dataclasses
from types import SimpleNamespace
from typing import Any

from hfterm.dashboard.advice import advice
from hfterm.dashboard.alerts import alerts
from hfterm.dashboard.state import State
from hfterm.monitor.pretend import PretendMachine

SAMPLE = PretendMachine(lambda: 1795420800.0).poll()


def machine(**changes: Any) -> State:
    """A state whose first GPU has ``changes``."""
    first = {**SAMPLE.devices[0], "temperature": 50.0, "memory_used": 1 << 30, **changes}
    return State(machine=dataclasses.replace(SAMPLE, devices=[first]))


def run(state: str, *, gone: bool = False, **more: Any) -> Any:
    return SimpleNamespace(name=f"r-{state}", kind="hfterm", state=state, step=3, key=state, gone=gone, **more)


def test_a_quiet_machine_alerts_of_nothing() -> None:
    assert alerts(State()) == alerts(machine()) == []


def test_what_is_wrong_with_a_gpu() -> None:
    assert [a.text for a in alerts(machine(error="it has fallen off the bus"))] == ["GPU 0: it has fallen off the bus"]
    assert "91 °C" in alerts(machine(temperature=91.0))[0].text
    assert "99% full" in alerts(machine(memory_used=99, memory_total=100))[0].text
    assert (
        alerts(State(machine=dataclasses.replace(SAMPLE, devices=[], error="driver and library differ")))[0].level
        == "bad"
    )


def test_a_full_disk_is_worse_than_a_nearly_full_one() -> None:
    def at(free: int) -> State:
        return State(
            machine=dataclasses.replace(machine().machine, host=dataclasses.replace(SAMPLE.host, disk_free=free))
        )

    assert [a.level for a in alerts(at(2 << 30))] == ["warn"]
    assert [a.level for a in alerts(at(100 << 20))] == ["bad"]


def test_the_worst_comes_first_and_old_runs_are_not_told_for_ever() -> None:
    state = machine(temperature=91.0)
    state.problems["runs"] = "no answer for 9 s"
    state.runs = [run("failed"), *[run("lost") for _ in range(9)]]
    found = alerts(state)
    assert [a.level for a in found] == ["bad", "bad", "warn", "warn", "warn"]
    assert found[0].text == "runs: no answer for 9 s" and found[0].go == "runs"


def test_advice_fits_the_case() -> None:
    assert advice(State()) == []
    state = State(runs=[])
    assert [a.do for a in advice(state)][:2] == [":demo", ":train sft MODEL DATA"]
    state.runs = [run("lost"), run("done"), run("failed")]
    words = [f"{a.do} {a.why}" for a in advice(state)]
    assert words[0].startswith("3") and "resume r-lost, which is lost at step 3" in words[0]
    assert any("run:r-done" in w for w in words) and len(words) <= 5


def test_idle_gpus_are_pointed_out() -> None:
    idle = machine(utilization=0, memory_used=0)
    idle.runs = []
    assert any(a.do == "CUDA_VISIBLE_DEVICES=0" for a in advice(idle))


def test_what_was_removed_is_no_concern() -> None:
    state = State(runs=[run("failed", gone=True), run("done", gone=True), run("running", gone=True)])
    assert alerts(state) == [] and state.live() is None
    assert not any("r-" in one.do + one.why for one in advice(state))
