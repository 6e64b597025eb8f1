"""Runs without a model: small real processes that behave as trainers do, and runs that have ended."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator

from hfterm import runs

# Argument: the run's name, and what it does when asked to stop: "save" after its step, or "refuse".
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
        print("up", file=sys.__stdout__, flush=True)  # the journal keeps what is printed
        while not asked or manner == "refuse":
            time.sleep(0.01)
        time.sleep(0.2)
        journal.status(force=True, step=41 if len(asked) == 1 else 0)
        raise Terminated
except Terminated:
    sys.exit(143)
"""
Start = Callable[..., runs.Run]


@contextlib.contextmanager
def starting() -> Iterator[Start]:
    """A function that starts a trainer of a new run, and returns the run; they end with the block."""
    processes = []

    def start(name: str, manner: str = "save") -> runs.Run:
        run = runs.create(name, {"method": "sft", "recipe": {}})
        process = subprocess.Popen([sys.executable, "-c", TRAINER, name, manner], stdout=subprocess.PIPE)
        processes.append(process)
        assert process.stdout and process.stdout.readline() == b"up\n"
        return run

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def ended(name: str, state: str = "stopped", **facts: object) -> runs.Run:
    """A run that has ended so, at step 40."""
    run = runs.create(name, {"method": "sft", "recipe": {}, **facts})
    run.write_status({**run.status(), "state": state, "step": 40})
    return run
