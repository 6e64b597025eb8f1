"""Data sets of a Hub by their ids, as processes."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from support.caches import client
from support.cli import Hfterm, Result
from support.hub import Hub, Seeded

ROWS = [{"id": n, "text": f"row {n} ü"} for n in range(60_000)]
LINES = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
SMALL = '{"id":1,"text":"one"}\n{"id":2,"text":"two"}\n'
CARD = """---
configs:
- config_name: lines
  default: true
  data_files:
  - split: train
    path: lines/*.jsonl.gz
  - split: test
    path: lines/t.jsonl
- config_name: table
  data_dir: table
---
"""


class Sets:
    """Data sets on a Hub, and a command that reads them."""

    def __init__(self, hub: Hub, hfterm: Hfterm) -> None:
        self.hub, self.hfterm = hub, hfterm

    def seed(self, files: Mapping[str, str | bytes], **how: Any) -> Seeded:
        return self.hub.seed(files, self.hub.fresh("set"), kind="dataset", **how)

    def __call__(self, verb: str, *args: str | Path, env: Mapping[str, str] | None = None, **how: Any) -> Result:
        how = {"check": 0, **how}
        return self.hfterm("data", verb, *args, env={**self.hub.env(), **(env or {})}, **how)

    def sent(self, since: int, what: str) -> int:
        """Bytes that the Hub has sent of files with this in their names."""
        return sum(int(line.split()[4]) for line in self.hub.requests(since) if what in line.split()[2])


@pytest.fixture
def sets(hub: Hub, hfterm: Hfterm) -> Sets:
    return Sets(hub, hfterm)


def parquet(folder: Path, rows: str, *, group: int = 10_000) -> bytes:
    path = folder / "made.parquet"
    con = duckdb.connect(config={"threads": 1})
    con.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE {group}, COMPRESSION uncompressed)")
    return path.read_bytes()


def records(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.lines]


def test_a_look_takes_the_beginning_alone(sets: Sets, tmp_path: Path) -> None:
    table = parquet(tmp_path, "SELECT i AS id, 'row ' || i || repeat('x', 90) AS text FROM range(60000) t(i)")
    csv = "id,text\n" + "".join(f'{n},"a ""b""\nrow {n}"\n' for n in range(60_000))
    kinds: dict[str, tuple[str | bytes, dict[str, Any]]] = {
        "jsonl": (LINES, {"id": 1, "text": "row 1 ü"}),
        "json": (json.dumps(ROWS), {"id": 1, "text": "row 1 ü"}),
        "csv": (csv, {"id": 1, "text": 'a "b"\nrow 1'}),
        "txt": ("\n".join(f"row {n}" for n in range(200_000)), {"text": "row 1"}),
        "parquet": (table, {"id": 1, "text": "row 1" + "x" * 90}),
    }
    for kind, (content, second) in kinds.items():
        assert len(content) > 1_000_000
        repo = sets.seed({f"rows.{kind}": content})
        since = len(sets.hub.log)
        assert records(sets("head", repo.id, "-n", "2"))[1] == second
        assert 0 < sets.sent(since, "/resolve/") < len(content) / 2, kind
    assert not (sets.hfterm.home / "hf").exists()


def test_footers_tell_how_many_rows(sets: Sets, tmp_path: Path) -> None:
    table = parquet(tmp_path, "SELECT i, repeat(md5(i::text), 10) AS t FROM range(10000) t(i)")
    repo = sets.seed({f"data/train-0000{n}-of-00002.parquet": table for n in range(2)} | {"data/x.md": "words"})
    since = len(sets.hub.log)
    assert records(sets("count", repo.id)) == [{"source": repo.id, "rows": 20_000}]
    (told,) = records(sets("info", repo.id))
    assert (told["files"], told["rows"], told["bytes"]) == (2, 20_000, 2 * len(table))
    assert 0 < sets.sent(since, ".parquet") < len(table)
    assert len(records(sets("head", repo.id, "-n", "10001"))) == 10_001


def test_configurations_splits_and_revisions(sets: Sets) -> None:
    files = {
        "README.md": CARD, "lines/a.jsonl.gz": gzip.compress(SMALL.encode()), "lines/t.jsonl": SMALL[:22],
        "table/train.csv": "x\n1\n", "table/dev.csv": "x\n2\n",
    }  # fmt: skip
    repo = sets.seed(files)
    done = sets("head", repo.id)
    assert done.stdout == SMALL and done.stderr == f"{repo.id}: split train of train, test; --split chooses\n"
    assert records(sets("count", repo.id, "--split", "all")) == [
        {"source": f"{repo.id} [train]", "rows": 2},
        {"source": f"{repo.id} [test]", "rows": 1},
    ]
    assert records(sets("cat", repo.id, "--config", "table", "--split", "validation")) == [{"x": 2}]
    for words, code, said in (
        (["--config", "tabel"], 3, "did you mean table?"),
        (["--split", "dev"], 3, "has no split 'dev'; it has train, test"),
    ):
        assert said in sets("head", repo.id, *words, check=code).stderr
    sets.hub.commit(repo.id, {"lines/t.jsonl": SMALL}, kind="dataset")
    sql = ("sql", "SELECT count(*) AS n FROM data", "--split", "test")
    assert records(sets(sql[0], repo.id, *sql[1:])) == [{"n": 2}]
    assert records(sets(sql[0], f"{repo.id}@{repo.sha}", *sql[1:])) == [{"n": 1}]
    for path in ("lines/t.jsonl", "lines/t*", "table/dev.csv"):
        assert sets("head", f"hf://datasets/{repo.id}@{repo.sha}/{path}", "-f", "quiet").stdout in ("1\n", "2\n")
    assert records(sets("head", f"hf://datasets/{repo.id}/table", "--split", "train")) == [{"x": 1}]
    assert "names files" in sets("head", f"hf://datasets/{repo.id}/table/dev.csv", "--split", "a", check=2).stderr
    near = sets("head", f"hf://datasets/{repo.id}/table/dv.csv", check=3)
    assert "did you mean table/dev.csv" in near.stderr


def test_offline_the_cache_answers(sets: Sets) -> None:
    repo = sets.seed({"train.jsonl": SMALL, "test.jsonl": SMALL[:22]})
    sets("stats", repo.id, "-q")
    offline = {"HF_ENDPOINT": "http://hub.invalid", "HF_HUB_OFFLINE": "1"}
    assert sets("cat", repo.id, "-q", env=offline).stdout == SMALL
    assert "not in the cache" in sets("cat", repo.id, "--split", "test", env=offline, check=3).stderr
    assert "not in the cache" in sets("head", "team/other", env=offline, check=3).stderr
    gone = sets("head", repo.id, "-n", "1", env={"HF_ENDPOINT": "http://127.0.0.1:9"})
    assert gone.stdout == SMALL[:22] and f"{repo.id} is from the cache" in gone.stderr


def test_what_cannot_be_had(sets: Sets) -> None:
    private = sets.seed({"a.jsonl": SMALL}, private=True)
    assert sets("head", private.id).stdout == SMALL
    assert "log in" in sets("head", private.id, env={"HF_TOKEN": ""}, check=4).stderr
    assert "no dataset 'team/nowhere'" in sets("head", "team/nowhere", check=3).stderr
    assert "no revision 'v9'" in sets("head", f"{private.id}@v9", check=3).stderr
    name = sets.hub.fresh("made")
    sets.hub.seed({f"{name.partition('/')[2]}.py": "import os"}, name, kind="dataset")
    script = sets("head", name, check=2)
    assert "is made by a program" in script.stderr and "is not run" in script.stderr
    sets.hub.commit(name, {"all/train/0000.parquet": b"PAR1"}, kind="dataset")
    assert "--config and --split are for" in sets("head", "-", "--split", "a", stdin=SMALL, check=2).stderr
    empty = sets.seed({"README.md": "words"})
    assert "no data files" in sets("head", empty.id, check=3).stderr


def test_get_brings_files_or_rows(sets: Sets, tmp_path: Path) -> None:
    repo = sets.seed({"train.jsonl": SMALL, "test.jsonl": SMALL[:22], "notes.md": "words"})
    planned = sets("get", repo.id, "--split", "test", "-n")
    assert records(planned) == [{"path": "test.jsonl", "size": 22, "here": 0, "state": "missing"}]
    assert "22 B are to come" in planned.stderr
    (folder,) = sets("get", repo.id, "--split", "test").lines
    assert [path.name for path in Path(folder).iterdir()] == ["test.jsonl"]
    (whole,) = sets("get", stdin=f"{repo.id}\n").lines
    assert whole == folder and {"train.jsonl", "notes.md"} < {path.name for path in Path(whole).iterdir()}
    assert sets("cat", whole, "--split", "test").stdout == SMALL[:22]
    (there,) = sets("get", repo.id, "-o", tmp_path / "copy").lines
    assert (Path(there) / "train.jsonl").read_text() == SMALL
    (file,) = sets("get", repo.id, "-o", tmp_path / "rows.parquet").lines
    assert duckdb.sql(f"SELECT text FROM '{file}'").fetchall() == [("one",), ("two",)]
    assert "--overwrite" in sets("get", repo.id, "-o", file, check=2).stderr
    assert "no dataset" in sets("get", "team/nowhere", "-o", tmp_path / "x.csv", check=3).stderr


READ = """
import json, sys
from datasets import load_dataset
for config in sys.argv[2:]:
    found = load_dataset(sys.argv[1], config)
    print(json.dumps({split: [part.features.to_dict(), part.to_list()] for split, part in found.items()}))
"""
PUSH = """
import sys
from datasets import ClassLabel, Dataset, Features, Value
features = Features({"text": Value("string"), "label": ClassLabel(names=["no", "yes"])})
rows = Dataset.from_dict({"text": ["a", "b", "c"], "label": [0, 1, 1]}, features=features)
rows.push_to_hub(sys.argv[1], split="train")
rows.select([0]).push_to_hub(sys.argv[1], split="test")
"""


def test_datasets_reads_what_was_put_and_is_read(sets: Sets, tmp_path: Path) -> None:
    name = sets.hub.fresh("put")
    env = sets.hub.env()
    client(sets.hfterm.home, PUSH, name, env=env)
    assert records(sets("head", name, "-q")) == [{"text": t, "label": n} for t, n in (("a", 0), ("b", 1), ("c", 1))]
    card = sets.hub.request("GET", f"/datasets/{name}/resolve/main/README.md").body.decode()
    sets.hub.commit(name, {"README.md": card + "# Mine\n"}, kind="dataset")
    # One split anew from itself: the classes' names must survive; a new one; and a configuration of its own.
    less = tmp_path / "less.parquet"
    sets("convert", name, "--split", "train", "-o", less)
    planned = records(sets("put", name, less, "--split", "train", "-n"))
    assert {row["path"]: row["action"] for row in planned} == {
        "README.md": "change",
        "data/train-00000-of-00001.parquet": "change",
    }
    (made,) = records(sets("put", name, less, "--split", "validation", "-m", "More", "-f", "jsonl"))
    assert (made["commits"], made["rows"], made["splits"]) == (1, 3, ["validation"])
    (tmp_path / "chats_test.jsonl").write_text('{"messages": [{"role": "user", "content": "hé"}], "n": null}\n')
    (url,) = sets("put", name, tmp_path / "chats_test.jsonl", "--config", "chats").lines
    assert url.startswith(f"{sets.hub.url}/datasets/{name}/commit/")
    again = sets("put", name, tmp_path / "chats_test.jsonl", "--config", "chats", "-f", "jsonl")
    assert json.loads(again.stdout)["commits"] == 0 and "nothing to do" in again.stderr
    said = [json.loads(line) for line in client(sets.hfterm.home, READ, name, "default", "chats", env=env).splitlines()]
    label = {"names": ["no", "yes"], "_type": "ClassLabel"}
    features, rows = said[0]["validation"]
    assert features["label"] == label and rows == said[0]["train"][1] and len(said[0]["test"][1]) == 1
    assert said[1]["test"][1] == [{"messages": [{"role": "user", "content": "hé"}], "n": None}]
    card = sets.hub.request("GET", f"/datasets/{name}/resolve/main/README.md").body.decode()
    assert card.endswith("---\n# Mine\n") and card.count("config_name: chats") == 2


def test_shards_are_replaced_and_a_new_set_is_private(sets: Sets, tmp_path: Path) -> None:
    name = sets.hub.fresh("shards")
    table = tmp_path / "train.parquet"
    table.write_bytes(parquet(tmp_path, "SELECT i, md5(i::text) AS t FROM range(250000) t(i)"))
    (tmp_path / "test.csv").write_text("i,t\n7,seven\n")
    sets("put", name, table, tmp_path / "test.csv", "--max-shard-size", "4MB", "--private")
    assert sets.hub.request("GET", f"/api/datasets/{name}").json()["private"] is True

    def listed() -> list[str]:
        rows = sets.hub.request("GET", f"/api/datasets/{name}/tree/main/data").json()
        return sorted(row["path"] for row in rows)

    shards = [path for path in listed() if "train" in path]
    assert shards == [f"data/train-{n:05d}-of-{len(shards):05d}.parquet" for n in range(len(shards))]
    assert len(shards) > 1 and len(listed()) == len(shards) + 1
    assert records(sets("sql", name, "SELECT count(*) AS n, sum(i) AS s FROM data", "-q")) == [
        {"n": 250_000, "s": 250_000 * 249_999 // 2}
    ]
    sets("put", name, "--split", "train", stdin='{"i": 1, "t": "x"}\n')
    assert listed() == ["data/test-00000-of-00001.parquet", "data/train-00000-of-00001.parquet"]
    assert records(sets("cat", name, "--split", "all")) == [{"i": 1, "t": "x"}, {"i": 7, "t": "seven"}]


def test_what_cannot_be_put(sets: Sets, tmp_path: Path) -> None:
    repo = sets.seed({"rows.jsonl": SMALL})
    (tmp_path / "x.jsonl").write_text(SMALL)
    for words, code, said in (
        ([repo.id, tmp_path / "x.jsonl", "--split", "test"], 2, "splits must all be of one format"),
        ([sets.hub.fresh(), tmp_path / "x.jsonl", "--split", "a-b"], 2, "can be no split's name"),
        ([sets.hub.fresh(), tmp_path / "x.jsonl", "--config", "a/b"], 2, "can be no name"),
        ([f"hf://datasets/{repo.id}/x", tmp_path / "x.jsonl"], 2, "is no data set"),
        ([sets.hub.fresh(), tmp_path / "none.jsonl"], 3, "none.jsonl"),
    ):
        assert said in sets("put", *words, check=code).stderr
    reader = {"HF_TOKEN": str(sets.hub.reader)}
    assert "does not permit it" in sets("put", repo.id, tmp_path / "x.jsonl", env=reader, check=4).stderr
    offline = {"HF_ENDPOINT": "http://hub.invalid", "HF_HUB_OFFLINE": "1"}
    assert "HF_HUB_OFFLINE" in sets("put", repo.id, tmp_path / "x.jsonl", env=offline, check=9).stderr
    bad = sets("put", sets.hub.fresh(), "--skip-bad", "-n", stdin=SMALL + "{oops\n")
    assert "left out line 3" in bad.stderr and len(records(bad)) == 2
