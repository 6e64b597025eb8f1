"""``hfterm gpu procs``."""

import getpass
import json
import os
import subprocess
import sys

from support.cli import Hfterm
from support.fakenvml.build import Machine

SLEEP = [sys.executable, "-c", "import time; time.sleep(300)"]


def test_processes_with_user_command_and_memory(hfterm: Hfterm, machine: Machine) -> None:
    argv = [*SLEEP, "--token", "hf_abcdefghijklmnopqrstuvwxyz", "--hub-key=sesame", "--max-new-tokens", "7"]
    process = subprocess.Popen(argv)
    try:
        machine.set(gpus=2, procs=f"0:{process.pid}:1024,1:{process.pid}:-")
        found = [json.loads(line) for line in hfterm("gpu", "procs", env=machine.env, check=0).lines]
        table = hfterm("gpu", "procs", "-f", "table", env=machine.env, check=0).stdout
    finally:
        process.kill()
        process.wait()
    assert [(p["gpu"], p["pid"], p["memory"]) for p in found] == [("0", process.pid, 1 << 30), ("1", process.pid, None)]
    assert found[0]["user"] == getpass.getuser()
    assert found[0]["since"].endswith("Z")
    assert found[0]["run"] is None
    assert found[0]["command"].endswith("--token *** --hub-key=*** --max-new-tokens 7")
    assert "1.0 GiB" in table and "sesame" not in table and "hf_abc" not in table


def test_a_process_that_is_gone(hfterm: Hfterm, machine: Machine) -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    machine.set(procs=f"0:{process.pid}:5")
    (row,) = map(json.loads, hfterm("gpu", "procs", env=machine.env, check=0).lines)
    assert (row["user"], row["command"], row["since"], row["memory"]) == (None, None, None, 5 << 20)


def test_how_busy_each_process_keeps_a_gpu(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(
        gpus=3, procs="0:1:5,0:2:5,1:1:5,2:1:5", busy="0:1:55,2:1:4000000", fail="nvmlDeviceGetProcessUtilization@1:3"
    )
    rows = [json.loads(line) for line in hfterm("gpu", "procs", env=machine.env, check=0).lines]
    told = {(row["gpu"], row["pid"]): row["utilization"] for row in rows}
    assert told == {("0", 1): 55, ("0", 2): 0, ("1", 1): None, ("2", 1): 1}, "an impossible sample does not count"


def test_processes_on_mig_devices_are_told_by_device(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=2, mig="1:2", procs="1:1:5")
    rows = [json.loads(line) for line in hfterm("gpu", "procs", env=machine.env, check=0).lines]
    assert {row["gpu"] for row in rows} == {"1:0", "1:1"}


def test_the_run_of_a_worker(hfterm: Hfterm, machine: Machine) -> None:
    """A launcher's child counts as the run whose process the launcher is."""
    code = (
        "import os, subprocess, sys; from hfterm import runs;"
        "runs.create('mine', {'method': 'sft'});"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)']);"
        "print(child.pid, flush=True); child.wait()"
    )
    launcher = subprocess.Popen(
        [sys.executable, "-c", code], env=hfterm.env(), stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert launcher.stdout
    worker = int(launcher.stdout.readline())
    try:
        machine.set(procs=f"0:{worker}:10,0:{os.getpid()}:10")
        rows = [json.loads(line) for line in hfterm("gpu", "procs", env=machine.env, check=0).lines]
    finally:
        os.killpg(launcher.pid, 9)
        launcher.wait()
        launcher.stdout.close()
    assert {row["pid"]: row["run"] for row in rows} == {worker: "mine", os.getpid(): None}


def test_without_processes_or_gpu_there_is_nothing(hfterm: Hfterm, machine: Machine) -> None:
    for settings in ({"gpus": 1}, {"gpus": 0}):
        machine.set(**settings)
        result = hfterm("gpu", "procs", env=machine.env, check=0)
        assert (result.stdout, result.stderr) == ("", "")


def test_a_broken_driver(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(fail="nvmlInitWithFlags:18")
    assert "reboot" in hfterm("gpu", "procs", env=machine.env, check=1).stderr
