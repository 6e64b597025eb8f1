import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfterm.tracking.axis import Axis, nice


@pytest.mark.parametrize(
    ("low", "high", "count", "labels"),
    [
        (0, 1234, 5, "0 250 500 750 1000 1250"),
        (1.39, 3.21, 5, "1.0 1.5 2.0 2.5 3.0 3.5"),
        (1.39, 3.21, 4, "1 2 3 4"),
        (1.39, 3.21, 3, "1 2 3 4"),
        (0, 100, 4, "0 25 50 75 100"),
        (0, 1.9e-5, 4, "0 5.0e-6 1.0e-5 1.5e-5 2.0e-5"),
        (11_800, 12_600, 4, "11800 12000 12200 12400 12600"),
        (0, 123_456, 4, "0 50k 100k 150k"),
        (0, 1_000_000, 6, "0 0.2M 0.4M 0.6M 0.8M 1.0M"),
        (-3, 7, 4, "-5 0 5 10"),
        (5, 5, 3, "4.5 5.0 5.5"),
        (0, 0, 3, "-1 0 1"),
        (3, 1, 3, "1 2 3"),
    ],
)
def test_round_ticks(low: float, high: float, count: int, labels: str) -> None:
    assert " ".join(nice(low, high, count).labels) == labels


@pytest.mark.parametrize(
    ("low", "high", "count", "labels"),
    [
        (1e-6, 1e-2, 4, "1e-6 1e-5 1e-4 1e-3 1e-2"),
        (3e-5, 0.5, 4, "1e-4 1e-3 1e-2 0.1"),
        (0.5, 12, 4, "0.5 1 2 5 10"),
        (1, 10, 4, "1 2 5 10"),
        (1.39, 3.2, 4, "1 2 3 4"),
        (1.5, 1.6, 4, "1.6 1.8 2.0"),
        (0.01, 5000, 6, "0.01 0.1 1 10 100 1000"),
    ],
)
def test_logarithmic_ticks(low: float, high: float, count: int, labels: str) -> None:
    assert " ".join(nice(low, high, count, log=True).labels) == labels


def test_places() -> None:
    flat, log = Axis(0, 10, (), ()), Axis(1, 100, (), (), log=True)
    assert (flat.place(0), flat.place(5), flat.place(20)) == (0, 0.5, 2)
    assert (log.place(1), log.place(10), log.place(100)) == pytest.approx((0, 0.5, 1))
    assert log.place(0) == log.place(-3) == -math.inf
    with pytest.raises(ValueError, match="positive"):
        nice(0, 1, 3, log=True)


def test_an_axis_stays_while_the_data_fit_and_fill_half_of_it() -> None:
    first = nice(1.2, 3.4, 5)
    assert nice(1.3, 3.3, 5, previous=first) is first
    assert nice(1.1, 2.7, 5, previous=first) is first
    assert nice(1.2, 3.6, 5, previous=first) is not first, "too high for it"
    assert nice(1.2, 1.9, 5, previous=first) is not first, "lost in it"
    assert nice(1.2, 3.4, 5, log=True, previous=first).log
    assert nice(1.2, 3.4, 2, previous=first) is not first, "fewer rows than it was made for"


def test_ends_between_ticks() -> None:
    assert nice(1.39, 3.21, 3).high == 4
    halves = nice(1.39, 3.21, 3, parts=2)
    assert (halves.low, halves.high, halves.labels) == (1.0, 3.5, ("1", "2", "3"))


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=300, deadline=None)
@given(NUMBERS, NUMBERS, st.integers(0, 12), st.booleans(), st.sampled_from([1, 2, 5]))
def test_any_range_gets_an_axis(one: float, two: float, count: int, log: bool, parts: int) -> None:
    if log:
        one, two = abs(one) or 1.0, abs(two) or 2.0
    axis = nice(one, two, count, log, parts=parts)
    assert axis.low < axis.high and len(axis.ticks) == len(axis.labels)
    assert list(axis.ticks) == sorted(set(axis.ticks)) and len(set(axis.labels)) == len(axis.labels)
    inside = [max(-1e300, min(1e300, v)) for v in (one, two)]
    if not log or min(inside) > 1e-290:
        assert all(-1e-3 <= axis.place(v) <= 1 + 1e-3 for v in inside)
    assert nice(one, two, count, log, axis, parts=parts).labels == axis.labels
    assert len(axis.ticks) <= max(2, count) + 2
