"""``hfterm data stats`` and ``info``, through a real process."""

import json
from pathlib import Path

from support.cli import Hfterm
from support.trained import trained


def test_stats_of_files_and_pipes(hfterm: Hfterm, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id":1,"text":"the lamp"}\n{"id":2,"text":null}\n')
    found = hfterm("data", "stats", path, check=0)
    rows = [json.loads(line) for line in found.lines]
    assert [(row["column"], row["of"]) for row in rows] == [("id", "values"), ("text", "values"), ("text", "lengths")]
    assert rows[0]["mean"] == 1.5 and rows[2]["max"] == 8
    assert hfterm("data", "stats", stdin=path.read_text(), check=0).stdout == found.stdout
    assert "lengths" in hfterm("data", "stats", path, "-f", "table", check=0).stdout
    tokens = hfterm("data", "stats", path, "--columns", "text", "--tok", trained(tmp_path / "tiny"), check=0)
    counted = hfterm("tok", "count", "-m", tmp_path / "tiny", "-f", "quiet", stdin="the lamp\n", check=0)
    last = json.loads(tokens.lines[-1])
    assert last["of"] == "tokens" and last["max"] == int(counted.stdout)
    assert "from 0 to 1" in hfterm("data", "stats", path, "--quantiles", "7", check=2).stderr
    assert "did you mean id?" in hfterm("data", "stats", path, "--columns", "idd", check=2).stderr
    assert hfterm("data", "stats", stdin="", check=0).stdout == ""


def test_info(hfterm: Hfterm, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id":1}\n{"id":2}\n')
    row = json.loads(hfterm("data", "info", path, check=0).stdout)
    assert (row["rows"], row["bytes"], row["schema"]) == (2, 18, {"id": "BIGINT"})
    piped = json.loads(hfterm("data", "info", stdin=path.read_text(), check=0).stdout)
    assert (piped["source"], piped["rows"], piped["bytes"]) == ("standard input", 2, None)
    hfterm("data", "cat", path, "-o", tmp_path / "rows.parquet", check=0)
    each = hfterm("data", "info", tmp_path / "rows.*", "--each", "-f", "table", check=0)
    assert "zstd" in each.stdout and "18 B" in each.stdout
    assert "no such file" in hfterm("data", "info", tmp_path / "none.csv", check=3).stderr
