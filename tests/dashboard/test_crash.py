"""A dashboard that fails gives the terminal back, says where, and shows no local variable anywhere."""

import os
import stat
import sys
from pathlib import Path

import pytest

from hfterm.dashboard import crash
from hfterm.errors import NotFoundError
from support.ptys import Pty

SECRET = "sesame-open-4711-please"
TOKEN = "hf_abcdefghijklmnopqrstuvwxyz0123"

APP = """
import sys
from textual import work
from textual.app import App
from textual.widgets import Static
from hfterm.dashboard import crash
from hfterm.dashboard.driver.driver import CellDriver

class Broken(App):
    BINDINGS = [("x", "break", ""), ("w", "work", ""), ("k", "known", "")]
    def compose(self):
        yield Static("ready to fail")
    def _fatal_error(self):
        crash.fatal(self)
    def action_break(self):
        password = "SECRET"
        raise ValueError("cannot use TOKEN \\x1b[31m here")
    @work(thread=True)
    def action_work(self):
        password = "SECRET"
        raise KeyError("gone")
    def action_known(self):
        password = "SECRET"
        raise FileNotFoundError(2, "No such file", "run/config.json")

app = Broken(driver_class=CellDriver)
app.run()
sys.exit(app.return_code)
""".replace("SECRET", SECRET).replace("TOKEN", TOKEN)


@pytest.mark.parametrize(
    ("key", "code", "said"),
    [
        ("x", 1, "hfterm: bug: ValueError: cannot use hf_*** \\x1b[31m here"),
        ("w", 1, "hfterm: bug: KeyError: 'gone'"),
        ("k", 3, "hfterm: no such file or folder: 'run/config.json'"),
    ],
)
def test_a_crash_says_where_and_not_with_what(tmp_path: Path, key: str, code: int, said: str) -> None:
    program = tmp_path / "broken.py"
    program.write_text(APP)
    env = {**os.environ, "HFTERM_HOME": str(tmp_path / "state"), "TERM": "xterm-256color", "TEXTUAL": "debug"}
    with Pty([sys.executable, "-P", program], env=env, size=(200, 24)) as term:
        term.wait_for("ready to fail")
        term.press(key)
        assert term.wait_exit() == code
        shown = bytes(term.raw).decode()
        assert said in term.screen.text and not term.screen.alternate
        assert len(term.modes()) == 3  # echo, lines and signals are back
    log = tmp_path / "state" / "crash.log"
    kept = log.read_text()
    for text in (shown, kept):
        assert SECRET not in text.replace("\\n", "") and TOKEN not in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert (
        "Traceback (most recent call last)" in kept
        and f"action_{ {'x': 'break', 'w': 'work', 'k': 'known'}[key] }" in kept
    )
    if code == 1:
        assert (
            f"at broken.py:{APP[: APP.index('raise ValueError' if key == 'x' else 'raise KeyError')].count(chr(10)) + 1} in"
            in shown
        )
        assert str(log) in shown and "hfterm doctor" in shown


def raised(error: Exception) -> Exception:
    password = SECRET
    try:
        assert password
        raise error
    except Exception as caught:
        return caught


def test_a_users_error_keeps_its_code_and_hint(tmp_path: Path) -> None:
    said = crash.report(raised(NotFoundError("no run 'x'", "see 'hfterm train ls'")), tmp_path)
    assert (said.code, said.lines) == (3, ("hfterm: no run 'x'; see 'hfterm train ls'",))


def test_causes_are_kept_in_the_file(tmp_path: Path) -> None:
    try:
        try:
            raise raised(OSError(5, "Input/output error"))
        except OSError as inner:
            raise RuntimeError("while reading") from inner
    except RuntimeError as error:
        said = crash.report(error, tmp_path)
    kept = (tmp_path / "crash.log").read_text()
    assert "direct cause" in kept and "Input/output error" in kept and SECRET not in kept
    assert said.code == 1 and said.lines[0] == "hfterm: bug: RuntimeError: while reading"


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("mine")
    (tmp_path / "crash.log").symlink_to(tmp_path / "other")
    assert crash.report(raised(ValueError("x")), tmp_path).log == tmp_path / "crash.log"
    assert (tmp_path / "other").read_text() == "mine" and not (tmp_path / "crash.log").is_symlink()


def test_where_nothing_can_be_written_it_still_says_what_happened(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = crash.report(raised(ValueError("x")), tmp_path / "file" / "folder")
    assert said.log is None and "could not be saved" in said.lines[-1] and said.lines[0] == "hfterm: bug: ValueError: x"
