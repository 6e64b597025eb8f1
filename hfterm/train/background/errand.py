"""Work that is no training of ours but is looked at as a run: a sweep, a launch of the user's own script.

Its folder has ``run.json``, ``status.json``, ``events.jsonl`` and ``log.txt`` as any run's: listed, followed and
stopped like one. There is nothing in it to push or to chat with.
"""

import os
import sys
import threading
from collections.abc import Mapping
from typing import Any

from hfterm import paths, runs
from hfterm.errors import UsageError
from hfterm.files import write_text
from hfterm.processes import environment, now, redact_object
from hfterm.runs import Run
from hfterm.text import to_json
from hfterm.train.journal import Journal

# What ``run.json`` calls the method of such a run.
METHODS = ("sweep", "launch")


class Errand(Journal):
    """Context: the run is "running" inside, and "done", "failed" or "stopped" after it.

    ``apart``: nobody is at a terminal, so standard output and errors go to ``log.txt``, those of child processes too,
    until this process ends. Else they stay, and ``log.txt`` has what :meth:`say` is told.
    """

    def __init__(self, run: Run, *, apart: bool) -> None:
        super().__init__(run)
        self._status |= {"step": None, "max_steps": None}
        self._apart = apart

    def __enter__(self) -> "Errand":
        self._stack.enter_context(self.run.lock())
        path = self.run.path / "log.txt"
        self._log_file = self._stack.enter_context(path.open("a", encoding="utf-8", buffering=1))
        if self._apart:
            for number, stream in ((1, sys.stdout), (2, sys.stderr)):
                stream.flush()
                os.dup2(self._log_file.fileno(), number)
        self.status(force=True, error=None, exit_code=None, ended=None)
        self._beat = threading.Thread(target=self._heartbeat, name="hfterm-heartbeat", daemon=True)
        self._beat.start()
        return self

    def say(self, text: str) -> None:
        """Add a line to ``log.txt``, where standard errors do not go there anyway."""
        if not self._apart:
            self._log_file.write(text + "\n")


def errand(name: str, method: str, model: str, facts: Mapping[str, Any], *, apart: bool) -> Errand:
    """The run ``name`` of one of ``METHODS``, made, or taken up again. ``facts`` go to its ``run.json``.

    Raises:
        UsageError: a run of that name is there and is of another method.
    """
    told = {"method": method, "model": model, **facts, **environment(())}
    told["command"] = ["hfterm", *told["command"][1:]]
    folder = paths.runs_dir() / name
    if not folder.is_dir():
        return Errand(runs.create(name, told), apart=apart)
    run = Run(name, folder)
    before = run.facts()
    if before.get("method") != method:
        had = before.get("method") or "a damaged one"
        raise UsageError(f"a run named {name!r} exists and is no {method} ({had})", "choose another --name")
    kept = {"name": name, **told, "created": before.get("created") or now()}
    write_text(folder / "run.json", to_json(redact_object(kept), indent=2) + "\n")
    return Errand(run, apart=apart)
