import math
import random

import pytest

from hfterm.tracking.series import Series
from hfterm.tracking.smooth import VALUES, Smoother, smooth


def as_tensorboard(values: list[float], weight: float) -> list[float]:
    """The formula as TensorBoard has it (``classicSmoothing``)."""
    last, shown = 0.0, []
    for count, value in enumerate(values, 1):
        last = last * weight + (1 - weight) * value
        shown.append(last / (1 - weight**count if weight != 1 else 1))
    return shown


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.6, 0.9, 0.99, 0.999])
def test_as_tensorboard(weight: float) -> None:
    noise = random.Random(0)
    values = [noise.gauss(2, 1) for _ in range(500)]
    smoother = Smoother(weight)
    assert [smoother.add(v) for v in values] == pytest.approx(as_tensorboard(values, weight), rel=1e-9)


def test_the_ends_of_the_scale() -> None:
    mean = Smoother(1.0)
    assert [mean.add(v) for v in (1.0, 2.0, 6.0)] == [1.0, 1.5, 3.0]
    assert Smoother(2.0).weight == 1.0 and Smoother(-1.0).weight == 0.0
    constant = Smoother(0.9)
    assert [constant.add(3.0) for _ in range(5)] == pytest.approx([3.0] * 5)


def test_no_numbers_pass_and_leave_no_trace() -> None:
    smoother = Smoother(0.5)
    shown = [smoother.add(v) for v in (1.0, math.nan, math.inf, 1.0)]
    assert shown[0] == shown[3] == 1.0 and math.isnan(shown[1]) and shown[2] == math.inf


def test_a_value_many_times_over_is_that_many_values() -> None:
    once, over = Smoother(0.9), Smoother(0.9)
    for _ in range(7):
        once.add(4.0)
    over.add(4.0, 7)
    assert once.add(1.0) == pytest.approx(over.add(1.0))


def test_columns_of_a_short_series_are_smoothed_value_by_value() -> None:
    made = Series("loss")
    values = [3.0, 1.0, 4.0, 1.0, 5.0]
    for step, value in enumerate(values):
        made.append(step, value)
    assert smooth(made.digest(5), 0.6, len(made)) == pytest.approx(as_tensorboard(values, 0.6))
    sparse = smooth(made.digest(9), 0.6, len(made))
    assert [v is None for v in sparse] == [False, True] * 4 + [False]


def test_a_part_looks_as_in_the_whole_and_any_length_as_smooth() -> None:
    long = Series("loss")
    noise = random.Random(1)
    for step in range(20 * VALUES):
        long.append(step, noise.random())
    whole = smooth(long.digest(100), 0.9, len(long))
    half = smooth(long.digest(50, 10 * VALUES), 0.9, len(long), long.digest(50, 0, 10 * VALUES - 1))
    assert half == pytest.approx(whole[50:], rel=0.02)
    assert all(v is not None and abs(v - 0.5) < 0.05 for v in whole)
