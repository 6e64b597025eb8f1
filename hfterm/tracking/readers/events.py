"""The ``events.jsonl`` of hfterm's own runs (see :mod:`hfterm.runs`)."""

import json
import math

from hfterm.tracking.readers.lines import LineReader
from hfterm.tracking.readers.reader import Point, number

# The events that hold metrics, and what in them is none.
_WITH = ("log", "eval")
_BESIDE = {"t", "event", "step", "epoch"}


class EventsReader(LineReader):
    """Every number that was logged; a null is a number that JSON lacks."""

    kind = "hfterm"

    def line(self, line: bytes, count: int) -> list[Point]:
        """See :meth:`LineReader.line`."""
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            return []
        if not isinstance(event, dict) or event.get("event") not in _WITH:
            return []
        step, time = number(event.get("step")), number(event.get("t"))
        if step is None:
            return []
        points: list[Point] = []
        for key, value in event.items():
            found = math.nan if value is None else number(value)
            if key not in _BESIDE and found is not None and (name := self.names(key)):
                points.append((name, step, found, time))
        return points
