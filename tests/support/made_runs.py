"""Runs on disk as training leaves them, and trainers that are small real processes without a model."""

import contextlib
import json
import math
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from hfterm import runs
from hfterm.dashboard.sources import Sources, pretend
from hfterm.dashboard.widgets.run_list import RunList
from hfterm.processes import now
from hfterm.runs import MARKER, Run
from hfterm.tracking.book import Book
from support.dash import Clock
from support.seat import Seat, seat

# Arguments: the run's name, and "save" (end after the step when asked to) or "refuse".
TRAINER = """
import signal, sys, time
from hfterm import runs
from hfterm.errors import Terminated
from hfterm.train.journal import Journal
name, manner = sys.argv[1:]
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
run = runs.get(name)
try:
    with run.lock(), Journal(run) as journal:
        journal.status(force=True, step=40, max_steps=100)
        print("up", file=sys.__stdout__, flush=True)
        while not asked or manner == "refuse":
            time.sleep(0.01)
        raise Terminated
except Terminated:
    sys.exit(143)
"""
# Makes 'hfterm train sft --resume --name NAME' that trainer, for processes with its folder in PYTHONPATH.
STAND_IN = f"""
import sys
words = sys.orig_argv
if words[-1] == "plain" and "--resume" in words and "hfterm.jobs" not in words:
    sys.argv = ["-", words[words.index("--name") + 1], "save"]
    try:
        exec({TRAINER!r})
    except SystemExit as end:
        import os
        os._exit(end.code)  # this is no place to leave in another way
"""


def made(name: str, steps: int = 50, state: str = "done", max_steps: int = 100, **status: Any) -> Run:
    """A run that logged ``steps`` steps and is in ``state``; "lost" says that it runs, by a process that is gone."""
    run = runs.create(name, {"method": "sft", "model": "org/tiny", "recipe": {"learning_rate": 2e-5}})
    log(run, 1, steps)
    (run.path / "log.txt").write_text("".join(f"said at step {n}\n" for n in range(1, steps + 1)))
    facts: dict[str, Any] = {"step": steps, "max_steps": max_steps, "loss": 1.25, "seconds": 60.0}
    if state == "lost":
        facts |= {"state": "running", "pid": 4_000_000, "process_started": 1.0}
    elif state != "running":
        facts |= {"state": state, "ended": now(), "exit_code": {"done": 0, "stopped": 143}.get(state, 1)}
    run.write_status({**run.status(), **facts, **status})
    return run


def log(run: Run, first: int, last: int) -> None:
    """Append metrics of these steps."""
    with (run.path / "events.jsonl").open("a") as stream:
        for n in range(first, last + 1):
            row = {"t": 1.8e9 + n, "event": "log", "step": n, "loss": 1 + math.exp(-n / 20), "grad_norm": 1.0}
            stream.write(json.dumps(row) + "\n")


def checkpoint(run: Run, step: int, size: int = 1000, *, torn: bool = False) -> Path:
    """A checkpoint with its marker; a torn one has lost half of a file."""
    folder = run.path / "checkpoints" / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(b"x" * (size // 2 if torn else size))
    (folder / MARKER).write_text(json.dumps({"files": {"weights": size}}))
    return folder


def train(name: str, manner: str = "save") -> "subprocess.Popen[bytes]":
    """Start the trainer of a new run, and wait until it trains."""
    run = runs.create(name, {"method": "sft", "recipe": {}})
    log(run, 1, 40)
    process = subprocess.Popen([sys.executable, "-c", TRAINER, name, manner], stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"up\n"
    process.stdout.close()
    return process


@contextlib.asynccontextmanager
async def over_runs(*folders: Path, size: tuple[int, int] = (120, 40), **options: Any) -> AsyncIterator[Seat]:
    """Somebody at the Runs screen over this machine's runs and ``folders``, which are looked at often."""
    found = pretend(Clock())
    sources = Sources(found.machine, Book(folders), found.chat, folders=folders)
    async with seat(size, screen="runs", sources=sources, interval=0.1, **options) as user:
        yield user


def chosen(user: Seat) -> Any:
    """The run under the cursor."""
    return user.app.screen.query_one(RunList).current


async def go_to(user: Seat, name: str) -> None:
    """Put the cursor on a run, once it is listed."""
    rows = user.app.screen.query_one(RunList)
    await user.until(lambda: any(row.name == name for row in rows.rows))
    rows.move_to(next(n for n, row in enumerate(rows.rows) if row.name == name))
    await user.until(lambda: chosen(user).name == name)
