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
