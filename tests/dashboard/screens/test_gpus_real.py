"""The real dashboard in a terminal, on the real client of a pretended driver, with real processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.cli import HFTERM, Hfterm
from support.fakenvml.build import Machine
from support.fakenvml.fixtures import machine, nvml_library
from support.ptys import Pty

__all__ = ["machine", "nvml_library"]

# A training run as far as the machine can tell: its process, and the folder that names it.
RUN = """
import signal, sys, time
from hfterm import runs
run = runs.create("mine", {"method": "sft"})
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def training(hfterm: Hfterm) -> "subprocess.Popen[str]":
    argv = [sys.executable, "-P", "-c", RUN, "--marker"]
    process = subprocess.Popen(argv, env=hfterm.env(), stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.communicate()


def test_a_session_on_eight_gpus(
    hfterm: Hfterm, machine: Machine, training: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    here = {"gpus": 8, "util": "97,12", "used": "71000,2000", "total": "81920",
            "procs": f"0:{training.pid}:70000,1:{os.getpid()}:512,2:4190123:9000", "busy": f"0:{training.pid}:93"}  # fmt: skip
    machine.set(**here)
    argv = [HFTERM, "ui", "--screen", "gpus"]
    with Pty(argv, size=(80, 24), env=hfterm.env(machine.env), cwd=tmp_path) as terminal:
        terminal.wait_for("all 8 GPUs")
        terminal.wait_for("93%")
        terminal.wait_for("signal")  # the last line: all of it is there
        terminal.settle()
        lines = terminal.screen.text.splitlines()
        assert [line[2] for line in lines[3:11]] == list("01234567") and "97%" in lines[3] and "69.3/80G" in lines[3]
        row = next(line for line in lines if str(training.pid) in line)
        assert "68.4G" in row and "mine" in row and "85%" in row
        assert any("4190123" in line and "?" in line and "8.8G" in line for line in lines), "a process outside"

        # The driver, while it is looked at: a GPU is lost, another is too hot, then all is well again.
        machine.set(**here, fail="nvmlDeviceGetHandleByIndex_v2@3:15", throttle="0,0,64,0", ecc="0,0,0,0,2,0")
        terminal.wait_for("GPU is lost")
        terminal.wait_until(lambda: terminal.screen.text.count(" ! ") >= 2, "the marks of trouble")
        machine.set(**here)
        terminal.wait_gone("GPU is lost")
        machine.set(**{**here, "gpus": 7})
        terminal.wait_for("gone since")
        machine.set(**here)
        terminal.wait_gone("gone since")

        # To the run of the first process and back.
        terminal.press("home", "enter")
        terminal.wait_for("─ Runs ─")
        terminal.wait_for("mine")
        terminal.press("2")
        terminal.wait_for("all 8 GPUs")

        # One GPU, all about its process, its signal, and what came of it.
        terminal.press("right")
        terminal.wait_for("Processes on GPU 0")
        terminal.press("i")
        terminal.wait_for("--marker")
        terminal.wait_for("folder")
        terminal.press("x")
        terminal.wait_for("Send a signal to this process")
        terminal.press("t")
        assert training.wait(30) == 0, "it was asked to end"
        terminal.wait_for("has ended")
        machine.set(**{**here, "procs": ""})
        terminal.press("escape")
        terminal.wait_for("no process on GPU 0")
        machine.set(**here, fail="nvmlDeviceGetCount_v2:999")
        terminal.wait_for("the NVIDIA driver fails")
        terminal.press("Q")
        assert terminal.wait_exit() == 0


def test_readonly_and_without_a_driver(hfterm: Hfterm, tmp_path: Path) -> None:
    argv = [HFTERM, "ui", "--screen", "gpus", "--readonly"]
    with Pty(argv, size=(100, 30), env=hfterm.env(), cwd=tmp_path) as terminal:
        terminal.wait_for("CPU%")
        terminal.wait_for("network")
        terminal.wait_for(" root ") if os.geteuid() == 0 else terminal.wait_for("pid")
        terminal.press("x")
        terminal.wait_for("read-only: start without --readonly")
        terminal.signal(signal.SIGTERM)
        terminal.wait_exit()
