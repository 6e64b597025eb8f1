"""A run of ours on two processes that talk by gloo: of one node, then of two."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from hfterm.train.launch.members import free_port
from support.cli import Hfterm
from support.tiny import facts_file, tiny_model

SETTINGS = (
    *("--device", "cpu", "--max-restarts", "1", "--progress", "none"),
    *("--max-steps", "400", "--save-steps", "5", "--logging-steps", "1", "--keep", "last"),
)


class Watched:
    """A run, and the commands that train it; ``run`` is its folder."""

    def __init__(self, run: Path, *commands: "subprocess.Popen[bytes]") -> None:
        self.run, self.commands = run, commands

    def events(self, kind: str) -> list[dict[str, Any]]:
        try:
            lines = (self.run / "events.jsonl").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [row for row in map(json.loads, lines) if row["event"] == kind]

    def status(self) -> dict[str, Any]:
        return dict(json.loads((self.run / "status.json").read_text()))

    def wait_for(self, what: Callable[[], bool]) -> None:
        until = time.monotonic() + 900
        while not what():
            ended = [command.communicate() for command in self.commands if command.poll() is not None]
            assert not ended and time.monotonic() < until, ended
            time.sleep(0.02)

    def kill_second_process(self, launcher: int) -> None:
        """Kill rank 1, a descendant of ``launcher``, once a checkpoint is whole; then wait for one of the next life."""
        self.wait_for(lambda: bool(self.events("save")))
        found = {}
        for child in psutil.Process(launcher).children(recursive=True):
            with contextlib.suppress(psutil.Error):  # one that ended meanwhile
                if child.environ().get("RANK") == "1":
                    found[child.pid] = child.ppid()
        [rank_one] = [pid for pid, parent in found.items() if parent not in found]
        os.kill(rank_one, signal.SIGKILL)
        self.wait_for(
            lambda: len(self.events("begin")) == 2 and self.status()["step"] > self.events("begin")[1]["step"]
        )
        saves = len(self.events("save"))
        self.wait_for(lambda: len(self.events("save")) > saves)

    def losses(self) -> dict[int, float]:
        """By step; what was done twice came out the same."""
        found: dict[int, set[float]] = {}
        for row in self.events("log"):
            found.setdefault(row["step"], set()).add(row["loss"])
        assert all(len(each) == 1 for each in found.values())
        return {step: each.pop() for step, each in found.items()}

    def check(self, launch: dict[str, int], **real: Any) -> None:
        """It was trained as told, stopped, and has both processes' parts of its checkpoint."""
        first, second = self.events("begin")
        real |= {"world_size": 2, "backend": "gloo", "distributed_type": "MULTI_CPU", "effective_batch": 8}
        real |= {"dtype": "float32", "mixed_precision": "no", "attention": "sdpa"}
        assert real.items() <= first.items() and real.items() <= second.items()
        assert first["step"] == 0 and second["step"] % 5 == 0 and second["step"] > 0
        status = self.status()
        assert (status["state"], status["exit_code"]) == ("stopped", 143)
        newest = self.run / "checkpoints" / f"checkpoint-{status['step']}"
        sealed = json.loads((newest / "hfterm-complete.json").read_text())["files"]
        parts = {
            f"{name}_{rank}.{end}" for name, end in (("rng_state", "pth"), ("hfterm-state", "json")) for rank in (0, 1)
        }
        assert parts | {"optimizer.pt"} <= set(sealed)
        assert json.loads((self.run / "run.json").read_text())["launch"] == {
            "processes": 2,
            **launch,
            "max_restarts": 1,
        }


@pytest.mark.timeout(2400)
def test_processes_of_one_node_and_of_two_go_on_when_one_is_killed(hfterm: Hfterm, tmp_path: Path) -> None:
    words = ("train", "sft", tiny_model(tmp_path / "tiny"), facts_file(tmp_path / "facts.jsonl", repeat=4))
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    child = hfterm.popen(*words, "--name", "two", *SETTINGS, "--nproc", "2", **streams)
    one_node = Watched(hfterm.home / "hfterm" / "runs" / "two", child)
    one_node.kill_second_process(child.pid)
    status = one_node.status()
    assert (status["state"], status["pid"]) == ("running", child.pid)
    hfterm("train", "stop", "two", check=0)
    stdout, stderr = child.communicate(timeout=900)
    assert (child.returncode, stdout) == (143, b""), stderr
    assert b"rank 1 of 2 was killed by SIGKILL; all start again (restart 1 of 1)" in stderr
    one_node.check({})

    # As srun starts them: the same command on each node. Below /proc/self/cwd neither sees the other's folder.
    home = {"HFTERM_HOME": "/proc/self/cwd/hfterm"}
    step = {"SLURM_JOB_ID": str(free_port()), "SLURM_STEP_ID": "0", "SLURM_STEP_NODELIST": "127.0.0.1,127.0.0.1"}
    step |= {"SLURM_STEP_NUM_NODES": "2", "SLURM_STEP_NUM_TASKS": "2"}
    nodes = []
    for number in (0, 1):
        (cwd := tmp_path / f"node-{number}").mkdir()
        env = {**home, **step, "SLURM_NODEID": str(number)}
        nodes.append(hfterm.popen(*words, "--name", "two", "--resume", *SETTINGS, env=env, cwd=cwd, **streams))
    two_nodes = Watched(tmp_path / "node-0" / "hfterm" / "runs" / "two", *nodes)
    two_nodes.kill_second_process(nodes[1].pid)
    assert two_nodes.status()["pid"] == nodes[0].pid
    nodes[0].send_signal(signal.SIGTERM)
    (_, first_said), (_, second_said) = (node.communicate(timeout=900) for node in nodes)
    assert [node.returncode for node in nodes] == [143, 143], (first_said, second_said)
    assert b"does not share the run's folder" in first_said
    assert b"rank 1 of 2 was killed by SIGKILL; all start again (restart 1 of 1)" in first_said
    two_nodes.check({"nodes": 2}, nodes=2)
    alike = one_node.losses(), two_nodes.losses()
    both = alike[0].keys() & alike[1].keys()
    assert len(both) >= 10 and all(alike[0][at] == alike[1][at] for at in both)
