"""Smoothing as TensorBoard does it: a debiased exponential moving average.

TensorBoard (``classicSmoothing`` in its scalar card): ``last = last * w + (1 - w) * value``, shown as
``last / (1 - w ** n)`` after ``n`` values. That is the mean of the values weighted 1, w, w², ... from the newest
back, which is how it is kept here; so ``w = 1`` is the mean of all.
"""

from collections.abc import Iterable

from hfterm.tracking.series import Column

# TensorBoard smooths the 1000 values a metric that it keeps; in a longer series each value weighs less accordingly.
VALUES = 1000


class Smoother:
    """The running average; ``weight`` is from 0 (none) to 1 (the mean of everything)."""

    def __init__(self, weight: float) -> None:
        self.weight = min(1.0, max(0.0, weight))
        self._sum = self._weights = 0.0

    def add(self, value: float, times: float = 1.0) -> float:
        """Take in a value, ``times`` times over; return the average. NaN and infinities come back as they are."""
        if value - value != 0:
            return value
        kept = self.weight**times
        new = times if self.weight == 1 else (1 - kept) / (1 - self.weight)
        self._sum = self._sum * kept + value * new
        self._weights = self._weights * kept + new
        average = self._sum / self._weights
        return average if average - average == 0 else value


def smooth(
    columns: Iterable[Column | None], weight: float, total: int, before: Iterable[Column | None] = ()
) -> list[float | None]:
    """The smoothed value of each column of a series of ``total`` points; None where a column holds no number.

    ``before`` are the columns to the left of these, so that a part of a curve looks as it does in the whole.
    """
    smoother = Smoother(weight)
    each = min(1.0, VALUES / max(1, total))
    for column in before:
        if column and column.points:
            smoother.add(column.mean, column.points * each)
    return [smoother.add(c.mean, c.points * each) if c and c.points else None for c in columns]
