"""One metric over the steps of a run, in constant memory: any length is drawn in a few milliseconds.

Points go into buckets of 1, 2, 4, ... consecutive ones; when there are ``BUCKETS`` of them, neighbours
are joined. A bucket keeps its first step, lowest and highest value, sum and count, so a curve drawn from
buckets shows every peak that one drawn from all points would. The newest points are kept as they are.
"""

import math
import threading
from array import array
from bisect import bisect_left, bisect_right
from itertools import islice, pairwise
from operator import add
from typing import NamedTuple

BUCKETS = 2048
# The newest points kept one by one: between TAIL and twice as many.
TAIL = 512
# Sums and differences of steps stay finite.
LARGEST_STEP = 1e290

_INF = math.inf


class Column(NamedTuple):
    """What one column of a chart stands for: ``points`` numbers; without any the line has a gap here."""

    low: float
    high: float
    mean: float
    points: int


class Series:
    """One metric, append-only; may be filled by one thread and drawn by another.

    A step that is logged again, as by a resumed run, replaces what was logged from it on. Values that are no
    numbers (NaN, infinities) leave a gap and are counted in ``bad``.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self._width = 1  # points a bucket
        self._begin, self._low, self._high = array("d"), array("d"), array("d")
        self._sum, self._count, self._bad = array("d"), array("I"), array("I")
        self._steps, self._values, self._times = array("d"), array("d"), array("d")
        self._points = self.bad = 0
        self.whole = True  # whether every step has been a whole number
        self.low = self.high = self.last = self.last_step = self.first_step = math.nan

    def __len__(self) -> int:
        """Points held, those that are no numbers included."""
        return self._points

    def append(self, step: float, value: float, time: float | None = None) -> None:
        """Add a point; ``time`` is in unix seconds. What has no step, or one beyond ``LARGEST_STEP``, is left out."""
        if not -LARGEST_STEP < step < LARGEST_STEP:
            return
        with self._lock:
            if step <= self.last_step:
                self._truncate(step)
            if not self._points:
                self.first_step = step
            self.last, self.last_step = value, step
            if step % 1:
                self.whole = False
            self._steps.append(step)
            self._values.append(value)
            self._times.append(math.nan if time is None else time)
            if len(self._steps) > 2 * TAIL:
                del self._steps[:TAIL], self._values[:TAIL], self._times[:TAIL]
            self._put(step, value)

    def _put(self, step: float, value: float) -> None:
        """Add a point to the last bucket, or to a new one."""
        if not self._begin or self._count[-1] + self._bad[-1] >= self._width:
            if len(self._begin) >= BUCKETS:
                self._join()
            self._begin.append(step)
            self._low.append(_INF)
            self._high.append(-_INF)
            self._sum.append(0.0)
            self._count.append(0)
            self._bad.append(0)
        self._points += 1
        if value - value != 0:
            self._bad[-1] += 1
            self.bad += 1
            return
        self._count[-1] += 1
        self._sum[-1] += value
        if value < self._low[-1]:
            self._low[-1] = value
            if not value >= self.low:
                self.low = value
        if value > self._high[-1]:
            self._high[-1] = value
            if not value <= self.high:
                self.high = value

    def _join(self) -> None:
        """Make one bucket of every two."""
        self._width *= 2
        self._begin = self._begin[::2]
        self._low = array("d", map(min, self._low[::2], self._low[1::2]))
        self._high = array("d", map(max, self._high[::2], self._high[1::2]))
        self._sum = array("d", map(add, self._sum[::2], self._sum[1::2]))
        self._count = array("I", map(add, self._count[::2], self._count[1::2]))
        self._bad = array("I", map(add, self._bad[::2], self._bad[1::2]))

    def _truncate(self, step: float) -> None:
        """Forget the points from ``step`` on.

        The bucket that holds ``step`` is made anew while its points are among the newest; one of long ago
        stays whole.
        """
        if step <= self.first_step:
            self._clear()
            return
        newest = bisect_left(self._steps, step)
        bucket = bisect_left(self._begin, step) - 1
        begin = self._begin[bucket]
        again = self._steps[0] <= begin
        keep = bucket if again else bucket + 1
        low, high = min(self._low[keep:], default=_INF), max(self._high[keep:], default=-_INF)
        bad = sum(self._bad[keep:])
        self.bad -= bad
        self._points -= bad + sum(self._count[keep:])
        for row in (self._steps, self._values, self._times):
            del row[newest:]
        del self._count[keep:], self._bad[keep:]
        for row in (self._begin, self._low, self._high, self._sum):
            del row[keep:]
        if low <= self.low:
            self.low = _finite(min(self._low, default=_INF))
        if high >= self.high:
            self.high = _finite(max(self._high, default=-_INF))
        if again:
            for at in range(bisect_left(self._steps, begin), newest):
                self._put(self._steps[at], self._values[at])

    def columns(
        self, width: int, start: float | None = None, end: float | None = None
    ) -> list[tuple[float, float] | None]:
        """Lowest and highest value of each of ``width`` equal columns over the steps ``start`` to ``end``.

        The default is all steps. None where no number was logged.
        """
        return [(c.low, c.high) if c and c.points else None for c in self.digest(width, start, end)]

    def digest(self, width: int, start: float | None = None, end: float | None = None) -> list[Column | None]:
        """As :meth:`columns`, with means and counts; None where nothing was logged, no points for a gap."""
        with self._lock:
            first = self.first_step if start is None else start
            last = self.last_step if end is None else end
            if not self._points or not first <= last:
                return [None] * width
            if self._width > 1 and first >= self._steps[0]:
                return self._newest(width, first, last)
            return [self._column(a, b) for a, b in pairwise(self._edges(width, first, last))]

    def _edges(self, width: int, first: float, last: float) -> list[int]:
        """Where each column's buckets begin, and where the last one's end."""
        begin = self._begin
        start, end = bisect_left(begin, first), bisect_right(begin, last)
        if self._width > 1 and start and not (start < len(begin) and begin[start] == first):
            start -= 1  # its points may reach into the first column
        if last <= first:
            return [start] + [end] * width
        each = (last - first) / width
        return [start, *(bisect_left(begin, first + each * j, start, end) for j in range(1, width)), end]

    def _column(self, a: int, b: int) -> Column | None:
        """Buckets ``a`` to ``b`` as one column."""
        if a >= b:
            return None
        if b - a == 1:
            low, high, total, count = self._low[a], self._high[a], self._sum[a], self._count[a]
        else:
            low, high = min(self._low[a:b]), max(self._high[a:b])
            total, count = sum(self._sum[a:b]), sum(self._count[a:b])
        if not count:
            return _GAP
        mean = total / count
        return Column(low, high, mean if mean - mean == 0 else low / 2 + high / 2, count)

    def _newest(self, width: int, first: float, last: float) -> list[Column | None]:
        """The columns of a range that the newest points cover."""
        found: list[Column | None] = [None] * width
        for at in range(bisect_left(self._steps, first), bisect_right(self._steps, last)):
            value = self._values[at]
            j = min(width - 1, int((self._steps[at] - first) / (last - first) * width)) if last > first else 0
            old = found[j]
            if value - value != 0:
                found[j] = old or _GAP
            elif old and old.points:
                n = old.points
                mean = old.mean + (value - old.mean) / (n + 1)
                found[j] = Column(min(old.low, value), max(old.high, value), mean, n + 1)
            else:
                found[j] = Column(value, value, value, 1)
        return found

    def at(self, step: float) -> tuple[float, float] | None:
        """The point nearest to ``step`` as (step, value); None outside of what was logged.

        Of steps long ago in a long series it is the mean of a bucket; NaN where no number was logged.
        """
        with self._lock:
            if not self.first_step <= step <= self.last_step:
                return None
            steps = self._steps if step >= self._steps[0] else self._begin
            at = bisect_left(steps, step)
            if at == len(steps) or (at and step - steps[at - 1] < steps[at] - step):
                at -= 1
            return steps[at], self._values[at] if steps is self._steps else self._mean(at)

    def before(self, step: float) -> tuple[float, float] | None:
        """The last point before ``step`` as (step, value), in the sense of :meth:`at`."""
        with self._lock:
            at = bisect_left(self._begin, step) - 1
            return (self._begin[at], self._mean(at)) if at >= 0 else None

    def after(self, step: float) -> tuple[float, float] | None:
        """The first point after ``step`` as (step, value), in the sense of :meth:`at`."""
        with self._lock:
            at = bisect_right(self._begin, step)
            return (self._begin[at], self._mean(at)) if at < len(self._begin) else None

    def _mean(self, at: int) -> float:
        column = self._column(at, at + 1)
        return column.mean if column else math.nan

    def recent(self, count: int) -> list[tuple[float, float, float]]:
        """The newest points, at most ``TAIL``, oldest first, as (step, value, time); NaN for an unknown time."""
        with self._lock:
            first = max(0, len(self._steps) - count)
            rows = (islice(row, first, None) for row in (self._steps, self._values, self._times))
            return list(zip(*rows, strict=True))


_GAP = Column(math.nan, math.nan, math.nan, 0)


def _finite(value: float) -> float:
    return value if value - value == 0 else math.nan
