"""Look at the devices again and again."""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

from hfterm.monitor.devices import Device, Survey
from hfterm.monitor.survey import survey
from hfterm.processes import now


def rounds(
    interval: float,
    count: int | None = None,
    *,
    look: Callable[[], Survey] = survey,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Any] = time.sleep,
) -> Iterator[Survey]:
    """Look every ``interval`` seconds, ``count`` times or for ever; a slow look delays no later one.

    Raises:
        HftermError: the driver fails.
    """
    due = clock()
    for n in itertools.count(1):
        yield look()
        if n == count:
            return
        due = max(due + interval, clock())
        sleep(max(0.0, due - clock()))


def timed(surveys: Iterator[Survey]) -> Iterator[Device]:
    """The devices of every round as they come, each with ``time`` (ISO 8601 UTC), the same within a round."""
    for found in surveys:
        moment = now()
        for device in found.devices:
            yield {"time": moment, **device}
