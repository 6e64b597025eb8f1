import json
import os
from pathlib import Path

import pytest

from hfterm.tracking.discover import Found, file_kind, reader_for, runs_in
from hfterm.tracking.readers.csv import CsvReader
from hfterm.tracking.readers.events import EventsReader
from hfterm.tracking.readers.jsonl import JsonlReader
from support.events import scalar

METRICS = '{"step": 1, "loss": 2.0}\n'


def put(path: Path, content: str | bytes = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def found(folder: Path) -> list[tuple[str, str, str]]:
    return [(f.kind, f.name, os.path.relpath(f.path, folder)) for f in runs_in(folder)]


def test_a_tree_of_all_kinds(tmp_path: Path) -> None:
    root = tmp_path / "work"
    put(root / "a" / "events.out.tfevents.1.h", scalar("x", 1, 1.0))
    put(root / "a" / "lr" / "events.out.tfevents.1.h", scalar("x", 1, 1.0))
    put(root / "runs" / "b" / "events.out.tfevents.1.h", scalar("x", 1, 1.0))
    put(root / "c" / "checkpoint-5" / "trainer_state.json", "{}")
    put(root / "c" / "runs" / "x" / "events.out.tfevents.1.h", scalar("x", 1, 1.0))
    put(root / "d" / "metrics.jsonl", METRICS)
    put(root / "e" / "one.jsonl", METRICS)
    put(root / "e" / "two.csv", "step,loss\n1,2\n")
    put(root / "f" / "run.json", "{}")
    put(root / "f" / "status.json", "{}")
    put(root / "too" / "far" / "down" / "metrics.jsonl", METRICS)
    put(root / ".hidden" / "metrics.jsonl", METRICS)
    put(root / "progress.csv", "epoch,accuracy\n1,0.5\n")
    assert found(root) == [
        ("csv", "progress.csv", "progress.csv"),
        ("tensorboard", "a", "a"),
        ("tensorboard", "a/lr", "a/lr"),
        ("trainer", "c", "c"),
        ("jsonl", "d", "d/metrics.jsonl"),
        ("jsonl", "e/one.jsonl", "e/one.jsonl"),
        ("csv", "e/two.csv", "e/two.csv"),
        ("hfterm", "f", "f"),
        ("tensorboard", "runs/b", "runs/b"),
    ]
    assert found(root / "a")[0] == ("tensorboard", "a", ".")
    assert [name for _, name, _ in found(root / "c")] == ["c"]


@pytest.mark.parametrize(
    ("name", "content", "is_log"),
    [
        ("data.jsonl", '{"question": "a", "answer": "b"}\n', False),
        ("data.jsonl", '{"id": 3, "score": 0.5, "text": "x"}\n', False),
        ("data.csv", "text,label\nhello,1\n", False),
        ("log.jsonl", '{"version": 1}\n{"step": 1, "train": {"loss": 2}}\n', True),
        ("log.jsonl", '{"step": 1}\n', False),
        ("log.jsonl", "not json\n", False),
        ("log.csv", "a,train_loss\n1,2\n", True),
        ("log.tsv", "step\tx\n", True),
        ("log.csv", "", False),
        ("log.txt", METRICS, False),
    ],
)
def test_data_in_a_folder_is_no_log(tmp_path: Path, name: str, content: str, is_log: bool) -> None:
    put(tmp_path / "x" / name, content)
    assert bool(runs_in(tmp_path)) == is_log


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jsonl", "", "jsonl"),
        ("a.CSV", "", "csv"),
        ("out.log", METRICS, "jsonl"),
        ("out.txt", "step\tloss\n", "csv"),
        ("trainer_state.json", "{}", "trainer"),
        ("events.out.tfevents.1.h", "", "tensorboard"),
        ("notes.txt", "hello\n", None),
        ("config.json", "{\n}", None),
        ("empty", "", None),
    ],
)
def test_a_file_that_is_given(tmp_path: Path, name: str, content: str, kind: str | None) -> None:
    path = put(tmp_path / "run" / name, content)
    assert file_kind(path) == kind
    listed = runs_in(path)
    assert [f.kind for f in listed] == ([kind] if kind else [])
    if kind == "trainer":
        assert listed[0].path == path.parent and listed[0].name == "run"


def test_what_is_not_there(tmp_path: Path) -> None:
    assert runs_in(tmp_path / "none") == [] == runs_in(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert runs_in(tmp_path / "pipe") == []


def test_readers(tmp_path: Path) -> None:
    own = put(tmp_path / "events.jsonl", json.dumps({"t": 1, "event": "log", "step": 1, "loss": 2}) + "\n")
    other = put(tmp_path / "x" / "events.jsonl", METRICS)
    assert isinstance(reader_for(Found("jsonl", own, "")), EventsReader)
    assert isinstance(reader_for(Found("jsonl", other, "")), JsonlReader)
    assert isinstance(reader_for(Found("csv", other, "")), CsvReader)
    assert reader_for(Found("trainer", tmp_path, "")).kind == "trainer"
    assert reader_for(Found("tensorboard", tmp_path, "")).kind == "tensorboard"
