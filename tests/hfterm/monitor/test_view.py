import pytest

from hfterm.monitor.devices import gpu_record
from hfterm.monitor.view import bar, fraction, table


@pytest.mark.parametrize(
    ("share", "shown", "plain"),
    [
        (0.0, "········", "........"),
        (1.0, "████████", "########"),
        (0.5, "████····", "####...."),
        (0.17, "█▍······", "#......."),
        (7.0, "████████", "########"),
        (None, "", ""),
    ],
)
def test_bar(share: float | None, shown: str, plain: str) -> None:
    assert bar(share) == shown
    assert bar(share, ascii_only=True) == plain


def test_fraction() -> None:
    assert fraction(61 << 30, 80 << 30) == "61.0/80.0 GiB"
    assert fraction(None, 80 << 30) == "?/80.0 GiB"
    assert fraction(None, None) == "-"


@pytest.mark.parametrize(("width", "titles"), [(100, 8), (77, 8), (76, 7), (60, 6), (50, 5), (38, 4), (10, 4)])
def test_narrow_terminals_get_fewer_columns(width: int, titles: int) -> None:
    known = {"memory_used": 61 << 30, "memory_total": 80 << 30, "utilization": 5, "temperature": 50, "power": 100.0}
    gpu = gpu_record(
        device="0", kind="nvidia", index=0, name="NVIDIA H100 80GB HBM3", power_limit=700.0, clock=1980, **known
    )
    grid = table([gpu], width=width, environ={})
    assert len(grid.columns) == titles
    assert [c.header for c in grid.columns][:3] == ["GPU", "name", "util"]
