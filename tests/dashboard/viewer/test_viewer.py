"""The viewer: rows from anywhere, a search, one record; as it looks, and in a real terminal."""

import asyncio
import contextlib
import json
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from hfterm.dashboard.viewer.cells import cut, layout, shown
from hfterm.dashboard.viewer.record_screen import RecordScreen
from hfterm.dashboard.viewer.view_app import ViewerApp
from hfterm.data import engine
from hfterm.data.pages import Pages
from hfterm.data.source import sources
from support.cli import HFTERM, Hfterm
from support.dash import lines_of, terminal, text_of, until
from support.golden import Goldens
from support.ptys import Pty

FOLDER = Path(__file__).parent / "snapshots"
TEXTS = (
    "A short one",
    "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. " * 6,
    "日本語のテキストと絵文字 😁 in a row",
    "tab\there\nand a newline \x1b[31mred\x1b[0m",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "rows.jsonl"
    rows = [
        {
            "id": n,
            "text": TEXTS[n % 4],
            "score": n / 7,
            "tags": ["x", "y"][: n % 3],
            "meta": {"url": f"https://example.com/{n}", "words": ["long"] * 20},
            "none": None,
        }
        for n in range(3000)
    ]
    lines = [json.dumps(row, ensure_ascii=n % 2 == 0) for n, row in enumerate(rows)]
    lines[5:5] = ['{"torn": ', "[1, 2]", ""]
    made.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


@contextlib.asynccontextmanager
async def viewer(path: Path, size: tuple[int, int] = (80, 24), **term: Any) -> AsyncIterator[tuple[ViewerApp, Any]]:
    pages = Pages(engine.connect(threads=1), sources([str(path)]))
    pages.start()
    try:
        app = ViewerApp(pages, "rows.jsonl", terminal(**term))
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.table.done and "id" in text_of(app))
            yield app, pilot
    finally:
        pages.close()


def run(test: Callable[[], Any]) -> None:
    asyncio.run(test())


@pytest.mark.parametrize(
    ("name", "size", "term"),
    [
        ("80x24", (80, 24), {}),
        ("120x40", (120, 40), {"background": "light"}),
        ("20x5", (20, 5), {}),
        ("ascii", (60, 12), {"glyphs": "ascii", "colors": "none"}),
    ],
)
def test_it_looks_as_it_did(
    path: Path,
    name: str,
    size: tuple[int, int],
    term: dict[str, Any],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    goldens = Goldens(FOLDER, request.config.getoption("--renew-snapshots"))
    if term.get("colors") == "none":
        monkeypatch.setenv("NO_COLOR", "1")

    async def test() -> None:
        async with viewer(path, size, **term) as (app, pilot):
            show = lambda: "\n".join(lines_of(app)) + "\n"  # noqa: E731
            await pilot.press("down", "down")
            await goldens.screen(f"{name}/rows", pilot, show)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, RecordScreen))
            await goldens.screen(f"{name}/record", pilot, show)
            await pilot.press("escape", "slash")
            await until(pilot, lambda: "where SQL"[: size[0] // 3] in text_of(app) or size[0] < 40)
            await goldens.screen(f"{name}/search", pilot, show)

    run(test)
    goldens.done()


def test_keys_go_anywhere(path: Path) -> None:
    async def test() -> None:
        async with viewer(path) as (app, pilot):
            table = app.table

            async def at(row: int, *keys: str) -> None:
                await pilot.press(*keys)
                await until(pilot, lambda: table.cursor == row)

            await at(1, "j")
            await at(1 + table.page, "pagedown")
            await at(3002, "G")
            await at(0, "g")
            await at(1499, ":", *"1,500", "enter")
            assert table.top <= 1499 < table.top + table.page
            await at(3002, ":", *"100%", "enter")
            await at(3002, ":", *"99999", "enter")
            await until(pilot, lambda: "there are 3,003 rows" in text_of(app))
            await pilot.press(":", *"abc", "enter")
            await until(pilot, lambda: "not a row's number: abc" in text_of(app))
            await pilot.press("g", "l", "l")
            await until(pilot, lambda: "columns 3-" in text_of(app))
            assert "score" in text_of(app) and "Boxk" not in text_of(app)
            await pilot.press("h", "h", "h")
            await until(pilot, lambda: "Boxk" in text_of(app))
            await pilot.press("question_mark")
            await until(pilot, lambda: "The whole record, wrapped" in text_of(app))
            await pilot.press("q", "q")

    run(test)


def test_searching(path: Path) -> None:
    async def test() -> None:
        async with viewer(path) as (app, pilot):
            table = app.table

            async def at(row: int, *keys: str) -> None:
                await pilot.press(*keys)
                await until(pilot, lambda: table.cursor == row and app._searching is None)

            await at(0, "/", *"a SHORT", "enter")
            await at(4, "n")
            await at(11, "n")
            await at(4, "N")
            await at(2005, "/", *"where id = 2002", "enter")
            assert table.needle == ""
            await pilot.press("n")
            await until(pilot, lambda: "not found below: where id = 2002" in text_of(app))
            for typed, words in (("where idd = 1", "did you mean id?"), ("where id >", "condition 'id >'")):
                await pilot.press("/", *typed, "enter")
                await until(pilot, lambda words=words: words in text_of(app))  # type: ignore[misc]
            assert table.cursor == 2005
            await pilot.press("/", "x", "escape")
            await until(pilot, lambda: app.focused is table)

    run(test)


def test_a_record_and_its_neighbours(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with viewer(path) as (app, pilot):
            copied: list[str] = []
            monkeypatch.setattr(app, "copy_text", copied.append)
            await pilot.press("enter")
            await until(pilot, lambda: "row 1 of 3,003" in text_of(app))
            await pilot.press("l")
            await until(pilot, lambda: "row 2 of 3,003" in text_of(app) and "Sylter" in text_of(app))
            await pilot.press("l", "l")
            await until(pilot, lambda: r"\x1b[31mred" in text_of(app))
            assert "\x1b" not in text_of(app)
            await pilot.press("l", "l")
            await until(pilot, lambda: "this row is not JSON" in text_of(app))
            await pilot.press("h", "y")
            await until(pilot, lambda: bool(copied))
            assert json.loads(copied[0])["id"] == 4
            await pilot.press("escape", "y")
            await until(pilot, lambda: len(copied) == 2)

    run(test)


def test_cells() -> None:
    assert [shown(value)[0] for value in (None, True, 0.1, 1 / 3, b"abc", "a\tb", {"a": [1, b"x"]}, 2**70)] == [
        "null", "true", "0.1", "0.333333", "<3 B>", r"a\tb", '{"a": [1, "<1 B>"]}', str(2**70),
    ]  # fmt: skip
    assert cut("日本語", 4, False) == "日 …" and cut("abc", 3, False) == "abc" and cut("abcd", 3, True) == "ab~"
    assert layout([5, 50, 5], 80) == [5, 50, 5] and layout([5, 500, 5], 80) == [5, 66, 5]
    assert layout([100, 100, 100], 70) == [34, 34] and layout([100], 10) == [10]


def test_in_a_terminal(hfterm: Hfterm, path: Path) -> None:
    """Keys typed at once, rows by a pipe, the terminal given back."""
    env = hfterm.env()
    with Pty([HFTERM, "data", "view", path], env=env, size=(80, 24)) as pty:
        pty.wait_for("row 1 of 3,003", 120)
        pty.send(":2000\r")
        pty.wait_for("row 2,000 of 3,003", 120)
        pty.send("q")
        assert pty.wait_exit(120) == 0 and len(pty.modes()) == 3
    with Pty(["bash", "-c", f"head -n 4 '{path}' | '{HFTERM}' data view"], env=env, size=(80, 24)) as pty:
        pty.wait_for("row 1 of 4", 120)
        pty.send("j")
        pty.wait_for("row 2 of 4", 120)
        pty.send("q")
        assert pty.wait_exit(120) == 0


def test_without_a_terminal(hfterm: Hfterm, path: Path) -> None:
    done = hfterm("data", "view", path, check=2)
    assert "stdout is none" in done.stderr and "hfterm data head" in done.stderr and done.stdout == ""
    # A terminal to show rows on, and none to take keys from.
    pid, tty = os.openpty()
    try:
        piped = subprocess.run(
            [HFTERM, "data", "view"], input=b'{"a":1}\n', stdout=tty, stderr=subprocess.PIPE,
            env=hfterm.env(), start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(pid)
        os.close(tty)
    assert piped.returncode == 2 and b"no terminal for the keys" in piped.stderr
