"""The ``events.jsonl`` of hfterm's own runs (see :mod:`hfterm.runs`)."""

import json
import math
from collections.abc import Iterator

from hfterm.tracking.readers.lines import LineReader
from hfterm.tracking.readers.reader import Point, number

# The events that hold metrics, and what in them is none.
_WITH = ("log", "eval")
_BESIDE = {"t", "event", "step", "epoch"}


class EventsReader(LineReader):
    """Every number that was logged; a null is a number that JSON lacks."""

    kind = "hfterm"
    # For each life of the run the last step that no later life made again; None: all steps are told.
    _until: list[float] | None = None

    def leave_out_repeats(self) -> None:
        """Leave out the steps that a resumed run made again, as far as the file goes now."""
        begun = list(self._begun())
        self._until = [min(begun[life:], default=math.inf) for life in range(len(begun) + 1)]

    def _begun(self) -> Iterator[float]:
        """The step that each life began with."""
        try:
            with self.path.open("rb") as stream:
                for line in stream:
                    if b'"begin"' in line and (step := _begin_step(line)) is not None:
                        yield step
        except OSError:
            return

    def _begin(self) -> None:
        super()._begin()
        self._life = 0

    def line(self, line: bytes, count: int) -> list[Point]:
        """See :meth:`LineReader.line`."""
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            return []
        if not isinstance(event, dict):
            return []
        if event.get("event") == "begin" and number(event.get("step")) is not None:
            self._life += 1
        if event.get("event") not in _WITH:
            return []
        step, time = number(event.get("step")), number(event.get("t"))
        if step is None or (self._until and step > self._until[min(self._life, len(self._until) - 1)]):
            return []
        points: list[Point] = []
        for key, value in event.items():
            found = math.nan if value is None else number(value)
            if key not in _BESIDE and found is not None and (name := self.names(key)):
                points.append((name, step, found, time))
        return points


def _begin_step(line: bytes) -> float | None:
    """The step of a "begin" event; None of anything else."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return number(event.get("step")) if isinstance(event, dict) and event.get("event") == "begin" else None
