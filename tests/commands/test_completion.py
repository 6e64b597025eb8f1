"""hfterm completion."""

import subprocess
from pathlib import Path

import pytest

from support.cli import HFTERM, Hfterm
from support.shells import Bash, require

FOLDER = Path(__file__).parents[2] / "completions"
NAMES = {"bash": "hfterm.bash", "zsh": "_hfterm", "fish": "hfterm.fish"}


@pytest.mark.parametrize("shell", NAMES)
def test_it_prints_the_committed_script(hfterm: Hfterm, shell: str):
    result = hfterm("completion", shell, check=0)
    assert result.stdout == (FOLDER / NAMES[shell]).read_text()
    assert result.stderr == ""


def test_the_shell_is_found_by_its_variable(hfterm: Hfterm):
    assert hfterm("completion", env={"SHELL": "/bin/zsh"}, check=0).stdout.startswith("#compdef hfterm\n")
    assert hfterm("completion", env={"SHELL": "/bin/tcsh"}).stderr == (
        "hfterm: no completion for the shell 'tcsh'; name one: bash, zsh, fish\n"
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [(("powershell",), "'powershell' is not one of"), (("bash", "-n"), "--dry-run goes with --install")],
)
def test_bad_usage(hfterm: Hfterm, args: tuple[str, ...], message: str):
    result = hfterm("completion", *args, check=2)
    assert message in result.stderr and len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


@pytest.mark.parametrize("shell", NAMES)
def test_installing_prints_the_path(hfterm: Hfterm, shell: str):
    dry = hfterm("completion", shell, "--install", "-n", check=0)
    path = Path(dry.stdout.rstrip("\n"))
    assert hfterm.home in path.parents and not path.exists()
    assert "dry run" in dry.stderr
    done = hfterm("completion", shell, "--install", check=0)
    assert done.stdout == dry.stdout
    assert path.read_text() == (FOLDER / NAMES[shell]).read_text()
    assert len(hfterm("completion", shell, "--install", "-q", check=0).stderr) == 0


def test_an_unwritable_place_is_one_line(hfterm: Hfterm):
    (hfterm.home / ".config").touch()
    result = hfterm("completion", "fish", "--install")
    assert result.code != 0 and result.stdout == ""
    assert len(result.stderr.splitlines()) == 1 and str(hfterm.home / ".config") in result.stderr


def plugin(folder: Path, value: str, source: str) -> dict[str, str]:
    """A plug-in on the module path; returns the environment that shows it."""
    (folder / "greet-1.0.dist-info").mkdir(parents=True)
    (folder / "greet-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: greet\nVersion: 1.0\n")
    (folder / "greet-1.0.dist-info/entry_points.txt").write_text(f"[hfterm.commands]\ngreet = {value}\n")
    (folder / "greet_plugin.py").write_text(source)
    return {"PYTHONPATH": str(folder)}


def test_plugins_are_in_the_printed_script(hfterm: Hfterm, tmp_path: Path):
    source = (
        "import click\n@click.command(help='Say hello.')\n"
        "@click.option('--loudness', type=click.Choice(['low']))\ndef cli(loudness): pass\n"
    )
    env = plugin(tmp_path / "site", "greet_plugin:cli", source)
    text = hfterm("completion", "bash", env=env, check=0).stdout
    script = tmp_path / "hfterm.bash"
    script.write_text(text)
    require("bash")
    shell = Bash(script, {**hfterm.env(), "PATH": "/usr/bin:/bin"}, tmp_path / "here")
    assert shell.tab("hfterm gre").line == "hfterm greet "
    assert shell.tab("hfterm greet --loudness=").line == "hfterm greet --loudness=low "
    shell.close()


def test_a_broken_plugin_costs_only_its_own_options(hfterm: Hfterm, tmp_path: Path):
    env = plugin(tmp_path / "site", "greet_plugin:cli", "raise RuntimeError('broken')\n")
    result = hfterm("completion", "fish", env=env, check=0)
    assert "'greet\t'" in result.stdout and "train" in result.stdout
    assert len(result.stderr.splitlines()) == 1 and "hfterm greet" in result.stderr


def test_sourcing_from_a_pipe_works(hfterm: Hfterm):
    line = "source <(hfterm completion bash); complete -p hfterm"
    env = hfterm.env({"PATH": f"{Path(HFTERM).parent}:/usr/bin:/bin"})
    done = subprocess.run([require("bash"), "-c", line], env=env, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("complete -F _hfterm hfterm\n", "")


def test_the_fast_path_never_fails(hfterm: Hfterm):
    for args in (("models",), ("runs", "x"), ("nonsense", ""), ("models", "\x01")):
        result = hfterm("__complete", *args)
        assert (result.code, result.stdout, result.stderr) == (0, "", "")
