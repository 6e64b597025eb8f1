"""Every page as it was looked at and found good: at three sizes, without colour, in ASCII; and the styles it is in.

The goldens are in snapshots/. ``pytest tests/dashboard/test_snapshots.py --renew-snapshots`` writes them anew;
look at what ``git diff`` shows before you keep it.
"""

import asyncio
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hfterm.dashboard import shades
from support.dash import dashboard, terminal
from support.golden import Goldens
from support.scenes import ATTRIBUTES, SCENES, Past, Scene, go, painted, still_world, styles_of, told

FOLDER = Path(__file__).parent / "snapshots"
# Pages whose styles are kept, and in which themes.
STYLED = {"home": tuple(shades.THEMES), "chat": tuple(shades.THEMES)} | dict.fromkeys(
    ("gpus", "signal", "runs-compared", "jobs", "palette"), ("dark",)
)


class Look(NamedTuple):
    """A terminal to look at the pages in."""

    name: str
    size: tuple[int, int]
    term: dict[str, Any] = {}  # noqa: RUF012 (never changed)
    without: tuple[str, ...] = ()

    @property
    def scenes(self) -> list[Scene]:
        """The pages that are looked at there."""
        return [scene for scene in SCENES if scene.name not in self.without]


# Pages that are the same everywhere but for the room around them.
SMALL = ("zoom", "filter", "command", "help", "process", "gpu", "ask", "model", "settings")
LOOKS = (
    Look("80x24", (80, 24)),
    Look("120x40", (120, 40)),
    Look("200x50", (200, 50), without=SMALL),
    Look("no-colour", (100, 30), {"colors": "none"}),
    Look("ascii", (80, 24), {"glyphs": "ascii", "colors": "none"}, without=SMALL),
)


@pytest.fixture
def goldens(request: pytest.FixtureRequest) -> Goldens:
    return Goldens(FOLDER, request.config.getoption("--renew-snapshots"))


@pytest.mark.parametrize("look", LOOKS, ids=[look.name for look in LOOKS])
def test_every_page_looks_as_it_did(
    look: Look, goldens: Goldens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if look.term.get("colors") == "none":
        monkeypatch.setenv("NO_COLOR", "1")

    async def test() -> None:
        async with dashboard(look.size, term=terminal(**look.term)) as (app, pilot):
            app.state.history = Past()
            app.tell("machine")
            for scene in look.scenes:
                await go(app, pilot, scene)
                await goldens.screen(f"{look.name}/{scene.name}", pilot, lambda: painted(app))
                if look.name == "no-colour":
                    styles = styles_of(app)
                    assert not {word for name in styles for word in name.split()} - {"plain", *ATTRIBUTES}
                    if scene.name in STYLED:
                        await goldens.screen(f"{look.name}/{scene.name}-styles", pilot, lambda: told(styles_of(app)))
                elif look.name == "120x40" and scene.name in STYLED:
                    for theme in STYLED[scene.name]:
                        app.set_shades(theme)
                        await goldens.screen(f"styles/{scene.name}-{theme}", pilot, lambda: told(styles_of(app)))
                    app.set_shades("dark")

    with still_world(tmp_path, monkeypatch):
        asyncio.run(test())
    goldens.done()


def test_no_golden_is_left_over() -> None:
    names = {f"{look.name}/{scene.name}" for look in LOOKS for scene in look.scenes}
    names |= {f"no-colour/{styled}-styles" for styled in STYLED}
    names |= {f"styles/{styled}-{theme}" for styled in STYLED for theme in STYLED[styled]}
    kept = {path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.txt")}
    assert kept == names
