"""``hfterm data convert``, and bad rows of CSV, through a real process."""

import gzip
import json
from pathlib import Path

import pyarrow.parquet as pq

from support.cli import Hfterm


def test_convert(hfterm: Hfterm, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('id,text\n1,"a\nb"\n2\n3,c\n4,"d\n5,é\n', encoding="utf-8")
    torn = hfterm("data", "convert", path, "-o", tmp_path / "x.parquet", check=1)
    assert "line 4 has 1 value for 2 columns" in torn.stderr and not (tmp_path / "x.parquet").exists()
    done = hfterm(
        "data", "convert", path, "--bad", tmp_path / "bad", "-o", tmp_path / "out", "--to", "jsonl", "--shards", "2",
        "--compression", "gzip", check=0,
    )  # fmt: skip
    assert done.lines == [str(tmp_path / "out" / f"out-0000{n}-of-00002.jsonl.gz") for n in range(2)]
    lines = b"".join(gzip.decompress(Path(name).read_bytes()) for name in done.lines).decode().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"id": 1, "text": "a\nb"},
        {"id": 3, "text": "c"},
        {"id": 5, "text": "é"},
    ]
    assert (tmp_path / "bad").read_text() == '2\n4,"d\n'
    assert [line.split(": ")[-1] for line in done.stderr.splitlines()] == [
        "it has 1 value for 2 columns",
        "it has a quote that is not closed",
    ]
    assert "left out line 4 of" in done.stderr and "left out line 6 of" in done.stderr
    one = hfterm("data", "convert", "-o", tmp_path / "x.parquet", "-f", "json", stdin="\n".join(lines), check=0)
    assert json.loads(one.stdout)["bytes"] == (tmp_path / "x.parquet").stat().st_size
    assert pq.read_table(tmp_path / "x.parquet")["id"].to_pylist() == [1, 3, 5]
    again = hfterm("data", "convert", tmp_path / "out", "-o", tmp_path / "x.parquet", check=2)
    assert "exists; choose another name or add --overwrite" in again.stderr
    size = hfterm("data", "convert", tmp_path / "out", "-o", tmp_path / "y", "--max-shard-size", "lots", check=2)
    assert "500MB" in size.stderr
    assert hfterm("data", "filter", path, "id > 2", "--skip-bad", check=0).lines == [
        '{"id":3,"text":"c"}',
        '{"id":5,"text":"é"}',
    ]
