"""Cached repositories and their files, for a Tab."""

import functools
import json
import os
from pathlib import Path

import pytest

from hfterm import paths
from hfterm.completion.generate import commands
from hfterm.completion.line import complete_line
from hfterm.completion.tree import Tree
from hfterm.completion.values import complete


@pytest.fixture
def world(isolated: Path) -> Path:
    cache = paths.hub_cache()
    for name in ("models--org--m", "models--gpt2", "datasets--org--d", "spaces--org--s", "models--torn"):
        if name != "models--torn":
            (cache / name / "snapshots" / "abc" / "sub").mkdir(parents=True)
        (cache / name / "refs").mkdir(parents=True)
        (cache / name / "refs" / "main").write_text("abc")
    base = cache / "models--org--m"
    for path in ("config.json", "sub/a.txt", "sub/b.txt"):
        (base / "snapshots/abc" / path).touch()
    (base / "trees").mkdir()
    listed = {"config.json": {}, "model.safetensors": {}, "onnx/a/b.onnx": {}, "sub/a.txt": {}}
    (base / "trees/abc.json").write_text(json.dumps({"format_version": 1, "files": listed}))
    (base / "snapshots/old").mkdir()
    (base / "snapshots/old/other.bin").touch()
    (base / "refs/v1").write_text("old")
    return cache


def test_ids(world: Path) -> None:
    assert complete("repos", "") == ["datasets/org/d", "gpt2", "org/m", "spaces/org/s"]
    assert complete("repos", "o") == ["org/m"]
    assert complete("repos", "hf://d") == ["hf://datasets/org/d"]
    assert complete("repos", "", ["hub", "get", "-t", "dataset", ""]) == ["org/d"]
    assert complete("repos", "", ["hub", "get", "--type=space", ""]) == ["org/s"]


@pytest.mark.parametrize(
    ("words", "prefix", "found"),
    [
        (["org/m"], "", ["config.json", "model.safetensors", "onnx/", "sub/"]),
        (["-v", "org/m", "config.json"], "sub/", ["sub/a.txt", "sub/b.txt"]),
        (["hf://org/m"], "onnx/a", ["onnx/a/"]),
        (["org/m@v1"], "", ["other.bin"]),
        (["-r", "v1", "org/m"], "", ["other.bin"]),
        (["org/m@nope"], "", []),
        (["org/none"], "", []),
        ([], "", []),
        (["-t", "dataset", "org/d"], "", ["sub/"]),
        (["datasets/org/d"], "", ["sub/"]),
        (["-t", "dataset", "org/m"], "", []),
    ],
)
def test_files(world: Path, words: list[str], prefix: str, found: list[str]) -> None:
    assert complete("repofiles", prefix, ["hub", "get", *words, prefix]) == found


def test_what_cannot_be_read_offers_nothing(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (world / "models--org--m/trees/abc.json").write_text("{")
    assert complete("repofiles", "c", ["org/m"]) == ["config.json"]
    with open(world / "models--org--m/trees/abc.json", "wb") as stream:
        os.truncate(stream.fileno(), 1 << 40)  # a listing of a million files must not hold up a Tab
    assert complete("repofiles", "c", ["org/m"]) == ["config.json"]
    monkeypatch.setenv("HF_HUB_CACHE", str(world / "nothing"))
    assert complete("repos", "") == complete("repofiles", "", ["org/m"]) == []


def test_a_repository_or_a_path(world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "o.gguf").touch()
    assert complete("places", "") == complete("repos", "")
    assert complete("places", "o") == ["o.gguf", "org/m", "out/"]
    assert complete("places", "", ["hub", "inspect", "-t", "dataset", ""]) == ["org/d"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("hub cache rm gp", ["gpt2"]), ("hub cache verify org", ["org/m"]), ("hub info da", ["datasets/org/d"]),
        ("hub ls -t space ", ["org/s"]), ("hub card g", ["gpt2"]), ("hub put g", ["gpt2"]), ("hub get g", ["gpt2"]),
        ("hub cat org/m c", ["config.json"]), ("hub get org/m config.json on", ["onnx/"]),
        ("hub rm org/m sub/", ["sub/a.txt", "sub/b.txt"]), ("hub inspect g", ["gpt2"]), ("hub diff g", ["gpt2"]),
        ("hub diff org/m@v1 g", ["gpt2"]), ("hub inspect --file m", []), ("hub inspect org/m --file m", ["model.safetensors"]),
    ],
)  # fmt: skip
def test_the_commands(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, found: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert complete_line(tree(), line) == found


@functools.cache
def tree() -> Tree:
    return commands()
