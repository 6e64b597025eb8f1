"""What is kept of a run that another process watches over: it waits to begin, or is begun again after a crash.

``<state>/background/NAME/`` is there from when the run is asked for until its supervisor has nothing left to do::

    supervisor.json  who watches (pid, process_started, host, heartbeat), what for, and how it ended
    stdin            the records that were piped in, for when the run begins
    job              the job that the supervisor runs as, when it was detached
    stop             somebody asked the run to stop: nobody is to begin it again

The run's own folder comes when it trains. Until then, and when it never came to that, this folder is the run:
see :mod:`hfterm.runs`. Only the standard library is used here.
"""

import contextlib
import json
import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hfterm import paths
from hfterm.files import write_text
from hfterm.processes import is_alive, seconds_since
from hfterm.text import redact, to_json, whole

# The supervisor of a run on another machine (shared disk) is gone when its heartbeat is older than this.
LOST_SECONDS = 300.0
# What supervisor.json says of a supervisor that will not begin the run any more.
ENDED = "ended"

Facts = dict[str, Any]


def root() -> Path:
    """The folder that holds one folder a supervised run."""
    return paths.state_dir() / "background"


def folder(name: str) -> Path:
    """Where the records of the run ``name`` are; it need not exist."""
    return root() / name


def names() -> list[str]:
    """Names of all runs with a supervisor's record, unsorted."""
    try:
        with os.scandir(root()) as entries:
            return [entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def read(name: str) -> Facts:
    """A run's ``supervisor.json``; empty when there is none, or it is torn."""
    with contextlib.suppress(OSError, ValueError):
        value = json.loads((folder(name) / "supervisor.json").read_text(encoding="utf-8"))
        return value if isinstance(value, dict) else {}
    return {}


def write(name: str, facts: Mapping[str, Any]) -> None:
    """Replace a run's ``supervisor.json``; its folder must be there."""
    text = whole(to_json(facts, indent=2)) + "\n"  # a command line may hold what is no UTF-8
    write_text(folder(name) / "supervisor.json", text, fsync=facts.get("phase") == ENDED)


def alive(facts: Mapping[str, Any]) -> bool:
    """Whether the process that wrote these facts still watches."""
    if not facts:
        return False
    if facts.get("host") != socket.gethostname():
        return seconds_since(facts.get("heartbeat", "")) < LOST_SECONDS
    return is_alive(facts.get("pid"), facts.get("process_started"))


def waiting(name: str) -> Facts:
    """The facts of a run whose supervisor lives and will begin it, or has begun it; else empty."""
    facts = read(name)
    return facts if facts.get("phase") != ENDED and alive(facts) else {}


def waiting_for(run: Path) -> str | None:
    """What the supervisor of the run whose folder is ``run`` waits for, in words; None: nobody is to begin it."""
    facts = waiting(run.name) if _ours(run) else {}
    return redact(str(facts.get("waits_for") or "its start")) if facts else None


def run_facts(run: Path) -> Facts:
    """What stands for ``run.json`` while the run's folder is not there: name, method, model, created, command, cwd."""
    facts = {} if run.exists() or not _ours(run) else read(run.name)
    return {key: facts[key] for key in ("name", "method", "model", "created", "command", "cwd") if key in facts}


def run_status(run: Path) -> Facts:
    """What stands for ``status.json`` then; its ``state`` is "queued", or how the run ended before it began."""
    facts = {} if run.exists() or not _ours(run) else read(run.name)
    known = ("pid", "process_started", "host", "heartbeat", "error", "exit_code", "ended")
    return {"state": facts.get("state") or "queued", **{k: facts[k] for k in known if k in facts}} if facts else {}


def _ours(run: Path) -> bool:
    """Whether the folder is one of this state folder's runs: others have supervisors of their own."""
    return run.parent == paths.runs_dir()


def ask_stop(name: str) -> None:
    """Note that the run is to stop, so that its supervisor does not take the end for a crash."""
    with contextlib.suppress(OSError):
        if folder(name).is_dir():
            (folder(name) / "stop").touch()


def stop_asked(name: str) -> bool:
    """Whether the run was asked to stop."""
    return (folder(name) / "stop").exists()


def job_id(name: str) -> str | None:
    """The job that the supervisor runs as; None when it was not detached."""
    with contextlib.suppress(OSError):
        return (folder(name) / "job").read_text(encoding="utf-8").strip() or None
    return None


def remove(name: str) -> None:
    """Forget it; one that is not there is no error."""
    shutil.rmtree(folder(name), ignore_errors=True)
