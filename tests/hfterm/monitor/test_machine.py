"""The whole machine in a look: real processes of the library against a pretended driver, broken in many ways."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hfterm.monitor.devices import gpu_record
from hfterm.monitor.driver import LOOK_AGAIN_SECONDS, Answer, Driver
from hfterm.monitor.machine import BUSIEST, MachineSample
from hfterm.monitor.machine import Machine as RealMachine
from support.cli import environment
from support.fakenvml.build import Machine

# Polls once for each line it reads, with the number of seconds to wait for a driver.
POLLER = """
import dataclasses, json, sys
from hfterm.monitor.driver import Driver
from hfterm.monitor.machine import Machine
machine = Machine(driver=Driver(float(sys.argv[1])))
for line in sys.stdin:
    print(json.dumps(dataclasses.asdict(machine.poll())), flush=True)
"""


class Poller:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def poll(self) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        sample: dict[str, Any] = json.loads(self.process.stdout.readline())
        return sample


@contextmanager
def poller(home: Path, env: dict[str, str], patience: float = 20) -> Iterator[Poller]:
    process = subprocess.Popen(
        [sys.executable, "-c", POLLER, str(patience)], env=environment(home, env), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Poller(process)
    finally:
        process.kill()
        process.communicate()


def test_gpus_processes_and_host(tmp_path: Path, machine: Machine) -> None:
    with poller(tmp_path, machine.env) as real:
        machine.set(
            gpus=8,
            util="97",
            used="71000",
            procs=f"0:{os.getpid()}:70000,7:{os.getpid()}:5",
            busy=f"0:{os.getpid()}:96",
        )
        first, second = real.poll(), real.poll()
        assert [d["device"] for d in second["devices"]] == [str(i) for i in range(8)]
        rows = {row["gpu"]: row for row in second["processes"]}
        assert (rows["0"]["memory"], rows["0"]["utilization"], rows["7"]["utilization"]) == (70000 << 20, 96, 0)
        assert rows["0"]["pid"] == os.getpid() and rows["0"]["host_memory"] > 0 and rows["0"]["cpu"] >= 0
        assert first["processes"][0]["cpu"] is None and "python" in rows["7"]["command"]
        assert second["host"]["memory_total"] > 0 and second["error"] is None and second["time"] >= first["time"]
        machine.set(gpus=1, procs="0:4194200:5")
        (gone,) = real.poll()["processes"]
        assert (gone["memory"], gone["command"], gone["started"]) == (5 << 20, None, None), "a process outside"
        machine.set(gpus=2, mig="1:2", procs="1:1:5")
        sample = real.poll()
        assert [d["device"] for d in sample["devices"]] == ["0", "1", "1:0", "1:1"]
        assert [row["utilization"] for row in sample["processes"]] == [None, None]


def test_a_driver_that_fails_and_recovers_leaves_the_host(tmp_path: Path, machine: Machine) -> None:
    machine.set(fail="nvmlInitWithFlags:18")
    with poller(tmp_path, machine.env) as real:
        sample = real.poll()
        assert "different versions" in sample["error"] and sample["devices"] == []
        assert sample["host"]["memory_used"] > 0 and sample["processes"], "then the machine's own processes are shown"
    machine.set()
    with poller(tmp_path, machine.env) as real:
        assert len(real.poll()["devices"]) == 1
        machine.set(fail="nvmlDeviceGetHandleByIndex_v2:15")
        assert "reset" in real.poll()["devices"][0]["error"]
        machine.set(util="61", used="1000", procs=f"0:{os.getpid()}:700", busy=f"0:{os.getpid()}:40")
        well = real.poll()
        machine.set(fail="nvmlDeviceGetCount_v2:999")
        for _ in range(2):  # the second time it rests before it asks again
            sample = real.poll()
            assert "the NVIDIA driver fails" in sample["error"] and "its figures are from" in sample["error"]
            (old,), (was,) = sample["devices"], well["devices"]
            assert well["time"] - 60 < old.pop("stale") <= sample["time"] and old == was and old["utilization"] == 61
            (row,) = sample["processes"]
            assert (row["memory"], row["utilization"], row["pid"]) == (700 << 20, None, os.getpid())
            assert "python" in row["command"], "what the machine itself tells of it is of now"
        machine.set(util="5")
        while (sample := real.poll())["error"]:
            time.sleep(0.1)
        assert sample["devices"][0]["utilization"] == 5 and "stale" not in sample["devices"][0]


def test_a_driver_that_hangs_is_not_waited_for_twice(tmp_path: Path, machine: Machine) -> None:
    machine.set(gpus=2, util="55", used="1000", procs="0:1:5")
    with poller(tmp_path, machine.env, patience=2) as real:
        assert real.poll()["devices"][1]["utilization"] == 55
        machine.set(gpus=2, hang="nvmlDeviceGetName")
        for _ in range(3):
            sample = real.poll()
            assert "the GPU driver has not answered for" in sample["error"] and "figures are from" in sample["error"]
            assert [(d["utilization"], d["stale"] > 0) for d in sample["devices"]] == [(55, True)] * 2
            assert [row["pid"] for row in sample["processes"]] == [1] and sample["host"]["memory_used"] > 0


def test_without_a_gpu_the_busiest_processes_are_shown(isolated: Path) -> None:
    sample = RealMachine(driver=Driver(read=Answer)).poll()
    assert isinstance(sample, MachineSample) and sample.devices == [] and 0 < len(sample.processes) <= BUSIEST
    assert {"gpu", "memory", "utilization", "pid", "user", "command", "cpu", "host_memory"} <= set(sample.processes[0])


def test_a_slow_answer_is_taken_when_it_comes() -> None:
    asked, answer = threading.Semaphore(0), threading.Semaphore(0)

    def read() -> Answer:
        asked.release()
        answer.acquire()
        return Answer([gpu_record(device="0", kind="nvidia", utilization=7)])

    driver = Driver(0.01, read=read)
    assert driver.look().error
    asked.acquire()
    assert driver.look().error and not asked.acquire(blocking=False), "not asked again while it has not answered"
    answer.release()
    while (found := driver.look()).error:
        pass
    assert found.devices[0]["utilization"] == 7
    answer.release()


def test_where_there_is_no_driver_it_is_looked_for_now_and_then() -> None:
    now, asked = [0.0], []
    driver = Driver(read=lambda: Answer(notes=(f"asked {asked.append(1)}",)), clock=lambda: now[0])
    for _ in range(3):
        driver.look()
    assert len(asked) == 1
    now[0] += LOOK_AGAIN_SECONDS
    driver.look()
    assert len(asked) == 2


def test_hundreds_of_processes(tmp_path: Path, machine: Machine) -> None:
    pids = 300
    machine.set(gpus=8, procs=",".join(f"{i % 8}:{1 + i // 8}:5" for i in range(pids)))
    with poller(tmp_path, machine.env) as real:
        assert len(real.poll()["processes"]) == pids
