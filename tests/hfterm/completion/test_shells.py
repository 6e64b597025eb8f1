"""Tabs pressed in real shells, on a tree with every sort of parameter."""

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from hfterm.completion.generate import NAMES
from hfterm.completion.tree import walk
from support import fields, sample_tree
from support.cli import HFTERM, environment
from support.shells import SHELLS, Fish, Shell, require

# A folder whose name must not become a command when it is completed.
ODD = "odd $(touch pwned)';`x`\"&"


class Stage(NamedTuple):
    """A shell with the script loaded, and the calls of ``hfterm`` that it made."""

    shell: Shell
    calls: Path

    def offered(self, line: str) -> set[str]:
        """The candidates, each without what stands before it in the same word."""
        found = self.shell.complete(line) if isinstance(self.shell, Fish) else self.shell.tab(line).offered
        return {re.split(r"[=:]", word.replace("\\", "").removesuffix("="))[-1] for word in found}

    def called(self) -> list[str]:
        """The calls since the last time."""
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        self.calls.unlink(missing_ok=True)
        return lines


@pytest.fixture(scope="module", params=SHELLS)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    name: str = request.param
    require(name)
    base = tmp_path_factory.mktemp(name)
    home, here, programs = base / "home", base / "here", base / "bin"
    tree = walk(sample_tree.root, keys=sample_tree.KEYS, topics=["formats"])
    script = base / "script" / NAMES[name]
    for folder in (
        script.parent,
        programs,
        *(home / f"hfterm/runs/{run}/output" for run in ("demo", "dry", "other")),
        home / "hfterm/runs/half",
        *(home / f"hf/hub/models--org--{model}/snapshots" for model in ("tiny", "big")),
        here / "my model",
        here / "plain",
    ):
        folder.mkdir(parents=True)
    (home / "hfterm/runs/demo/output/adapter_config.json").touch()
    fields.keep(home / "hfterm/cache")
    (here / "my model/config.json").touch()
    (here / "a file.txt").touch()
    cached = home / "hf/hub/datasets--org--data"
    (cached / "snapshots/abc/sub dir").mkdir(parents=True)
    (cached / "snapshots/abc/sub dir/x.csv").touch()
    (cached / "snapshots/abc/README.md").touch()
    (cached / "refs").mkdir()
    (cached / "refs/main").write_text("abc")
    (here / ODD).mkdir()
    (here / ODD / "config.json").touch()
    script.write_text(import_module(f"hfterm.completion.{name}").script(tree))
    calls = base / "calls"
    recorder = programs / "hfterm"
    recorder.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >> {shlex.quote(str(calls))}\nexec {shlex.quote(HFTERM)} "$@"\n'
    )
    recorder.chmod(0o755)
    shell = SHELLS[name](script, {**environment(home), "PATH": f"{programs}:/usr/bin:/bin"}, here)
    yield Stage(shell, calls)
    shell.close()


STATIC = [
    # typed, the line after the Tab, what is listed
    ("hfterm ", None, {"get-key", "gpu", "help", "merge", "pull", "train"}),
    ("hfterm tr", "hfterm train ", None),
    ("hfterm -q train s", "hfterm -q train s", {"sft", "show"}),
    ("hfterm -C . train sh", "hfterm -C . train show ", None),
    ("hfterm -C. train sh", "hfterm -C. train show ", None),
    ("hfterm --folder=. train sh", "hfterm --folder=. train show ", None),
    ("hfterm -qC . train sh", "hfterm -qC . train show ", None),
    ("hfterm -C train ", "hfterm -C train ", {"get-key", "gpu", "help", "merge", "pull", "train"}),
    ("hfterm train sft --l", "hfterm train sft --le", {"--learning-rate", "--length"}),
    ("hfterm train sft --len", None, {"--length"}),
    ("hfterm train sft -f ", "hfterm train sft -f ", {"json", "jsonl", "table"}),
    ("hfterm train sft -f t", "hfterm train sft -f table ", None),
    ("hfterm train sft -ft", "hfterm train sft -ftable ", None),
    ("hfterm train sft -vft", "hfterm train sft -vftable ", None),
    ("hfterm train sft --format=", "hfterm train sft --format=", {"json", "jsonl", "table"}),
    ("hfterm train sft --format=t", "hfterm train sft --format=table ", None),
    ("hfterm train sft --format t", "hfterm train sft --format table ", None),
    ("hfterm train sft --precision H", "hfterm train sft --precision HALF ", None),
    ("hfterm train sft --format=json --fo", "hfterm train sft --format=json --fo", set()),
    ("hfterm train sft -f json --fo", "hfterm train sft -f json --fo", set()),
    ("hfterm train sft --no-packing --packi", "hfterm train sft --no-packing --packi", set()),
    ("hfterm train sft -i x --incl", None, {"--include"}),
    ("hfterm train sft -v --verb", None, {"--verbose"}),
    ("hfterm train sft --pair left ", "hfterm train sft --pair left ", {"left", "right"}),
    ("hfterm train sft --pair left r", "hfterm train sft --pair left right ", None),
    ("hfterm train sft --pair left right --le", "hfterm train sft --pair left right --le", None),
    ("hfterm train sft m -i 'a b' --le", "hfterm train sft m -i 'a b' --le", {"--learning-rate", "--length"}),
    ('hfterm train sft "it\'s" -i a\\ b --le', None, {"--learning-rate", "--length"}),
    ("hfterm train sft $(echo a b) --le", None, {"--learning-rate", "--length"}),
    ("hfterm train sft x >/dev/null --le", None, {"--learning-rate", "--length"}),
    ("hfterm train sft x 2> /dev/null --le", None, {"--learning-rate", "--length"}),
    ("hfterm train sft m -- --le", "hfterm train sft m -- --le", set()),
    ("hfterm train sft --secret", "hfterm train sft --secret", set()),
    ("hfterm gpu p", "hfterm gpu procs ", None),
    ("hfterm gpu -f json p", "hfterm gpu -f json procs ", None),
    ("hfterm gpu procs -f t", "hfterm gpu procs -f table ", None),
    ("hfterm help tr", "hfterm help train ", None),
    ("hfterm help fo", "hfterm help formats ", None),
    ("hfterm help train sh", "hfterm help train show ", None),
    ("hfterm bogus ", "hfterm bogus ", set()),
    ("hfterm train bogus --", "hfterm train bogus --", set()),
    ("hfterm train sft -o pl", "hfterm train sft -o plain/", None),
    ("hfterm train sft --output=pl", "hfterm train sft --output=plain/", None),
    ("hfterm train sft m a", "hfterm train sft m a\\ file.txt ", None),
    ('hfterm train sft m "a f', 'hfterm train sft m "a file.txt" ', None),
    ("hfterm train sft x > a", "hfterm train sft x > a\\ file.txt ", None),
    ("hfterm train sft ./my", "hfterm train sft ./my\\ model/", None),
    ("hfterm get-key c", "hfterm get-key color ", None),
    ("hfterm get-key tr", "hfterm get-key train.", None),
    ("hfterm get-key train.sft.s", "hfterm get-key train.sft.seed ", None),
    ("true | hfterm tr", "true | hfterm train ", None),
    ("hfterm gpu; hfterm tr", "hfterm gpu; hfterm train ", None),
]


@pytest.mark.parametrize(("typed", "after", "listed"), STATIC, ids=[row[0] for row in STATIC])
def test_static(stage: Stage, typed: str, after: str | None, listed: set[str] | None):
    """Commands, options, choices, files and keys need no Python."""
    if after is not None:
        assert stage.shell.tab(typed).line == after
    if listed is not None and (len(listed) != 1 or isinstance(stage.shell, Fish)):
        assert stage.offered(typed) == listed
    elif listed:
        assert min(listed) in stage.shell.tab(typed).line
    assert stage.called() == []


DYNAMIC = [
    ("hfterm train sft ", None, {"my model", ODD, "org/big", "org/tiny", "demo", "dry", "other"}),
    ("hfterm train sft run:o", "hfterm train sft run:other ", None),
    ("hfterm train sft run:d", "hfterm train sft run:d", {"demo", "dry"}),
    ('hfterm train sft "run:o', 'hfterm train sft "run:other" ', None),
    ("hfterm train sft 'run:o", "hfterm train sft 'run:other' ", None),
    ("hfterm train sft org/t", "hfterm train sft org/tiny ", None),
    ("hfterm train sft 'org/t", "hfterm train sft 'org/tiny' ", None),
    ("hfterm train sft my", "hfterm train sft my\\ model ", None),
    ("hfterm train sft my\\ m", "hfterm train sft my\\ model ", None),
    ('hfterm train sft "my', 'hfterm train sft "my model" ', None),
    ("hfterm train sft pl", "hfterm train sft plain/", None),
    ("hfterm train sft a", "hfterm train sft a\\ file.txt ", None),
    ("hfterm train sft --base=run:o", "hfterm train sft --base=run:other ", None),
    ("hfterm train sft --base run:o", "hfterm train sft --base run:other ", None),
    ("hfterm train sft -- run:o", "hfterm train sft -- run:other ", None),
    ("hfterm train show ", None, {"demo", "dry", "half", "other"}),
    ("hfterm train show h", "hfterm train show half ", None),
    ("hfterm train show run:h", "hfterm train show run:half ", None),
    ("hfterm merge ", "hfterm merge run:demo ", None),
    ("hfterm merge --peft-set ", None, {"bias", "init_lora_weights", "r", "use_dora", "use_rslora"}),
    ("hfterm merge --peft-set use_d", "hfterm merge --peft-set use_dora=", None),
    ("hfterm merge --peft-set=use_d", "hfterm merge --peft-set=use_dora=", None),
    ("hfterm merge --peft-set use_dora=", "hfterm merge --peft-set use_dora=", {"false", "true"}),
    ("hfterm merge --peft-set use_dora=t", "hfterm merge --peft-set use_dora=true ", None),
    ("hfterm merge --peft-set=use_dora=t", "hfterm merge --peft-set=use_dora=true ", None),
    ("hfterm merge --peft ia3 --peft-set t", "hfterm merge --peft ia3 --peft-set target_modules=", None),
    ("hfterm merge --peft=ia3 --peft-set t", "hfterm merge --peft=ia3 --peft-set target_modules=", None),
    ("hfterm pull ", None, {"datasets/org/data", "org/big", "org/tiny"}),
    ("hfterm pull --like org/t", "hfterm pull --like org/tiny ", None),
    ("hfterm pull --like my", "hfterm pull --like my\\ model/", None),
    ("hfterm pull --like=a", "hfterm pull --like=a\\ file.txt ", None),
    ("hfterm pull -t dataset ", "hfterm pull -t dataset org/data ", None),
    ("hfterm pull datasets/org/data R", "hfterm pull datasets/org/data README.md ", None),
    ("hfterm pull -t dataset org/data s", "hfterm pull -t dataset org/data sub\\ dir/", None),
    (
        "hfterm pull -t dataset 'org/data' README.md 'sub dir/",
        "hfterm pull -t dataset 'org/data' README.md 'sub dir/x.csv' ",
        None,
    ),
]


@pytest.mark.parametrize(("typed", "after", "listed"), DYNAMIC, ids=[row[0] for row in DYNAMIC])
def test_dynamic(stage: Stage, typed: str, after: str | None, listed: set[str] | None):
    """Models, runs and adapters are asked of hfterm, by its fast path."""
    if after is not None:
        assert stage.shell.tab(typed).line == after
    if listed is not None:
        assert stage.offered(typed) == listed
    assert {call.split()[0] for call in stage.called()} == {"__complete"}


@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_what_is_completed_is_the_same_name_to_the_shell(stage: Stage, quote: str):
    line = stage.shell.tab(f"echo got; hfterm train sft {quote}odd").line
    said = stage.shell.run(line.replace("echo got; hfterm train sft", r"printf '%s|\n'"))
    assert said == ODD + "|"
    assert "pwned" not in stage.offered("cat ")


def test_what_is_typed_is_not_run(stage: Stage):
    for typed in ("'$(touch pwned)'", "\\$(touch pwned)", '"\\`touch pwned', "'; touch pwned; '"):
        stage.shell.tab(f"hfterm train show {typed}")
    stage.called()
    assert stage.shell.run("ls pwned >/dev/null 2>&1 && echo there || echo gone") == "gone"


def test_with_the_cursor_inside_the_line(stage: Stage):
    assert stage.shell.tab("hfterm tr sft", left=4).line.split() == ["hfterm", "train", "sft"]
    line = stage.shell.tab("hfterm train sft --format=t m", left=2).line
    assert line.split() == ["hfterm", "train", "sft", "--format=table", "m"]


def test_descriptions(stage: Stage):
    if isinstance(stage.shell, Fish):
        assert stage.shell.complete("hfterm tr") == {"train": "Train: models, 'quoted'"}
        assert stage.shell.complete("hfterm --fol") == {"--folder": "Folder: it's [here]"}
    elif stage.shell.name == "zsh":
        assert "train    -- Train: models, 'quoted'" in stage.shell.tab("hfterm ").raw
        assert "Folder: it's [here]" in stage.shell.tab("hfterm -").raw


def test_bash_without_the_colon_as_a_break(stage: Stage):
    """Many take : and = out of COMP_WORDBREAKS for other programs."""
    if stage.shell.name != "bash":
        pytest.skip("only bash has it")
    before = stage.shell.run('echo "${COMP_WORDBREAKS@Q}"')
    stage.shell.run("COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=]}")
    try:
        assert stage.shell.tab("hfterm train sft run:o").line == "hfterm train sft run:other "
        assert stage.shell.tab("hfterm train sft --base=run:o").line == "hfterm train sft --base=run:other "
        assert stage.shell.tab("hfterm train sft --format=t").line == "hfterm train sft --format=table "
    finally:
        stage.shell.run(f"COMP_WORDBREAKS={before}")
        stage.called()


def test_a_failing_hfterm_says_nothing(stage: Stage, tmp_path: Path):
    """A Tab shows neither a message nor a traceback, whatever hfterm does."""
    broken = tmp_path / "hfterm"
    broken.write_text("#!/bin/sh\necho Traceback >&2\nexit 1\n")
    broken.chmod(0o755)
    tab = stage.shell.tab(f"{broken} train show ")
    assert tab.line == f"{broken} train show "
    assert "Traceback" not in tab.raw


def test_the_hfterm_that_is_typed_is_asked(stage: Stage, tmp_path: Path):
    """``./venv/bin/hfterm`` completes what that one knows."""
    other = tmp_path / "hfterm"
    other.write_text("#!/bin/sh\necho from-the-other\n")
    other.chmod(0o755)
    assert stage.shell.tab(f"{other} train show fr").line == f"{other} train show from-the-other "
