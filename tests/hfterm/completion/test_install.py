"""Where the scripts go."""

from pathlib import Path

import pytest

from hfterm.completion import install
from hfterm.completion.install import place, shell_of
from hfterm.errors import UsageError


def test_the_shell_comes_from_the_environment():
    assert shell_of({"SHELL": "/usr/local/bin/fish"}) == "fish"
    with pytest.raises(UsageError, match="SHELL is not set"):
        shell_of({})
    with pytest.raises(UsageError, match="no completion for the shell 'tcsh'; name one: bash, zsh, fish"):
        shell_of({"SHELL": "/bin/tcsh"})


@pytest.mark.parametrize(
    ("shell", "env", "path"),
    [
        ("bash", {}, "{home}/.local/share/bash-completion/completions/hfterm"),
        ("bash", {"XDG_DATA_HOME": "/data"}, "/data/bash-completion/completions/hfterm"),
        ("bash", {"BASH_COMPLETION_USER_DIR": "/bc"}, "/bc/completions/hfterm"),
        ("fish", {}, "{home}/.config/fish/completions/hfterm.fish"),
        ("fish", {"XDG_CONFIG_HOME": "/conf"}, "/conf/fish/completions/hfterm.fish"),
        ("zsh", {}, "{home}/.zfunc/_hfterm"),
        ("zsh", {"ZDOTDIR": "/dots"}, "/dots/.zfunc/_hfterm"),
        ("zsh", {"FPATH": "/usr/share/zsh:{home}/site-functions"}, "{home}/site-functions/_hfterm"),
    ],
    ids=str,
)
def test_places(shell: str, env: dict[str, str], path: str, tmp_path: Path):
    (tmp_path / "site-functions").mkdir()
    env = {"HOME": str(tmp_path), **{k: v.format(home=tmp_path) for k, v in env.items()}}
    assert str(place(shell, env).path) == path.format(home=tmp_path)


def test_zsh_is_told_the_line_until_it_is_there(tmp_path: Path):
    env = {"HOME": str(tmp_path)}
    todo = place("zsh", env).todo
    assert todo == f"add to {tmp_path}/.zshrc: fpath=(~/.zfunc $fpath); autoload -Uz compinit && compinit"
    (tmp_path / ".zshrc").write_text(todo.partition(": ")[2])
    assert place("zsh", env).todo is None


def test_bash_is_told_the_line_where_nothing_loads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    env = {"HOME": str(tmp_path)}
    monkeypatch.setattr(install, "_BASH_COMPLETION", (str(tmp_path / "bash_completion"),))
    todo = place("bash", env).todo
    assert todo == f"add to {tmp_path}/.bashrc: source ~/.local/share/bash-completion/completions/hfterm"
    (tmp_path / "bash_completion").touch()
    assert place("bash", env).todo is None


def test_installing_replaces_the_old_one(tmp_path: Path):
    env = {"HOME": str(tmp_path)}
    install.install("fish", "old", env)
    found = install.install("fish", "new", env)
    assert found.path.read_text() == "new"
    assert [p.name for p in found.path.parent.iterdir()] == ["hfterm.fish"]
