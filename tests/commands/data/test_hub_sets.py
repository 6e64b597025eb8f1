"""Data sets of a Hub by their ids, as processes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from support.caches import client
from support.cli import Hfterm, Result
from support.hub import Hub, Seeded

SMALL = '{"id":1,"text":"one"}\n{"id":2,"text":"two"}\n'


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


def records(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.lines]


def test_verbs_read_data_sets_by_their_ids(sets: Sets) -> None:
    table = b"".join(b"%d,%032d\n" % (n, n) for n in range(30_000))
    repo = sets.seed({"train.csv": b"n,t\n" + table, "test.csv": b"n,t\n7,seven\n"})
    since = len(sets.hub.log)
    done = sets("head", repo.id, "-n", "1")
    assert records(done) == [{"n": 0, "t": "0" * 32}]
    assert done.stderr == f"{repo.id}: split train of train, test; --split chooses\n"
    assert 0 < sets.sent(since, ".csv") < len(table) / 2 and not (sets.hfterm.home / "hf").exists()
    assert records(sets("sql", repo.id, "SELECT sum(n) AS s FROM data", "--split", "all")) == [{"s": 449_985_007}]
    assert "did you mean test?" in sets("count", repo.id, "--split", "tests", check=3).stderr
    assert "--config and --split are for" in sets("count", "--split", "a", stdin=SMALL, check=2).stderr


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


CLIENT = """
import json, sys
from datasets import load_dataset
name, *configs = sys.argv[1:]
for config in configs:
    found = load_dataset(name, config)
    print(json.dumps({split: [part.features.to_dict(), part.to_list()] for split, part in found.items()}))
load_dataset(name, "default", split="train").select([1]).push_to_hub(name, split="odd")
"""
LABEL = {"names": ["no", "yes"], "_type": "ClassLabel"}


def labelled(path: Path, rows: list[dict[str, Any]]) -> Path:
    """A file as ``datasets`` writes one: beside its columns their features."""
    features = {"text": {"dtype": "string", "_type": "Value"}, "label": LABEL}
    table = pa.Table.from_pylist(rows, pa.schema([("text", pa.string()), ("label", pa.int64())]))
    note = json.dumps({"info": {"features": features}}).encode()
    parquet.write_table(table.replace_schema_metadata({b"huggingface": note}), path)
    return path


def test_datasets_reads_what_was_put_and_is_read(sets: Sets, tmp_path: Path) -> None:
    rows = [{"text": t, "label": n} for t, n in (("a", 0), ("b", 1), ("ü", 1))]
    first = labelled(tmp_path / "train.parquet", rows)
    old = {f"data/train-0000{n}-of-00002.parquet": first.read_bytes() for n in range(2)}
    repo = sets.seed({**old, "data/test-00000-of-00001.parquet": first.read_bytes(), "README.md": "# Mine\n"})
    planned = records(sets("put", repo.id, first, "-n"))
    assert {row["path"].rpartition("/")[2]: row["action"] for row in planned} == {
        "README.md": "change", "train-00000-of-00001.parquet": "add",
        "train-00000-of-00002.parquet": "delete", "train-00001-of-00002.parquet": "delete",
    }  # fmt: skip
    (made,) = records(sets("put", repo.id, first, "-m", "Once", "-f", "jsonl"))
    assert (made["commits"], made["rows"], made["splits"]) == (1, 3, ["train"])
    chat = '{"messages": [{"role": "user", "content": "hé"}], "n": null}\n'
    (url,) = sets("put", repo.id, "--split", "validation", "--config", "chats", stdin=chat).lines
    assert url.startswith(f"{sets.hub.url}/datasets/{repo.id}/commit/")
    again = sets("put", repo.id, "--split", "validation", "--config", "chats", "-f", "jsonl", stdin=chat)
    assert json.loads(again.stdout)["commits"] == 0 and "nothing to do" in again.stderr
    told = client(sets.hfterm.home, CLIENT, repo.id, "default", "chats", env=sets.hub.env()).splitlines()
    table, chats = map(json.loads, told)
    assert {split: part[1] for split, part in table.items()} == {"train": rows, "test": rows}
    assert table["train"][0]["label"] == LABEL
    assert chats["validation"][1] == [json.loads(chat)]
    assert records(sets("cat", repo.id, "--split", "odd")) == rows[1:2]
    card = sets.hub.request("GET", f"/datasets/{repo.id}/resolve/main/README.md").body.decode()
    assert card.endswith("---\n# Mine\n") and card.count("config_name: chats") == 2


def test_a_new_set_is_made_as_told(sets: Sets, tmp_path: Path) -> None:
    name = sets.hub.fresh("made")
    bad = sets("put", name, "--skip-bad", "--private", stdin=SMALL + "{oops\n")
    assert "left out line 3" in bad.stderr
    assert sets.hub.request("GET", f"/api/datasets/{name}").json()["private"] is True
    offline = {"HF_ENDPOINT": "http://hub.invalid", "HF_HUB_OFFLINE": "1"}
    assert "HF_HUB_OFFLINE" in sets("put", name, env=offline, stdin=SMALL, check=9).stderr
    reader = {"HF_TOKEN": str(sets.hub.reader)}
    assert "does not permit it" in sets("put", name, env=reader, stdin=SMALL * 2, check=4).stderr
