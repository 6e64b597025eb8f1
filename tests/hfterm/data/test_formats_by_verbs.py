"""Every verb that reads rows, on a file of every format that another tool made: equal to what Python makes of the rows.

Made by: json, csv and gzip of Python, pandas, pyarrow, datasets, the command line of Zstandard. Each cell calls what
the command calls; one verb of each format is the real process.
"""

import csv
import gzip
import hashlib
import io
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import engine, shape
from hfterm.data.checks import Checked
from hfterm.data.convert import convert
from hfterm.data.info import facts
from hfterm.data.join import joined, mixed
from hfterm.data.near import thinned
from hfterm.data.pages import Pages
from hfterm.data.rows import Rows, filtered, first, made, whole
from hfterm.data.source import Source, sources
from hfterm.data.split import split
from hfterm.data.stats import described
from hfterm.data.turn import turned
from support.cli import Hfterm

Row = dict[str, Any]
TEXTS = (
    "plain",
    'he said "no", and left',
    "é 😁 日本語",
    "a tab\tand a | and ; and 'quotes'",
    "plain",
    " blanks around ",
    "two\nlines",
    "0123",
)
ROWS: list[Row] = [
    {"id": n if n else 2**53 + 1, "text": TEXTS[n % 8], "score": None if n % 5 == 4 else n / 4, "label": "ab"[n % 2]}
    for n in range(40)
]
# A text file holds one column, and a line is a row.
LINES: list[Row] = [{"text": row["text"].replace("\n", " ")} for row in ROWS]


def jsonl(rows: list[Row]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=len(row["text"]) % 2 == 0) + "\n" for row in rows).encode()


def table(dialect: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ROWS[0], dialect=dialect)
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


def make(folder: Path, name: str) -> Path:
    """A file (or folder) of a format, made by another tool."""
    import pandas
    import pyarrow as pa

    path = folder / name
    if name == "rows.jsonl":
        pandas.DataFrame(ROWS).to_json(path, orient="records", lines=True, double_precision=15)
    elif name == "rows.jsonl.gz":
        path.write_bytes(gzip.compress(jsonl(ROWS[:20])) + gzip.compress(jsonl(ROWS[20:])))  # as cat puts them together
    elif name == "rows.jsonl.zst":
        if shutil.which("zstd") is None:
            pytest.skip("no zstd command here")
        subprocess.run(["zstd", "-q", "-o", path], input=jsonl(ROWS), check=True)
    elif name == "rows.json":
        path.write_text(json.dumps(ROWS, indent=1))
    elif name in ("rows.csv", "rows.csv.gz"):
        pandas.DataFrame(ROWS).to_csv(path, index=False)
    elif name == "excel.csv":
        path.write_bytes(b"\xef\xbb\xbf" + table("excel"))  # with a mark, and lines that end in two signs
    elif name == "rows.tsv":
        path.write_bytes(table("excel-tab"))
    elif name == "rows.txt":
        path.write_text("\n".join(row["text"] for row in LINES), encoding="utf-8")
    elif name == "rows.parquet":
        pandas.DataFrame(ROWS).to_parquet(path, row_group_size=7)
    elif name == "stream.arrow":
        rows = pa.Table.from_pylist(ROWS)
        with pa.ipc.new_stream(path, rows.schema) as writer:
            writer.write_table(rows, max_chunksize=9)
    elif name == "file.arrow":
        rows = pa.Table.from_pylist(ROWS)
        with pa.ipc.new_file(path, rows.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
            writer.write_table(rows, max_chunksize=9)
    else:
        import datasets

        datasets.Dataset.from_list(ROWS).save_to_disk(str(path), num_shards=3)
    return path


FORMATS = (
    *("rows.jsonl", "rows.jsonl.gz", "rows.jsonl.zst", "rows.json", "rows.csv", "rows.csv.gz", "excel.csv", "rows.tsv"),
    *("rows.txt", "rows.parquet", "stream.arrow", "file.arrow", "saved"),
)


@pytest.fixture(scope="module")  # the tests of one format come together
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("formats"), request.param)


def read(rows: Rows) -> list[Row]:
    return [json.loads(line) for block in rows.lines() for line in block.splitlines()]


def drawn(rows: list[Row]) -> list[int]:
    """The numbers of rows in the order that seed 1 means: by the MD5 of it and the number."""
    return sorted(range(len(rows)), key=lambda n: hashlib.md5(f"1:{n + 1}".encode()).hexdigest())


def ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: str(row["text"]), reverse=True)


def once(rows: list[Row]) -> list[Row]:
    firsts: dict[str, Row] = {}
    for row in rows:
        firsts.setdefault(row["text"], row)
    return list(firsts.values())


Found = list[Source]
# A verb: what it makes of the sources, and what Python makes of the rows.
VERBS: dict[str, tuple[Callable[[Any, Found], Rows], Callable[[list[Row]], list[Row]]]] = {
    "cat": (whole, lambda rows: rows),
    "head": (lambda con, found: first(con, found, 3), lambda rows: rows[:3]),
    "tail": (lambda con, found: shape.last(con, found, 3), lambda rows: rows[-3:]),
    "sample": (
        lambda con, found: shape.sampled(con, found, 5, 1),
        lambda rows: [rows[n] for n in sorted(drawn(rows)[:5])],
    ),
    "shuffle": (lambda con, found: shape.shuffled(con, found, 1), lambda rows: [rows[n] for n in drawn(rows)]),
    "filter": (
        lambda con, found: filtered(con, found, "len(text) > 8 AND text NOT LIKE '%😁%'"),
        lambda rows: [row for row in rows if len(row["text"]) > 8 and "😁" not in row["text"]],
    ),
    "select": (
        lambda con, found: made(con, found, "len(text) AS n, text", add=False),
        lambda rows: [{"n": len(row["text"]), "text": row["text"]} for row in rows],
    ),
    "map": (
        lambda con, found: made(con, found, "upper(text) AS text, len(text) AS n", add=True),
        lambda rows: [row | {"text": row["text"].upper(), "n": len(row["text"])} for row in rows],
    ),
    "sql": (
        lambda con, found: shape.asked(
            con, found, "SELECT text, count(*) AS n FROM data GROUP BY 1 ORDER BY n DESC, 1 LIMIT 3"
        ),
        lambda rows: [
            {"text": text, "n": n}
            for text, n in sorted(Counter(r["text"] for r in rows).items(), key=lambda one: (-one[1], one[0]))[:3]
        ],
    ),
    "sort": (lambda con, found: shape.ordered(con, found, "text DESC"), ordered),
    "dedup": (lambda con, found: shape.distinct(con, found, ["text"]), once),
    "concat": (lambda con, found: joined(con, [*found, *found]), lambda rows: rows * 2),
    "format": (
        lambda con, found: turned(con, found, "text"),
        lambda rows: [{"text": row["text"]} for row in rows],
    ),
}


@pytest.mark.parametrize("file", FORMATS, indirect=True)
def test_rows_in_rows_out(file: Path) -> None:
    con, rows = engine.connect(threads=1), expected(file)
    wrong = []
    for verb, (do, reference) in VERBS.items():
        found = read(do(con, sources([str(file)])))
        if found != reference(rows):
            wrong.append((verb, found[:3], reference(rows)[:3]))
    assert not wrong


@pytest.mark.parametrize("file", FORMATS, indirect=True)
def test_what_rows_are(file: Path) -> None:
    con, rows = engine.connect(threads=1), expected(file)
    found = sources([str(file)])
    nulls = {name: sum(row[name] is None for row in rows) for name in rows[0]}
    assert sum(shape.counted(con, one) for one in found) == 40
    assert {one["column"]: one["nulls"] for one in shape.columns(con, found)} == nulls
    (told,) = facts(con, found)
    assert (told["rows"], told["columns"], list(told["schema"])) == (40, len(nulls), list(nulls))
    described_text = next(one for one in described(con, found, quantiles=[0.5]) if one["column"] == "text")
    assert described_text["nulls"] == 0 and described_text["distinct"] == len({row["text"] for row in rows})
    look = Checked(con, found, "sft")
    assert list(look.findings()) == [] and look.rows == 40
    near = read(thinned(con, found, "text", 0.9, shingle=1))
    assert [row["text"] for row in near] == [row["text"] for row in once(rows)]


@pytest.mark.parametrize("file", FORMATS, indirect=True)
def test_rows_go_elsewhere(file: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    con, rows = engine.connect(threads=1), expected(file)
    found = sources([str(file)])
    parts = {one["part"]: one for one in split(con, found, str(tmp_path / "parts"), {"test": "5"}, seed=1)}
    dealt = {name: [rows.index(row) for row in _lines(one["path"])] for name, one in parts.items()}
    assert Counter(_key(row) for one in parts.values() for row in _lines(one["path"])) == Counter(map(_key, rows))
    assert {name: len(numbers) for name, numbers in dealt.items()} == {"train": 35, "test": 5}
    both = read(mixed(con, [*found, *sources([str(file)])], seed=1, stop="all"))
    assert Counter(map(_key, both)) == Counter(map(_key, rows * 2))
    convert(con, found, str(tmp_path / "a.parquet"))
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == rows
    convert(con, found, str(tmp_path / "a.jsonl.gz"))
    with gzip.open(tmp_path / "a.jsonl.gz", "rt", encoding="utf-8") as stream:
        assert [json.loads(line) for line in stream] == rows
    pages = Pages(con, found)
    pages.start()
    pages._thread.join(60)
    seen = [one.value for n in range(pages.rows) if (one := pages.row(n))]
    pages.close()
    texts = file.suffix in (".csv", ".tsv") or file.name.endswith(".csv.gz")  # is not told what its values are
    assert [{k: str(v) for k, v in row.items()} for row in seen] == [
        {k: str(v) for k, v in row.items()} for row in rows
    ]
    assert texts or seen == rows


@pytest.mark.parametrize("file", FORMATS, indirect=True)
def test_the_command(hfterm: Hfterm, file: Path) -> None:
    done = hfterm("data", "cat", file, check=0)
    assert [json.loads(line) for line in done.lines] == expected(file) and done.stderr == ""


def expected(file: Path) -> list[Row]:
    """The rows of a file: a copy, so that no verb changes them."""
    return json.loads(json.dumps(LINES if file.name.endswith(".txt") else ROWS))  # type: ignore[no-any-return]


def _lines(path: str) -> list[Row]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def _key(row: Row) -> str:
    return json.dumps(row, sort_keys=True)
