"""A sweep at work: each run in a process of its own, one after another, whatever becomes of one of them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from hfterm import jobs, paths
from hfterm.errors import EXIT_CODES, Terminated
from hfterm.files import atomic_file
from hfterm.train import control
from hfterm.train.schema.document import Document
from hfterm.train.sweep.trials import Trial

Say = Callable[[str], None]
_POLL = 0.5


def keep(document: Document, prefix: str) -> Path:
    """Keep the recipe as it is now: one that is edited while the sweep runs must not change the runs to come."""
    path = paths.state_dir() / "sweeps" / f"{prefix}.{document.kind}"
    with atomic_file(path, "wb") as stream:
        stream.write(document.source)
    return path


def run(
    trials: Sequence[Trial], recipe: Path, settings: Sequence[tuple[str, str]], say: Say, more: Sequence[str] = ()
) -> Iterator[tuple[Trial, dict[str, Any]]]:
    """Train what is not done yet, in order; a record each, as it ends. ``more``: options for each run's command.

    A run that is at work already is waited for. Ctrl-C and SIGTERM stop the current run, which saves a checkpoint,
    and are raised again then.

    Raises:
        KeyboardInterrupt, Terminated: stopped by a signal.
    """
    for number, trial in enumerate(trials, 1):
        about = f"{number}/{len(trials)} {trial.name}"
        state, error = trial.state(), None
        if state in ("queued", "running"):
            say(f"{about}: at work already; waiting for it")
            _await(trial)
        elif state == "done":
            say(f"{about}: done already")
        else:
            say(f"{about}: {' '.join(f'{key}={text}' for key, text in trial.varied)}")
            error = _train(argv(trial, recipe, settings, more))
        record = trial.record(error)
        if record["state"] == "done" and state != "done":
            say(f"{about}: {_result(record)}")
        elif state != "done":  # why, it has said itself
            say(f"{about}: {record['state']}")
        yield trial, record


def _await(trial: Trial) -> None:
    """Until a run that a killed sweep left at work has ended; a request to stop is one for it too."""
    try:
        while trial.state() in ("queued", "running"):
            time.sleep(_POLL)
    except (KeyboardInterrupt, Terminated):
        control.stop(trial.run())
        raise


def argv(trial: Trial, recipe: Path, settings: Sequence[tuple[str, str]], more: Sequence[str] = ()) -> list[str]:
    """The command line that trains one of the runs, or goes on with it."""
    pairs = [f"{key}={text}" for key, text in (*settings, *trial.varied)]
    words = [word for pair in pairs for word in ("--set", pair)]
    return jobs.hfterm_argv("train", "run", str(recipe), *words, "--name", trial.name, "--resume", *more)


def _train(command: Sequence[str]) -> str | None:
    """Run one command in a session of its own; None when it ended well, else how it ended."""
    asked: BaseException | None = None
    # A terminal's Ctrl-C would reach it twice: from the terminal, and from us.
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
    while True:
        try:
            code = child.wait()
            break
        except (KeyboardInterrupt, Terminated) as exc:
            asked = exc
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGINT if isinstance(exc, KeyboardInterrupt) else signal.SIGTERM)
        except BaseException:
            child.terminate()
            child.wait()
            raise
    if asked is not None:
        raise asked
    if code == 0:
        return None
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit {code}: {EXIT_CODES.get(code, 'failed')}"


def _result(record: dict[str, Any]) -> str:
    metrics = {key: record.get(key) for key in ("loss", "eval_loss")}
    shown = [f"{key} {value:.4g}" for key, value in metrics.items() if isinstance(value, int | float)]
    return ", ".join(["done", *shown])
