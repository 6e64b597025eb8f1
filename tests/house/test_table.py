"""The generated tables equal what click itself answers, for every command."""

from pathlib import Path

import pytest

from hfterm import cli, config
from hfterm._table import generate
from support.cli import Hfterm

ROOT = Path(__file__).parents[2]
WORDS = list(generate.paths())
LEAVES = [words for words in WORDS if words and cli.group_of(words) is None]


def test_the_tables_are_fresh() -> None:
    folder = ROOT / "hfterm" / "_table"
    wanted = generate.tables()
    stale = [n for n, text in wanted.items() if not (folder / n).exists() or (folder / n).read_text() != text]
    assert not stale, f"stale: {stale}; run python -P -m hfterm._table.generate in a development install"
    assert {p.name for p in folder.glob("help_*.py")} <= set(wanted)


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_help_page_is_clicks_own(hfterm: Hfterm, words: tuple[str, ...]) -> None:
    fast = hfterm(*words, "--help", check=0)
    # An unused --quiet sends the same request through click.
    slow = hfterm("--quiet", *words, "--help", check=0)
    assert fast.stdout == slow.stdout and not fast.stderr
    wide = hfterm(*words, "--help", env={"COLUMNS": "200"}, check=0)
    assert wide.stdout == fast.stdout
    narrow = hfterm(*words, "--help", env={"COLUMNS": "60"}, check=0)
    assert max(map(len, narrow.stdout.splitlines())) <= 80
    assert narrow.stdout == hfterm("--quiet", *words, "--help", env={"COLUMNS": "60"}).stdout


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_and_parameter_is_explained(words: tuple[str, ...]) -> None:
    command = cli.load(words)
    group = cli.group_of(words[:-1])
    row = group.lines()[words[-1]] if group else cli.COMMANDS[words[0]].help
    assert (command.help or "").splitlines()[0] == f"{row}."
    for param in command.params:
        assert getattr(param, "help", None), f"{' '.join(words)}: {param.name} has no help"


def test_help_lines_fit_80_columns() -> None:
    for words in WORDS:
        for line in cli.help_page(words).splitlines():
            assert len(line) <= 80, line


def test_no_general_setting_hides_an_option() -> None:
    assert not set(config.SETTINGS) & set(config.option_settings())


def test_unlisted_modules() -> None:
    """Every command module is in the table (help about it would be missing)."""
    modules = {
        ".".join(path.relative_to(ROOT / "commands").with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "commands").rglob("[!_]*.py")
    }
    listed = {".".join(words) for words in WORDS if words}
    assert modules - {"", "__init__", "options"} <= listed
