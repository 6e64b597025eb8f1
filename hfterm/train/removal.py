"""Remove runs: what they take, whether they may go, and away with them."""

import contextlib
import os
import shutil
import socket
from pathlib import Path

from hfterm import supervised
from hfterm.errors import AccessError, HftermError, UsageError, one_line
from hfterm.runs import Run
from hfterm.train import control


def size(run: Run) -> int:
    """Bytes in a run's folder."""
    total = 0
    for folder, _, names in os.walk(run.path):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(folder, name)).st_size
    return total


def check_deletable(run: Run) -> None:
    """Refuse a run that is at work. One that has not begun may go: it is ended then.

    Raises:
        UsageError: it is running, or is about to go on.
    """
    status = run.status()
    state = run.state(status)
    if state == "queued" and run.path.is_dir():
        raise UsageError(
            f"run {run.name!r} is about to go on: it waits for {supervised.waiting_for(run.path)}",
            f"stop it first: hfterm train stop {run.name}",
        )
    if state == "running":
        where = "" if status.get("host") == socket.gethostname() else f" on {status.get('host')}"
        raise UsageError(
            f"run {run.name!r} is running{where}, at step {status.get('step')}",
            f"stop it first: hfterm train stop {run.name}",
        )


def delete(run: Run) -> int:
    """Remove a run's folder: its name is free at once, whatever happens then. Returns the bytes freed.

    Raises:
        UsageError: it is running. HftermError: another process holds it, or some of it cannot be removed.
    """
    check_deletable(run)
    if not run.path.exists():
        return _delete_waiting(run)
    for rest in run.path.parent.glob(".*.old"):  # of a removal that was itself killed
        shutil.rmtree(rest, ignore_errors=True)
    freed = size(run)
    away = run.path.with_name(f".{run.name}.{os.getpid()}.old")
    if run.path.is_symlink():  # kept on another disk; what is no run is left there
        target, ours = run.path.resolve(), bool(run.facts())
        run.path.unlink()
        if not ours:
            return 0
        _remove(target, run)
        return freed
    try:
        with run.lock():
            run.path.rename(away)
            if not supervised.alive(supervised.read(run.name)):
                supervised.remove(run.name)
    except PermissionError as exc:
        raise AccessError(f"not permitted to remove run {run.name!r}: {run.path}") from exc
    _remove(away, run)
    return freed


def _delete_waiting(run: Run) -> int:
    """End and forget a run that has not begun."""
    freed = size(Run(run.name, supervised.folder(run.name)))
    if run.state() == "queued":
        control.stop(run, kill=True)
    supervised.remove(run.name)
    return freed


def _remove(folder: Path, run: Run) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as exc:
        shutil.rmtree(folder, ignore_errors=True)  # all but that
        raise HftermError(
            f"run {run.name!r} is gone, but some of its files cannot be removed: {one_line(exc)}",
            f"remove {folder} by hand",
        ) from exc
