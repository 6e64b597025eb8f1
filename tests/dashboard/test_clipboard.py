"""Copying says what it did."""

import base64
import dataclasses
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfterm.dashboard import clipboard
from hfterm.dashboard.terminal import Terminal
from hfterm.errors import HftermError
from support.ptys import Pty

PLAIN = Terminal(
    True, "", "xterm-256color", "256", "braille", tmux=False, screen=False, ssh=True, size=(80, 24), background=None
)


def copied(text: str, terminal: Terminal = PLAIN, **environ: str) -> tuple[str, str]:
    """What was said and what was written to the terminal."""
    written: list[str] = []
    said = clipboard.copy(text, terminal, written.append, environ)
    return said, "".join(written)


def test_over_ssh_the_terminal_is_asked() -> None:
    said, written = copied("naïve 漢字")
    assert said == "sent 8 characters to the terminal's clipboard (if it allows that: OSC 52)"
    assert base64.b64decode(written.removeprefix("\x1b]52;c;").removesuffix("\x07")).decode() == "naïve 漢字"


def test_tmux_on_the_way_is_named() -> None:
    said, _ = copied("x", dataclasses.replace(PLAIN, name="tmux-256color"))
    assert said == "sent 1 character to the terminal; tmux lets it through only with 'set -g set-clipboard on'"


def test_screen_gets_it_in_pieces() -> None:
    _, written = copied("a" * 1000, dataclasses.replace(PLAIN, name="screen", screen=True))
    pieces = re.findall(r"\x1bP([^\x1b]*|\x1b\][^\x1b]*)\x1b\\", written)
    assert len(pieces) > 5 and all(len(piece) <= 250 for piece in pieces)
    assert base64.b64decode("".join(pieces).removeprefix("\x1b]52;c;").removesuffix("\x07")) == b"a" * 1000


def test_what_cannot_be_copied_is_an_error() -> None:
    with pytest.raises(HftermError, match="nothing to copy"):
        copied("")
    with pytest.raises(HftermError, match=r"97\.7 KiB are more .* save to a file"):
        copied("x" * 100_000)
    with pytest.raises(HftermError, match="console has no clipboard"):
        copied("x", dataclasses.replace(PLAIN, name="linux"))


def test_a_desktop_uses_its_own_tool(tmp_path: Path) -> None:
    tool = tmp_path / "xclip"
    tool.write_text(f"#!/bin/sh\nexec cat > {tmp_path}/got\n")
    tool.chmod(0o755)
    here = dataclasses.replace(PLAIN, ssh=False)
    path = f"{tmp_path}:{os.environ['PATH']}"
    assert copied("text\n" * 50_000, here, DISPLAY=":0", PATH=path) == ("copied 250,000 characters", "")
    assert (tmp_path / "got").read_text() == "text\n" * 50_000
    tool.write_text("#!/bin/sh\nexit 1\n")
    assert "OSC 52" in copied("x", here, DISPLAY=":0", PATH=path)[0]  # no X server: the terminal is asked


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment inside a session of a tmux server of our own."""
    if shutil.which("tmux") is None:
        pytest.skip("needs tmux")
    env = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)}
    socket = tmp_path / "s"
    begun = ["tmux", "-f", "/dev/null", "-S", str(socket), "new-session", "-d", "-n", "it", "-P", "-F"]
    begun += ["#{socket_path},#{pid},0", "cat"]
    where = subprocess.run(begun, env=env, capture_output=True, text=True, check=True).stdout.strip()
    yield {**env, "TMUX": where}
    subprocess.run(["tmux", "-S", str(socket), "kill-server"], env=env, check=False)


def test_in_tmux_its_buffer_has_the_text_and_the_terminal_too(tmux: dict[str, str]) -> None:
    inside = dataclasses.replace(PLAIN, name="tmux-256color", tmux=True)
    socket = tmux["TMUX"].split(",")[0]
    attach = {key: value for key, value in tmux.items() if key != "TMUX"}
    with Pty(["tmux", "-S", socket, "attach"], env=attach) as outer:
        outer.wait_for("0:it")
        said, written = copied("from the dashboard " * 500, inside, **tmux)
        assert said == "copied 9,500 characters (tmux passes them on; its own paste key has them too)"
        assert written == ""
        shown = subprocess.run(["tmux", "-S", socket, "show-buffer"], env=tmux, capture_output=True, text=True)
        assert shown.stdout == "from the dashboard " * 500
        sent = base64.b64encode(b"from the dashboard " * 500)
        outer.wait_until(lambda: sent in outer.raw, "OSC 52 from tmux")


def test_an_old_tmux_keeps_it_for_itself(tmp_path: Path) -> None:
    inside = dataclasses.replace(PLAIN, name="screen", tmux=True)
    old = tmp_path / "tmux"
    old.write_text(f'#!{sys.executable}\nimport sys\nsys.exit("-w" in sys.argv)\n')
    old.chmod(0o755)
    assert copied("x", inside, PATH=str(tmp_path)) == (
        "copied 1 character to tmux alone: paste with its prefix and ]",
        "",
    )
    old.unlink()
    said, written = copied("x", inside, PATH=str(tmp_path))
    assert "set-clipboard on" in said and written == "\x1b]52;c;eA==\x07"
