"""What is put, where, and beside what: made ready without a Hub, or against one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from hfterm.data import engine, put, put_parts
from hfterm.errors import NetworkError, NotFoundError, UsageError
from hfterm.hub import card
from hfterm.hub.client import Repo
from support.hub import Hub

SMALL = '{"a": 1}\n{"a": 2}\n'


@pytest.fixture
def here(isolated: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", str(hub.token))
    monkeypatch.chdir(isolated)
    return isolated


def made(folder: Path, *names: str, text: str = SMALL) -> list[str]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return [str(folder / name) for name in names]


def split_paths(found: dict[str, Any]) -> dict[str, list[str]]:
    return {split: [Path(p).name for one in listed for p in one.paths] for split, listed in found.items()}


def test_what_becomes_of_which_files(isolated: Path) -> None:
    def by(*texts: str, split: str | None = None, config: str | None = None) -> dict[str, list[str]]:
        return split_paths(put.by_split(texts, None, split=split, config=config, note=None))

    files = made(isolated, "train-1.jsonl", "train-2.jsonl", "my_dev.jsonl", "x.jsonl", "t.csv", text="a\n1\n")
    assert by(*files) == {
        "train": ["train-1.jsonl", "train-2.jsonl", "x.jsonl", "t.csv"],
        "validation": ["my_dev.jsonl"],
    }
    assert by(*files[:3], split="all_of_it") == {"all_of_it": ["train-1.jsonl", "train-2.jsonl", "my_dev.jsonl"]}
    assert by(str(isolated / "*.csv")) == {"train": ["t.csv"]}
    made(isolated / "parts", "train.jsonl", "test.jsonl")
    parts = str(isolated / "parts")
    assert by(parts) == {"train": ["train.jsonl"], "test": ["test.jsonl"]}
    assert by(parts, split="test") == {"test": ["test.jsonl"]}
    with pytest.raises(NotFoundError, match="no split 'dev'"):
        by(parts, split="dev")
    made(isolated / "plain", "a.jsonl", "b.jsonl")
    assert by(str(isolated / "plain"), split="dev") == {"dev": ["a.jsonl", "b.jsonl"]}
    configs = [{"config_name": name, "data_files": f"{name}.jsonl"} for name in "ab"]
    (isolated / "plain" / "README.md").write_text(f"---\nconfigs: {json.dumps(configs)}\n---\n")
    assert by(str(isolated / "plain"), split="dev", config="b") == {"dev": ["b.jsonl"]}
    with pytest.raises(UsageError, match="several configurations"):
        by(str(isolated / "plain"))


def test_shards_of_a_bounded_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(put_parts, "GROUP_ROWS", 5000)
    con = engine.connect(threads=1)
    query, counted = "SELECT i, md5(i::text) AS t, 'x'::ENUM('x') AS e FROM range(60000) t(i)", []
    parts = put_parts.write(con, query, tmp_path / "a", "train", 600_000, moved=counted.append)
    count = len(parts.paths)
    assert [path.name for path in parts.paths] == [f"train-{n:05d}-of-{count:05d}.parquet" for n in range(count)]
    assert count > 1 and all(path.stat().st_size < 700_000 for path in parts.paths)
    assert parts.rows == sum(counted) == 60_000 and parts.bytes > 60_000 * 40
    table = pa.concat_tables([parquet.read_table(path) for path in parts.paths])
    assert table["i"].to_pylist() == list(range(60_000)) and table.schema.field("e").type == pa.string()
    note = json.loads(parquet.read_schema(parts.paths[0]).metadata[b"huggingface"])
    assert note == {"info": {"features": parts.features}} and list(parts.features) == ["i", "t", "e"]
    again = put_parts.write(con, query, tmp_path / "b", "train", 600_000)
    assert [path.read_bytes() for path in again.paths] == [path.read_bytes() for path in parts.paths]
    empty = put_parts.write(con, "SELECT 1 AS a WHERE false", tmp_path / "c", "test", 1)
    assert empty.rows == 0 and parquet.read_table(empty.paths[0]).num_rows == 0


def ready(repo_id: str, *texts: str, split: str | None = None, **how: Any) -> tuple[put.Put, dict[str, Any]]:
    splits = put.by_split(texts, None, split=split, config=None, note=None)
    with put.ready(engine.connect(threads=1), Repo(repo_id, "dataset"), splits, **how) as found:
        return found, card.split((found.folder / "README.md").read_text())["data"]


def test_what_is_there_stays_or_is_replaced(here: Path, hub: Hub) -> None:
    (x,) = made(here, "x.jsonl")
    shard = (
        put_parts.write(engine.connect(threads=1), "SELECT 1::BIGINT AS a", here / "s", "s", 1).paths[0].read_bytes()
    )
    files = [f"data/train-0000{n}-of-00002.parquet" for n in (0, 1)]
    repo = hub.seed({**dict.fromkeys([*files, "data/odd-00000-of-00001.parquet"], shard)}, kind="dataset")
    found, said = ready(repo.id, x)
    assert (found.head, found.replaced, found.rows, found.splits) == (repo.sha, files, 2, ["train"])
    assert said["configs"] == [
        {"config_name": "default", "data_files": [{"split": s, "path": f"data/{s}-*"} for s in ("odd", "train")]}
    ]
    assert said["dataset_info"]["features"] == [{"name": "a", "dtype": "int64"}]
    splits = [(one["name"], one["num_examples"]) for one in said["dataset_info"]["splits"]]
    assert splits == [("odd", 1), ("train", 2)]  # of the first its footer tells
    found, said = ready(repo.id, x, split="new", config="b")
    assert found.replaced == [] and [one["config_name"] for one in said["configs"]] == ["default", "b"]
    assert said["configs"][1]["data_files"] == [{"split": "new", "path": "b/new-*"}]
    _, said = ready(hub.fresh(), x)
    (split,) = said["dataset_info"]["splits"]
    assert (split["name"], split["num_examples"]) == ("train", 2) and split["num_bytes"] >= 16


def test_what_does_not_go_together(here: Path, hub: Hub) -> None:
    x, y, none = made(here, "train.jsonl", "test.csv", "none.jsonl", text="a\n1\n")
    Path(x).write_text(SMALL.replace("a", "b"))
    Path(none).write_text("")
    lines = hub.seed({"rows.jsonl": SMALL}, kind="dataset")
    with pytest.raises(UsageError, match="splits must all be of one format"):
        ready(lines.id, y)
    assert ready(lines.id, x)[0].replaced == ["rows.jsonl"]  # the only split, and it is replaced
    with pytest.raises(UsageError, match="the columns of the split test are not those of train: b, a"):
        ready(hub.fresh(), x, y)
    with pytest.raises(UsageError, match="holds no rows and no columns"):
        ready(hub.fresh(), none)


@pytest.mark.parametrize(
    ("repo", "config", "split"),
    [
        (Repo("a/b", "model"), "default", "train"),
        (Repo("a/b", "dataset", path="x"), "default", "train"),
        (Repo("a/b", "dataset"), "a/b", "train"),
        (Repo("a/b", "dataset"), "..", "train"),
        (Repo("a/b", "dataset"), "default", "a-b"),
        (Repo("a/b", "dataset"), "default", "a[:5]"),
    ],
)
def test_names_that_can_be_none(here: Path, repo: Repo, config: str, split: str) -> None:
    with pytest.raises(UsageError):
        put.check(repo, config, [split])
    put.check(Repo("a/b", "dataset", "branch"), "de-CH", ["train", "a.b_1"])


def test_offline_nothing_is_put(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    with pytest.raises(NetworkError, match="HF_HUB_OFFLINE"):
        put.check(Repo("a/b", "dataset"), "default", [])
