import math
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfterm.tracking.series import BUCKETS, TAIL, Series

NAN = math.nan


def series(*points: tuple[float, float]) -> Series:
    made = Series("loss")
    for step, value in points:
        made.append(step, value)
    return made


def test_nothing_logged() -> None:
    empty = Series("loss")
    assert len(empty) == 0 and empty.bad == 0
    assert all(math.isnan(v) for v in (empty.last, empty.last_step, empty.first_step, empty.low, empty.high))
    assert empty.columns(3) == [None, None, None] and empty.columns(2, 0, 10) == [None, None]
    assert empty.at(0) is empty.before(0) is empty.after(0) is None
    assert empty.recent(5) == []


def test_a_few_points() -> None:
    made = series((10, 3.0), (20, 1.0), (30, 2.0))
    assert (len(made), made.first_step, made.last_step, made.last) == (3, 10, 30, 2.0)
    assert (made.low, made.high) == (1.0, 3.0)
    assert made.columns(3) == [(3.0, 3.0), (1.0, 1.0), (2.0, 2.0)]
    assert made.columns(2) == [(3.0, 3.0), (1.0, 2.0)]
    assert made.columns(4, 0, 40) == [None, (3.0, 3.0), (1.0, 1.0), (2.0, 2.0)]
    assert made.columns(2, 15, 25) == [None, (1.0, 1.0)]
    assert made.columns(2, 40, 50) == [None, None] == made.columns(2, 25, 15)
    assert series((7, 5.0)).columns(3) == [(5.0, 5.0), None, None]


def test_neighbours() -> None:
    made = series((10, 3.0), (20, 1.0), (30, NAN))
    assert made.at(10) == made.at(14.9) == (10, 3.0)
    assert made.at(15.1) == made.at(24) == (20, 1.0)
    assert made.at(9) is made.at(31) is None
    nearest = made.at(30)
    assert nearest and nearest[0] == 30 and math.isnan(nearest[1])
    assert made.before(10) is None and made.before(11) == (10, 3.0)
    assert made.after(30) is None and made.after(10) == (20, 1.0)


def test_what_is_no_number_leaves_a_gap_and_is_counted() -> None:
    made = series((1, 1.0), (2, NAN), (3, math.inf), (4, -math.inf), (5, 2.0))
    assert (len(made), made.bad, made.low, made.high, made.last) == (5, 3, 1.0, 2.0, 2.0)
    assert made.columns(5) == [(1.0, 1.0), None, None, None, (2.0, 2.0)]
    gap = made.digest(5)[1]
    assert gap is not None and gap.points == 0, "logged, but no number: the line is broken"
    assert series((1, 1.0), (5, 2.0)).digest(5)[1] is None, "not logged: the line goes on"
    only = series((1, NAN))
    assert math.isnan(only.low) and math.isnan(only.high) and math.isnan(only.last) and only.bad == 1


@pytest.mark.parametrize("step", [NAN, math.inf, -math.inf, 1e291])
def test_what_has_no_step_is_no_point(step: float) -> None:
    made = series((1, 1.0), (step, 9.0))
    assert len(made) == 1 and made.last == 1.0


def test_a_step_logged_again_replaces_what_came_from_it_on() -> None:
    made = series((1, 9.0), (2, 1.0), (3, NAN), (4, 0.5), (3, 7.0))
    assert (len(made), made.last_step, made.last, made.bad) == (3, 3, 7.0, 0)
    assert (made.low, made.high) == (1.0, 9.0), "the lowest is gone with step 4"
    made.append(3, 8.0)
    assert made.columns(3) == [(9.0, 9.0), (1.0, 1.0), (8.0, 8.0)]
    made.append(-1, 5.0)
    assert (len(made), made.first_step, made.low, made.high) == (1, -1, 5.0, 5.0)


def test_going_back_before_what_is_no_number() -> None:
    made = series((1, NAN), (2, 1.0), (2, NAN))
    assert math.isnan(made.low) and math.isnan(made.high) and made.bad == 2


def test_long_series_keep_their_peaks_in_constant_memory() -> None:
    made = Series("loss")
    for n in range(100_000):
        made.append(n, {55_000: 100.0, 55_001: -100.0}.get(n, float(n >= 60_000)))
    assert len(made) == 100_000 and (made.low, made.high) == (-100.0, 100.0)
    columns = made.columns(10)
    assert columns == [(0.0, 0.0)] * 5 + [(-100.0, 100.0)] + [(1.0, 1.0)] * 4
    assert sum(c.points for c in made.digest(7) if c) == 100_000
    assert len(made._begin) <= BUCKETS and len(made._steps) <= 2 * TAIL
    newest = made.columns(10, 99_990, 99_999)
    assert newest == [(1.0, 1.0)] * 10, "the newest are kept one by one"
    assert made.at(99_995.2) == (99_995, 1.0)
    inside = made.columns(4, 1000.5, 1000.6)
    assert inside[0] == (0.0, 0.0), "within a bucket"


def test_going_back_in_a_long_series() -> None:
    made = Series("loss")
    for n in range(20_000):
        made.append(n, float(n))
    made.append(19_900, 0.5)  # among the newest: exact
    assert (len(made), made.high, made.last_step) == (19_901, 19_899.0, 19_900)
    for n in range(19_901, 20_000):
        made.append(n, 1.0)
    assert len(made) == 20_000 and made.columns(100, 19_900, 19_999) == [(0.5, 0.5)] + [(1.0, 1.0)] * 99
    made.append(9_001, 0.25)  # long ago: the bucket around it stays whole
    assert 9_001 <= len(made) <= 9_001 + made._width + 1
    assert made.high < 9_001 + made._width and made.last_step == 9_001
    for n in range(9_002, 12_000):
        made.append(n, 2.0)
    assert made.columns(2, 9_100, 11_999) == [(2.0, 2.0), (2.0, 2.0)]


POINTS = st.lists(st.tuples(st.integers(-20, 20), st.floats(width=32)), max_size=60)


@settings(max_examples=200, deadline=None)
@given(POINTS, st.integers(1, 12), st.integers(-25, 25), st.integers(0, 40))
def test_columns_equal_those_of_all_points(points: list[tuple[int, float]], width: int, start: int, more: int) -> None:
    made = series(*points)
    kept: dict[int, float] = {}
    for step, value in points:
        kept = {s: v for s, v in kept.items() if s < step} | {step: value}
    wanted: list[list[float]] = [[] for _ in range(width)]
    for step, value in kept.items():
        if start <= step <= start + more and math.isfinite(value):
            edges = [start + more / width * j for j in range(width)]
            column = max(j for j in range(width) if edges[j] <= step) if more else 0
            wanted[column].append(value)
    assert made.columns(width, start, start + more) == [(min(v), max(v)) if v else None for v in wanted]
    finite = [v for v in kept.values() if math.isfinite(v)]
    assert len(made) == len(kept) and made.bad == len(kept) - len(finite)
    assert math.isnan(made.low) if not finite else (made.low, made.high) == (min(finite), max(finite))


def test_recent_points_with_their_times() -> None:
    made = Series("loss")
    made.append(1, 5.0, 100.0)
    made.append(2, 4.0)
    made.append(3, 3.0, 102.0)
    assert made.recent(1) == [(3, 3.0, 102.0)]
    (_, _, no_time) = made.recent(9)[1]
    assert math.isnan(no_time) and len(made.recent(9)) == 3


def test_drawn_by_one_thread_while_filled_by_another() -> None:
    made, failures, ended = Series("loss"), [], threading.Event()

    def draw() -> None:
        while not ended.is_set():
            columns = made.digest(50)
            if any(c and c.points and not c.low <= c.mean <= c.high for c in columns):
                failures.append(columns)

    drawer = threading.Thread(target=draw)
    drawer.start()
    for n in range(30_000):
        made.append(n if n % 1000 else max(0, n - 500), float(n))
    ended.set()
    drawer.join()
    assert not failures
