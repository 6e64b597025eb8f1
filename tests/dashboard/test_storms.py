"""Whatever the size and whatever the text: every page fills the terminal, no more and no less."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from hfterm.dashboard.screens.jobs import JobList, JobsScreen
from hfterm.dashboard.sources import pretend
from hfterm.tracking.followed import Followed
from hfterm.tracking.pretend import Plan, PretendRun
from support.dash import Clock, dashboard, text_of, until
from support.scenes import SCENES, go, still_world

SIZES = ((20, 5), (1, 1), (240, 60), (48, 12), (200, 6), (30, 50))
ODD = "👩‍💻🔥 שלום مرحبا 漢字 e\u0301 \u202eabc\u200b \x1b[2J\x1b]0;x\x07"


def fills(app: Any) -> bool:
    """Whether each line is as wide as the terminal, and there are as many as it has."""
    strips = app.screen._compositor.render_strips()
    widths = {sum(cell_len(segment.text) for segment in strip) for strip in strips}
    return len(strips) == app.size.height and widths == {app.size.width}


@pytest.mark.slow
def test_every_page_in_a_storm_of_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with dashboard((80, 24)) as (app, pilot):
            for scene in SCENES:
                await go(app, pilot, scene)
                for size in ((20, 5), (240, 60), (1, 1), (80, 24)):
                    await pilot.resize_terminal(*size)
                    await until(pilot, lambda size=size: tuple(app.size) == size and fills(app))
                await until(pilot, lambda there=scene.there: there in text_of(app))

    with still_world(tmp_path, monkeypatch):
        asyncio.run(test())


def test_the_focus_is_on_a_pane_that_can_be_seen() -> None:
    async def test() -> None:
        async with dashboard((80, 24), screen="chat") as (app, pilot):
            await until(pilot, lambda: app.screen.query_one("#chats").rows)
            await pilot.press("escape", "o")
            for size in ((20, 5), (80, 24), (1, 1), (80, 24), (240, 60), (80, 24), (30, 50), (240, 60), (80, 24)):
                await pilot.resize_terminal(*size)
                if size[0] >= 80:
                    await until(pilot, lambda: app.focused is not None and app.focused.region.area)
            assert app.focused.id == "chats"

    asyncio.run(test())


class OddRuns:
    """Runs whose names, notes, errors and logs are in every script, with signs that would do something."""

    def __init__(self, clock: Clock) -> None:
        states = ("running", "failed", "lost", "done")
        self.runs: list[Followed] = [
            PretendRun(Plan(f"{n}{ODD}", state, 400, 1000, error=ODD, note=ODD, model=ODD), n, clock)
            for n, state in enumerate(states)
        ]

    def poll(self) -> list[Followed]:
        for run in self.runs:
            run.poll()
        return self.runs


def test_home_and_runs_with_every_script() -> None:
    async def test() -> None:
        clock = Clock()
        sources = pretend(clock)
        sources.runs = OddRuns(clock)
        async with dashboard((120, 40), sources=sources) as (app, pilot):
            for size in ((120, 40), (80, 24), (60, 14), (20, 5), (200, 50)):
                await pilot.resize_terminal(*size)
                for key in "13":
                    await pilot.press(key)
                    await until(pilot, lambda size=size: tuple(app.size) == size and fills(app))
                    text = text_of(app)
                    assert "👩‍💻" in text and not set(text) & {"\x1b", "\x07", "\u202e"}, (size, key)

    asyncio.run(test())


def test_jobs_with_every_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        for folder in (tmp_path / "jobs").iterdir():
            facts = json.loads((folder / "job.json").read_text())
            (folder / "job.json").write_text(json.dumps(facts | {"title": f"tok count {ODD}"}))
            (folder / "out.txt").write_text(f"{ODD}\n" * 300)
        async with dashboard((120, 40)) as (app, pilot):
            await pilot.press("J")
            await until(pilot, lambda: isinstance(app.screen, JobsScreen) and app.screen.query_one(JobList).rows)
            for size in (*SIZES, (120, 40)):
                await pilot.resize_terminal(*size)
                await until(pilot, lambda size=size: tuple(app.size) == size and fills(app))
                await pilot.press("down", "tab", "G", "w")
                assert not set(text_of(app)) & {"\x1b", "\x07", "\u202e"}, size
            await until(pilot, lambda: "👩‍💻" in text_of(app) and "tok count" in text_of(app))

    with still_world(tmp_path, monkeypatch):
        asyncio.run(test())
