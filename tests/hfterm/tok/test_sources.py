"""Every kind of source gives the same records, whatever reads it."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.tok.sources import Chosen, rows
from support.hub import Hub

ROWS: list[dict[str, Any]] = [{"text": "the lamp", "n": 1}, {"text": "Grüße 😀\n'\"", "n": 2}]


def written(folder: Path, name: str) -> str:
    """The rows in a format that the data group reads."""
    import pyarrow as pa
    import pyarrow.feather
    import pyarrow.parquet
    import zstandard

    path = folder / name
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
    table = pa.Table.from_pylist(ROWS)
    if name.endswith(".parquet"):
        pyarrow.parquet.write_table(table, path)
    elif name.endswith(".arrow"):
        pyarrow.feather.write_feather(table, path)
    elif name.endswith(".zst"):
        path.write_bytes(zstandard.compress(lines))
    elif name.endswith(".json"):
        path.write_text(json.dumps(ROWS))
    else:
        path.write_bytes(lines)
    return str(path)


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.parquet", "a.arrow", "a.jsonl.zst", "noname"])
def test_files(name: str, tmp_path: Path) -> None:
    assert list(rows(written(tmp_path, name))) == ROWS


def test_patterns_and_folders(tmp_path: Path) -> None:
    import datasets

    datasets.Dataset.from_list(ROWS).save_to_disk(tmp_path / "saved")
    assert list(rows(str(tmp_path / "saved"))) == ROWS
    (tmp_path / "parts").mkdir()
    for name in ("a.parquet", "b.parquet"):
        written(tmp_path / "parts", name)
    assert list(rows(str(tmp_path / "parts"))) == ROWS * 2
    assert list(rows(str(tmp_path / "parts" / "*.parquet"))) == ROWS * 2
    written(tmp_path, "a.jsonl")
    written(tmp_path, "b.jsonl")
    assert list(rows(str(tmp_path / "*.jsonl"))) == ROWS * 2
    with pytest.raises(NotFoundError, match="no file matches"):
        list(rows(str(tmp_path / "*.csv")))


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_standard_input(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = Path(written(tmp_path, name)).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))  # type: ignore[type-var]
    assert list(rows("-")) == ROWS


def test_bad_lines_are_told_of(tmp_path: Path) -> None:
    import zstandard

    lines = b'{"text": "a"}\n{"text": \n{"text": "b"}\n'
    (tmp_path / "a.jsonl").write_bytes(lines)
    (tmp_path / "a.jsonl.zst").write_bytes(zstandard.compress(lines))
    for name in ("a.jsonl", "a.jsonl.zst"):
        bad: list[HftermError] = []
        assert [row["text"] for row in rows(str(tmp_path / name), on_bad=bad.append)] == ["a", "b"]
        assert len(bad) == 1 and "line 2 is not JSON" in bad[0].message
        with pytest.raises(HftermError, match="line 2 is not JSON"):
            list(rows(str(tmp_path / name)))
    (tmp_path / "torn.parquet").write_bytes(b"PAR1" + b"\0" * 50)
    with pytest.raises(HftermError, match=r"torn\.parquet"):
        list(rows(str(tmp_path / "torn.parquet")))


def test_data_sets_of_the_hub(hub: Hub, isolated: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", str(hub.token))
    content = Path(written(tmp_path, "a.parquet")).read_bytes()
    repo = hub.seed({"data/train-00000-of-00001.parquet": content}, hub.fresh("set"), kind="dataset")
    assert list(rows(repo.id)) == ROWS
    assert list(rows(f"hf://datasets/{repo.id}/data/train-00000-of-00001.parquet")) == ROWS


def test_splits_are_chosen_and_told_of(tmp_path: Path) -> None:
    import datasets

    parts = {name: datasets.Dataset.from_list([row]) for name, row in zip(("train", "test"), ROWS, strict=True)}
    datasets.DatasetDict(parts).save_to_disk(tmp_path / "both")
    said: list[str] = []
    assert list(rows(Chosen(str(tmp_path / "both"), note=said.append))) == ROWS[:1]
    assert len(said) == 1 and "split train of" in said[0]
    assert list(rows(Chosen(str(tmp_path / "both"), split="test"))) == ROWS[1:]
    with pytest.raises(UsageError, match="is no data set"):
        list(rows(Chosen(written(tmp_path, "a.jsonl"), split="test")))
