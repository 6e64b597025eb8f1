"""Start a supervisor apart from the terminal, and wait until the run is at work, or queued, or has failed."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from hfterm import jobs, paths, runs, supervised
from hfterm.files import write_text
from hfterm.train.background.claim import Claim
from hfterm.train.background.errand import METHODS
from hfterm.train.background.wishes import Order
from hfterm.train.control import check_done, not_begun

# The supervisor's order, as :meth:`hfterm.train.background.wishes.Order.to_text` writes it.
ORDER = "_HFTERM_ORDER"


def start(order: Order, claim: Claim) -> jobs.Job:
    """Begin to supervise in a process that outlives this one; returns at once. It takes ``claim`` over.

    Raises:
        HftermError: no process can be started. OSError: the state folder cannot be written.
    """
    import sys

    argv = [sys.executable, "-P", "-m", "hfterm.train.background"]
    try:
        job = jobs.start(argv, title=f"train {order.method} {order.name}", env={ORDER: order.to_text()}, cwd=order.cwd)
    except BaseException:
        claim.forget()
        raise
    with contextlib.suppress(OSError):
        write_text(supervised.folder(order.name) / "job", job.id + "\n", fsync=False)
    return job


def await_begin(
    order: Order, job: jobs.Job, *, say: Callable[[str], None] = lambda text: None, poll: float = 0.1
) -> str:
    """Wait until the run is "running", "queued" (it waits for something) or "done"; which of them.

    ``say`` is told what it waits for.

    Raises:
        HftermError: it did not begin; the message says why, and has the exit code of the attempt.
    """
    run = runs.Run(order.name, run_path(order.name))
    while True:
        # The job first: what it wrote before its end is then surely read.
        state = job.state()
        facts = supervised.read(order.name)
        if run.path.is_dir() and run.state() == "running":
            return "running"
        if facts.get("phase") == "waiting" and state == "running":
            say(f"run {order.name!r} is queued: it waits for {facts.get('waits_for')}")
            return "queued"
        if state == "done":
            return "done"
        if state != "running":
            if not run.path.is_dir():
                supervised.remove(order.name)  # whoever asked is told here
            elif run.facts().get("method") in METHODS:
                check_done(run)  # it has written why into the run's own log
            raise not_begun(run, job, "begin")
        time.sleep(poll)


def run_path(name: str) -> Path:
    """The folder that a run will have."""
    return paths.runs_dir() / name
