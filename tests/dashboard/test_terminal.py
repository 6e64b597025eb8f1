"""What is found out about a terminal before the dashboard starts."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

import pytest

from hfterm.dashboard import terminal
from support.ptys import Pty

UTF8 = {"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}


@pytest.fixture
def tty() -> Iterator[TextIO]:
    """A stream on a real terminal of 100 by 30."""
    ours, theirs = pty.openpty()
    termios_size(ours, 100, 30)
    with open(theirs, "w", encoding="utf-8") as stream:
        yield stream
    os.close(ours)


def termios_size(fd: int, columns: int, rows: int) -> None:
    import fcntl
    import struct
    import termios

    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


@pytest.fixture
def nowhere(tmp_path: Path) -> Iterator[TextIO]:
    """A stream on a file."""
    with open(tmp_path / "file", "w") as stream:
        yield stream


def test_a_terminal_is_usable_and_has_its_size(tty: TextIO) -> None:
    found = terminal.probe(UTF8, tty, tty)
    assert found.usable and not found.why_not and found.size == (100, 30)
    assert found == terminal.Terminal(
        True,
        "",
        "xterm-256color",
        "256",
        "braille",
        tmux=False,
        screen=False,
        ssh=False,
        size=(100, 30),
        background=None,
    )
    assert found.dark and not found.ascii_only and not found.multiplexed


def test_without_a_terminal_it_says_which_stream_is_none(tty: TextIO, nowhere: TextIO) -> None:
    assert terminal.probe(UTF8, nowhere, tty).why_not == "stdin is not a terminal"
    assert terminal.probe(UTF8, tty, nowhere, nowhere).why_not == "neither stdout nor stderr is a terminal"
    assert terminal.probe(UTF8, None, tty).why_not == "stdin is not a terminal"
    assert terminal.probe(UTF8, tty, nowhere, tty).usable  # painted to stderr
    tty.close()
    assert not terminal.probe(UTF8, tty, tty).usable


@pytest.mark.parametrize(("name", "said"), [("", "TERM is not set"), ("dumb", "TERM=dumb can only print lines")])
def test_a_terminal_that_only_prints_is_not_usable(tty: TextIO, name: str, said: str) -> None:
    assert terminal.probe({"TERM": name}, tty, tty).why_not == said


@pytest.mark.parametrize(
    ("environ", "colors"),
    [
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit", "NO_COLOR": "1"}, "none"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit", "NO_COLOR": ""}, "truecolor"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "vt220"}, "none"),
        ({"TERM": "xterm-kitty"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"}, "256"),
        ({"TERM": "screen-256color", "TMUX": "/tmp/x,1,0", "TERM_PROGRAM": "vscode"}, "256"),
        ({"TERM": "screen", "STY": "1.pts", "COLORTERM": "truecolor"}, "16"),
        ({"TERM": "screen-256color", "STY": "1.pts", "COLORTERM": "truecolor"}, "256"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "256"),
    ],
)
def test_colors(tty: TextIO, environ: Mapping[str, str], colors: str) -> None:
    assert terminal.probe(environ, tty, tty).colors == colors


@pytest.mark.parametrize(
    ("environ", "glyphs"),
    [
        ({"LANG": "de_DE.UTF-8"}, "braille"),
        ({"LANG": "en_US.utf8"}, "braille"),
        ({}, "braille"),  # a container without a locale, in a terminal of today
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "ascii"),
        ({"LANG": "de_DE.ISO-8859-1"}, "ascii"),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, "braille"),
        ({"TERM": "linux", "LANG": "en_US.UTF-8"}, "blocks"),
        ({"TERM": "putty-256color", "LANG": "en_US.UTF-8"}, "blocks"),
        ({"TERM": "vt100", "LANG": "en_US.UTF-8"}, "ascii"),
    ],
)
def test_glyphs(tty: TextIO, environ: Mapping[str, str], glyphs: str) -> None:
    assert terminal.probe({"TERM": "xterm", **environ}, tty, tty).glyphs == glyphs


def test_a_stream_that_cannot_say_unicode_gets_ascii() -> None:
    ours, theirs = pty.openpty()
    with open(theirs, "w", encoding="latin-1") as stream:
        assert terminal.probe(UTF8, stream, stream).ascii_only
    os.close(ours)


@pytest.mark.parametrize(
    ("value", "background"),
    [("15;0", "dark"), ("0;15", "light"), ("0;default;7", "light"), ("12;8", "dark"), ("0;default", None), ("", None)],
)
def test_light_or_dark(tty: TextIO, value: str, background: str | None) -> None:
    found = terminal.probe({**UTF8, "COLORFGBG": value}, tty, tty)
    assert found.background == background
    assert found.dark == (background != "light")


def test_what_stands_between(tty: TextIO) -> None:
    inside = terminal.probe(
        {**UTF8, "TERM": "tmux-256color", "TMUX": "x", "STY": "y", "SSH_TTY": "/dev/pts/0"}, tty, tty
    )
    assert inside.tmux and not inside.screen and inside.ssh and inside.multiplexed
    over = terminal.probe({**UTF8, "TERM": "screen-256color", "SSH_CONNECTION": "a b"}, tty, tty)
    assert not over.tmux and not over.screen and over.multiplexed


def test_textual_gets_its_settings_and_children_do_not(tty: TextIO) -> None:
    environ = {"TEXTUAL_FPS": "15", "NO_COLOR": "1"}
    terminal.apply(terminal.probe({**UTF8, "COLORTERM": "truecolor"}, tty, tty), environ)
    assert environ["TEXTUAL_FPS"] == "15"  # the user's own
    assert environ["TEXTUAL_COLOR_SYSTEM"] == "truecolor" and environ["TEXTUAL_ANIMATIONS"] == "none"
    code = (
        "import textual.constants as c; print(c.DRIVER, c.TEXTUAL_ANIMATIONS, c.SMOOTH_SCROLL, c.MAX_FPS,"
        " c.COLOR_SYSTEM, c.ESCAPE_DELAY)"
    )
    done = subprocess.run([sys.executable, "-c", code], env={**environ, "PATH": ""}, capture_output=True, text=True)
    assert done.stdout.split() == [
        "hfterm.dashboard.driver.driver:CellDriver", "none", "False", "15", "truecolor", "0.02",
    ]  # fmt: skip
    terminal.unapply(environ)
    assert environ == {"TEXTUAL_FPS": "15", "NO_COLOR": "1"}


def test_importing_it_brings_neither_textual_nor_rich() -> None:
    code = "import sys, hfterm.dashboard.terminal; print(sorted({'textual', 'rich', 'click'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_plain_commands_exist() -> None:
    from hfterm import cli

    said = terminal.plain_commands()
    assert said.startswith("use 'hfterm gpu --watch', ") and "\n" not in said
    for command in said.split("'")[1::2]:
        words = [word for word in command.split()[1:] if word.isalpha() and word.islower()]
        assert cli.help_page(tuple(words)).startswith(f"Usage: hfterm {' '.join(words)} ")


ASK = (
    "import sys, time; from hfterm.dashboard.terminal import ask_background as ask\n"
    "began = time.monotonic(); found = ask(0, 1, 5.0); took = time.monotonic() - began\n"
    "print(f'said={found} late={took > 4}'); print('typed', input())"
)


@pytest.mark.parametrize(("mute", "said"), [(False, "said=dark late=False"), (True, "said=None late=True")])
def test_the_background_is_asked_for(mute: bool, said: str) -> None:
    code = ASK.replace("5.0", "5.0" if not mute else "0.1").replace("> 4", "> 4" if not mute else "> 0.09")
    with Pty([sys.executable, "-P", "-c", code], mute=mute) as term:
        term.wait_for(said)
        term.send("keys\n")  # the terminal echoes and reads lines again
        term.wait_for("typed keys")
        assert term.wait_exit() == 0
