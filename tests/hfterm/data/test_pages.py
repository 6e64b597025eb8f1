"""Rows by their number, out of files of any format and size, while they are still looked through; and searches."""

import csv
import gzip
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hfterm.data import engine, page_lines
from hfterm.data.page_lines import LinePages
from hfterm.data.pages import Pages
from hfterm.data.source import Source, sources
from hfterm.errors import UsageError

ROWS: list[dict[str, Any]] = [
    {"id": n, "text": f'row {n}, "quoted"\nsecond line ' + "x" * (n % 50), "é": None if n % 3 else "ü" * (n % 5)}
    for n in range(3000)
]


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many places in the index of a small file."""
    monkeypatch.setattr(page_lines, "STEP", 1000)


def opened(*found: Source) -> Iterator[Pages]:
    pages = Pages(engine.connect(threads=1), found)
    pages.start()
    try:
        yield pages
    finally:
        pages.close()


def all_known(pages: Pages) -> Pages:
    end = time.monotonic() + 60
    while not pages.done:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert pages.problem == ""
    return pages


def write(folder: Path, name: str) -> Path:
    path = folder / name
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(ROWS), path, row_group_size=700)
    elif name.endswith(".arrow"):
        with pa.ipc.new_stream(path, pa.Table.from_pylist(ROWS).schema) as writer:
            writer.write_table(pa.Table.from_pylist(ROWS), max_chunksize=500)
    elif name.endswith(".csv"):
        with path.open("w", newline="", encoding="utf-8") as stream:
            table = csv.DictWriter(stream, ROWS[0])
            table.writeheader()
            table.writerows(ROWS)
    elif name.endswith(".json"):
        path.write_text(json.dumps(ROWS))
    else:
        path.write_bytes(gzip.compress(lines.encode()) if name.endswith(".gz") else lines.encode()[:-1])
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.csv", "a.json", "a.parquet", "a.arrow"])
def test_any_row_from_anywhere(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, name)
    for pages in opened(*sources([str(path)])):
        assert all_known(pages).rows == 3000 and pages.columns() == ["id", "text", "é"]
        for n in (0, 2999, 1, 1500, 1499, 700, 699, 2998, 64, 63):
            found = pages.row(n)
            value = dict(ROWS[n])
            if name == "a.csv":  # all is text there, and an empty one is none
                value = {key: str(one) if one not in ("", None) else None for key, one in value.items()}
            assert found is not None and found.value == value and not found.why, n
        assert pages.row(3000) is None
        whole = [pages.row(n) for n in range(3000)]
        assert [int(row.value["id"]) for row in whole if row] == list(range(3000))
        assert pages.find(0, text="ROW 1234,") == 1234 and pages.find(1235, text="row 1234,") is None
        assert pages.find(2999, text="row 17, ", backwards=True) == 17
        assert pages.find(0, text="üüü") == 3 and pages.find(4, text="\nsecond") == 4
        assert pages.find(10, condition='id % 1000 = 0 AND "é" IS NULL') == 1000
        assert pages.find(2999, condition="id < 700", backwards=True) == 699
        with pytest.raises(UsageError, match="no column 'idd'"):
            pages.condition("idd > 1")


def test_several_files_are_one_sequence(tmp_path: Path) -> None:
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for at, path in enumerate(paths):
        path.write_text("".join(f'{{"n":{at * 100 + n}}}\n' for n in range(100)))
    for pages in opened(Source("both", "jsonl", tuple(map(str, paths)))):
        assert all_known(pages).rows == 200
        assert [row.value["n"] for n in range(90, 110) if (row := pages.row(n))] == list(range(90, 110))
        assert pages.find(99, condition="n >= 100") == 100 and pages.find(150, text="42", backwards=True) == 142


def test_lines_that_are_no_rows_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_lines, "MOST_BYTES", 5000)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a":1}\n\n[2]\n{"a":\n{"a":"\xff"}\n{"a":"' + b"x" * 20_000 + b'"}\n{"a":9}')
    for pages in opened(*sources([str(path)])):
        all_known(pages)
        rows = [pages.row(n) for n in range(pages.rows)]
        assert [row.why.split(" (")[0] for row in rows if row] == [
            "", "is empty", "is not a JSON object", "is not JSON", "", "is longer than 0 MiB", "",
        ]  # fmt: skip
        assert rows[0] and rows[0].value == {"a": 1} and rows[6] and rows[6].value == {"a": 9}
    table = tmp_path / "a.csv"
    table.write_text('a,b\n1,2\n1,2,3\n"x\ny",4\n')
    for pages in opened(*sources([str(table)])):
        rows = [all_known(pages).row(n) for n in range(3)]
        assert [row.value for row in rows if row] == [
            {"a": "1", "b": "2"},
            {"a": "1", "b": "2"},
            {"a": "x\ny", "b": "4"},
        ]
        assert rows[1] and rows[1].why == "has 3 values for 2 columns"


def test_rows_of_a_pipe_are_there_before_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as rows:
        monkeypatch.setattr(sys, "stdin", rows)
        _read_pipe(writing)


def _read_pipe(writing: int) -> None:
    for pages in opened(Source("standard input", "jsonl", ("-",))):
        os.write(writing, b'{"a":1}\n{"a":2}\n')
        end = time.monotonic() + 60
        while pages.rows < 2:
            assert time.monotonic() < end
            time.sleep(0.01)
        assert not pages.done and pages.row(1) is not None
        os.write(writing, b'{"a":3}')
        os.close(writing)
        assert all_known(pages).rows == 3


def test_an_index_is_small_and_ends_when_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a":1}\n' * 10_000)
    before = threading.active_count()
    part = LinePages(str(path), "jsonl")
    part.index(lambda: False)
    assert part.rows == 10_000 and len(part._places) <= 82
    stopped = LinePages(str(path), "jsonl")
    stopped.index(lambda: True)
    assert stopped.rows == 0
    assert threading.active_count() <= before


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("nonsense")
    (tmp_path / "a.jsonl").write_text("")
    for name, words in (("a.parquet", "a.parquet"), ("a.jsonl", "")):
        for pages in opened(Source(name, name[2:], (str(tmp_path / name),))):  # type: ignore[arg-type]
            end = time.monotonic() + 60
            while not pages.done:
                assert time.monotonic() < end
                time.sleep(0.01)
            assert words in pages.problem and bool(words) == bool(pages.problem) and pages.rows == 0
            assert pages.row(0) is None and pages.columns() == [] and pages.find(0, text="x") is None
