"""Filled curves, their scales, and blocks beside each other."""

import math
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from rich.text import Text

from hfterm.dashboard.widgets.meter import Meter
from hfterm.dashboard.widgets.trend import area, beside, block, round_size, widths

MIB = 1 << 20


@pytest.mark.parametrize(
    ("glyphs", "width", "rows"),
    [
        # Two values a cell, four heights a row.
        ("braille", 4, ["⣿   ", "⣿⣿⣀⢀"]),
        ("blocks", 8, ["██      ", "████▁▁ ▂"]),
        ("ascii", 8, ["##      ", "####.. ."]),
    ],
)
def test_a_curve_is_filled_in_the_signs_that_the_terminal_has(glyphs: str, width: int, rows: list[str]) -> None:
    assert area([100, 100, 50, 50, 0, 0, None, 12.5], width, 2, glyphs=glyphs) == rows


def test_the_newest_is_on_the_right() -> None:
    assert area([0, 50, 100, 25], 2, 2) == [" ⡇", "⣸⣧"]
    assert area([math.nan, 7, 100], 3, 1, glyphs="blocks") == [" ▁█"], "one row is a trend as everywhere"
    assert area([1] * 9, 2, 0) == [] and area([1] * 9, 0, 2) == ["", ""]


values = st.lists(st.one_of(st.none(), st.floats(-1e3, 1e3), st.just(math.nan)), max_size=80)


@given(values, st.integers(0, 30), st.integers(0, 6), st.sampled_from(["braille", "blocks", "ascii"]))
def test_the_size_is_kept_and_what_is_known_is_seen(
    seen: list[float | None], width: int, height: int, glyphs: str
) -> None:
    rows = area(seen, width, height, glyphs=glyphs)
    assert len(rows) == height and all(len(row) == width for row in rows)
    shown = seen[-width * (2 if glyphs == "braille" else 1) :] if width else []
    if height:
        assert bool(rows[-1].strip()) == any(v is not None and v == v for v in shown)


def test_scales_seldom_change() -> None:
    assert [round_size(v, MIB) / MIB for v in ([], [None], [3.0], [MIB * 1.5], [MIB * 300.0])] == [1, 1, 1, 2, 500]
    assert round_size([MIB * 501.0], MIB) == 1024 * MIB


def pen() -> Any:
    app = SimpleNamespace(ascii=False, terminal=SimpleNamespace(glyphs="braille"))
    return SimpleNamespace(shade=lambda role: Style(), hfterm=app)


def test_blocks_stand_beside_each_other() -> None:
    meter = Meter(pen())
    one = block(meter, "power", "650W", [650.0] * 40, 16, 3, high=700, scale="700W")
    two = block(meter, "temp", "66 C", [66.0] * 40, 9, 2)
    assert [line.plain for line in one] == ["power 650W  700W", "⣶" * 16, "⣿" * 16]
    lines = [line.plain for line in beside([one, two], [16, 9])]
    assert lines == ["power 650W  700W  temp 66 C", "⣶" * 16 + "  " + "⣶" * 9, "⣿" * 16 + "  " + " " * 9]
    assert beside([], []) == [] and beside([[Text("long")]], [2])[0].plain == "lo"
    assert sum(widths(101, 4)) + 6 == 101 and max(widths(101, 4)) - min(widths(101, 4)) == 1
    (narrow,) = block(meter, "utilization", "100%", [1.0], 6, 1, scale="of all")
    assert narrow.plain == "utiliz"
