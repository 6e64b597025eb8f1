"""Many short lives of one training: a process that has imported the libraries forks a real ``hfterm`` for each.

Run as a program it is that process: it reads one JSON object a line (``args``, ``out``: a file for the life's
streams, ``largest``: bytes that a file may have at most), starts ``hfterm ARGS`` and answers with its pid; on the line ``{"wait": PID}`` it answers with the exit
status. Importing the trainers costs seconds, a fork milliseconds.
"""

import json
import os
import random
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hfterm.runs import MARKER, Run

# Not the same from one life to the next: how long something took.
TIMES = ("eval_runtime", "eval_samples_per_second", "eval_steps_per_second")
LIFE_SECONDS = 600.0


def serve() -> None:
    """Import what a training needs, then fork a life for each line of standard input."""
    import torch  # noqa: F401
    import transformers
    import trl

    import hfterm.train.run  # noqa: F401
    from hfterm.cli import run

    _ = transformers.Trainer, transformers.AutoModelForCausalLM, transformers.AutoTokenizer, trl.SFTTrainer
    answers = os.fdopen(os.dup(1), "w")
    print("up", file=answers, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            print(os.waitpid(order["wait"], 0)[1], file=answers, flush=True)
            continue
        if not (pid := os.fork()):
            os.setsid()
            if order["largest"]:
                resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest"], order["largest"]))
            stream = os.open(order["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(stream, 1)
            os.dup2(stream, 2)
            code = 70
            try:
                code = run(order["args"])
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(code)
        print(pid, file=answers, flush=True)


class Lives:
    """Lives of runs under one state folder; use it as a context."""

    def __init__(self, env: Mapping[str, str], cwd: Path) -> None:
        self.cwd = cwd
        self.runs = Path(env["HFTERM_HOME"]) / "runs"
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__],
            env={**env, "TOKENIZERS_PARALLELISM": "false"},
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._alive: set[int] = set()

    def __enter__(self) -> "Lives":
        assert self._answer() == "up"
        return self

    def __exit__(self, *exc: object) -> None:
        for pid in self._alive:
            os.kill(pid, signal.SIGKILL)
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(60)
        assert self._process.stdout
        self._process.stdout.close()

    def _answer(self) -> str:
        assert self._process.stdout
        ready = select.select([self._process.stdout], [], [], LIFE_SECONDS)[0]
        assert ready, "no answer"
        return self._process.stdout.readline().strip()

    def _tell(self, order: Mapping[str, Any]) -> str:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def begin(self, *args: str | Path, largest: int | None = None) -> int:
        """Start ``hfterm ARGS``; return its process id. ``largest``: a disk that is full at so many bytes a file."""
        order = {"args": [str(arg) for arg in args], "out": str(self.cwd / "said.txt"), "largest": largest}
        pid = int(self._tell(order))
        self._alive.add(pid)
        return pid

    def end(self, pid: int, number: int | None = None) -> int:
        """Send a signal, if any, and return the exit code (negative: the signal that ended it)."""
        if number is not None:
            os.kill(pid, number)
        status = int(self._tell({"wait": pid}))
        self._alive.discard(pid)
        return os.waitstatus_to_exitcode(status)

    def live(self, *args: str | Path, moment: Callable[[], bool] | None = None, largest: int | None = None) -> int:
        """A whole life, or one that is killed once ``moment`` has come; returns the exit code."""
        pid = self.begin(*args, largest=largest)
        while moment is not None and not moment():
            if not alive(pid):
                return self.end(pid)
            time.sleep(0.0005)
        return self.end(pid, None if moment is None else signal.SIGKILL)

    def run(self, name: str) -> Run:
        """The run of that name."""
        return Run(name, self.runs / name)

    @property
    def said(self) -> str:
        """What all lives wrote to their streams."""
        path = self.cwd / "said.txt"
        return path.read_text() if path.exists() else ""

    def hear(self, *args: str | Path, largest: int | None = None) -> tuple[int, str]:
        """A whole life: its exit code, and what it wrote."""
        before = len(self.said)
        code = self.live(*args, largest=largest)
        return code, self.said[before:]


def alive(pid: int) -> bool:
    """Whether a process has not ended; one that nobody has waited for yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# --- moments to be killed at ----------------------------------------------------------------


def after(seconds: float) -> Callable[[], bool]:
    """So long from now."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


def after_begin(run: Run, seconds: float) -> Callable[[], bool]:
    """So long after the next life has begun to train."""
    before, until = _count(run, b'"begin"'), float("inf")

    def moment() -> bool:
        nonlocal until
        if until == float("inf") and _count(run, b'"begin"') > before:
            until = time.monotonic() + seconds
        return time.monotonic() >= until

    return moment


def in_save(run: Run, files: int, skip: int = 0) -> Callable[[], bool]:
    """While a checkpoint that has so many files already is being written, or is written and has no marker.

    ``skip``: how many checkpoints are let pass first.
    """
    before = set(_folders(run))
    passed: set[Path] = set()

    def moment() -> bool:
        now = _folders(run)
        before.intersection_update(now)  # a torn one is removed, and saved again
        for folder in now:
            if folder in before:
                continue
            try:
                names = os.listdir(folder)
            except OSError:
                continue
            if MARKER in names:
                passed.add(folder)
            elif len(passed) >= skip and len(names) >= files:
                return True
        return False

    return moment


def _folders(run: Run) -> list[Path]:
    try:
        return [path for path in (run.path / "checkpoints").iterdir() if path.name.startswith("checkpoint-")]
    except FileNotFoundError:
        return []


def _count(run: Run, what: bytes) -> int:
    try:
        return (run.path / "events.jsonl").read_bytes().count(what)
    except FileNotFoundError:
        return 0


def some_moment(run: Run, chance: random.Random, longest: float) -> tuple[str, Callable[[], bool]]:
    """A moment by chance, and its name: a third in a save, a third in training, a third anywhere."""
    kind = chance.choice(("save", "training", "anywhere"))
    if kind == "save":
        return kind, in_save(run, chance.randrange(0, 13), chance.randrange(0, 4))
    if kind == "training":
        return kind, after_begin(run, chance.uniform(0, longest))
    return kind, after(chance.uniform(0, 2 * longest))


# --- what two runs must have in common ------------------------------------------------------


def metrics(run: Run) -> dict[tuple[int, str], list[float]]:
    """Every number that was logged at a step, in each life that made it."""
    found: dict[tuple[int, str], list[float]] = {}
    for event in run.events():
        if event.get("event") in ("log", "eval"):
            for name, value in event.items():
                if name not in ("t", "event", "step", *TIMES):
                    found.setdefault((event["step"], f"{event['event']}/{name}"), []).append(value)
    return found


def differences(whole: Run, killed: Run) -> list[str]:
    """Where a run that was killed differs from one that was not: metrics, each life's, and the output's weights."""
    first, second = metrics(whole), metrics(killed)
    found = [f"step {step}: {name} was logged in one only" for step, name in first.keys() ^ second.keys()]
    for key in first.keys() & second.keys():
        for value in second[key]:
            if value != first[key][0]:
                found.append(f"step {key[0]}: {key[1]} is {value!r}, not {first[key][0]!r}")
    for path in sorted((whole.path / "output").glob("*.safetensors")):
        if path.read_bytes() != (killed.path / "output" / path.name).read_bytes():
            found.append(f"{path.name} differs")
    last = max(whole.checkpoints())
    for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth"):
        if (whole.checkpoints()[last] / name).read_bytes() != (killed.checkpoints()[last] / name).read_bytes():
            found.append(f"{name} of the last checkpoint differs")
    return found


if __name__ == "__main__":
    serve()
