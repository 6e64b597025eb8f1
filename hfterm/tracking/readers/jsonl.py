"""JSON Lines of any logger: one object a line, numbers at any depth, or one metric a line with its name."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hfterm.tracking.readers.lines import LineReader
from hfterm.tracking.readers.reader import MAX_STEPS, STEPS, TIMES, Point, column, moment, number

_DEEPEST = 4
_NAMES = ("metric", "tag", "name", "key")


class JsonlReader(LineReader):
    """Objects with a step (else the line's number counts) and numbers.

    Objects in objects give names such as ``train/loss``. A line with the text ``metric`` (or ``tag``, ``name``,
    ``key``) and the number ``value`` is one point of that metric, after ``run/`` where it names a run too.
    """

    kind = "jsonl"

    def line(self, line: bytes, count: int) -> list[Point]:
        """See :meth:`LineReader.line`."""
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            return []
        if not isinstance(found, dict):
            return []
        values = dict(_flat(found))
        keys = list(values)
        step_key, time_key, most_key = column(keys, STEPS), column(keys, TIMES), column(keys, MAX_STEPS)
        step = number(values[step_key]) if step_key else None
        time = moment(values[time_key]) if time_key else None
        if most_key and (most := number(values[most_key])):
            self.facts["max_steps"] = most
        at = step if step is not None else float(count)
        if isinstance(metric := next((values[k] for k in _NAMES if k in values), None), str):
            value = number(values.get("value"))
            run = values.get("run")
            name = self.names(f"{run}/{metric}" if isinstance(run, str) else metric)
            return [(name, at, value, time)] if value is not None and name else []
        beside = {step_key, most_key, time_key if time is not None else None}
        points: list[Point] = []
        for key, raw in values.items():
            value = number(raw)
            if value is not None and key not in beside and key.lower() != "epoch" and (name := self.names(key)):
                points.append((name, at, value, time))
        return points


def _flat(found: Mapping[str, Any], above: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Names with slashes, and what is no object."""
    for key, value in found.items():
        if not isinstance(value, dict):
            yield above + key, value
        elif depth < _DEEPEST:
            yield from _flat(value, f"{above}{key}/", depth + 1)
