"""What is remembered of processes from look to look. The processes are real, the clock is set by hand."""

import getpass
import os
import subprocess
import sys
import time

import psutil
import pytest

from hfterm import runs
from hfterm.monitor.procs import CARD_SECONDS, RUNS_SECONDS, Details
from hfterm.processes import process_start

pytestmark = pytest.mark.usefixtures("isolated")
SPIN = [sys.executable, "-c", "import sys\nprint('ready', flush=True)\nwhile True: pass"]
REST = [sys.executable, "-c", "import sys; print('ready', flush=True); sys.stdin.read()"]


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def start(argv: list[str]) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"ready\n"
    return process


def end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.communicate()


def used(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def test_facts_of_a_process() -> None:
    process = start([*REST, "--token", "sesame"])
    try:
        details = Details()
        details.begin()
        facts = details.of(process.pid)
    finally:
        end(process)
    assert facts["user"] == getpass.getuser() and facts["run"] is None and facts["cpu"] is None
    assert facts["command"].endswith("--token ***") and facts["host_memory"] > 1 << 20
    assert abs(facts["started"] - time.time()) < 60 and facts["since"].endswith("Z")
    details.begin()
    assert set(details.of(process.pid).values()) == {None}, "it is gone"


def test_cpu_is_what_was_used_between_two_looks() -> None:
    clock, process = Clock(), start(SPIN)
    details = Details(clock)
    try:
        details.begin()
        assert details.of(process.pid)["cpu"] is None
        before = used(process.pid)
        while used(process.pid) < before + 0.2:
            time.sleep(0.01)
        clock.now += 0.4
        details.begin()
        cpu = details.of(process.pid)["cpu"]
        clock.now += 0.4
        assert details.of(process.pid)["cpu"] == cpu, "once a look"
        assert [row["pid"] for row in details.busiest(1)] == [process.pid]
    finally:
        end(process)
    assert cpu >= 50


def test_the_run_of_a_process_and_of_its_workers_is_read_now_and_then() -> None:
    clock, process = Clock(), start(REST)
    details = Details(clock)
    try:
        details.begin()
        assert details.of(os.getpid())["run"] is None
        run = runs.create("mine", {"method": "sft"})
        clock.now += RUNS_SECONDS
        details.begin()
        assert (details.of(os.getpid())["run"], details.of(process.pid)["run"]) == ("mine", "mine")
        run.write_status({**run.status(), "state": "done"})
        details.begin()
        assert details.of(process.pid)["run"] == "mine", "not read again yet"
        clock.now += RUNS_SECONDS
        details.begin()
        assert details.of(process.pid)["run"] is None
    finally:
        end(process)


def test_a_command_line_that_changed_is_seen_after_a_while() -> None:
    clock = Clock()
    process = start(["bash", "-c", "echo ready; read; exec sleep 300"])
    try:
        details = Details(clock)
        details.begin()
        assert details.of(process.pid)["command"].startswith("bash")
        assert process.stdin
        process.stdin.write(b"\n")
        process.stdin.flush()
        while "sleep" not in psutil.Process(process.pid).name():
            time.sleep(0.01)
        clock.now += CARD_SECONDS + 1
        details.begin()
        assert details.of(process.pid)["command"] == "sleep 300"
    finally:
        end(process)


def test_a_number_used_again_is_another_process() -> None:
    details = Details(Clock())
    details.begin()
    details.of(os.getpid())
    card = details._cards[os.getpid()]
    card.reading = card.reading._replace(began=card.reading.began - 1)  # as if another had had the number
    details.begin()
    assert details.of(os.getpid())["cpu"] is None
    assert abs(details.of(os.getpid())["started"] - (process_start(os.getpid()) or 0)) < 2


def test_the_busiest_are_programs_and_what_is_not_asked_for_is_forgotten() -> None:
    details = Details(Clock())
    details.begin()
    rows = details.busiest(5)
    assert 0 < len(rows) <= 5 and all(row["host_memory"] for row in rows)
    details.begin()
    details.of(os.getpid())
    details.begin()
    assert list(details._cards) == [os.getpid()]
