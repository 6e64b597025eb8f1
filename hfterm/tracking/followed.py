"""One run being followed: its metrics, state, pace, configuration, checkpoints and log."""

import json
import math
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hfterm.text import readable, redact, sanitize
from hfterm.tracking.pace import POINTS, pace
from hfterm.tracking.readers.reader import Point, Reader
from hfterm.tracking.series import Series
from hfterm.tracking.tail import LogTail

KINDS = ("hfterm", "trainer", "tensorboard", "jsonl", "csv")
# A run of somebody else's, which tells nobody its state, is live while its files were written so lately.
LIVE_SECONDS = 60.0
# Names of what counts tokens, and of the loss, the likeliest first.
TOKENS = ("tokens", "num_tokens", "num_input_tokens_seen", "train/num_input_tokens_seen")
TOKEN_RATES = ("tokens_per_second", "train/tokens_per_second", "train_tokens_per_second", "tok_s")
LOSSES = ("loss", "train/loss", "train_loss", "loss/train", "training_loss", "train/total_loss", "total_loss")
# Any other training loss.
_LOSS = re.compile(r"(?i)^(?!.*(eval|val|test|dev)).*\bloss\b")
_DEEPEST = 6
_SECRET = re.compile(r"(?i)(token|password|secret|api_?key)$")


class Followed(ABC):
    """A run, hfterm's own or foreign, read by :meth:`poll`; may be shown by another thread meanwhile.

    ``key`` tells runs apart, ``kind`` is one of ``KINDS``, ``color`` the index of its colour. ``state`` is one of
    :data:`hfterm.runs.STATES`; of a foreign run "live" or "idle". ``written`` is when its files were last written
    (unix seconds). ``gone``: its folder has disappeared. ``problem`` says what is wrong with its files. ``more``:
    the last poll ended before the files did.
    """

    def __init__(self, key: str, name: str, kind: str, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.key, self.name, self.kind, self.path, self.clock = key, sanitize(name, cell=True), kind, path, clock
        self.color = 0
        self.gone = False
        self.more = False
        self.problem: str | None = None
        self.state = "idle"
        self.step: int | None = None
        self.max_steps: int | None = None
        self.written = 0.0
        self.log: LogTail | None = None
        # Whether somebody has asked for the metrics: a Book reads those first.
        self.wanted = False
        self._reader: Reader | None = None
        self._generation = 0
        self._series: dict[str, Series] = {}
        self._pace: tuple[float, float] | None = None

    @property
    def series(self) -> dict[str, Series]:
        """The metrics by name. A run nobody asks for may not have been read yet; then they come with the next poll."""
        self.wanted = True
        return self._series

    @property
    @abstractmethod
    def created(self) -> float:
        """When it was begun (unix seconds), as far as that is known."""

    @abstractmethod
    def refresh(self) -> bool:
        """Look at the state, without reading metrics; return whether anything changed."""

    def poll(self, budget: float = 0.1) -> bool:
        """Look at the state and read what has been logged; return whether anything changed."""
        changed = self.refresh()
        if self.log is not None:
            changed = self.log.poll() or changed
        return self.read(budget) or changed

    def points(self, budget: float = 0.1) -> list[Point]:
        """What has been logged since the last call, raw; who takes it so, and not by ``read``, gets no series."""
        reader = self._reader
        if reader is None:
            return []
        points = reader.poll(budget)
        self.more, self.problem = reader.more, reader.problem
        self.written = max(self.written, reader.written)
        return points

    def read(self, budget: float = 0.1) -> bool:
        """Read metrics for at most about ``budget`` seconds; return whether there were any."""
        points, reader = self.points(budget), self._reader
        if reader is None:
            return False
        series = self._series
        if reader.generation != self._generation:
            self._generation, series = reader.generation, {}
        new: dict[str, Series] = {}
        for name, step, value, moment in points:
            found = series.get(name) or new.get(name)
            if found is None:
                found = new[name] = Series(name)
            found.append(step, value, moment)
        if new or series is not self._series:
            self._series = {**series, **new}  # never changed in place: another thread may be going through it
        if points:
            self._has_read()
        return bool(points)

    def _has_read(self) -> None:
        """Take from the metrics what the state does not tell."""
        newest = self._find(LOSSES) or max(self._series.values(), key=lambda series: series.last_step, default=None)
        self._pace = pace(newest.recent(POINTS)) if newest is not None else None

    @property
    def loss(self) -> float | None:
        """The training loss logged last; None when there is none."""
        series = self._find(LOSSES) or next((self._series[n] for n in self._series if _LOSS.search(n)), None)
        return series.last if series is not None and math.isfinite(series.last) else None

    @property
    def steps_per_second(self) -> float | None:
        """The pace of late, from the times of what was logged."""
        return self._pace[0] if self._pace else None

    @property
    def tokens_per_second(self) -> float | None:
        """As logged, or from a count of tokens."""
        rate = self._find(TOKEN_RATES)
        if rate is not None and math.isfinite(rate.last):
            return rate.last
        tokens = self._find(TOKENS)
        found = pace(tokens.recent(POINTS)) if tokens is not None else None
        return found[1] if found else None

    @property
    def eta(self) -> float | None:
        """Seconds until the last step, while it is at work."""
        speed = self.steps_per_second
        if self.state not in ("running", "live") or not speed or self.max_steps is None or self.step is None:
            return None
        return max(0.0, (self.max_steps - self.step) / speed)

    def _find(self, names: tuple[str, ...]) -> Series | None:
        """The first of the metrics with one of these names, in any case."""
        series = self._series
        lower = {name.lower(): name for name in series}
        return next((series[lower[name]] for name in names if name in lower), None)

    def summary(self) -> dict[str, Any]:
        """The run in a row: what a list shows."""
        return {
            "name": self.name,
            "state": self.state,
            "kind": self.kind,
            "step": self.step,
            "max_steps": self.max_steps,
            "loss": self.loss,
            "eta": self.eta,
            "steps_per_second": self.steps_per_second,
            "tokens_per_second": self.tokens_per_second,
            "path": str(self.path),
        }

    @abstractmethod
    def configuration(self) -> list[tuple[str, str]]:
        """What it was run with, as (name, value) for reading; without secrets."""

    @abstractmethod
    def checkpoints(self) -> list[dict[str, Any]]:
        """What was saved, in order: step, path, bytes, complete, best."""

    def ending(self) -> str | None:
        """Why and when a run that did not end well ended, in a sentence; None for others."""
        return None

    def note(self) -> str | None:
        """What its owner wrote about it; None when nothing."""
        return None


def flat(found: Mapping[str, Any], above: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Settings at any depth as (dotted name, value for reading), without secrets and safe to print."""
    for key, value in found.items():
        name = f"{above}{key}"
        if isinstance(value, Mapping) and value and depth < _DEEPEST:
            yield from flat(value, f"{name}.", depth + 1)
        elif isinstance(value, str) and value and _SECRET.search(str(key)):
            yield sanitize(name, cell=True), "***"
        else:
            try:
                shown = json.dumps(value, default=str) if isinstance(value, Mapping) else readable(value)
            except (RecursionError, ValueError):
                shown = "..."
            yield sanitize(name, cell=True), sanitize(redact(shown), cell=True)
