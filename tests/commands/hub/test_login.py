"""Logging in as a user does: through a pipe, at a prompt, and never with a token where others can read it."""

import termios

import pytest

from support.cli import HFTERM, Hfterm
from support.hub import READER, TOKEN, Hub
from support.ptys import Pty


@pytest.fixture
def env(hub: Hub) -> dict[str, str]:
    return {name: value for name, value in hub.env().items() if name != "HF_TOKEN"}


def test_a_session(hfterm: Hfterm, env: dict[str, str]) -> None:
    said = [
        hfterm("hub", "whoami", env=env, check=4),
        hfterm("hub", "login", "--name", "work", stdin=f"{TOKEN}\n", env=env, check=0),
        hfterm("hub", "whoami", "-f", "quiet", env=env, check=0),
        hfterm("hub", "login", "--name", "home", stdin=READER, env=env, check=0),
        hfterm("hub", "token", "-f", "json", env=env, check=0),
        hfterm("hub", "token", "use", "work", env=env, check=0),
        hfterm("hub", "token", "-f", "table", env=env, check=0),
        hfterm("hub", "logout", env=env | {"HF_TOKEN": READER}, check=0),
        hfterm("hub", "whoami", env=env, check=4),
        hfterm("hub", "logout", "--all", env=env, check=0),
    ]
    assert said[2].stdout == "tester\n"
    assert "HF_TOKEN is set" in said[7].stderr
    assert [result.stdout + result.stderr for result in said if TOKEN in str(result) or READER in str(result)] == []


def test_a_token_is_printed_only_into_a_pipe(hfterm: Hfterm, env: dict[str, str]) -> None:
    hfterm("hub", "login", "--no-check", "--name", "x", stdin=TOKEN, env=env, check=0)
    assert hfterm("hub", "token", "print", env=env, check=0).stdout == f"{TOKEN}\n"
    assert hfterm("hub", "token", "print", "y", env=env, check=3).stdout == ""


@pytest.mark.parametrize("args", [[TOKEN], ["--token", TOKEN], [f"--token={TOKEN}"], ["--name", "x", TOKEN]])
def test_a_token_on_the_command_line_is_refused_and_not_repeated(
    hfterm: Hfterm, env: dict[str, str], args: list[str]
) -> None:
    result = hfterm("hub", "login", *args, env=env, check=2)
    assert "can be read by others" in result.stderr and TOKEN not in result.stderr + result.stdout
    assert not (hfterm.home / "hf").exists()


def test_nothing_piped_in(hfterm: Hfterm, env: dict[str, str]) -> None:
    assert "no token given" in hfterm("hub", "login", stdin="", env=env, check=2).stderr


def test_what_is_typed_at_the_prompt_is_not_shown(hfterm: Hfterm, env: dict[str, str]) -> None:
    with Pty([HFTERM, "hub", "login"], env=hfterm.env(env), cwd=hfterm.home) as pty:
        pty.wait_for("Token:", 120)
        pty.wait_until(lambda: termios.ECHO not in pty.modes(), "the echo is off", 120)
        pty.send(f"{TOKEN}\n")
        assert pty.wait_exit(120) == 0
        assert TOKEN.encode() not in pty.raw and "tester" in pty.screen.text
    assert hfterm("hub", "token", "print", env=env, check=0).stdout == f"{TOKEN}\n"
    with Pty([HFTERM, "hub", "token", "print"], env=hfterm.env(env), cwd=hfterm.home) as pty:
        assert pty.wait_exit(120) == 2
        assert TOKEN.encode() not in pty.raw and "not shown on a terminal" in pty.screen.text
