"""What the dashboard costs the wire, in bytes: to start, a second of looking, a key. Nothing here is timed.

The bounds are those of the issue: a link of 10 kB/s stays usable.
"""

import sys
from pathlib import Path

import pytest

from support.cli import HFTERM, environment
from support.ptys import Pty

PROGRAM = Path(__file__).with_name("ticking_app.py")
# A line of the log and a point of the curves come every ten seconds.
TICKS = 11
# Bytes at 120x40. A key changes what a pane says, goes to another pane (whose border says so), or to another page.
START, SECOND, KEY, PANE, PAGE = 25_000, 1_500, 1_500, 2_500, 10_000


class Wire:
    """The dashboard in a terminal; counts what comes for what is done."""

    def __init__(self, screen: str, size: tuple[int, int], home: Path) -> None:
        env = environment(home, {"COLORTERM": "truecolor"})
        self.term = Pty([sys.executable, "-P", PROGRAM, screen], size=size, env=env, cwd=home)
        self.marks = 0

    def cost(self, key: str, then: str = "") -> int:
        """Bytes until what a key does is painted; ``then`` is a text that comes with it."""
        before = len(self.term.raw)
        self.term.press(key)
        if then:
            self.term.wait_for(then, 60)
        if key != "ctrl+t":
            self.term.press("ctrl+y")
        self.marks += 1
        title = b"\x1b]2;painted %d\x07" % self.marks
        self.term.wait_until(lambda: title in self.term.raw[before:], f"painted {self.marks}", 60)
        return len(self.term.raw) - before - len(title)

    def __enter__(self) -> "Wire":
        self.term.wait_for("mem" if self.term.columns < 100 else "H100", 60)
        self.cost("ctrl+t")
        return self

    def __exit__(self, *error: object) -> None:
        self.term.__exit__(None, None, None)


@pytest.mark.parametrize("screen", ["home", "chat"])
def test_the_start(tmp_path: Path, screen: str) -> None:
    last = {"home": "following", "chat": "A new conversation"}[screen]
    argv = [HFTERM, "ui", "--demo", "--screen", screen]
    env = environment(tmp_path, {"COLORTERM": "truecolor"})
    with Pty(argv, size=(120, 40), env=env, cwd=tmp_path) as term:
        term.wait_until(lambda: last in term.screen.text and "ETA" in term.screen.text, "all panes", 120)
        assert len(term.raw) < START


@pytest.mark.parametrize(
    ("columns", "lines", "screens"),
    [(120, 40, "1234"), pytest.param(200, 50, "12", marks=pytest.mark.slow)],
)
def test_a_second_of_looking(tmp_path: Path, columns: int, lines: int, screens: str) -> None:
    there = {"1": "following", "2": "Processes", "3": "Checkpoints", "4": "ask something"}
    with Wire("home", (columns, lines), tmp_path) as wire:
        for screen in screens:
            wire.cost(screen, there[screen])
            spent = [wire.cost("ctrl+t") for _ in range(TICKS)]
            assert 0 < sum(spent) / TICKS < SECOND, (screen, spent)


def test_a_key(tmp_path: Path) -> None:
    keys = (
        ("", "y m ] left 0", KEY), ("", "tab", PANE), ("", "up G", KEY), ("", "z q", PAGE),
        ("Processes", "2", PAGE), ("", "down up space s", KEY), ("", "right left", PANE), ("", "i q", PAGE),
        ("Checkpoints", "3", PAGE), ("", "space down", PAGE), ("", "tab m", PANE), ("", "e", PAGE),
        ("A new conversation", "4", PAGE), ("", "i", PANE), ("", "h e l l o", KEY),
    )  # fmt: skip
    with Wire("home", (120, 40), tmp_path) as wire:
        for there, names, most in keys:
            for name in names.split():
                spent = wire.cost(name, there)
                assert spent < most, (name, spent)
