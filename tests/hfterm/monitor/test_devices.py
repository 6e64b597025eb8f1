"""GPUs of two makers in one machine, which each number from 0: each is itself, and is called by its maker too."""

import json
from pathlib import Path
from typing import Any

from hfterm.monitor.devices import gpu_record, identity, tell_apart
from hfterm.monitor.driver import LOOK_AGAIN_SECONDS, TRY_AGAIN_SECONDS, Answer, Driver
from hfterm.monitor.sizes import amount
from hfterm.monitor.wait import names, wait_free
from support.cli import Hfterm
from support.fakeamd import STAND_IN
from support.fakenvml.build import Machine
from support.fakenvml.fixtures import machine, nvml_library

__all__ = ["machine", "nvml_library"]


def gpu(kind: str, device: str, **known: Any) -> dict[str, Any]:
    return gpu_record(device=device, kind=kind, index=int(device[0]), **known)


def row(kind: str, name: str) -> dict[str, Any]:
    return {"kind": kind, "gpu": name, "pid": 5, "memory": 1, "utilization": 3}


def test_one_maker_s_are_numbered_as_ever() -> None:
    devices, rows = [gpu("nvidia", "0"), gpu("nvidia", "1"), gpu("nvidia", "1:0")], [row("nvidia", "1:0")]
    tell_apart(devices, rows)
    assert [d["device"] for d in devices] == ["0", "1", "1:0"] and rows[0]["gpu"] == "1:0"
    assert [identity(d) for d in devices] == ["nvidia:0", "nvidia:1", "nvidia:1:0"]


def test_two_makers_are_told_apart_and_stay_who_they_are() -> None:
    devices = [gpu("nvidia", "0"), gpu("nvidia", "0:1"), gpu("amd", "0"), gpu_record(device="cpu", kind="cpu")]
    rows = [row("nvidia", "0:1"), row("amd", "0")]
    before = [identity(d) for d in devices]
    for _ in range(2):
        tell_apart(devices, rows)
        assert [d["device"] for d in devices] == ["nv0", "nv0:1", "amd0", "cpu"]
        assert [r["gpu"] for r in rows] == ["nv0:1", "amd0"]
    assert [identity(d) for d in devices] == before and len(set(before)) == 4


def test_a_driver_that_fails_beside_one_that_is_well() -> None:
    now = [0.0]
    both = Answer([gpu("nvidia", "0", utilization=7), gpu("amd", "0")], [row("nvidia", "0"), row("amd", "0")])
    half = Answer([gpu("amd", "0")], [row("amd", "0")], error="it broke", failed=("nvidia",))
    answers = [both, half, Answer(error="all broke", failed=("nvidia", "amd")), Answer([gpu("amd", "0")])]
    driver = Driver(60, read=lambda: answers.pop(0), clock=lambda: now[0], wall=lambda: 1000 + now[0])

    def seen() -> list[tuple[str, float | None]]:
        now[0] += LOOK_AGAIN_SECONDS
        found = driver.look()
        assert [r["gpu"] for r in found.processes] == [d["device"] for d in found.devices if "amd" in d["device"] or
                                                       d["device"] != "0"]  # fmt: skip
        return sorted((d["device"], d.get("stale")) for d in found.devices)

    assert seen() == [("amd0", None), ("nv0", None)]
    assert seen() == [("amd0", None), ("nv0", 1010.0)]
    assert seen() == [("amd0", 1020.0), ("nv0", 1010.0)]
    now[0] += TRY_AGAIN_SECONDS / 2
    assert len(driver.look().devices) == 2 and len(answers) == 1, "it rests a little before it asks again"
    now[0] += TRY_AGAIN_SECONDS
    assert [d["device"] for d in driver.look().devices] == ["0"], "a maker whose driver is well and has none is gone"


def test_a_program_gets_gpus_of_one_maker() -> None:
    def known(kind: str, device: str, free: int) -> dict[str, Any]:
        return gpu(kind, device, memory_free=free, memory_total=100, visible=True, name="X")

    from hfterm.monitor.devices import Survey

    there = [known("nvidia", "0", 90), known("nvidia", "1", 50), known("amd", "0", 80), known("amd", "1", 70)]
    found = wait_free(amount("60%"), 2, look=lambda: Survey(there))
    assert {d["kind"] for d in found} == {"amd"} and names(found) == "0,1"
    assert names(wait_free(amount("60%"), 1, look=lambda: Survey(there))) == "0"


def test_the_commands_tell_them_apart(hfterm: Hfterm, machine: Machine, tmp_path: Path) -> None:
    machine.set(gpus=2, procs="0:1:5")
    env = machine.env
    (tmp_path / "amd").mkdir()
    (tmp_path / "amd" / "amdsmi.py").write_text(STAND_IN.format(init="pass"))
    env["PYTHONPATH"] += f":{tmp_path / 'amd'}"
    shown = [json.loads(line) for line in hfterm("gpu", env=env, check=0).lines]
    assert [d["device"] for d in shown] == ["nv0", "nv1", "amd0", "amd1"]
    used = [json.loads(line) for line in hfterm("gpu", "procs", env=env, check=0).lines]
    assert [(r["kind"], r["gpu"]) for r in used] == [("nvidia", "nv0"), ("amd", "amd0")]
