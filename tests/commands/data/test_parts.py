"""``hfterm data split``, ``concat`` and ``mix``, through a real process."""

import json
from pathlib import Path

import pytest

from support.cli import Hfterm


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "rows.jsonl"
    made.write_text("".join(f'{{"id":{i},  "x":"{"ab"[i % 2]}"}}\n' for i in range(20)))
    return made


def test_split(hfterm: Hfterm, path: Path) -> None:
    folder = path.parent / "parts"
    done = hfterm("data", "split", "-o", folder, "--test", "4", "--stratify", "x", stdin=path.read_text(), check=0)
    assert done.lines == [str(folder / "train.jsonl"), str(folder / "test.jsonl")] and done.stderr == ""
    parts = [(folder / name).read_text().splitlines() for name in ("train.jsonl", "test.jsonl")]
    assert list(map(len, parts)) == [16, 4] and sorted(parts[0] + parts[1]) == sorted(path.read_text().splitlines())
    assert "--overwrite" in hfterm("data", "split", path, "-o", folder, check=2).stderr
    again = hfterm(
        "data", "split", path, "-o", folder, "--overwrite", "--validation", "10%", "--as", "csv", "-f", "jsonl", check=0
    )
    assert [json.loads(line)["rows"] for line in again.lines] == [16, 2, 2]
    assert sorted(one.name for one in folder.iterdir()) == ["test.csv", "train.csv", "validation.csv"]
    assert (
        "--test 'many'" in hfterm("data", "split", path, "-o", folder, "--overwrite", "--test", "many", check=2).stderr
    )


def test_concat(hfterm: Hfterm, path: Path) -> None:
    done = hfterm("data", "concat", path, "-", stdin='{"x":"c","id":1.50}\n', check=0)
    assert done.stdout == path.read_text() + '{"x":"c","id":1.50}\n'
    other = path.parent / "other.csv"
    other.write_text("id,y\n1,2\n")
    refused = hfterm("data", "concat", path, other, check=2)
    assert "no column 'x'" in refused.stderr and "--fill" in refused.stderr and refused.stdout == ""
    filled = hfterm("data", "concat", path, other, "--fill", "-o", path.parent / "all.parquet", check=0)
    last = hfterm("data", "tail", filled.lines[0], "-n", "1", check=0)
    assert json.loads(last.stdout) == {"id": 1, "x": None, "y": 2}


def test_mix(hfterm: Hfterm, path: Path) -> None:
    other = path.parent / "other.jsonl"
    other.write_text('{"z":1}\n' * 9)
    call = ("data", "mix", path, other, "--weights", "1,2", "--stop", "all", "--seed", "4")
    done = hfterm(*call, check=0)
    assert sorted(done.lines) == sorted([*path.read_text().splitlines(), *other.read_text().splitlines()])
    saved = hfterm(*call, "-o", path.parent / "mixed.jsonl", check=0)
    assert Path(saved.lines[0]).read_text() == done.stdout
    assert "numbers" in hfterm("data", "mix", path, other, "--weights", "x", check=2).stderr
    bad = hfterm("data", "mix", path, "-", "--skip-bad", "--stop", "all", stdin='{"z":1}\n{\n', check=0)
    assert len(bad.lines) == 21 and "left out line 2" in bad.stderr
