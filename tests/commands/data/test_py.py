"""``hfterm data map`` and ``filter`` with Python functions, through a real process."""

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.cli import HFTERM, Hfterm

ROWS: list[dict[str, Any]] = [{"id": i, "text": "é" * i} for i in range(40)]
CODE = """
import os, sys, time
import beside

def shout(row):
    print("said", row["id"])
    return {"text": row["text"].upper(), "n": beside.count(row["text"])}

def odd(row):
    return row["id"] % 2

def batch(rows):
    return {"of": [len(rows["id"])] * len(rows["id"])}

def pieces(row):
    for part in range(2):
        yield {"part": part}

def die(row):
    if row["id"] == 7:
        os.kill(os.getpid(), 9)

def fail(row):
    return {"x": 1 // (row["id"] - 5)}

def wait(row):
    open(f"{os.environ['PIDS']}/{os.getpid()}", "w").close()
    time.sleep(1000)

def small(row):
    return {"small": row["small"] + 1}
"""


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    (tmp_path / "code.py").write_text(CODE)
    (tmp_path / "beside.py").write_text("def count(text): return len(text)\n")
    return path


def test_records_go_through_a_function_in_order(hfterm: Hfterm, rows: Path, tmp_path: Path) -> None:
    done = hfterm("data", "map", rows, "--py", tmp_path / "code.py:shout", "--num-proc", "2", check=0)
    assert [json.loads(line) for line in done.lines] == [
        {"id": r["id"], "text": r["text"].upper(), "n": r["id"]} for r in ROWS
    ]
    assert sorted(done.stderr.splitlines()) == sorted(f"said {i}" for i in range(40))  # what it prints is no row
    text = rows.read_text()
    kept = hfterm("data", "filter", "--py", "code:odd", stdin=text, cwd=tmp_path, check=0)
    assert kept.lines == text.splitlines()[1::2]  # byte for byte


def test_batches_and_several_rows(hfterm: Hfterm, rows: Path, tmp_path: Path) -> None:
    how = ("--py", "code.py:batch", "--batched", "--batch-size", "15", "--num-proc", "2")
    done = hfterm("data", "map", rows, *how, cwd=tmp_path, check=0)
    assert [json.loads(line)["of"] for line in done.lines] == [15] * 30 + [10] * 10
    done = hfterm("data", "map", rows, "--py", "code.py:pieces", "--replace", cwd=tmp_path, check=0)
    assert done.lines == ['{"part":0}', '{"part":1}'] * 40


def test_failures_name_the_code_and_the_row(hfterm: Hfterm, rows: Path, tmp_path: Path) -> None:
    failed = hfterm("data", "map", rows, "--py", "code.py:fail", cwd=tmp_path, check=1)
    line = CODE[: CODE.index("1 //")].count("\n") + 1
    words = f"hfterm: code.py:{line}: ZeroDivisionError: integer division or modulo by zero (at line 6 of {rows})"
    assert failed.stderr.startswith(words) and len(failed.stderr.splitlines()) == 1 and len(failed.lines) == 5
    debug = hfterm("data", "map", rows, "--py", "code.py:fail", "--debug", cwd=tmp_path, check=1)
    assert "in fail" in debug.stderr and 'return {"x": 1 //' in debug.stderr
    kept = hfterm("data", "map", rows, "--py", "code.py:fail", "--bad", "bad", cwd=tmp_path, check=0)
    assert len(kept.lines) == 39 and "left out line 6" in kept.stderr
    assert (tmp_path / "bad").read_text() == json.dumps(ROWS[5]) + "\n"
    died = hfterm("data", "map", rows, "--py", "code.py:die", "--num-proc", "2", cwd=tmp_path, check=1)
    assert "a worker was killed (SIGKILL) at line" in died.stderr and len(died.stderr.splitlines()) == 1


def test_tables_keep_their_types(hfterm: Hfterm, tmp_path: Path, rows: Path) -> None:
    sql = (
        "SELECT id::SMALLINT AS small, DATE '2026-01-01' + id::INT AS day, encode(text) AS raw, id % 3 AS id FROM data"
    )
    hfterm("data", "sql", rows, sql, "-o", "table.parquet", cwd=tmp_path, check=0)
    before = hfterm("data", "schema", "table.parquet", cwd=tmp_path, check=0).lines
    hfterm("data", "filter", "table.parquet", "--py", "code.py:odd", "-o", "odd.parquet", cwd=tmp_path, check=0)
    want = hfterm("data", "filter", "table.parquet", "id % 2 = 1", cwd=tmp_path, check=0)
    assert hfterm("data", "cat", "odd.parquet", cwd=tmp_path, check=0).lines == want.lines and len(want.lines) == 13
    hfterm("data", "map", "table.parquet", "--py", "code.py:small", "-o", "small.parquet", cwd=tmp_path, check=0)
    assert hfterm("data", "schema", "small.parquet", cwd=tmp_path, check=0).lines == before
    first = json.loads(hfterm("data", "tail", "-n", "1", "small.parquet", cwd=tmp_path, check=0).stdout)
    assert first["small"] == 40 and first["day"] == "2026-02-09"


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("map", "rows.jsonl", "len(text) AS n", "--py", "code.py:shout"), 2, "take one of them"),
        (("map", "rows.jsonl"), 2, "an expression is missing"),
        (("filter",), 2, "a condition is missing"),
        (("filter", "rows.jsonl", "id > 1", "--num-proc", "2"), 2, "are for --py"),
        (("map", "rows.jsonl", "--py", "code.py:shuot"), 2, "did you mean shout"),
        (("map", "rows.jsonl", "--py", "none.py:shout"), 3, "no such file: none.py"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    hfterm: Hfterm, rows: Path, args: tuple[str, ...], code: int, words: str
) -> None:
    done = hfterm("data", *args, cwd=rows.parent, check=code)
    assert words in done.stderr and len(done.stderr.splitlines()) == 1 and not done.stdout


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_no_worker_outlives_the_command(
    hfterm: Hfterm, rows: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    import psutil

    pids = tmp_path / "pids"
    pids.mkdir()
    process = hfterm.popen(
        "data", "map", rows, "--py", "code.py:wait", "--num-proc", "2", cwd=tmp_path, env={"PIDS": str(pids)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    while len(list(pids.iterdir())) < 2:
        assert process.poll() is None
    workers = [psutil.Process(int(path.name)) for path in pids.iterdir()]
    process.send_signal(number)
    process.communicate(timeout=120)
    assert process.returncode == code
    _, alive = psutil.wait_procs(workers, timeout=120)
    assert not alive


def test_a_closed_pipe_ends_it_quietly(hfterm: Hfterm, rows: Path, tmp_path: Path) -> None:
    rows.write_text(rows.read_text() * 3000)
    process = hfterm.popen(
        "data", "map", rows, "--py", "code.py:pieces", cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline() == b'{"id": 0, "text": "","part":0}\n'
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b"" and process.wait(timeout=120) == 141


def test_rows_come_as_they_are_written(hfterm: Hfterm, rows: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        [HFTERM, "data", "map", "--py", "code.py:pieces", "--num-proc", "2"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=hfterm.env(), cwd=tmp_path,
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout
        for i in range(3):
            process.stdin.write(b'{"id": %d}\n' % i)
            process.stdin.flush()
            for part in range(2):
                assert process.stdout.readline() == b'{"id": %d,"part":%d}\n' % (i, part)
        process.stdin.close()
        assert process.wait(timeout=120) == 0
