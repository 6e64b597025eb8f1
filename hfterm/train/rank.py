"""One of the processes that train a run together: ``python -m hfterm.train.rank RUN_FOLDER``, under torchrun.

The first reads ``run.json`` and tells the others, on its own and on other nodes; each prepares, and trains. The first
writes the run's files, the others a log each (``log.1.txt``, ...).
"""

import contextlib
import json
import os
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from hfterm.errors import HftermError, Terminated, one_line, translate
from hfterm.files import Locked, lock
from hfterm.interrupts import heeded
from hfterm.output import Output
from hfterm.processes import now, process_start
from hfterm.progress import Progress
from hfterm.runs import Run
from hfterm.text import redact
from hfterm.train import checkpoints, data_kept
from hfterm.train.journal import Journal, libraries_to
from hfterm.train.launch.child import LEADER, LIFE, PARENT
from hfterm.train.launch.shape import TOLD, Shape, told_shape
from hfterm.train.launch.spread import DISPLAY
from hfterm.train.prepare import find_model, prepare
from hfterm.train.recipes import from_dict
from hfterm.train.run import Result
from hfterm.train.site import Site
from hfterm.train.together import Together
from hfterm.train.watch import Stopper
from hfterm.train.work import work

# In a run's folder: held by the process that writes it, and how long to wait for one of a life before.
LOCK, ALONE_SECONDS = "rank.lock", 120.0


class First(Journal):
    """The journal of the process that writes the run's files. How the run ended is for the launcher to say."""

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._ended.set()
        self._beat.join()
        with contextlib.suppress(OSError):
            self.status(force=True)
            if isinstance(exc, Exception):
                known = translate(exc)
                self.event("error", error=redact(str(known) if known else f"{type(exc).__name__}: {one_line(exc)}"))
                if not isinstance(exc, HftermError):
                    traceback.print_exception(exc, file=self._log_file)
        with contextlib.suppress(OSError):
            self._stack.close()


class Quiet(Journal):
    """The journal of a process that writes none of the run's files: reads as the other, writes a log of its own."""

    def __init__(self, run: Run, rank: int) -> None:
        super().__init__(run)
        self._name = f"log.{rank}.txt"

    def __enter__(self) -> "Quiet":
        self._log_file = self._stack.enter_context(
            (self.run.path / self._name).open("a", encoding="utf-8", buffering=1)
        )
        self._stack.enter_context(libraries_to(self._log_file))
        self._stack.enter_context(contextlib.redirect_stdout(self._log_file))
        self._stack.enter_context(contextlib.redirect_stderr(self._log_file))
        return self

    def __exit__(self, *exc: Any) -> None:
        with contextlib.suppress(OSError):
            self._stack.close()

    def update(self, fields: Any, *, force: bool = False) -> None:
        """Nothing: the first process keeps the status."""

    def event(self, event: str, **numbers: Any) -> None:
        """Nothing: the first process writes the events."""


def main(folder: str, changes: str) -> int:
    """Train the run in ``folder`` as one of its processes; ``changes`` (JSON) are those of its recipe for this life.

    Both count in the first process only, which tells the others.

    Returns the exit code. A stop by a signal is no failure: the launcher would start the processes again.
    """
    stopper = Patient(_say)
    try:
        with heeded():
            _train(folder, json.loads(changes), stopper)
    except (KeyboardInterrupt, Terminated):
        return 0
    except Exception as exc:
        error = translate(exc)
        if error is None:
            raise
        sys.excepthook(type(error), error, exc.__traceback__)
        return error.exit_code
    return 0


class Patient(Stopper):
    """Remembers the first signal; the launcher, which passed it on, sees to it that a second one acts at once.

    Slurm sends one to every process of a job step, and the launcher the same again.
    """

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Remember the first."""
        if self.signal is None:
            super().on_signal(number, frame)


def _train(folder: str, changes: dict[str, Any], stopper: Stopper) -> None:
    wanted = told_shape(os.environ[TOLD])
    device = _join(wanted)
    together = Site()
    run, facts, changes = together.meet(Path(folder), changes)
    recipe = from_dict(str(facts["method"]), {**facts["recipe"], **changes, "device": device})
    display = json.loads(os.environ.get(DISPLAY, "{}"))
    out = Output(**display) if together.first else Output(quiet=True, progress="none")
    together.say(out)
    # What there is to say about the data was said before the processes were started.
    mute = Output(quiet=True, progress="none")
    with together.blamed():
        data, eval_data = data_kept.again(run, facts)
        model_path = Path(facts["model_path"])
        if together.away and not model_path.is_dir():
            model_path = find_model(facts["model"], mute, recipe.METHOD)
    recipe = data_kept.with_template(recipe, run)
    prepared = prepare(recipe, model_path, data, eval_data, mute, Progress(mute))
    journal = First(run, process=_launcher()) if together.first else Quiet(run, together.rank)
    with contextlib.ExitStack() as stack:
        if together.first:
            stack.enter_context(alone(run))
        stack.enter_context(journal)
        start = together.hand_out(_start(run, together, out))
        made = work(prepared, journal, stopper, start, out, together)
        if together.first:
            result = Result(run.name, run.output(), seconds=journal.seconds, **made)
            journal.status(result={**asdict(result), "path": str(result.path)})
        together.wait()
    together.leave()
    stopper.raise_it()


@contextlib.contextmanager
def alone(run: Run, seconds: float = ALONE_SECONDS) -> Iterator[None]:
    """Context: no other process writes the run's files.

    One of a life before may be at it still, where it ran on another machine than its launcher, which was killed.

    Raises:
        HftermError: another does after so many seconds.
    """
    until = time.monotonic() + seconds
    with contextlib.ExitStack() as stack:
        while True:
            try:
                stack.enter_context(lock(run.path / LOCK))
                break
            except Locked as exc:
                if time.monotonic() > until:
                    raise HftermError(
                        f"run {run.name!r} is still being written by an earlier life of it ({exc})",
                        "wait until that has ended, or end it",
                    ) from exc
                time.sleep(0.2)
        yield


def _say(text: str) -> None:
    if os.environ.get("RANK", "0") == "0":
        Output().note(text)


def _join(wanted: Shape) -> str:
    """Meet the other processes; the device that is this one's."""
    device = wanted.device or "cpu"
    if "RANK" in os.environ:
        from accelerate import PartialState

        if device != "cpu":
            PartialState()
        elif wanted.settings.zero:
            PartialState(backend="gloo")  # DeepSpeed's default is for GPUs
        else:
            PartialState(cpu=True)
    return device if device == "cpu" else f"{device}:{os.environ.get('LOCAL_RANK', '0')}"


def _launcher() -> dict[str, Any]:
    """Who started us, as a status file keeps it: a signal to that one reaches all."""
    if leader := os.environ.get(LEADER):
        return {**json.loads(leader), "heartbeat": now()}
    pid = int(os.environ.get(PARENT) or os.getppid())
    return {"pid": pid, "process_started": process_start(pid), "host": socket.gethostname(), "heartbeat": now()}


def _start(run: Run, together: Together, out: Output) -> Path | None:
    """Where all go on: the first process looks, and clears away what is of no use."""
    found: Path | None = None
    if together.first:
        begin = checkpoints.start(run)
        for name, why in begin.damaged.items():
            out.warn(f"run {run.name!r}: {name} is damaged, so left out: {why}")
        found = begin.folder
    found = together.same(found)
    life = int(os.environ.get(LIFE) or os.environ.get("TORCHELASTIC_RESTART_COUNT") or 0)
    if together.first and found is not None and life:
        out.note(f"run {run.name!r} goes on from step {found.name.rpartition('-')[2]}")
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
