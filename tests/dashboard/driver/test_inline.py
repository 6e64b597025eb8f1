"""Below the prompt the picture is the same as with Textual's own driver, for less."""

import os
import sys
from pathlib import Path

import pytest

from support.emulator import difference
from support.ptys import Pty

APP = str(Path(__file__).with_name("inline_app.py"))


def start(*options: str, lines: int = 20) -> Pty:
    env = {
        key: value for key, value in os.environ.items() if not key.startswith(("TEXTUAL", "NO_COLOR", "COL", "LINES"))
    }
    env |= {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}
    code = f"printf 'line %s\\n' 1 2 3; {sys.executable} -P {APP} {' '.join(options)}; printf 'after>'; read x"
    term = Pty(["sh", "-c", code], env=env, size=(60, lines))
    term.wait_for("count 0")
    term.settle(0.25)
    return term


def wait_until_same(own: Pty, term: Pty, when: str) -> None:
    """Pump both until they show the same: neither paints in one piece."""

    def same() -> bool:
        term.pump(0.01)
        return not difference(term.screen, own.screen)

    try:
        own.wait_until(same, when, 10)
    except AssertionError:
        raise AssertionError(f"{when}: {difference(term.screen, own.screen)}") from None


@pytest.mark.parametrize(("lines", "keep"), [(20, ()), (8, ("--keep",))])
def test_it_looks_like_textuals_own(lines: int, keep: tuple[str, ...]) -> None:
    with start("--plain", *keep, lines=lines) as own, start(*keep, lines=lines) as term:
        for count, key in enumerate(("a", "b", "c", "-", "backspace"), 1):
            for each in (own, term):
                each.press(key)
                each.wait_for(f"count {count} ")
            wait_until_same(own, term, f"after {key}")
            for each in (own, term):  # they may have been alike half-way through a change
                each.settle(0.25)
            wait_until_same(own, term, f"long after {key}")
        for each in (own, term):
            each.press("enter")
            each.wait_for("after>")
        wait_until_same(own, term, "at the end")
        assert ("count" in term.screen.text) == bool(keep)
        assert (term.screen.cursor.x, term.screen.cursor.y) == (own.screen.cursor.x, own.screen.cursor.y)


def test_after_a_resize_it_is_whole() -> None:
    with start() as term:
        term.press("a", "b")
        term.wait_for("count 2")
        term.resize(40, 12)
        term.press("c")
        term.wait_for("count 3")
        term.wait_for("row 2")
        term.settle()
        assert term.screen.text.count("count") == 1 and term.screen.text.count("╭") == 1
        term.press("enter")
        term.wait_for("after>")


def test_the_mouse_is_told_where_it_begins() -> None:
    with start("--mouse") as term:
        term.press("a", "b", "c")
        term.wait_for("count 3")
        term.settle()
        assert term.raw.count(b"\x1b[6n") <= 4  # not with every frame
        y = next(n for n, row in enumerate(term.screen.rows, 1) if "abc" in row)
        x = term.screen.rows[y - 1].index("abc") + 1
        term.send(f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m")  # to the front of the text
        term.settle()
        term.press("z")
        term.wait_for("zabc")
