"""hfterm's own runs, followed (see :mod:`hfterm.runs`)."""

import contextlib
import json
import math
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from hfterm import supervised
from hfterm.runs import MARKER, Run, complete
from hfterm.text import redact, sanitize
from hfterm.tracking.followed import Followed, flat
from hfterm.tracking.readers.events import EventsReader
from hfterm.tracking.readers.reader import Point
from hfterm.tracking.tail import LogTail

# What run.json says beside the recipe that is worth showing, in this order.
_FACTS = (
    "method",
    "model",
    "seed",
    "counts",
    "data",
    "eval_data",
    "created",
    "git_commit",
    "cwd",
    "command",
    "versions",
)


class OwnRun(Followed):
    """A run that ``hfterm train`` made: its status file tells state, step and loss before any metric is read."""

    def __init__(self, run: Run, clock: Callable[[], float] = time.time, key: str | None = None) -> None:
        super().__init__(key or f"run:{run.name}", run.name, "hfterm", run.path, clock)
        self.run = run
        self.log = LogTail(run.path / "log.txt")
        self._reader: EventsReader = EventsReader(run.path / "events.jsonl")
        self._facts: dict[str, Any] = {}
        self._status: dict[str, Any] = {}
        self._files: tuple[object, object, object] | None = None
        self._saved: tuple[object, list[dict[str, Any]]] | None = None

    @property
    def created(self) -> float:
        """From ``run.json``, else the folder's time."""
        if (when := _seconds(self._facts.get("created"))) is not None:
            return when
        with contextlib.suppress(OSError):
            return self.path.stat().st_mtime
        return 0.0

    def refresh(self) -> bool:
        """See :meth:`Followed.refresh`. An ended run costs two looks at the file system."""
        waiting = supervised.folder(self.name) / "supervisor.json"
        files = (_stamp(self.path / "run.json"), _stamp(self.path / "status.json"), _stamp(waiting))
        if files == self._files and self.state not in ("queued", "running"):
            return self._look_for_folder() if files[:2] == (None, None) else False
        before = self.state, self._status, self.gone
        if files != self._files:
            self._files = files
            self._facts, self._status = self.run.facts(), self.run.status()
        self._look_for_folder()
        self.state = self.run.state(self._status)
        step, most = self._status.get("step"), self._status.get("max_steps")
        self.step = step if isinstance(step, int) else None
        self.max_steps = most if isinstance(most, int) and most > 0 else None
        self.written = max(self.written, _seconds(self._status.get("heartbeat")) or 0.0)
        return before != (self.state, self._status, self.gone)

    def points(self, budget: float = 0.1) -> list[Point]:
        """See :meth:`Followed.points`. The file of events comes with the first of them."""
        found = super().points(budget)
        if self.problem and not (self.path / "events.jsonl").exists():
            self.problem = None
        return found

    def leave_out_repeats(self) -> None:
        """Read each step once, where a resumed run has made some again; for who reads it to the end once."""
        self._reader.leave_out_repeats()

    def _look_for_folder(self) -> bool:
        # A run that waits to begin has no folder yet, and still says what it is.
        before, self.gone = self.gone, not self.path.is_dir() and not self.run.facts()
        return before != self.gone

    @property
    def loss(self) -> float | None:
        """From the status, else from the metrics."""
        loss = self._status.get("loss")
        return float(loss) if isinstance(loss, int | float) and math.isfinite(loss) else super().loss

    @property
    def steps_per_second(self) -> float | None:
        """From the times of what was logged, else over all the time at work."""
        if (speed := super().steps_per_second) is not None:
            return speed
        seconds = self._status.get("seconds")
        return self.step / seconds if self.step and isinstance(seconds, int | float) and seconds > 0 else None

    def summary(self) -> dict[str, Any]:
        """See :meth:`Followed.summary`, with method, model, started and seconds at work."""
        return super().summary() | {
            "method": self._facts.get("method"),
            "model": self._facts.get("model"),
            "started": self._status.get("started"),
            "seconds": self._status.get("seconds"),
        }

    def configuration(self) -> list[tuple[str, str]]:
        """The recipe, then what else ``run.json`` says."""
        recipe = self._facts.get("recipe")
        command = self._facts.get("command")
        facts = {key: self._facts[key] for key in _FACTS if self._facts.get(key) is not None}
        if isinstance(command, list):
            facts["command"] = " ".join(map(str, command))
        return [*flat(recipe if isinstance(recipe, dict) else {}), *flat(facts)]

    def checkpoints(self) -> list[dict[str, Any]]:
        """See :meth:`Followed.checkpoints`; read anew when one was added or removed, or the run has ended."""
        stamp = (_stamp(self.path / "checkpoints"), self.state, len(_markers(self.path / "checkpoints")))
        if self._saved is None or self._saved[0] != stamp:
            best = self.run.best()
            rows = [
                {"step": step, "path": str(path), "bytes": _size(path), "complete": complete(path)}
                for step, path in self.run.checkpoint_folders().items()
            ]
            self._saved = stamp, [row | {"best": row["step"] == best} for row in rows]
        return self._saved[1]

    def ending(self) -> str | None:
        """See :meth:`hfterm.runs.Run.ending`; also that the folder is gone."""
        if self.gone:
            return f"the run's folder {str(self.path)!r} is gone"
        if self.state in ("running", "done"):
            return None
        waits_for = supervised.waiting_for(self.path) if self.state == "queued" else None
        said = f"queued: it waits for {waits_for}" if waits_for else self.run.ending(self._status)
        return sanitize(redact(said), cell=True) if said else None

    def note(self) -> str | None:
        """See :meth:`Followed.note`."""
        said = self.run.note()
        return sanitize(redact(said), cell=True) if said else None


def _stamp(path: Path) -> object:
    """What changes when a file is written anew; None when it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _markers(folder: Path) -> list[str]:
    """Checkpoints whose marker is there: it comes last."""
    try:
        return [name for name in os.listdir(folder) if (folder / name / MARKER).exists()]
    except OSError:
        return []


def _size(folder: Path) -> int:
    """Bytes in a checkpoint: as its marker says, else as they lie there."""
    with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
        return sum(json.loads((folder / MARKER).read_text())["files"].values())
    return folder_size(folder)


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.stat(os.path.join(parent, name)).st_size
    return total


def _seconds(moment: object) -> float | None:
    """ISO 8601 in unix seconds."""
    try:
        return datetime.fromisoformat(str(moment)).timestamp()
    except ValueError:
        return None
