"""Completing a command line from the tree of commands, as the dashboard's command line does."""

from pathlib import Path

import pytest

from hfterm.completion.generate import commands
from hfterm.completion.line import complete_line
from hfterm.completion.tree import Tree


@pytest.fixture(scope="module")
def tree() -> Tree:
    return commands()


def test_commands_and_verbs(tree: Tree) -> None:
    assert "train" in complete_line(tree, "")
    assert complete_line(tree, "tra") == ["train"]
    assert {"sft", "ls", "show", "logs"} <= set(complete_line(tree, "train "))
    assert complete_line(tree, "train sf") == ["sft"]
    assert complete_line(tree, "nonsense ") == complete_line(tree, "nonsense x ") == []


def test_options_and_their_values(tree: Tree) -> None:
    assert "--follow" in complete_line(tree, "train logs --f")
    assert complete_line(tree, "gpu -f js") == ["json", "jsonl"] or set(complete_line(tree, "gpu -f js")) == {
        "json",
        "jsonl",
    }
    assert set(complete_line(tree, "gpu --format=js")) == {"--format=json", "--format=jsonl"}
    assert "cpu" in complete_line(tree, "chat --device ")
    assert "train.sft.learning_rate" in complete_line(tree, "config get train.sft.lear")
    assert complete_line(tree, "help train s") == ["sft", "show"] or "sft" in complete_line(tree, "help train s")


def test_runs_and_files(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HFTERM_HOME", str(tmp_path))
    (tmp_path / "runs" / "demo").mkdir(parents=True)
    (tmp_path / "a file.jsonl").touch()
    (tmp_path / ".hidden").touch()
    monkeypatch.chdir(tmp_path)
    assert complete_line(tree, "train show de") == ["demo"]
    assert "a file.jsonl" in complete_line(tree, "tok count ")
    assert ".hidden" not in complete_line(tree, "tok count ")
    assert complete_line(tree, "tok count .h") == [".hidden"]
    assert complete_line(tree, "tok count 'a f") == ["a file.jsonl"]
    assert "runs/" in complete_line(tree, "tok count ru")
    assert complete_line(tree, "tok count runs/") == ["runs/demo/"]
    assert complete_line(tree, "tok count none/") == []


def test_arguments_are_counted_past_options(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.jsonl").touch()
    assert complete_line(tree, "train sft --name x ./model da") == ["data.jsonl"]
    assert complete_line(tree, "train sft ./model data.jsonl da") == ["data.jsonl"], "it takes several"
    assert complete_line(tree, "tok diff data.jsonl data.jsonl da") == []
