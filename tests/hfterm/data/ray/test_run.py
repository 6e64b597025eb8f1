"""Work on a Ray cluster gives what it gives on one machine: rows, order, types, words of errors."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support import rays
from support.cli import environment

pytest.importorskip("ray", reason="the extra ray is not installed")
# One process of a test run has the cluster.
pytestmark = pytest.mark.xdist_group("ray")

CODE = """
def add(row):
    print("said", row["id"])
    return {"next": row["id"] + 1}
def some(batch):
    return [n % 5 == 0 for n in batch["id"]]
def fail(row):
    return {"x": 1 // (row["id"] - 5)}
"""


def fill(folder: Path) -> None:
    """Files of rows: numbers that begin whole and go on otherwise, fields that come late, types that JSON has not."""
    import duckdb

    draw = random.Random(5)
    rows = []
    for n in range(3000):
        row = {"id": n, "x": n if n < 2000 else n + 0.5, "key": draw.randrange(40), "text": "é" * draw.randrange(60)}
        rows.append(row | ({"late": [n, None]} if n > 1500 else {}))
    (folder / "rows.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    (folder / "twice.jsonl").write_text("".join(f'{{"a": {n % 30}, "b": [{n % 2}]}}\n' for n in range(500)))
    (folder / "bad.jsonl").write_text('{"a":1}\n{"a":\n[2]\n{"a":3}\n')
    (folder / "empty.jsonl").write_text("")
    (folder / "code.py").write_text(CODE)
    query = (
        "SELECT id::SMALLINT AS id, x::FLOAT AS x, key::DECIMAL(6, 2) AS key, DATE '2026-01-01' + id::INT AS day, "
        "TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_seconds(id) AS at, encode(text) AS raw, {'k': [key, NULL]} AS nested, "
        f"id::HUGEINT * 10000000000000 AS huge FROM read_ndjson('{folder}/rows.jsonl')"
    )
    with duckdb.connect() as con:
        con.execute(f"COPY ({query}) TO '{folder}/rows.parquet' (ROW_GROUP_SIZE 700)")
        con.execute(f"COPY (SELECT id, x, text FROM read_ndjson('{folder}/rows.jsonl')) TO '{folder}/rows.csv'")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, Any]]:
    """For each work what came out here, and what there: lines, and an error's words."""
    folder = tmp_path_factory.mktemp("rays")
    fill(folder)
    runs = Path(rays.__file__).with_name("ray_runs.py")
    with rays.running() as env:
        done = subprocess.run(
            [sys.executable, "-P", str(runs), str(folder)], env=environment(folder / "home", env),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=500,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {name: (here, there) for name, here, there in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize(
    ("work", "count", "error"),
    [
        ("filter lines", 998, ""),
        ("map lines", 3000, ""),
        ("map tables", 3000, ""),
        ("map csv", 3000, ""),
        ("dedup lines", None, ""),
        ("dedup lines by all", 30, ""),
        ("dedup tables", 40, ""),
        ("filter by Python", 600, ""),
        ("map by Python", 3000, ""),
        ("empty", 0, ""),
        ("unknown column", 0, "2: no column 'idd' in rows.parquet"),
        ("unreadable", 0, "1: cannot read bad.jsonl: line 2 is not JSON"),
        ("division", 5, "1: code.py:8: ZeroDivisionError"),
        ("no function", 0, "2: no function 'nothing'"),
        ("cast", 0, "1: condition 'CAST(text AS INT) > 1'"),
        ("cast in tables", 0, "1: condition 'CAST(text AS INT) > 1'"),
        ("filter to Parquet", 1501, ""),
        ("map to Parquet", 3001, ""),
        ("dedup to Parquet", 41, ""),
        ("nothing to Parquet", 1, ""),
        ("left out", 4, ""),
        ("convert to shards", 6, ""),
        ("convert to shards of lines", 4, ""),
        ("convert to CSV", 2, ""),
        ("convert lines", 2, ""),
    ],
)
def test_it_is_as_on_this_machine(
    results: dict[str, tuple[Any, Any]], work: str, count: int | None, error: str
) -> None:
    (here, wrong), (there, wrong_there) = results[work]
    assert there == here and wrong_there == wrong
    assert wrong.startswith(error) and bool(wrong) == bool(error)
    assert len(here) == count if count is not None else 40 < len(here) < 3000
