"""Signals reach the process that was meant, real ones, and no other."""

import os
import signal
import subprocess
import sys

import pytest

from hfterm.errors import AccessError, NotFoundError, UsageError
from hfterm.monitor import signals
from hfterm.processes import process_start

SLEEP = [sys.executable, "-c", "print(end='ready', flush=True); input()"]


@pytest.fixture
def child() -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(SLEEP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout
    process.stdout.read(5)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("name", ["TERM", "KILL", "INT"])
def test_it_is_sent(child: "subprocess.Popen[bytes]", name: str) -> None:
    signals.send(child.pid, name, started=process_start(child.pid))
    assert child.wait(30) == -getattr(signal, f"SIG{name}")
    with pytest.raises(NotFoundError, match=f"no process {child.pid}.*has ended"):
        signals.send(child.pid, name, started=None)


def test_one_that_ended_but_is_not_collected_has_ended(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(NotFoundError, match="has ended"):
        signals.send(child.pid, "TERM", started=None)


def test_another_process_of_that_number_is_left_alone(child: "subprocess.Popen[bytes]") -> None:
    with pytest.raises(NotFoundError, match="its number belongs to another process now"):
        signals.send(child.pid, "KILL", started=(process_start(child.pid) or 0) - 100)
    assert child.poll() is None


def test_who_must_not_be_stopped() -> None:
    with pytest.raises(AccessError, match="is hfterm itself"):
        signals.send(os.getpid(), "TERM", started=None)
    for pid in (1, 0, -1, -os.getpid()):
        with pytest.raises(AccessError, match="runs the whole machine"):
            signals.send(pid, "KILL", started=None)
    with pytest.raises(UsageError, match="no such signal 'HUP'; choose from INT, TERM, KILL"):
        signals.send(os.getpid(), "HUP", started=None)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_somebody_elses_process_is_not_ours_to_stop(child: "subprocess.Popen[bytes]") -> None:
    code = (
        "import os, sys; from hfterm.monitor import signals; from hfterm.errors import AccessError\n"
        "import psutil; os.setgid(65534); os.setuid(65534)\n"
        "try: signals.send(int(sys.argv[1]), 'KILL', started=None)\n"
        "except AccessError as exc: print(exc)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(child.pid)], capture_output=True, text=True, check=True)
    assert done.stdout == f"not permitted: process {child.pid} is root's; ask them, or use sudo\n"
    assert child.poll() is None
