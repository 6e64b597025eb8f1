"""The values that change: cached models, runs, adapters, folders."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hfterm import paths, runs
from hfterm.completion.values import complete


@pytest.fixture
def world(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs, cached repositories and folders; returns the working directory."""
    here = isolated / "here"
    for folder in ("merged", "adapter", "plain/inner", ".hidden", "my model"):
        (here / folder).mkdir(parents=True)
    for file in ("merged/config.json", "plain/inner/config.json", "my model/config.json", ".hidden/config.json"):
        (here / file).touch()
    (here / "adapter/adapter_config.json").touch()
    for name in ("demo", "full", "half"):
        (paths.runs_dir() / name).mkdir(parents=True)
    for name in (".unfinished", "a b", "_x", "-x", "\u00e4", "n" * 101):
        (paths.runs_dir() / name).mkdir()
    (paths.runs_dir() / "stray.txt").touch()
    for name, marker in (("demo", "adapter_config.json"), ("full", "config.json")):
        (paths.runs_dir() / name / "output").mkdir()
        (paths.runs_dir() / name / "output" / marker).touch()
    for step, whole in ((10, True), (20, False)):
        saved = paths.runs_dir() / f"half/checkpoints/checkpoint-{step}"
        saved.mkdir(parents=True)
        if whole:
            (saved / runs.MARKER).touch()
    for name in (
        "models--org--tiny/snapshots",
        "models--gpt2/snapshots",
        "models--org--torn",
        "datasets--org--d/snapshots",
    ):
        (paths.hub_cache() / name).mkdir(parents=True)
    monkeypatch.chdir(here)
    return here


def test_models(world: Path):
    ready = ["adapter", "gpt2", "merged", "my model", "org/tiny", "run:demo", "run:full"]
    assert complete("models", "") == ready
    assert complete("models", "run:") == ["run:demo", "run:full"]
    assert complete("models", "org/") == ["org/tiny"]
    assert complete("models", "m") == ["merged", "my model"]
    assert complete("models", "p") == ["plain/"]
    assert complete("models", "plain/") == ["plain/inner"]
    assert complete("models", "./me") == ["./merged"]
    assert complete("models", str(world / "me")) == [str(world / "merged")]
    assert complete("models", ".h") == [".hidden"]


def test_checkpoints_once_an_at_is_typed(world: Path):
    assert complete("models", "run:half@") == ["run:half@10", "run:half@best", "run:half@last"]
    assert complete("models", "run:half@1") == ["run:half@10"]
    assert complete("models", "run:demo@") == []
    assert complete("models", "run:../half@") == []


def test_adapters(world: Path):
    assert complete("adapters", "") == ["adapter", "run:demo"]
    assert complete("adapters", "m") == ["merged/", "my model/"]


def test_runs_are_those_of_the_library(world: Path):
    assert complete("runs", "") == sorted(runs.names()) == ["demo", "full", "half"]
    assert complete("runs", "run:f") == ["run:full"]
    assert complete("runs", "f") == ["full"]


def test_tilde_is_kept(world: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(world))
    assert complete("models", "~/me") == ["~/merged"]


def test_names_that_cannot_be_typed_are_left_out(world: Path):
    for name in (b"bad\nline", b"bad\xff", b"bad\x1b[31m"):
        os.mkdir(os.fsencode(world) + b"/" + name)
        Path(os.fsdecode(os.fsencode(world) + b"/" + name + b"/config.json")).touch()
    assert complete("models", "bad") == []


@pytest.mark.parametrize("kind", ["models", "runs", "adapters", "nonsense", ""])
def test_never_an_error(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("HFTERM_HOME", str(file))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "missing"))
    monkeypatch.chdir(tmp_path)
    for prefix in ("", "x/", "\0", "run:", "run:\0@", "~nobody/", "\udcff", "/" * 5000):
        assert complete(kind, prefix) == []


def test_nothing_but_os_is_imported():
    code = (
        "import sys, os; before = set(sys.modules); from hfterm.completion.values import complete; "
        "[complete(kind, p) for kind in ('models', 'runs', 'adapters') for p in ('', 'run:', 'x/')]; "
        "[complete(kind, '', ['hub', 'get', 'org/x']) for kind in ('repos', 'repofiles')]; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) - {"__future__"} == {
        "hfterm",
        "hfterm.completion",
        "hfterm.completion.cached",
        "hfterm.completion.values",
        "hfterm.paths",
    }
