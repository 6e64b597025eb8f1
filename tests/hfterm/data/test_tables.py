"""Tables of every format: the same rows out of each, no value changed, bad ones named."""

import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import engine, rows, shape
from hfterm.data.source import Source, kind_of, sources
from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.records import BadRecord

ROWS: list[dict[str, Any]] = [
    {"id": 1, "name": "a,b", "score": 0.5, "tags": ["x", "y"], "day": "2024-01-02"},
    {"id": 2, "name": 'he said "no"\nand left', "score": 1.25, "tags": [], "day": "2024-01-03"},
    {"id": 3, "name": "é 😁", "score": None, "tags": ["z"], "day": "2024-01-04"},
]
PLAIN = [{k: v for k, v in row.items() if k != "tags"} for row in ROWS]


def read(made: rows.Rows) -> list[dict[str, Any]]:
    return [json.loads(line) for block in made.lines() for line in block.splitlines()]


def everything(path: Path | str, **how: Any) -> list[dict[str, Any]]:
    return read(rows.whole(engine.connect(threads=1), sources([str(path)]), **how))


@pytest.fixture
def jsonl(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.mark.parametrize("suffix", ["jsonl", "json", "parquet", "arrow", "csv", "tsv"])
def test_rows_survive_every_format(tmp_path: Path, jsonl: Path, suffix: str) -> None:
    target = tmp_path / f"out.{suffix}"
    con = engine.connect(threads=1)
    flat = suffix in ("csv", "tsv")
    found = sources([str(jsonl)])
    made = rows.made(con, found, "id, name, score, day", add=False) if flat else rows.whole(con, found)
    made.save(target)
    assert everything(target) == (PLAIN if flat else ROWS)
    assert read(rows.filtered(con, sources([str(target)]), "id >= 2 AND score > 1")) == [(PLAIN if flat else ROWS)[1]]
    assert [r["n"] for r in read(rows.made(con, sources([str(target)]), "len(name) AS n", add=True))] == [
        len(r["name"]) for r in ROWS
    ]


def test_files_of_other_tools_give_the_same(tmp_path: Path, jsonl: Path) -> None:
    import csv
    import gzip

    import datasets
    import pandas

    frame = pandas.DataFrame(PLAIN)
    frame.to_parquet(tmp_path / "pandas.parquet")
    frame.to_csv(tmp_path / "pandas.csv", index=False)
    frame.to_json(tmp_path / "pandas.json", orient="records")
    with (tmp_path / "python.tsv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, PLAIN[0], dialect="excel-tab")
        writer.writeheader()
        writer.writerows(PLAIN)
    (tmp_path / "packed.jsonl.gz").write_bytes(gzip.compress(jsonl.read_bytes()))
    datasets.Dataset.from_list(ROWS).save_to_disk(str(tmp_path / "saved"))
    datasets.Dataset.from_list(ROWS).to_parquet(str(tmp_path / "datasets.parquet"))
    for name in ("pandas.parquet", "pandas.csv", "pandas.json", "python.tsv"):
        assert everything(tmp_path / name) == PLAIN, name
    for name in ("packed.jsonl.gz", "saved", "datasets.parquet"):
        assert everything(tmp_path / name) == ROWS, name


def test_zstandard(tmp_path: Path, jsonl: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    packed = tmp_path / "rows.jsonl.zst"
    packed.write_bytes(zstandard.compress(jsonl.read_bytes()))
    assert everything(packed) == ROWS
    packed.write_bytes(packed.read_bytes()[:-9] + b"garbage..")
    with pytest.raises(HftermError):
        everything(packed)


def test_csv_values_are_what_they_look_like_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "id,zip,big,x,void,date\n1,00501,12345678901234567890,1.5,,2024-01-02\n-2,10001,5,2e3,,01/02/2024\n"
    )
    row = {"id": 1, "zip": "00501", "big": "12345678901234567890", "x": 1.5, "void": None, "date": "2024-01-02"}
    assert everything(path)[0] == row and everything(path)[1]["x"] == 2000.0
    assert everything(path, all_text=True)[1] == {
        "id": "-2", "zip": "10001", "big": "5", "x": "2e3", "void": None, "date": "01/02/2024",
    }  # fmt: skip
    late = tmp_path / "late.csv"
    late.write_text("a\n" + "".join(f"{i}\n" for i in range(30000)) + "x\n")
    assert everything(late)[-2:] == [{"a": "29999"}, {"a": "x"}]
    (tmp_path / "b.csv").write_bytes(b"\xef\xbb\xbfa;b\r\n1,5;2\r\n")
    assert everything(tmp_path / "b.csv") == [{"a": "1,5", "b": 2}]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "a,b\n1,2\n1,2,3\n", "line 3 has 3 values for 2 columns"),
        ("a.csv", "a,b\n1\n", "line 2 has 1 value for 2 columns"),
        ("a.csv", "a,a\n1,2\n", "names column 'a' twice"),
        ("a.jsonl", '{"a":1}\n{"a":\n', "line 2 is not JSON"),
        ("a.jsonl", '{"a":1}\n[1]\n', "line 2 is not a JSON object"),
        ("a.json", '[{"a":1},{"a":', "a.json"),
        ("a.parquet", "nonsense", "a.parquet"),
        ("a.arrow", "nonsense", "a.arrow"),
    ],
)
def test_what_is_damaged_is_named(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(HftermError, match=words):
        everything(tmp_path / name)
    with pytest.raises(HftermError, match=words):
        rows.whole(engine.connect(), sources([str(tmp_path / name)])).save(tmp_path / "out.parquet")
    assert not list(tmp_path.glob("*out*"))


def test_no_field_is_missed_however_late(tmp_path: Path) -> None:
    path = tmp_path / "late.jsonl"
    path.write_text('{"a":1}\n' * 30000 + '{"a":1.5,"b":{"c":[1]}}\n')
    con = engine.connect()
    rows.whole(con, sources([str(path)])).save(tmp_path / "late.parquet")
    assert read(rows.filtered(con, sources([str(tmp_path / "late.parquet")]), "a > 1")) == [{"a": 1.5, "b": {"c": [1]}}]
    assert shape.columns(con, sources([str(path)])) == [
        {"column": "a", "type": "DOUBLE", "nulls": 0},
        {"column": "b", "type": "STRUCT(c BIGINT[])", "nulls": 30000},
    ]


def test_what_a_name_means(tmp_path: Path, jsonl: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.ndjson").write_text('{"a":1}\n')
    (tmp_path / "sub" / "y.jsonl").write_text('{"a":2}\n')
    (tmp_path / "sub" / "README.md").write_text("words")
    assert [r["a"] for r in everything(tmp_path / "sub")] == [1, 2]
    assert sources([str(tmp_path / "**/*.jsonl")]) == [
        Source(str(tmp_path / "**/*.jsonl"), "jsonl", (str(jsonl), str(tmp_path / "sub" / "y.jsonl")))
    ]
    plain = tmp_path / "noname"
    for content, kind in (
        (b'{"a":1}\n', "jsonl"),
        (b"[\n1", "json"),
        (b"hello", "text"),
        (b"", "jsonl"),
        (b"{\n", "json"),
    ):
        plain.write_bytes(content)
        assert kind_of(str(plain)) == kind
    (tmp_path / "sub" / "z.csv").write_text("a\n1\n")
    with pytest.raises(UsageError, match="several formats"):
        everything(tmp_path / "sub")
    for wrong in ("nothing.jsonl", str(tmp_path / "*.nothing")):
        with pytest.raises(NotFoundError):
            everything(wrong)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError, match="no data files"):
        everything(tmp_path / "empty")
    plain.write_bytes(b"\0\1\2")
    with pytest.raises(UsageError, match="cannot tell what"):
        everything(plain)


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_order_draw_and_repetitions(tmp_path: Path, suffix: str) -> None:
    texts = [json.dumps({"id": i, "k": i % 7, "t": f"x{i % 3}"}) for i in range(500)]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(texts))
    con = engine.connect()
    if suffix == "parquet":
        rows.whole(con, sources([str(path)])).save(tmp_path / "a.parquet")
    found = sources([str(tmp_path / f"a.{suffix}")])
    ids = lambda made: [row["id"] for row in read(made)]  # noqa: E731
    everyone = list(range(500))
    assert ids(shape.ordered(con, found, "k DESC, t")) == sorted(everyone, key=lambda i: (-(i % 7), i % 3, i))
    mixed = ids(shape.shuffled(con, found, 1))
    assert sorted(mixed) == everyone and mixed != everyone and mixed == ids(shape.shuffled(con, found, 1))
    assert mixed != ids(shape.shuffled(con, found, 2))
    drawn = ids(shape.sampled(con, found, 20, 1))
    assert drawn == sorted(mixed[:20]) and ids(shape.sampled(con, found, 1000, 1)) == everyone
    assert ids(shape.distinct(con, found, ["K", "t"])) == list(range(21))
    assert ids(shape.distinct(con, found)) == everyone
    assert ids(shape.last(con, found, 3)) == [497, 498, 499] and ids(rows.first(con, found, 2)) == [0, 1]
    assert read(shape.asked(con, found, "SELECT k, count(*) AS n FROM data GROUP BY 1 ORDER BY 1 LIMIT 1")) == [
        {"k": 0, "n": 72}
    ]
    assert shape.counted(con, found[0]) == 500
    for wrong in (
        lambda: read(shape.ordered(con, found, "kk")),
        lambda: read(shape.distinct(con, found, ["kk"])),
        lambda: read(shape.asked(con, found, "DELETE FROM data")),
        lambda: read(shape.ordered(con, found, "k LIMIT 3")),
        lambda: read(rows.made(con, found, "kk + 1", add=True)),
    ):
        with pytest.raises(UsageError):
            wrong()


def test_records_stay_as_written_when_they_are_sorted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    texts = ['{"a": 2, "f":1.10}', '{"a":1,"big":123456789012345678901234567890}', '{"f":2,  "a":3}']
    path.write_text("\n".join(texts) + "\n")
    con = engine.connect()
    out = b"".join(shape.ordered(con, sources([str(path)]), "a").lines()).decode().splitlines()
    assert out == [texts[1], texts[0], texts[2]]


def test_bad_rows_are_left_out_before_a_table_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a":2}\n[1]\n{"a":1}\n{"a":')
    con, told = engine.connect(), []
    with shape.cleaned(con, sources([str(path)]), lambda *bad: told.append(bad[1])) as clean:
        assert read(shape.ordered(con, clean, "a")) == [{"a": 1}, {"a": 2}]
    assert told == [2, 4]
    with pytest.raises(BadRecord, match="line 2"):
        shape.counted(con, sources([str(path)])[0])


def test_several_sources_are_one_table(tmp_path: Path, jsonl: Path) -> None:
    (tmp_path / "more.csv").write_text("id,extra\n9,x\n")
    con = engine.connect()
    found = sources([str(jsonl), str(tmp_path / "more.csv")])
    got = read(rows.whole(con, found))
    assert [row["id"] for row in got] == [1, 2, 3, 9] and got[3]["extra"] == "x" and got[0]["extra"] is None


def test_a_file_whose_name_is_not_utf8(tmp_path: Path) -> None:
    import os

    path = os.fsencode(tmp_path) + b"/\xff.csv"
    try:
        with open(path, "w") as stream:
            stream.write("a\n1\n")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    assert everything(os.fsdecode(path)) == [{"a": 1}]


def test_empty_sources(tmp_path: Path) -> None:
    empty = tmp_path / "a.jsonl"
    empty.write_text("\n \n")
    con = engine.connect()
    found = sources([str(empty)])
    assert read(shape.ordered(con, found, "a")) == [] and shape.columns(con, found) == []
    assert shape.counted(con, found[0]) == 0
    with pytest.raises(UsageError, match="nothing to write"):
        rows.whole(con, found).save(tmp_path / "a.parquet")
