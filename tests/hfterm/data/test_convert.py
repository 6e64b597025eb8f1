"""Any format to any other: values, order, shards, folders whole or not at all."""

import datetime
import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hfterm.data import engine, saving
from hfterm.data.convert import convert
from hfterm.data.rows import whole
from hfterm.data.source import sources
from hfterm.errors import HftermError, UsageError

UTC = datetime.UTC
TABLE = pa.table(
    {
        "whole": [2**53 + 1, None, -5],
        "text": ["a,b", 'q"\nz', None],
        "list": [[1, 2], [], None],
        "object": [{"x": 1, "y": ["z"]}, None, {"x": None, "y": []}],
        "bytes": [b"\x00\xff", None, b""],
        "time": pa.array([datetime.datetime(2024, 1, 2, 3, 4, 5, 678901), None, None], pa.timestamp("us")),
        "moment": pa.array([datetime.datetime(2024, 1, 2, tzinfo=UTC)] * 3, pa.timestamp("us", tz="UTC")),
        "day": [datetime.date(2020, 1, 1)] * 3,
        "money": [Decimal("1.10")] * 3,
        "real": [1.5, -0.25, float("inf")],
        "small": pa.array([1, 2, 255], pa.uint8()),
        "truth": [True, None, False],
    }
)


def run(source: Path, target: Path, **how: Any) -> list[dict[str, Any]]:
    return convert(engine.connect(threads=2), sources([str(source)]), str(target), **how)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    pq.write_table(TABLE, tmp_path / "table.parquet")
    return tmp_path / "table.parquet"


def test_columns_keep_their_types_and_values(table: Path, tmp_path: Path) -> None:
    run(table, tmp_path / "a.arrow", codec="zstd")
    found = pa.ipc.open_file(tmp_path / "a.arrow").read_all()
    assert found.schema.types == TABLE.schema.types and found.to_pylist() == TABLE.to_pylist()
    run(tmp_path / "a.arrow", tmp_path / "b.parquet", codec="snappy", group_rows=2048)
    assert pq.read_table(tmp_path / "b.parquet").to_pylist() == TABLE.to_pylist()
    assert pq.ParquetFile(tmp_path / "b.parquet").metadata.row_group(0).column(0).compression == "SNAPPY"


def test_whole_numbers_over_64_bits_stay_whole(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"n":18446744073709551615,"l":[18446744073709551614]}\n{"n":1,"l":[]}\n')
    run(tmp_path / "a.jsonl", tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == [
        {"n": Decimal(2**64 - 1), "l": [Decimal(2**64 - 2)]},
        {"n": Decimal(1), "l": []},
    ]
    run(tmp_path / "a.parquet", tmp_path / "b.jsonl")
    assert (tmp_path / "b.jsonl").read_text() == (tmp_path / "a.jsonl").read_text()


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst", "json", "json.zst", "csv", "csv.gz", "tsv.zst"])
def test_text_formats_packed_and_plain(tmp_path: Path, ending: str) -> None:
    rows = [{"id": 2**53 + 1, "text": 'a,"b"\n\tc', "x": 0.5}, {"id": -1, "text": "é 😁", "x": None}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    target = tmp_path / f"b.{ending}"
    assert run(tmp_path / "a.jsonl", target) == [{"path": str(target), "bytes": target.stat().st_size}]
    mark = {"gz": b"\x1f\x8b", "zst": b"\x28\xb5"}.get(ending.rpartition(".")[2])
    assert mark is None or target.read_bytes().startswith(mark)
    first = target.read_bytes()
    run(tmp_path / "a.jsonl", target, overwrite=True)
    assert target.read_bytes() == first  # no time, no name in it
    run(target, tmp_path / "c.jsonl")
    assert [json.loads(line) for line in (tmp_path / "c.jsonl").read_text().splitlines()] == rows


def test_every_row_saver_packs(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n')
    whole(engine.connect(), sources([str(tmp_path / "a.jsonl")])).save(tmp_path / "b.jsonl.gz")
    assert gzip.decompress((tmp_path / "b.jsonl.gz").read_bytes()) == b'{"a": 1}\n'


def test_text_files_take_one_column_of_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n\n  two, 3\n")
    run(tmp_path / "a.txt", tmp_path / "b.parquet")
    assert pq.read_table(tmp_path / "b.parquet").to_pylist() == [{"text": "one"}, {"text": ""}, {"text": "  two, 3"}]
    run(tmp_path / "b.parquet", tmp_path / "c.txt.gz")
    assert gzip.decompress((tmp_path / "c.txt.gz").read_bytes()) == (tmp_path / "a.txt").read_bytes()
    (tmp_path / "two.jsonl").write_text('{"a":"x","b":1}\n')
    with pytest.raises(UsageError, match=r"a \(VARCHAR\), b \(BIGINT\)"):
        run(tmp_path / "two.jsonl", tmp_path / "d.txt")
    (tmp_path / "lines.jsonl").write_text('{"a":"x"}\n{"a":"x\\ny"}\n')
    with pytest.raises(HftermError, match="newline"):
        run(tmp_path / "lines.jsonl", tmp_path / "d.txt")
    assert not (tmp_path / "d.txt").exists() and not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "parquet", "arrow", "txt"])
def test_shards_hold_all_rows_in_order(tmp_path: Path, kind: str) -> None:
    texts = [f"row {i} " + "x" * (i % 97) for i in range(5000)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    made = run(tmp_path / "a.jsonl", tmp_path / "equal", to=kind, shards=3)
    assert [Path(row["path"]).name for row in made] == [f"equal-0000{n}-of-00003.{kind}" for n in range(3)]
    assert [row["rows"] for row in made] == [1666, 1667, 1667]
    most = 30_000 if kind == "parquet" else 100_000
    sized = run(tmp_path / "a.jsonl", tmp_path / f"sized.{kind}", shard_bytes=most)
    assert len(sized) > 1 and all(row["bytes"] <= most for row in sized) and "sized/sized-00000" in sized[0]["path"]
    for parts in (made, sized):
        con = engine.connect()
        lines = b"".join(whole(con, sources([row["path"] for row in parts])).lines()).splitlines()
        assert [json.loads(line)["text"] for line in lines] == texts
    one = run(tmp_path / "a.jsonl", tmp_path / "one", to=kind, shard_bytes=10_000_000)
    assert [row["rows"] for row in one] == [5000]


def test_a_saved_data_set_loads_and_keeps_its_features(tmp_path: Path, table: Path) -> None:
    import datasets

    made = run(table, tmp_path / "saved", to="dataset", shards=2)
    assert made == [{"path": str(tmp_path / "saved"), "bytes": made[0]["bytes"], "rows": 3}]
    loaded = datasets.load_from_disk(str(tmp_path / "saved"))
    assert loaded.to_list() == TABLE.to_pylist()
    features = datasets.Features({"label": datasets.ClassLabel(names=["no", "yes"]), "n": datasets.Value("int32")})
    datasets.Dataset.from_dict({"label": [1, 0], "n": [5, 6]}, features=features).save_to_disk(str(tmp_path / "named"))
    run(tmp_path / "named", tmp_path / "named.parquet")
    run(tmp_path / "named.parquet", tmp_path / "again", to="dataset")
    again = datasets.load_from_disk(str(tmp_path / "again"))
    assert again.features == features and again["label"][:] == [1, 0]


def test_maps_become_pairs_in_a_data_set(tmp_path: Path) -> None:
    import datasets

    rows = pa.table({"m": pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int64()))})
    pq.write_table(rows, tmp_path / "m.parquet")
    run(tmp_path / "m.parquet", tmp_path / "m", to="dataset")
    assert datasets.load_from_disk(str(tmp_path / "m"))["m"][:] == [[{"key": "k", "value": 1}], []]


@pytest.mark.parametrize(
    ("name", "how", "words"),
    [
        ("out.xyz", {}, "cannot tell a format"),
        ("out.parquet.gz", {}, "packed inside"),
        ("out.csv", {"to": "jsonl"}, "two different formats"),
        ("out.csv", {"codec": "gzip"}, "do not agree"),
        ("out.arrow", {"codec": "brotli"}, "cannot be packed by brotli"),
        ("out", {"to": "jsonl", "shards": 2, "codec": "lz4"}, "cannot be packed by lz4"),
        ("out.csv", {"group_rows": 5}, "for Parquet only"),
        ("out", {"shards": 2, "shard_bytes": 5}, "use one of them"),
        ("out", {"shards": 9}, "do not fill 9 shards"),
        ("there", {"shards": 2}, "not empty"),
        ("there.jsonl", {}, "exists"),
    ],
)
def test_what_does_not_go(tmp_path: Path, name: str, how: dict[str, Any], words: str) -> None:
    source = tmp_path / "there.jsonl"
    source.write_text('{"a":1}\n{"a":2}\n')
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").touch()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match=words):
        run(source, tmp_path / name, **how)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_bad_row_leaves_no_folder(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("a,b\n" + "1,2\n" * 100_000 + "1\n")
    with pytest.raises(HftermError, match="line 100002 has 1 value"):
        run(source, tmp_path / "out", to="jsonl", shard_bytes=100_000)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_large_rows_close_a_group_by_their_bytes(tmp_path: Path) -> None:
    con = engine.connect()
    query = "SELECT i, repeat('x', 1000000) AS t FROM range(40) r(i)"
    tables = list(saving.batches(con, query, size=10_000_000))
    assert len(tables) > 1 and [i for table in tables for i in table["i"].to_pylist()] == list(range(40))
    assert [table.num_rows for table in saving.batches(con, "SELECT 1 AS a WHERE false")] == [0]
