"""Charts side by side: how many fit, which metrics, pages, one alone."""

from types import SimpleNamespace
from typing import Any

import pytest

from hfterm.dashboard.widgets.line_chart import LineChart
from hfterm.dashboard.widgets.metric_grid import MOST, MetricGrid, shape
from hfterm.errors import UsageError
from hfterm.tracking.series import Series
from support.dash import text_of
from support.stage import run, stage


@pytest.mark.parametrize(
    ("width", "height", "count", "expected"),
    [
        (80, 13, 300, (1, 1)),  # one large chart at 80x24
        (74, 33, 300, (2, 3)),  # 120x40
        (132, 45, 300, (3, 5)),  # 200x50
        (74, 33, 1, (1, 1)),
        (74, 33, 2, (1, 2)),
        (74, 33, 5, (2, 3)),
        (150, 12, 2, (2, 1)),
        (1, 1, 0, (1, 1)),
    ],
)
def test_as_many_as_fit_as_large_as_can_be(width: int, height: int, count: int, expected: tuple[int, int]) -> None:
    assert shape(width, height, count) == expected


def test_no_more_than_so_many() -> None:
    columns, rows = shape(1000, 1000, 10_000)
    assert columns * rows >= MOST > (columns - 1) * rows


def a_run(name: str, *metrics: str, steps: int = 50) -> Any:
    found = {}
    for n, metric in enumerate(metrics):
        found[metric] = Series(metric)
        for step in range(steps):
            found[metric].append(step, n + step)
    return SimpleNamespace(key=f"run:{name}", name=name, color=len(name), series=found, step=steps)


def titles(app: Any) -> list[str]:
    return [chart.title for chart in app.screen.query(LineChart) if chart.display]


def test_three_hundred_metrics_in_pages() -> None:
    async def test() -> None:
        grid = MetricGrid()
        one = a_run("one", *(f"layer.{n}/norm" for n in range(299)), "loss")
        async with stage(grid, size=(80, 30)) as (app, pilot):
            grid.show([(one, "a")])
            await pilot.pause()
            assert titles(app) == ["loss", *(f"layer.{n}/norm" for n in range(5))]
            assert grid.words() == "1-6 of 300 metrics"
            grid.focus()
            await pilot.press("pagedown")
            assert titles(app)[0] == "layer.5/norm" and app.focused.title == "layer.5/norm"
            await pilot.press("j", "down")
            assert app.focused.title == "layer.9/norm"
            await pilot.press("down")  # below the last one is the next page
            assert titles(app)[0] == "layer.11/norm" and app.focused.title == "layer.11/norm"
            await pilot.press("up")
            assert titles(app)[0] == "layer.5/norm" and app.focused.title == "layer.9/norm"
            await pilot.press("end")
            assert titles(app)[-1] == "layer.298/norm" and grid.words() == "295-300 of 300 metrics"
            await pilot.press("pagedown", "down", "down", "down", "G")
            assert titles(app)[-1] == "layer.298/norm"
            await pilot.press("home", "up", "pageup")
            assert titles(app)[0] == "loss"

    run(test)


def test_one_metric_alone_and_back() -> None:
    async def test() -> None:
        grid = MetricGrid()
        async with stage(grid, size=(80, 30)) as (app, pilot):
            grid.show([(a_run("one", *"abcdefgh"), "a")])
            await pilot.pause()
            grid.focus()
            await pilot.press("tab", "tab", "enter")
            await pilot.pause()
            assert titles(app) == ["c"] and app.focused.title == "c" and grid.words() == "3 of 8 metrics"
            assert app.focused.size.width > 70
            await pilot.press("pagedown", "down")
            assert titles(app) == ["e"] and app.focused.title == "e"
            await pilot.press("enter")
            await pilot.pause()
            assert titles(app) == list("abcdef") and app.focused.title == "e"

    run(test)


def test_metrics_by_a_filter() -> None:
    async def test() -> None:
        grid = MetricGrid()
        async with stage(grid, size=(80, 30)) as (app, pilot):
            grid.show([(a_run("one", "loss", "eval_loss", "grad_norm", "lr"), "a")])
            for text, expected in (
                ("*loss", ["loss", "eval_loss"]),
                ("/^(lr|grad)/", ["grad_norm", "lr"]),
                ("loss !eval", ["loss"]),
                ("", ["loss", "eval_loss", "grad_norm", "lr"]),
            ):
                grid.set_filter(text)
                await pilot.pause()
                assert titles(app) == expected
            with pytest.raises(UsageError):
                grid.set_filter("/(a+)+/")
            grid.set_filter("nothing")
            await pilot.pause()
            assert "no metric matches nothing" in text_of(app) and grid.words() == ""

    run(test)


def test_runs_that_are_compared_and_what_they_lack() -> None:
    async def test() -> None:
        grid = MetricGrid()
        async with stage(grid, size=(80, 30)) as (app, pilot):
            grid.show([])
            await pilot.pause()
            one, two = a_run("one", "loss", "lr"), a_run("second", "loss", "reward", steps=0)
            grid.show([(one, "a"), (two, "b")])
            await pilot.pause()
            assert titles(app) == ["loss", "reward", "lr"]
            charts = [chart for chart in app.screen.query(LineChart) if chart.display]
            assert [[curve.name for curve in chart.curves] for chart in charts] == [
                ["one", "second"],
                ["second"],
                ["one"],
            ]
            assert "no values yet" in text_of(app)
            unread = SimpleNamespace(key="run:3", name="3", color=0, series={}, step=10)
            grid.show([(unread, "a")])  # type: ignore[list-item]
            await pilot.pause()
            assert "reading..." in text_of(app)
            for size in ((20, 5), (240, 60), (3, 3), (80, 24)):
                await pilot.resize_terminal(*size)
                await pilot.pause()
            assert titles(app) == [""]

    run(test)
