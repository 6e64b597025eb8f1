"""The driver on real terminals: thin, late, odd, resized, suspended, closed."""

import os
import random
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.ptys import Pty

HERE = Path(__file__).parent
APP = [sys.executable, "-P", str(HERE / "painted_app.py")]


def environ(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    drop = ("TEXTUAL", "NO_COLOR", "COLORTERM", "COLUMNS", "LINES", "LC_", "LANG", "TERM_PROGRAM", "ESCDELAY")
    env = {key: value for key, value in os.environ.items() if not key.startswith(drop)}
    return env | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none", **(extra or {})}


def start(*, app: list[str] | None = None, env: Mapping[str, str] | None = None, **kwargs: Any) -> Pty:
    term = Pty(app or APP, env=environ(env), **{"size": (100, 30), **kwargs})
    term.wait_for("count 0")
    term.wait_for("^p palette")
    term.settle(0.25)
    return term


def assert_whole(term: Pty) -> None:
    """Painting everything anew changes nothing: what stood there was right."""
    term.settle(0.4)
    before, begun = term.screen.cells(), len(term.raw)
    term.press("l")
    term.wait_until(lambda: len(term.raw) > begun + 1_500, "the picture anew")
    term.settle(0.4)
    assert term.screen.cells() == before


def test_a_key_sends_what_it_changed() -> None:
    with start() as term:
        begun = len(term.raw)
        term.press("n")
        term.wait_for("count 1 漢")
        term.settle()
        assert len(term.raw) - begun < 250
        assert begun < 15_000
        assert not term.modes() and term.screen.alternate
        term.press("q")
        assert term.wait_exit() == 0
        assert not term.screen.alternate and len(term.modes()) == 3
        assert not term.screen.text.strip()  # what stood there before the app: nothing


def test_modes_are_set_and_given_back() -> None:
    with start(app=[*APP, "--mouse"]) as term:
        term.press("q")
        assert term.wait_exit() == 0
        sent = bytes(term.raw)
    asked, given = sent[: sent.rindex(b"\x1b[?1049l")], sent[sent.rindex(b"\x1b[?2004l") - 60 :]
    assert b"\x1b[?1002h" in asked and b"\x1b[?1003h" not in sent  # buttons and drags, not each motion
    for mode in (b"1000", b"1002", b"1006", b"1004", b"2004"):
        assert asked.count(b"\x1b[?" + mode + b"h") == given.count(b"\x1b[?" + mode + b"l") == 1
    assert b"\x1b[<u" in given and b"\x1b[?25h" in given
    with start() as term:
        assert b"\x1b[?1000h" not in term.raw


@pytest.mark.parametrize("sync", [True, False])
def test_synchronised_output_only_where_it_is_known_and_pays(sync: bool) -> None:
    with start(sync=sync) as term:
        term.press("m")
        term.wait_for("question")
        term.settle()
        assert (b"\x1b[?2026h" in term.raw) == sync
        begun = len(term.raw)
        term.press("a")
        term.settle()
        assert b"\x1b[?2026h" not in term.raw[begun:]  # a letter arrives in one piece anyway
        assert term.raw.count(b"\x1b[?2026h") == term.raw.count(b"\x1b[?2026l")


def test_on_a_thin_link_a_key_is_answered_between_floods() -> None:
    with start(rate=10_000) as term:
        term.press("f")
        term.pump_for(1)
        for count in (1, 2, 3):
            begun = len(term.raw)
            term.press("n")
            term.wait_for(f"count {count}")
            # Bytes are time here: what came in between is what the key waited for.
            assert len(term.raw) - begun < 4_000
        term.press("q")
        assert term.wait_exit() == 0


def test_a_link_that_buffers_without_end_is_not_filled() -> None:
    """As SSH does: the kernel takes all, the terminal shows it a long time later; only answers tell."""
    relay = [sys.executable, "-P", str(HERE / "late_link.py"), "10000", "0.1", *APP]
    with start(app=relay) as term:
        term.press("f")
        term.pump_for(2)
        begun = len(term.raw)
        term.press("n")
        term.wait_for("count 1")
        assert len(term.raw) - begun < 6_000
        term.press("q")
        assert term.wait_exit() == 0


def test_a_terminal_that_answers_nothing_is_served_all_the_same() -> None:
    with start(mute=True) as term:
        term.press("n", "f")
        term.wait_for("count 1")
        term.press("q")
        assert term.wait_exit() == 0
        assert not term.screen.alternate


def test_answers_that_come_late_do_not_reach_the_shell() -> None:
    code = f"{' '.join(APP)}; IFS= read -r -n 99 -t 1 left; printf 'left<%q>' \"$left\"; stty -a"
    with Pty(["bash", "--norc", "-c", code], env=environ(), answer_late=0.25) as term:
        term.wait_for("count 0")
        term.press("q")
        term.wait_for("left<''>")
        term.wait_for(" echo ")


def test_a_storm_of_sizes_ends_in_the_right_picture() -> None:
    dice = random.Random(3)
    with start() as term:
        for _ in range(60):
            term.resize(dice.randint(20, 140), dice.randint(5, 50))
            term.press("n")
            term.pump(0.005)
        term.resize(90, 28)
        term.wait_for("count 60")
        term.wait_for("^p palette")
        assert_whole(term)


@pytest.mark.parametrize("size", [(20, 5), (1, 1)])
def test_odd_sizes(size: tuple[int, int]) -> None:
    with Pty(APP, env=environ(), size=size) as term:
        term.wait_until(lambda: b"48;5" in term.raw, "a colour")
        term.press("n", "m")
        term.settle(0.3)
        term.press("escape")
        term.settle(0.3)
        term.press("q")
        assert term.wait_exit() == 0


@pytest.mark.parametrize("name", ["linux", "screen.xterm-256color", "no-such-terminal"])
def test_odd_terminals(name: str) -> None:
    with start(env={"TERM": name}) as term:
        term.press("n")
        term.wait_for("count 1")
        term.press("q")
        assert term.wait_exit() == 0
        # Coloured emptiness is erased only where erasing takes the colour.
        assert (b"\x1b[K" in term.raw) == (name == "linux")


def test_stop_and_continue() -> None:
    with start() as term:
        term.press("n", "z")
        term.wait_until(lambda: os.waitpid(term.pid, os.WNOHANG | os.WUNTRACED)[0] == term.pid, "stopped")
        assert not term.screen.alternate and len(term.modes()) == 3
        term.screen.write("the shell was here")
        term.signal(signal.SIGCONT)
        term.wait_for("count 1")
        assert term.screen.alternate and not term.modes()
        term.press("n")
        term.wait_for("count 2")
        # Stopped and continued by someone else: the picture comes anew.
        term.signal(signal.SIGSTOP)
        term.screen.erase_in_display(2)
        term.signal(signal.SIGCONT)
        term.wait_for("count 2")
        term.press("q")
        assert term.wait_exit() == 0


def test_a_program_has_the_terminal_to_itself_and_gives_it_back() -> None:
    with start(env={"NO_COLOR": "1"}) as term:
        assert not re.search(rb"\x1b\[[\d;]*([34]8;|\b[349]\d\b)[\d;]*m", bytes(term.raw))
        term.press("s")
        term.wait_for("in the shell NO_COLOR=1 ")
        term.wait_for("\necho")  # stty: echo is on
        assert not term.screen.alternate
        term.resize(90, 25)
        term.send("\n")
        term.wait_for("count 0")
        term.wait_for("^p palette")
        term.press("n")
        term.wait_for("count 1")
        assert term.screen.alternate


def test_a_closed_terminal_ends_it_without_a_word(tmp_path: Path) -> None:
    for ignored in ("", "trap '' HUP; "):  # by the signal, and as under nohup by what reading and writing say
        code = f"{ignored}exec {' '.join(APP)} 2> {tmp_path}/err"
        with start(app=["sh", "-c", code]) as term:
            term.press("f")
            term.pump_for(0.3)
            term.hang_up()
            assert term.wait_exit() == 129
        assert (tmp_path / "err").read_text() == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_gives_the_terminal_back(number: int) -> None:
    with start() as term:
        term.signal(number)
        assert term.wait_exit() == 128 + number
        assert not term.screen.alternate and len(term.modes()) == 3


def test_it_paints_to_stderr_when_stdout_is_a_file(tmp_path: Path) -> None:
    with start(app=["sh", "-c", f"exec {' '.join(APP)} > {tmp_path}/out"], size=(90, 26)) as term:
        term.wait_for("^p palette")
        assert term.screen.rows[25].endswith("palette")  # the size is that of the terminal
        term.press("q")
        assert term.wait_exit() == 0
    assert (tmp_path / "out").read_text() == ""


def test_a_non_blocking_terminal_loses_nothing() -> None:
    code = f"import os; os.set_blocking(1, False); os.execv({APP[0]!r}, {APP!r})"
    with start(app=[sys.executable, "-c", code], rate=100_000, size=(200, 60)) as term:
        term.press("t", "n", "t", "n")
        term.wait_for("count 2")
        assert_whole(term)


def test_a_terminal_may_tell_its_size_itself() -> None:
    """Mode 2048: the size comes as a sequence, pixels of the mouse with it."""
    with start(app=[*APP, "--mouse"], in_band=True) as term:
        assert b"\x1b[?2048h" in term.raw
        term.resize(70, 20)
        term.wait_until(lambda: term.screen.rows[19].endswith("palette"), "the new last row")
        assert len(term.screen.rows[1]) == 70
        term.press("q")
        assert term.wait_exit() == 0
        assert b"\x1b[?2048l" in term.raw and b"\x1b[?1016l" in term.raw


@pytest.mark.parametrize("where", ["painter.Painter.rows", "canvas.Canvas.feed", "keyboard.XTermParser.feed"])
def test_a_bug_of_its_own_does_not_keep_the_terminal(where: str) -> None:
    module, *names = where.split(".")
    code = f"import runpy, sys; from hfterm.dashboard.driver import {module} as m\n"
    code += "def broken(*a, **k): raise AssertionError('broken driver')\n"
    code += f"m.{'.'.join(names)} = broken; sys.argv = ['app']; runpy.run_path({APP[-1]!r}, run_name='__main__')"
    with Pty([sys.executable, "-P", "-c", code], env=environ(), size=(100, 30)) as term:
        assert term.wait_exit() == 1
        assert "broken driver" in term.screen.text
        assert not term.screen.alternate and len(term.modes()) == 3
