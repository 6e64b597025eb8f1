"""Lists of any length: cursor, marks, order, filter, columns that fit, and only what is seen is made into text."""

from collections.abc import Sequence
from typing import Any

import pytest

from hfterm.dashboard.widgets.virtual_list import Cell, Column, VirtualList
from hfterm.errors import UsageError
from support.dash import lines_of, terminal, text_of
from support.stage import run, stage


class Fruits(VirtualList):
    COLUMNS = (
        Column("fruit", sort=lambda row: row["name"]),
        Column("weight", 7, right=True, sort=lambda row: row["weight"]),
        Column("from", 10, spare=1),
        Column("note", 12, spare=2),
    )
    EMPTY = "no fruit today"

    def __init__(self) -> None:
        super().__init__()
        self.made = 0
        self.told: list[tuple[str, Any]] = []

    def key(self, row: Any) -> str:
        return str(row["name"])

    def words(self, row: Any) -> str:
        return str(row["name"])

    def cells(self, row: Any) -> Sequence[Cell]:
        self.made += 1
        weight = "" if row["weight"] is None else str(row["weight"])
        return [(row["name"], "plain"), (weight, "good"), (row.get("from", ""), 3), (row.get("note", ""), "dim")]

    def on_virtual_list_moved(self, message: VirtualList.Moved) -> None:
        self.told.append(("moved", message.row and message.row["name"]))

    def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        self.told.append(("chosen", message.row["name"]))


def rows(count: int) -> list[dict[str, Any]]:
    return [{"name": f"fruit-{n:06d}", "weight": (n * 7919) % 1000 if n % 10 else None} for n in range(count)]


def names(app: Any) -> list[str]:
    """The first words of the rows on the screen."""
    return [line[1:].lstrip(" ●*").split(" ")[0] for line in lines_of(app)[2:-1] if line.strip("│| ")]


def test_the_cursor_moves_and_stays_in_sight() -> None:
    async def test() -> None:
        fruits = Fruits()
        async with stage(fruits, size=(60, 13)) as (app, pilot):  # ten rows
            fruits.set_rows(rows(100))
            await pilot.pause()
            for key, at, first in (
                ("down", 1, 0), ("j", 2, 0), ("pagedown", 12, 3), ("ctrl+d", 22, 13), ("up", 21, 13), ("k", 20, 13),
                ("G", 99, 90), ("down", 99, 90), ("pageup", 89, 89), ("ctrl+u", 79, 79), ("home", 0, 0), ("up", 0, 0),
                ("end", 99, 90), ("g", 0, 0),
            ):  # fmt: skip
                await pilot.press(key)
                await pilot.pause()
                assert fruits.current["name"] == f"fruit-{at:06d}", key
                assert names(app)[0] == f"fruit-{first:06d}", key
                assert len(names(app)) == 10 and "fruit" in lines_of(app)[1]
            await pilot.press("enter")
            await pilot.pause()
            assert fruits.told[-1] == ("chosen", "fruit-000000")

    run(test)


def test_cursor_and_marks_stay_with_their_rows() -> None:
    async def test() -> None:
        fruits = Fruits()
        async with stage(fruits, size=(60, 13)) as (app, pilot):
            fruits.set_rows(rows(30))
            await pilot.press("down", "space", "space")
            assert fruits.marked == {"fruit-000001", "fruit-000002"} and fruits.current["name"] == "fruit-000003"
            assert text_of(app).count("●") == 2
            fruits.set_rows([{"name": "new", "weight": 1}, *rows(30)[::-1]])
            await pilot.pause()
            assert fruits.current["name"] == "fruit-000003"
            assert [row["name"] for row in fruits.chosen()] == ["fruit-000002", "fruit-000001"]
            fruits.set_rows(rows(3))  # the row under the cursor is gone
            await pilot.pause()
            assert fruits.current["name"] == "fruit-000002" and fruits.told[-1] == ("moved", "fruit-000002")
            fruits.set_rows([])
            await pilot.press("down", "space", "enter", "G", "a")
            assert fruits.current is None and fruits.chosen() == [] and "no fruit today" in text_of(app)
            assert fruits.told[-1] == ("moved", None)

    run(test)


def test_mark_all_marks_what_is_shown() -> None:
    async def test() -> None:
        fruits = Fruits()
        async with stage(fruits) as (_, pilot):
            fruits.set_rows(rows(30))
            fruits.set_filter("*5")
            await pilot.press("a")
            assert fruits.marked == {f"fruit-{n:06d}" for n in (5, 15, 25)}
            fruits.set_filter("")
            await pilot.press("a")
            assert len(fruits.marked) == 30
            await pilot.press("a")
            assert not fruits.marked and fruits.chosen() == [fruits.current]

    run(test)


def test_order_and_filter() -> None:
    async def test() -> None:
        fruits = Fruits()
        async with stage(fruits, size=(60, 13)) as (app, pilot):
            fruits.set_rows(
                [{"name": n, "weight": w} for n, w in (("pear", 3), ("Apple", None), ("fig", 1), ("date", 2))]
            )
            await pilot.press("s")
            assert names(app) == ["Apple", "date", "fig", "pear"] and "fruit▲" in lines_of(app)[1]
            await pilot.press("s")
            assert names(app) == ["fig", "date", "pear", "Apple"]  # what has no weight is last
            await pilot.press("S")
            assert names(app) == ["pear", "date", "fig", "Apple"] and "▼" in lines_of(app)[1]
            await pilot.press("s")
            assert names(app) == ["pear", "Apple", "fig", "date"]
            fruits.set_filter("!e")
            await pilot.pause()
            assert names(app) == ["fig"] and "1 of 4  /!e" in lines_of(app)[-1]
            fruits.set_filter("zzz")
            await pilot.pause()
            assert "no match" in text_of(app)
            with pytest.raises(UsageError):
                fruits.set_filter("/[/")
            assert fruits.filter == "zzz"

    run(test)


def test_a_hundred_thousand_rows_cost_what_is_seen() -> None:
    async def test() -> None:
        fruits = Fruits()
        async with stage(fruits, size=(60, 24)) as (app, pilot):
            fruits.made = 0
            fruits.set_rows(rows(100_000))
            await pilot.pause()
            await pilot.press("G")
            await pilot.pause()
            assert names(app)[-1] == "fruit-099999" and fruits.made < 300

    run(test)


def test_columns_that_do_not_fit_go_and_long_texts_are_cut() -> None:
    async def test() -> None:
        fruits = Fruits()
        async with stage(fruits, size=(70, 8)) as (app, pilot):
            row = {"name": "学習" * 20 + "🚀", "weight": 5, "from": "here", "note": "n" * 50}
            fruits.set_rows([row])
            for width, titles in ((70, "fruit weight from note"), (45, "fruit weight from"), (30, "fruit weight")):
                await pilot.resize_terminal(width, 8)
                await pilot.pause()
                assert lines_of(app)[1].strip("│ ").split() == titles.split()
                assert "…" in lines_of(app)[2]
            for size in ((240, 60), (20, 5), (2, 2), (1, 9), (70, 8)):
                await pilot.resize_terminal(*size)
                await pilot.pause()
            assert "nnn…" in lines_of(app)[2]

    run(test)


def test_the_mouse_chooses() -> None:
    async def test() -> None:
        fruits = Fruits()
        async with stage(fruits) as (_, pilot):
            fruits.set_rows(rows(5))
            await pilot.pause()
            await pilot.click(fruits, offset=(5, 4))
            assert fruits.current["name"] == "fruit-000002"
            await pilot.click(fruits, offset=(5, 3), times=2)
            await pilot.pause()
            assert fruits.told[-1] == ("chosen", "fruit-000001")
            await pilot.click(fruits, offset=(5, 12))  # below the rows
            assert fruits.current["name"] == "fruit-000001"

    run(test)


def test_ascii_without_colours() -> None:
    async def test() -> None:
        fruits = Fruits()
        async with stage(fruits, term=terminal(glyphs="ascii", colors="none")) as (app, pilot):
            fruits.set_rows([{"name": "x" * 90, "weight": 1, "note": "n" * 50}])
            await pilot.press("space", "s")
            assert text_of(app).isascii() and "* xxx" in text_of(app) and "~" in text_of(app)

    run(test)
