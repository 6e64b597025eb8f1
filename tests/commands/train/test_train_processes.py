"""A run of ours on two processes that talk by gloo."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil

from support.cli import Hfterm
from support.tiny import facts_file, tiny_model


def rank_one(launcher: int) -> int:
    """The second process that a launcher started."""
    for child in psutil.Process(launcher).children():
        if child.environ().get("RANK") == "1":
            return child.pid
    raise AssertionError("there is no second process")


def test_two_processes_of_which_one_is_killed_come_to_the_end_all_the_same(hfterm: Hfterm, tmp_path: Path) -> None:
    run = hfterm.home / "hfterm" / "runs" / "two"

    def events(kind: str) -> list[dict[str, Any]]:
        try:
            lines = (run / "events.jsonl").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [row for row in map(json.loads, lines) if row["event"] == kind]

    child = hfterm.popen(
        *("train", "sft", tiny_model(tmp_path / "tiny"), facts_file(tmp_path / "facts.jsonl", repeat=4)),
        *("--name", "two", "--device", "cpu", "--nproc", "2", "--max-restarts", "1", "--progress", "none"),
        *("--max-steps", "400", "--save-steps", "5", "--logging-steps", "1", "--keep", "last"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )

    def wait_for(save: int, life: int) -> None:
        until = time.monotonic() + 300
        while len(events("begin")) < life or not any(row["step"] >= save for row in events("save")):
            assert child.poll() is None and time.monotonic() < until, child.communicate()
            time.sleep(0.02)

    wait_for(5, 1)
    os.kill(rank_one(child.pid), signal.SIGKILL)
    wait_for(5, 2)
    status = json.loads((run / "status.json").read_text())
    assert (status["state"], status["pid"]) == ("running", child.pid)
    hfterm("train", "stop", "two", check=0)
    stdout, stderr = child.communicate(timeout=300)
    assert (child.returncode, stdout) == (143, b""), stderr
    assert b"rank 1 of 2 was killed by SIGKILL; all start again (restart 1 of 1)" in stderr

    first, second = events("begin")
    real = {"world_size": 2, "backend": "gloo", "distributed_type": "MULTI_CPU", "effective_batch": 8}
    real |= {"dtype": "float32", "mixed_precision": "no", "attention": "sdpa"}
    assert real.items() <= first.items() and real.items() <= second.items()
    assert first["step"] == 0 and second["step"] % 5 == 0 and second["step"] > 0
    losses: dict[int, set[float]] = {}
    for row in events("log"):
        losses.setdefault(row["step"], set()).add(row["loss"])
    assert all(len(found) == 1 for found in losses.values())  # what was done twice came out the same
    status = json.loads((run / "status.json").read_text())
    assert (status["state"], status["exit_code"]) == ("stopped", 143)
    newest = run / "checkpoints" / f"checkpoint-{status['step']}"
    sealed = json.loads((newest / "hfterm-complete.json").read_text())["files"]
    assert {"rng_state_0.pth", "rng_state_1.pth", "optimizer.pt"} <= set(sealed)
    assert json.loads((run / "run.json").read_text())["launch"] == {"processes": 2, "max_restarts": 1}
