"""Curves as SVG."""

import math
import xml.etree.ElementTree as ET

import pytest

from hfterm.train.curves import HEIGHT, MOST_POINTS, WIDTH, svg, thin, ticks

SVG = "{http://www.w3.org/2000/svg}"


def coordinates(text: str) -> list[list[tuple[float, float]]]:
    """The lines of a picture, which must be XML."""
    paths = [path.attrib["d"] for path in ET.fromstring(text).iter(f"{SVG}path") if path.get("fill") == "none"]
    return [[tuple(map(float, p.split("h")[0].split())) for p in d[1:].split("L")] for d in paths]  # type: ignore[misc]


def test_lines_lie_in_the_picture_and_go_down_when_the_loss_does() -> None:
    text = svg({"loss": [(n, 5 - n / 10) for n in range(1, 31)], "eval_loss": [(10, 4.5), (20, 3.5)]}, 'a "<run>" & b')
    loss, measured = coordinates(text)
    assert len(loss) == 30 and len(measured) == 2 and [x for x, _ in loss] == sorted(x for x, _ in loss)
    assert [y for _, y in loss] == sorted(y for _, y in loss), "down is a larger y"
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for line in (loss, measured) for x, y in line)
    assert ET.fromstring(text).findtext(f"{SVG}title") == 'a "<run>" & b'


@pytest.mark.parametrize(
    "points",
    [
        [], [(1, 2.0)], [(1, 2.0), (2, 2.0)], [(1, math.nan), (2, math.inf)], [(1, math.nan), (2, 3.0), (3, 1.0)],
        [(1, 0.0)], [(1, 1e300), (2, -1e300)], [(1, 1e-300), (2, 2e-300)], [(5, -3.0), (6, -3.0)],
    ],
)  # fmt: skip
def test_odd_series(points: list[tuple[float, float]]) -> None:
    for line in coordinates(svg({"loss": points}, "t")):
        assert all(math.isfinite(x) and math.isfinite(y) for x, y in line)


def test_a_long_run_is_thinned_to_means() -> None:
    points = [(float(n), float(n % 2)) for n in range(10_000)]
    less = thin(points)
    assert len(less) == MOST_POINTS and less[0] == points[0] and less[-1] == points[-1]
    assert all(0.3 < y < 0.7 for _, y in less[1:-1])


@pytest.mark.parametrize(("low", "high"), [(0, 1), (1, 1000), (-3.2, 7.7), (1e-9, 3e-9), (2.0, 2.5)])
def test_ticks_are_few_and_round(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 6 and low <= found[0] and found[-1] <= high + 1e-9 * (high - low)
