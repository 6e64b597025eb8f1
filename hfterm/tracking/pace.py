"""How fast a run goes, from the times of its newest points."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

# The newest points that count; and an interval so many times longer than usual is a stop, not the pace.
POINTS = 50
STOP = 10.0


def pace(points: Sequence[tuple[float, float, float]]) -> tuple[float, float] | None:
    """Steps per second, and values per second (of what counts up, such as tokens), over points (step, value, time).

    None when there are too few with times. Stops, as between a kill and a resume, do not count.
    """
    timed = [point for point in points[-POINTS:] if point[2] == point[2]]
    spans = [(b[2] - a[2], b[0] - a[0], b[1] - a[1]) for a, b in pairwise(timed) if b[2] > a[2] and b[0] > a[0]]
    if not spans:
        return None
    usual = median(seconds / steps for seconds, steps, _ in spans)
    kept = [span for span in spans if span[0] / span[1] <= STOP * usual]
    seconds = sum(span[0] for span in kept)
    return sum(span[1] for span in kept) / seconds, sum(span[2] for span in kept) / seconds
