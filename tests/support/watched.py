"""Supervised runs without a model: what is ordered, and trainers that are small real processes."""

import sys
from pathlib import Path
from typing import Any

from hfterm.train.background.wishes import Order, Wishes

# Arguments: the run's name, the folder to note each life in, and for each life what it does in the end: an exit code,
# "kill" (SIGKILL of itself), "fail" (an error), "wait" (until it is asked to end). "--resume" comes after them.
TRAINER = """
import os, signal, sys, time
from pathlib import Path
from hfterm import paths, runs
from hfterm.errors import HftermError, Terminated
from hfterm.train.journal import Journal
name, notes, *ends = [word for word in sys.argv[1:] if word != "--resume"]
lives = Path(notes) / "lives"
with lives.open("a") as stream:
    stream.write(" ".join([str(os.getpid()), "resume" if "--resume" in sys.argv else "new", sys.stdin.read(100).strip()]) + "\\n")
end = ends[len(lives.read_text().splitlines()) - 1]
asked = []
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda number, _: asked.append(number))
if end.isdigit() and int(end):
    sys.exit(int(end))
run = runs.get(name) if (paths.runs_dir() / name).is_dir() else runs.create(name, {"method": "sft", "recipe": {}})
with run.lock():
    try:
        with Journal(run) as journal:
            journal.status(force=True, step=7, max_steps=10)
            if end == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if end == "fail":
                raise HftermError("it broke")
            if end == "wait":
                (Path(notes) / "up").touch()
                while not asked:
                    time.sleep(0.01)
                raise Terminated if asked[0] == signal.SIGTERM else KeyboardInterrupt
    except (Terminated, KeyboardInterrupt):
        sys.exit(143 if asked[0] == signal.SIGTERM else 130)
    except HftermError as error:
        print(f"hfterm: {error}", file=sys.__stderr__)
        sys.exit(1)
"""


def order(name: str, notes: Path, *ends: str, stdin: Path | None = None, **wishes: Any) -> Order:
    """An order for that trainer, each of whose lives ends as told."""
    argv = (sys.executable, "-P", "-c", TRAINER, name, str(notes), *ends)
    return Order(name, "sft", "org/tiny", argv, Wishes(**wishes), str(stdin) if stdin else None)


def lives(notes: Path) -> list[list[str]]:
    """For each life of the trainer: its pid, "new" or "resume", and what it read."""
    return [line.split() for line in (notes / "lives").read_text().splitlines()] if (notes / "lives").exists() else []
