"""Runs of other makers, followed: whatever can be known from their files."""

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hfterm.runs import MARKER, complete
from hfterm.text import redact, sanitize
from hfterm.tracking.discover import Found, reader_for
from hfterm.tracking.followed import LIVE_SECONDS, Followed, flat
from hfterm.tracking.own import folder_size
from hfterm.tracking.pace import pace
from hfterm.tracking.readers import trainer_state
from hfterm.tracking.tail import LogTail

# Where settings are kept, the likeliest first; logs by their names.
_SETTINGS = (
    "hparams.yaml", "hparams.yml", "hparams.json", "args.json", "args.yaml", "training_args.json", "params.json",
    "config.yaml", "config.yml", "config.json", "adapter_config.json",
)  # fmt: skip
_LARGEST_SETTINGS = 1 << 20
_MOST_SETTINGS = 500
_LOG = re.compile(
    r"(?i)(log|logs|train|training|output|out|stdout|stderr|console|run)\.(log|txt|out)|nohup\.out|.+\.log|slurm-.+\.out"
)
_ALIAS = re.compile(r"(?m)(?:^|[\s,\[{:-])\*\w")
_SAVED = re.compile(r"(?:.*[^a-z])?(?:checkpoint|global_step|step|iter)[-_=]?(\d+)(?:[^0-9].*)?", re.IGNORECASE)


class ForeignRun(Followed):
    """A run that is known by its files alone: "live" while they are written, else "idle"."""

    def __init__(self, found: Found, clock: Callable[[], float] = time.time) -> None:
        super().__init__(f"path:{found.path}", found.name, found.kind, found.path, clock)
        self._reader = reader = reader_for(found)
        self._source = reader
        self._folder = found.path if found.path.is_dir() else found.path.parent
        self._created = _modified(found.path)
        self.written = self._created
        self._found_log_at: object = None
        self._observed: list[tuple[float, float, float]] = []
        self.refresh()

    @property
    def created(self) -> float:
        """When its folder or file was last written, as of the first look."""
        return self._created

    def refresh(self) -> bool:
        """See :meth:`Followed.refresh`."""
        before = self.state, self.gone
        self.gone = not self.path.exists()
        self.written = max(self.written, _modified(self.log.path) if self.log else 0.0)
        self.state = "live" if not self.gone and self.clock() - self.written < LIVE_SECONDS else "idle"
        self._look_for_log()
        return before != (self.state, self.gone)

    def read(self, budget: float = 0.1) -> bool:
        """See :meth:`Followed.read`."""
        any_read = super().read(budget)
        facts = self._source.facts
        steps = [int(series.last_step) for series in self._series.values()]
        if isinstance(done := facts.get("global_step"), int):
            steps.append(done)
        self.step = max(steps, default=None)
        most = facts.get("max_steps")
        self.max_steps = int(most) if isinstance(most, int | float) and 0 < most < 1e15 else None
        return any_read

    def _has_read(self) -> None:
        super()._has_read()
        if self._pace is None and self.kind == "trainer":
            self._pace = pace(sorted((float(step), 0.0, when) for step, when in self._saved_at()))
        if self._pace is None and not self.more:
            # No times in the log: what we see ourselves.
            last = max(series.last_step for series in self._series.values())
            if self._observed and last <= self._observed[-1][0]:
                self._observed.clear()
            self._observed = [*self._observed[-50:], (last, 0.0, self.clock())]
            self._pace = pace(self._observed)

    def _saved_at(self) -> list[tuple[int, float]]:
        """Steps of the Trainer's checkpoints, and when each was written."""
        states = [(step, _modified(path / trainer_state.FILE)) for step, path in self._saved()]
        return [(step, when) for step, when in states if when]

    def _look_for_log(self) -> None:
        if self.log is not None and not self.log.missing:
            return
        stamp = _modified(self._folder)
        if stamp == self._found_log_at:
            return
        self._found_log_at = stamp
        try:
            with os.scandir(self._folder) as entries:
                logs = [
                    Path(e.path) for e in entries if _LOG.fullmatch(e.name) and e.is_file() and e.path != str(self.path)
                ]
        except OSError:
            return
        if logs:
            self.log = LogTail(max(logs, key=_modified))
            self.log.poll()

    def configuration(self) -> list[tuple[str, str]]:
        """What the log says beside metrics, then the first file of settings that is there."""
        rows = list(flat(self._source.facts))
        for tag, text in getattr(self._source, "texts", {}).items():
            found = _parsed(text)
            name = tag.removesuffix("/text_summary")
            rows += flat({name: found} if found else {name: redact(text[:2000])})
        places = [self._folder, *(path for _, path in self._saved()[-1:])]
        for path in (place / name for name in _SETTINGS for place in places):
            if path != self.path and (found := _settings(path)):
                rows += flat(found)
                break
        return [(sanitize(name, cell=True), value) for name, value in rows[:_MOST_SETTINGS]]

    def _saved(self) -> list[tuple[int, Path]]:
        """Checkpoints by step, in order."""
        if not self.path.is_dir():
            return []
        found = []
        for folder in (self.path, self.path / "checkpoints"):
            try:
                names = os.listdir(folder)
            except OSError:
                continue
            for name in names:
                if (match := _SAVED.fullmatch(name)) and not name.endswith((".tmp", ".json", ".log", ".txt")):
                    found.append((int(match[1]), folder / name))
        return sorted(found)

    def checkpoints(self) -> list[dict[str, Any]]:
        """See :meth:`Followed.checkpoints`. The Trainer's are complete once they hold its state."""
        facts = self._source.facts
        best_name = str(facts.get("best_model_checkpoint") or "").replace("\\", "/").rstrip("/").rpartition("/")[2]
        rows = []
        for step, path in self._saved():
            if (path / MARKER).exists():
                whole = complete(path)
            else:
                whole = self.kind != "trainer" or (path / trainer_state.FILE).exists()
            size = folder_size(path) if path.is_dir() else _size(path)
            rows.append(
                {"step": step, "path": str(path), "bytes": size, "complete": whole, "best": path.name == best_name}
            )
        return rows

    def ending(self) -> str | None:
        """Only that its files are gone: others do not say how their runs ended."""
        return f"{str(self.path)!r} is gone" if self.gone else None


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _settings(path: Path) -> dict[str, Any]:
    """A file of settings as an object; empty when it is none."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_SETTINGS:
            return {}
        return _parsed(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return {}


def _parsed(text: str) -> dict[str, Any]:
    """JSON, or YAML without anything that runs code; empty when it is no object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        import yaml

        if _ALIAS.search(text):  # a few of them in each other fill the memory
            return {}
        try:
            found = yaml.safe_load(text)
        except (yaml.YAMLError, ValueError, RecursionError):
            return {}
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else {}
