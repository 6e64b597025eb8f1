"""JSON Lines, CSV and hfterm's own events: all that they share, and what each means."""

import json
import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfterm.text import sanitize
from hfterm.tracking.readers import lines
from hfterm.tracking.readers.csv import CsvReader
from hfterm.tracking.readers.events import EventsReader
from hfterm.tracking.readers.jsonl import JsonlReader
from hfterm.tracking.readers.lines import LineReader
from hfterm.tracking.readers.reader import Point, moment, number


def read(reader: LineReader) -> list[Point]:
    points = reader.poll(10)
    while reader.more:
        points += reader.poll(10)
    return points


def jsonl(path: Path, *rows: object) -> JsonlReader:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return JsonlReader(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.jsonl"


# --- what they share ---------------------------------------------------------------------


def test_live_with_a_torn_end(path: Path) -> None:
    reader = jsonl(path, {"step": 1, "loss": 3.0})
    assert read(reader) == [("loss", 1, 3.0, None)]
    assert reader.poll() == [] and not reader.more
    with path.open("a") as stream:
        stream.write('{"step": 2, "lo')
    assert read(reader) == []
    with path.open("a") as stream:
        stream.write('ss": 2.0}\n{"step": 3, "loss": 1.0}')
    assert reader.poll() == [("loss", 2, 2.0, None)] and reader.more, "the last line may be torn"
    assert reader.poll() == [("loss", 3, 1.0, None)] and not reader.more, "it stayed as it was"
    with path.open("a") as stream:
        stream.write("\n")
    assert read(reader) == [("loss", 3, 1.0, None)], "once more, now that it is whole"
    assert read(reader) == []


def test_a_number_torn_in_two_is_put_right(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("step,loss\n1,0.12")
    reader = CsvReader(path)
    assert read(reader) == [("loss", 1, 0.12, None)]
    with path.open("a") as stream:
        stream.write("5\n")
    assert read(reader) == [("loss", 1, 0.125, None)], "the same step: the series takes the later value"


def test_truncated_replaced_and_rewritten_files_begin_anew(path: Path) -> None:
    reader = jsonl(path, {"step": 1, "loss": 3.0}, {"step": 2, "loss": 2.0})
    read(reader)
    jsonl(path, {"step": 1, "x": 1})
    assert read(reader) == [("x", 1, 1, None)] and reader.generation == 1
    other = path.with_name("other")
    jsonl(other, {"step": 1, "loss": 5.0}, {"step": 2, "loss": 4.0})
    os.replace(other, path)
    assert len(read(reader)) == 2 and reader.generation == 2
    jsonl(path, {"step": 1, "acc": 0.5, "loss": 5.0}, {"step": 2, "acc": 0.6, "loss": 4.0})
    assert len(read(reader)) == 4 and reader.generation == 3, "in place, but it begins with something else"
    path.unlink()
    assert reader.poll() == [] and reader.problem == "no such file or directory"
    jsonl(path, {"step": 9, "loss": 1.0})
    assert read(reader) == [("loss", 9, 1.0, None)] and reader.problem is None


def test_a_huge_file_comes_in_slices(path: Path) -> None:
    reader = jsonl(path, *({"step": n, "loss": n / 2, "text": "x" * 90} for n in range(10_000)))
    slices = [reader.poll(0.0)]
    while reader.more:
        slices.append(reader.poll(0.0))
    assert len(slices) >= 4
    assert [p[1:3] for part in slices for p in part] == [(n, n / 2) for n in range(10_000)]


def test_overlong_lines_are_left_out(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "CHUNK", 64)
    monkeypatch.setattr(lines, "LONGEST", 256)
    reader = jsonl(path, {"step": 1, "a": 1}, {"step": 2, "text": "x" * 200, "a": 2}, "y" * 1000, {"step": 4, "a": 4})
    assert [p[1] for p in read(reader)] == [1, 2, 4]
    assert reader.problem is not None and "is left out" in reader.problem


@pytest.mark.parametrize("make", [JsonlReader, CsvReader, EventsReader])
def test_what_cannot_be_read(tmp_path: Path, make: Callable[[Path], LineReader]) -> None:
    missing, folder = make(tmp_path / "none"), make(tmp_path)
    assert missing.poll() == [] and missing.problem == "no such file or directory"
    assert folder.poll() == [] and folder.problem == "is a directory"
    (tmp_path / "empty").write_bytes(b"")
    assert read(make(tmp_path / "empty")) == []


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(st.binary(max_size=30), st.sampled_from([b"\n", b'{"step": 1, "a": 1}\n', b"step,a\n1,2\n"])))
)
def test_no_bytes_break_them(tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(b"".join(parts))
    for make in (JsonlReader, CsvReader, EventsReader):
        for name, step, value, _time in read(make(path)):
            assert name == sanitize(name, cell=True) and isinstance(step, float) and isinstance(value, float)
    path.unlink()


# --- JSON Lines --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "points"),
    [
        ({"step": 3, "loss": 1.5}, [("loss", 3, 1.5, None)]),
        ({"Global_Step": 3, "loss": 1}, [("loss", 3, 1, None)]),
        ({"loss": 1.5, "lr": 1e-4}, [("loss", 1, 1.5, None), ("lr", 1, 1e-4, None)]),
        ({"step": 2, "epoch": 0.5, "loss": 1}, [("loss", 2, 1, None)]),
        ({"epoch": 0.5, "loss": 1}, [("loss", 0.5, 1, None)]),
        ({"step": 2, "train": {"loss": 1, "deep": {"x": 2}}}, [("train/loss", 2, 1, None), ("train/deep/x", 2, 2, None)]),
        ({"_step": 2, "_timestamp": 1.7e9, "loss": 1}, [("loss", 2, 1, 1.7e9)]),
        ({"step": 2, "time": 1.7e12, "loss": 1}, [("loss", 2, 1, 1.7e9)]),
        ({"step": 2, "timestamp": "2024-01-01T00:00:00Z", "loss": 1}, [("loss", 2, 1, 1704067200)]),
        ({"step": 2, "time": 0.31}, [("time", 2, 0.31, None)]),
        ({"step": 2, "ok": True, "name": None, "s": "1.5", "l": [1]}, []),
        ({"metric": "loss", "step": 2, "value": 1.5}, [("loss", 2, 1.5, None)]),
        ({"run": "a", "metric": "loss", "step": 2, "value": 1.5}, [("a/loss", 2, 1.5, None)]),
        ({"step": None, "loss": 1}, [("loss", 1, 1, None)]),
        ({"step": 1, "big": 10**400}, [("big", 1, math.inf, None)]),
        ([1, 2], []),
        (3, []),
    ],
)  # fmt: skip
def test_jsonl(path: Path, row: object, points: list[Point]) -> None:
    assert read(jsonl(path, row)) == points


def test_jsonl_no_numbers_and_bad_lines(path: Path) -> None:
    path.write_text('{"step": 1, "loss": NaN}\nnot json\n\n{"step": 2, "loss": "nan"}\n{"step": 3, "loss": 1}\n')
    points = read(JsonlReader(path))
    assert [p[1] for p in points] == [1, 2, 3] and math.isnan(points[0][2]) and math.isnan(points[1][2])


def test_jsonl_as_llama_factory_writes_it(path: Path) -> None:
    row = {"current_steps": 10, "total_steps": 100, "loss": 0.5, "lr": 1e-4, "epoch": 0.1, "elapsed_time": "0:00:10"}
    reader = jsonl(path, row)
    assert read(reader) == [("loss", 10, 0.5, None), ("lr", 10, 1e-4, None)] and reader.facts == {"max_steps": 100}


def test_jsonl_odd_names_and_too_many(path: Path) -> None:
    reader = jsonl(path, {"step": 1, "\x1b[31mred": 1.0, **{f"m{n}": n for n in range(600)}})
    points = read(reader)
    assert points[0][0] == "\\x1b[31mred" and len(points) == 500
    assert reader.problem == "more than 500 metrics: the others are left out"


# --- CSV ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("step,loss,acc\n1,3.0,\n2,,0.5\n", [("loss", 1, 3, None), ("acc", 2, 0.5, None)]),
        ("loss\tstep\n3.0\t7\n", [("loss", 7, 3, None)]),
        ("Epoch;Loss;Valid Loss\n1;2.5;2.75\n", [("Loss", 1, 2.5, None), ("Valid Loss", 1, 2.75, None)]),
        ("loss\n3.0\n2.0\n", [("loss", 2, 3, None), ("loss", 3, 2, None)]),
        ("1,3.0\n2,2.5\n", [("column 1", 1, 1, None), ("column 2", 1, 3, None), ("column 1", 2, 2, None), ("column 2", 2, 2.5, None)]),
        ("Wall time,Step,Value\n1700000000.5,3,1.25\n", [("log", 3, 1.25, 1700000000.5)]),
        ('"step","a,b"\r\n"1","2"\r\n\r\n', [("a,b", 1, 2, None)]),
        ("\ufeffstep,loss\n1,2\nstep,loss\n2,1\n", [("loss", 1, 2, None), ("loss", 2, 1, None)]),
        ("step,loss\nx,y\n3\n4,5,6\n", [("loss", 4, 5, None)]),
        ("name,text\na,b\n", []),
    ],
)  # fmt: skip
def test_csv(tmp_path: Path, text: str, points: list[Point]) -> None:
    (tmp_path / "log.csv").write_text(text, newline="")
    assert read(CsvReader(tmp_path / "log.csv")) == points


def test_csv_no_numbers(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("step,loss\n1,nan\n2,inf\n")
    values = [p[2] for p in read(CsvReader(tmp_path / "log.csv"))]
    assert math.isnan(values[0]) and values[1] == math.inf


# --- hfterm's own events -----------------------------------------------------------------


def test_events(path: Path) -> None:
    rows = [
        {"t": 1.7e9, "event": "begin", "step": 0, "max_steps": 4, "tokens": 9999},
        {"t": 1.7e9, "event": "log", "step": 1, "epoch": 0.1, "loss": 3.0, "tokens": 512, "note": "x"},
        {"t": 1.7e9 + 1, "event": "eval", "step": 1, "epoch": 0.1, "eval_loss": None},
        {"t": 1.7e9 + 2, "event": "save", "step": 1, "epoch": 0.1, "bytes": 123},
        {"t": 1.7e9 + 3, "event": "error", "error": "boom"},
    ]
    jsonl(path, *rows)
    points = read(EventsReader(path))
    assert points[:2] == [("loss", 1, 3.0, 1.7e9), ("tokens", 1, 512, 1.7e9)]
    assert points[2][0] == "eval_loss" and math.isnan(points[2][2]) and len(points) == 3


def test_steps_that_a_resumed_run_made_again_are_left_out_if_wished(path: Path) -> None:
    rows: list[dict[str, object]] = []
    # Killed at 5, gone on from 2, killed at 4, gone on from 0 and, a last time, from 3.
    for life, (first, last) in enumerate(((1, 5), (3, 4), (1, 3), (4, 6))):
        rows.append({"event": "begin", "step": first - 1})
        rows += [{"event": "log", "step": step, "loss": 10 * life + step} for step in range(first, last + 1)]
    jsonl(path, *rows)
    assert [value for _, _, value, _ in read(EventsReader(path))] == [1, 2, 3, 4, 5, 13, 14, 21, 22, 23, 34, 35, 36]
    reader = EventsReader(path)
    reader.leave_out_repeats()
    assert [value for _, _, value, _ in read(reader)] == [21, 22, 23, 34, 35, 36]
    missing = EventsReader(path.with_name("nope"))
    missing.leave_out_repeats()
    assert missing.poll() == []


# --- values ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (1, 1.0),
        (1.5, 1.5),
        (True, None),
        ("1.5", None),
        (None, None),
        (-(10**400), -math.inf),
        ("-Infinity", -math.inf),
    ],
)
def test_numbers(value: object, meant: float | None) -> None:
    assert number(value) == meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [(1.7e9, 1.7e9), (1.7e12, 1.7e9), (1.7e15, 1.7e9), (1.7e18, 1.7e9), (5, None), ("soon", None), (None, None),
     ("1700000000", 1.7e9), (math.nan, None), (1e30, None), ("9999999-01-01", None)],
)  # fmt: skip
def test_times(value: object, meant: float | None) -> None:
    assert moment(value) == meant
