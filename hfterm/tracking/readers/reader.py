"""What every reader of metrics is, and what names, numbers and times in logs mean."""

import math
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from hfterm.text import sanitize

# Metric, step, value, unix seconds or None.
Point = tuple[str, float, float, float | None]

# A log with more different numbers than this is no log of metrics.
MOST_METRICS = 500
_LONGEST_NAME = 120

# How loggers name what counts up, and the time; the first one found counts, in any case.
STEPS = (
    "step", "global_step", "_step", "current_steps", "train_step", "trainer/global_step", "train/global_step",
    "global_steps", "steps", "iteration", "iter", "iterations", "update", "updates", "num_updates", "total_timesteps",
    "time/total_timesteps", "epoch",
)  # fmt: skip
TIMES = ("time", "timestamp", "_timestamp", "t", "wall_time", "wall time", "created_at", "date", "datetime")
MAX_STEPS = ("max_steps", "total_steps")


class Reader(Protocol):
    """Reads one run's metrics, more of them with every call.

    ``problem`` says what is wrong with the files (None: nothing); ``more`` that the last call ended before the
    files did; ``generation`` changes when what was read before no longer counts; ``written`` is when the files
    were last written (unix seconds, 0: never); ``facts`` is what the log says beside metrics.
    """

    kind: str
    path: Path
    problem: str | None
    more: bool
    generation: int
    written: float
    facts: dict[str, Any]

    def poll(self, budget: float = 0.1) -> list[Point]:
        """What has come since the last call, working for about ``budget`` seconds at most."""
        ...


def number(value: object) -> float | None:
    """A logged value as a float; None when it is no number. Infinities too large for a float are infinite."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    if isinstance(value, str) and value.strip().lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return float(value)
    return None


def moment(value: object) -> float | None:
    """A logged time in unix seconds; None for what is none, such as a duration."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).timestamp()
        except (ValueError, OverflowError, OSError):
            try:
                value = float(value)
            except ValueError:
                return None
    found = number(value)
    if found is None or not 1e8 < found < 1e20:
        return None
    for unit in (1e9, 1e6, 1e3):  # nano-, micro-, milliseconds
        if found > 1e8 * unit:
            return found / unit
    return found


class Names:
    """Metric names made safe to print; at most ``MOST_METRICS`` different ones, then None."""

    def __init__(self) -> None:
        self._clean: dict[str, str] = {}
        self.full = False

    def __call__(self, name: str) -> str | None:
        """The name to use for what a log calls ``name``."""
        clean = self._clean.get(name)
        if clean is None:
            if len(self._clean) >= MOST_METRICS:
                self.full = True
                return None
            clean = self._clean[name] = sanitize(name, cell=True)[:_LONGEST_NAME]
        return clean


def column(names: list[str], wanted: tuple[str, ...]) -> str | None:
    """The first of the wanted names among ``names``, in any case."""
    lower = {name.strip().lower(): name for name in reversed(names)}
    return next((lower[name] for name in wanted if name in lower), None)
