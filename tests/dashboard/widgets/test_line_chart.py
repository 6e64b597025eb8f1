"""Curves: what is drawn, read, zoomed, smoothed, copied, and when nothing is painted at all."""

import math
from collections.abc import Iterable
from typing import Any

import pytest
from textual.containers import Vertical

from hfterm.dashboard.widgets.line_chart import Curve, LineChart, Sight, number
from hfterm.tracking.series import Series
from support.dash import lines_of, terminal, text_of
from support.stage import run, stage


def series(name: str = "loss", points: Iterable[tuple[float, float]] = ()) -> Series:
    found = Series(name)
    for step, value in points or [(n, 2 - n / 100) for n in range(101)]:
        found.append(step, value)
    return found


def chart(*lines: Any, title: str = "loss") -> LineChart:
    found = LineChart()
    found.set_lines(title, lines)
    return found


def test_a_curve_with_its_name_and_last_value() -> None:
    async def test() -> None:
        one = chart((series(), 0, "alpha"))
        async with stage(one) as (app, _):
            text = text_of(app)
            assert "─ loss ─" in text.splitlines()[0]
            assert "min 1  max 2  1 @100" in text
            assert "⠤" in text or "⠉" in text
            assert one.to_copy() == (
                "alpha\tloss\t100\t1.0",
                [{"run": "alpha", "metric": "loss", "step": 100.0, "value": 1.0}],
            )

    run(test)


def test_nothing_is_painted_while_nothing_has_changed() -> None:
    async def test() -> None:
        logged = series()
        one = chart((logged, 0, "alpha"))
        async with stage(one) as (app, pilot):
            painted = one._painted
            one.set_lines("loss", [(logged, 0, "alpha")])
            await pilot.pause()
            assert one._painted is painted is not None
            logged.append(101, math.nan)
            one.set_lines("loss", [(logged, 0, "alpha")])
            await pilot.pause()
            assert one._painted is not painted
            painted = one._painted
            one.set_lines("loss", [(logged, 0, "alpha")])  # a NaN is not equal to itself
            await pilot.pause()
            assert one._painted is painted
            assert "1 NaN" in text_of(app)

    run(test)


def test_log_axis_and_smoothing() -> None:
    async def test() -> None:
        one = chart((series(points=[(n, 10.0**-n) for n in range(1, 9)]), 0, "a"))
        async with stage(one) as (app, pilot):
            await pilot.press("y")
            assert one.log_y and "1e-4" in text_of(app) and "loss  log" in lines_of(app)[0]
            for weight in ("0.6", "0.9", "0.97"):
                await pilot.press("m")
                assert f"log, smooth {weight}" in lines_of(app)[0]
            await pilot.press("m", "y")
            assert not one.log_y and "smooth" not in lines_of(app)[0] and "log" not in lines_of(app)[0]
            one.set_lines("loss", [(series(points=[(1, -1.0), (2, -2.0)]), 0, "a")])
            await pilot.press("y")
            assert "nothing above zero" in text_of(app)

    run(test)


def test_zoom_follows_the_newest_steps_and_comes_back() -> None:
    async def test() -> None:
        logged = series(points=[(n, math.sin(n)) for n in range(1001)])
        one = chart((logged, 0, "a"))
        async with stage(one) as (app, pilot):
            await pilot.press("]", "]")
            assert one.sight.span == (750, 1000) and " 0 " not in lines_of(app)[-2]
            for n in range(1001, 1400):
                logged.append(n, math.sin(n))
            one.set_lines("loss", [(logged, 0, "a")])
            await pilot.pause()
            assert one._range() == (1156.25, 1406.25)  # in jumps of an eighth
            await pilot.press("[", "[", "[")
            assert one.sight.span is None
            for _ in range(10):
                await pilot.press("]")
            assert one.sight.span is not None and one.sight.span[1] - one.sight.span[0] == 4
            await pilot.press("0")
            assert one.sight.span is None and one.sight.cursor is None

    run(test)


def test_the_cursor_reads_what_was_logged() -> None:
    async def test() -> None:
        sparse = series(points=[(10, 1.0), (20, 2.0), (1000, 3.0)])
        one = chart((sparse, 0, "a"))
        async with stage(one) as (app, pilot):
            reads = []
            for _ in range(4):
                await pilot.press("left")
                reads.append(one.sight.cursor)
            # At the beginning it stays, even where two points share a cell.
            assert reads[0] == 1000 and reads[-1] == 10 and set(reads) <= {1000, 20, 10}
            assert "1 @10" in text_of(app)
            while one.sight.cursor is not None:
                before = one.sight.cursor
                await pilot.press("l")
                assert one.sight.cursor is None or one.sight.cursor > before
            assert "3 @1000" in text_of(app)
            await pilot.press("h", "h", "]")
            assert one.sight.span is not None and one.sight.cursor is not None
            assert one.sight.span[0] <= one.sight.cursor <= one.sight.span[1]
            assert one._range() == one.sight.span  # held while one reads

    run(test)


def test_a_click_reads_where_the_mouse_is() -> None:
    async def test() -> None:
        one = chart((series(), 0, "a"))
        async with stage(one) as (_, pilot):
            await pilot.click(one, offset=(34, 5))
            assert one.sight.cursor is not None and 35 < one.sight.cursor < 65
            await pilot.click(one, offset=(3, 5))  # on the axis
            assert 35 < one.sight.cursor < 65

    run(test)


def test_charts_that_share_a_sight_read_and_zoom_together() -> None:
    async def test() -> None:
        sight = Sight()
        told: list[LineChart] = []

        class Pair(Vertical):
            def on_line_chart_looked(self, message: LineChart.Looked) -> None:
                told.append(message.control)

        one, two = LineChart(sight=sight), LineChart(sight=sight)
        one.set_lines("loss", [(series(), 0, "a")])
        two.set_lines("acc", [(series("acc"), 0, "a")])
        async with stage(Pair(one, two)) as (_, pilot):
            one.focus()
            await pilot.press("left", "]", "y")
            await pilot.pause()
            assert told == [one, one, one]
            assert two.sight.cursor == 100 and two.sight.span == one.sight.span
            assert one.log_y and not two.log_y  # an axis is a metric's own

    run(test)


@pytest.mark.parametrize(
    ("runs", "width", "said"),
    [
        (["alpha", "beta"], 70, "alpha 1  beta 1 @100"),
        (
            ["a-rather-long-name-of-a-run", "another-rather-long-name"],
            60,
            "a-rather-long-na 1  another-rather-l 1 @100",
        ),
        (["a-rather-long-name-of-a-run", "another-rather-long-name"], 30, "1  1 @100"),
        ([f"run-{n}" for n in range(40)], 40, "... 1  1"),
    ],
)
def test_values_of_several_runs_in_the_border(runs: list[str], width: int, said: str) -> None:
    async def test() -> None:
        one = chart(*((series(), n, name) for n, name in enumerate(runs)))
        async with stage(one, size=(width, 12)) as (app, _):
            last = lines_of(app)[-1]
            assert said in last and len(last) == width, last

    run(test)


def test_without_colours_letters_tell_curves_apart() -> None:
    async def test() -> None:
        up = series(points=[(n, n / 10) for n in range(50)])
        down = series(points=[(n, 5 - n / 10) for n in range(30)])
        one = chart(Curve(up, 0, "up", "a"), Curve(down, 1, "down", "b"), title="x")
        async with stage(one, term=terminal(glyphs="ascii", colors="none")) as (app, _):
            lines = lines_of(app)
            assert "a up 4.9  b down 2.1" in lines[-1]
            curves = "\n".join(line[4:] for line in lines[1:-3])
            assert curves.count("a") == curves.count("b") == 1
            assert curves.index("a") < curves.index("b")  # the higher one
            assert lines[0].startswith("+-") and text_of(app).isascii()

    run(test)


def test_a_run_that_restarts_and_steps_logged_again() -> None:
    async def test() -> None:
        logged = series()
        one = chart((logged, 0, "a"))
        async with stage(one) as (app, pilot):
            await pilot.press("left")
            for n in range(30, 40):
                logged.append(n, 9.0)
            one.set_lines("loss", [(logged, 0, "a")])
            await pilot.pause()
            assert "- " in lines_of(app)[-1]  # there is no such step any more
            await pilot.press("left", "0")
            assert "9 @39" in lines_of(app)[-1]

    run(test)


def test_what_is_said_while_there_is_nothing_to_draw() -> None:
    async def test() -> None:
        one = chart((Series("loss"), 0, "a"))
        async with stage(one) as (app, pilot):
            assert "no values yet" in text_of(app)
            one.say("no metric matches x")
            one.set_lines("", ())
            await pilot.press("left", "right", "]", "[", "0", "y", "m")
            assert "no metric matches x" in text_of(app)
            assert one.to_copy() == ("", [])

    run(test)


def test_a_million_points_at_any_size() -> None:
    async def test() -> None:
        long = Series("loss")
        for n in range(1_000_000):
            long.append(n, n % 97)
        nan = series("nan", points=[(n, math.nan) for n in range(5)])
        one = chart((long, 0, "🚀 עברית"), (nan, 1, "nan"))
        async with stage(one) as (app, pilot):
            await pilot.press("left", "left", "m")
            for size in ((240, 60), (3, 3), (1, 1), (20, 5), (80, 24), (5, 40), (60, 4)):
                await pilot.resize_terminal(*size)
                await pilot.pause()
                width = one.content_size.width
                assert all(strip.cell_length == width for strip in (one._painted or ((), []))[1])
            assert "5 NaN" in text_of(app)

    run(test)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.4823, "1.482"), (2e-5, "2e-5"), (0, "0"), (1.5e12, "1.5e12"), (math.nan, "nan"), (-3.0, "-3")],
)
def test_numbers_in_few_signs(value: float, text: str) -> None:
    assert number(value) == text
