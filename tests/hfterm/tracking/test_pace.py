import math

import pytest

from hfterm.tracking.pace import pace


def test_steps_and_values_per_second() -> None:
    assert pace([(n, n * 100.0, 1000 + n / 4) for n in range(10)]) == pytest.approx((4.0, 400.0))


def test_a_stop_does_not_count() -> None:
    before = [(n, 0.0, 1000.0 + n) for n in range(10)]
    after = [(n, 0.0, 90_000.0 + n) for n in range(10, 20)]
    assert pace(before + after) == pytest.approx((1.0, 0.0))
    slower = [(0, 0.0, 0.0), (1, 0.0, 1.0), (2, 0.0, 5.0)]
    assert pace(slower) == pytest.approx((2 / 5, 0.0)), "but a slow step does"


@pytest.mark.parametrize(
    "points",
    [[], [(1, 1.0, 5.0)], [(1, 1.0, math.nan), (2, 1.0, math.nan)], [(1, 1.0, 5.0), (2, 1.0, 5.0)],
     [(2, 1.0, 5.0), (1, 1.0, 6.0)]],
)  # fmt: skip
def test_too_few_to_tell(points: list[tuple[float, float, float]]) -> None:
    assert pace(points) is None
