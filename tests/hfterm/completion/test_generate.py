"""The scripts of the real commands: fresh, well-formed, and right in real shells for every command."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfterm.completion.generate import NAMES, commands, script, write
from hfterm.completion.tree import Tree
from support.cli import environment
from support.shells import SHELLS, Fish, Shell, require

FOLDER = Path(__file__).parents[3] / "completions"


@pytest.fixture(scope="module")
def tree() -> Tree:
    return commands()


@pytest.mark.parametrize("shell", NAMES)
def test_the_committed_scripts_are_fresh(shell: str):
    committed = (FOLDER / NAMES[shell]).read_text()
    assert committed == script(shell, with_plugins=False), (
        "completions/ is stale; run: python -P -m hfterm._table.generate && python -P -m hfterm.completion.generate"
    )


def test_writing_them_again_changes_nothing(tmp_path: Path):
    command = [sys.executable, "-P", "-m", "hfterm.completion.generate", str(tmp_path)]
    first = subprocess.run(command, capture_output=True, text=True, check=True)
    assert sorted(first.stdout.split()) == sorted(NAMES.values())
    assert write(tmp_path) == []


@pytest.mark.parametrize("shell", NAMES)
def test_the_shell_can_read_them(shell: str):
    done = subprocess.run([require(shell), "-n", FOLDER / NAMES[shell]], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("shell", NAMES)
def test_loading_them_starts_nothing_and_says_nothing(shell: str, tmp_path: Path):
    nothing = "set PATH /nowhere" if shell == "fish" else "PATH=/nowhere"
    init = "autoload -Uz compinit && compinit -u -d ./dump; " if shell == "zsh" else ""
    done = subprocess.run(
        [require(shell), "-c", f"{init}{nothing}; source '{FOLDER / NAMES[shell]}'"],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture(scope="module", params=SHELLS)
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell with the committed script, and no ``hfterm`` that it could start."""
    require(request.param)
    base = tmp_path_factory.mktemp(request.param)
    env = {**environment(base), "PATH": "/usr/bin:/bin"}
    running = SHELLS[request.param](FOLDER / NAMES[request.param], env, base / "empty")
    yield running
    running.close()


def offered(shell: Shell, line: str) -> set[str]:
    """All candidates, a single one too, without what stands before them in the word."""
    if isinstance(shell, Fish):
        found = list(shell.complete(line))
    else:
        tab = shell.tab(line)
        found = tab.offered or tab.line.removeprefix(line.rpartition(" ")[0]).split()
    return {word.replace("\\", "").partition("=")[2] or word.replace("\\", "").rstrip("=") for word in found}


def test_every_command_and_group(shell: Shell, tree: Tree):
    for path, command in tree.items():
        if command.commands:
            assert offered(shell, f"hfterm {path} ".replace("  ", " ")) == set(command.commands), path


def test_every_option(shell: Shell, tree: Tree):
    for path, command in tree.items():
        long = {s for o in command.options for s in o.spellings if s.startswith("--")}
        if long:
            assert offered(shell, f"hfterm {path} --".replace("  ", " ")) == long, path


def test_every_choice(shell: Shell, tree: Tree):
    for path, command in tree.items():
        for option in command.options:
            if option.value and option.value.kind == "choice":
                line = f"hfterm {path} {option.spellings[-1]}="
                assert offered(shell, line) == set(option.value.choices), line
