"""Data sets of a Hub: looked up, read in place or fetched, and what is said of those that cannot be had."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hfterm.data import engine, info, rows, shape
from hfterm.data.source import Source, sources
from hfterm.errors import AccessError, HftermError, NetworkError, NotFoundError, UsageError
from support.faulty import Asked, Reply, faulty
from support.hub import Hub, Seeded

ROWS = [{"id": n, "text": f"row {n} ü"} for n in range(30_000)]
SMALL = '{"id":1,"text":"one"}\n{"id":2,"text":"two"}\n'
ALL = ("jsonl", "json", "csv", "tsv", "text", "parquet")
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
    """Data sets on a Hub, read from this process; ``notes`` are those of the last reading."""

    def __init__(self, hub: Hub, home: Path) -> None:
        self.hub, self.home = hub, home
        self.con = engine.connect(threads=2)
        self.notes: list[str] = []

    def seed(self, files: Mapping[str, str | bytes], **how: Any) -> Seeded:
        return self.hub.seed(files, self.hub.fresh("set"), kind="dataset", **how)

    def find(self, text: str, **want: Any) -> list[Source]:
        self.notes = []
        return sources([text], note=self.notes.append, **want)

    def head(self, text: str, count: int = 10, **want: Any) -> list[dict[str, Any]]:
        found = self.find(text, **{"partly": ALL, **want})
        return self.read(rows.first(self.con, found, count))

    def all(self, text: str, **want: Any) -> list[dict[str, Any]]:
        return self.read(rows.whole(self.con, self.find(text, **want)))

    @staticmethod
    def read(made: rows.Rows) -> list[dict[str, Any]]:
        return [json.loads(line) for part in made.lines() for line in part.splitlines()]

    def sent(self, since: int) -> int:
        """Bytes of files that the Hub has sent."""
        return sum(int(line.split()[4]) for line in self.hub.requests(since) if "/resolve/" in line)


@pytest.fixture
def sets(hub: Hub, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Sets:
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", str(hub.token))
    return Sets(hub, isolated)


def parquet(folder: Path, query: str, *, group: int = 10_000) -> bytes:
    path = folder / "made.parquet"
    con = duckdb.connect(config={"threads": 1})
    con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE {group}, COMPRESSION uncompressed)")
    return path.read_bytes()


def test_a_look_takes_the_beginning_alone(sets: Sets, tmp_path: Path) -> None:
    table = parquet(tmp_path, "SELECT i AS id, 'row ' || i || repeat('x', 90) AS text FROM range(40000) t(i)")
    csv = "id,text\n" + "".join(f'{n},"a ""b""\nrow {n}"\n' for n in range(40_000))
    row = {"id": 1, "text": "row 1 ü"}
    kinds: dict[str, tuple[str | bytes, dict[str, Any]]] = {
        "jsonl": ("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in ROWS), row),
        "json": (json.dumps(ROWS), row),
        "csv": (csv, {"id": 1, "text": 'a "b"\nrow 1'}),
        "txt": ("\n".join(f"row {n}" for n in range(100_000)), {"text": "row 1"}),
        "parquet": (table, {"id": 1, "text": "row 1" + "x" * 90}),
    }
    for kind, (content, second) in kinds.items():
        assert len(content) > 700_000
        repo = sets.seed({f"rows.{kind}": content})
        since = len(sets.hub.log)
        found = sets.head(repo.id, 2)
        assert len(found) == 2 and found[1] == second
        assert 0 < sets.sent(since) < len(content) / 2, kind
    assert not (sets.home / "hf").exists()


def test_a_look_goes_on_into_the_next_files(sets: Sets, tmp_path: Path) -> None:
    table = parquet(tmp_path, "SELECT i FROM range(100) t(i)")
    for name, content, more in (("a.parquet", table, 150), ("a.csv", "i\n" + "1\n" * 100, 150), ("a.txt", "x\n", 2)):
        repo = sets.seed({f"{part}{name}": content for part in "ab"})
        assert len(sets.head(repo.id, more)) == more
        assert len(sets.head(repo.id, 9999)) == (2 if name == "a.txt" else 200)


def test_a_look_takes_what_is_here_from_here(sets: Sets, tmp_path: Path) -> None:
    table = parquet(tmp_path, "SELECT i FROM range(100) t(i)")
    names = [f"data/train-0000{n}-of-00003.parquet" for n in range(3)]
    others = [parquet(tmp_path, f"SELECT i FROM range({n}, {n + 100}) t(i)") for n in (100, 200)]
    repo = sets.seed(dict(zip(names, [table, *others], strict=True)))
    assert len(sets.all(f"hf://datasets/{repo.id}/{names[0]}")) == 100
    (found,) = sets.find(repo.id, partly=ALL)
    assert [path.startswith("hf://") for path in found.paths] == [False, True, True]
    assert len(sets.head(repo.id, 150)) == 150 and len(sets.head(repo.id, 999)) == 300


def test_footers_tell_how_many_rows(sets: Sets, tmp_path: Path) -> None:
    table = parquet(tmp_path, "SELECT i, repeat(md5(i::text), 10) AS t FROM range(10000) t(i)")
    repo = sets.seed({f"data/train-0000{n}-of-00002.parquet": table for n in range(2)} | {"data/x.md": "words"})
    since = len(sets.hub.log)
    (found,) = sets.find(repo.id, partly=("parquet",))
    assert shape.counted(sets.con, found) == 20_000
    (told,) = info.facts(sets.con, [found])
    assert (told["source"], told["files"], told["rows"], told["bytes"]) == (repo.id, 2, 20_000, 2 * len(table))
    assert 0 < sets.sent(since) < len(table)


def test_rows_drawn_in_place_are_those_drawn_here(sets: Sets, tmp_path: Path) -> None:
    tables = [
        parquet(tmp_path, f"SELECT i, repeat(md5(i::text), 10) AS t FROM range({n}, {n + 5000}) t(i)", group=2048)
        for n in (0, 5000)
    ]
    repo = sets.seed({f"data/train-0000{n}-of-00002.parquet": table for n, table in enumerate(tables)})
    since = len(sets.hub.log)
    there = sets.find(repo.id, partly=("parquet",))
    drawn = sets.read(shape.sampled(sets.con, there, 3, 7))
    last = sets.read(shape.last(sets.con, there, 2))
    assert 0 < sets.sent(since) < sum(map(len, tables))
    here = sets.find(repo.id)
    assert drawn == sets.read(shape.sampled(sets.con, here, 3, 7)) and len(drawn) == 3
    assert last == sets.read(shape.last(sets.con, here, 2)) and [row["i"] for row in last] == [9998, 9999]
    assert len(sets.read(shape.last(sets.con, there, 9999))) == 9999
    assert sets.read(shape.sampled(sets.con, there, 0, 1)) == []


def test_configurations_splits_and_revisions(sets: Sets) -> None:
    files = {
        "README.md": CARD, "lines/a.jsonl.gz": gzip.compress(SMALL.encode()), "lines/t.jsonl": SMALL[:22],
        "table/train.csv": "x\n1\n", "table/dev.csv": "x\n2\n",
    }  # fmt: skip
    repo = sets.seed(files)
    one, two = {"id": 1, "text": "one"}, {"id": 2, "text": "two"}
    assert sets.head(repo.id) == [one, two]
    assert sets.notes == [f"{repo.id}: split train of train, test; --split chooses"]
    assert [(s.label, s.format) for s in sets.find(repo.id, split="all")] == [
        (f"{repo.id} [train]", "jsonl"),
        (f"{repo.id} [test]", "jsonl"),
    ]
    assert sets.all(repo.id, config="table", split="validation") == [{"x": 2}] and sets.notes == []
    with pytest.raises(NotFoundError, match="no configuration 'tabel'"):
        sets.find(repo.id, config="tabel")
    sets.hub.commit(repo.id, {"lines/t.jsonl": SMALL}, kind="dataset")
    assert sets.all(repo.id, split="test") == [one, two]
    assert sets.all(f"{repo.id}@{repo.sha}", split="test") == [one]
    for path, said in (("lines/t.jsonl", [one]), ("lines/t*", [one]), ("table/dev.csv", [{"x": 2}])):
        assert sets.head(f"hf://datasets/{repo.id}@{repo.sha}/{path}") == said
    assert sets.head(f"hf://datasets/{repo.id}/table", split="train") == [{"x": 1}]
    with pytest.raises(UsageError, match="names files"):
        sets.find(f"hf://datasets/{repo.id}/table/dev.csv", split="train")
    with pytest.raises(NotFoundError) as near:
        sets.find(f"hf://datasets/{repo.id}/table/dv.csv")
    assert str(near.value.hint).startswith("did you mean table/dev.csv")
    with pytest.raises(NotFoundError, match="no file matches"):
        sets.find(f"hf://datasets/{repo.id}/*.csv")


def test_offline_the_cache_answers(sets: Sets, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = sets.seed({"train.jsonl": SMALL, "test.jsonl": SMALL[:22]})
    here = sets.all(repo.id)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert sets.all(repo.id) == here and f"{repo.id} is from the cache" in " ".join(sets.notes)
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")  # which is not asked: HF_HUB_OFFLINE is set
    assert sets.all(repo.id) == here
    with pytest.raises(NotFoundError, match=r"not in the cache \(test.jsonl\)"):
        sets.find(repo.id, split="test")
    with pytest.raises(NotFoundError, match="not in the cache"):
        sets.find("team/other", partly=ALL)


def test_what_cannot_be_had(sets: Sets, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFoundError, match="no dataset 'team/nowhere'"):
        sets.find("team/nowhere")
    private = sets.seed({"a.jsonl": SMALL}, private=True)
    with pytest.raises(NotFoundError, match="no revision 'v9'"):
        sets.find(f"{private.id}@v9")
    assert len(sets.head(private.id)) == 2
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(AccessError):
        sets.find(private.id)
    monkeypatch.setenv("HF_TOKEN", str(sets.hub.token))
    with pytest.raises(NotFoundError, match="no data files"):
        sets.find(sets.seed({"README.md": "words"}).id)
    broken = sets.seed({"a.jsonl": '{"a": 1}\n{oops\n', "README.md": "---\na: [\n---\n"})
    with pytest.raises(HftermError, match=r"a\.jsonl: line 2 is not JSON"):
        sets.head(broken.id)
    assert "its card cannot be read" in sets.notes[0]
    torn = sets.seed({"a.parquet": b"PAR1" + b"x" * 500})
    with pytest.raises(HftermError, match="it does not end with PAR1"):
        sets.head(torn.id)


def test_programs_are_not_run(sets: Sets) -> None:
    name = sets.hub.fresh("made")
    sets.hub.seed({f"{name.partition('/')[2]}.py": "import os", "a.csv": "x\n1\n"}, name, kind="dataset")
    with pytest.raises(UsageError, match="is made by a program") as told:
        sets.find(name)
    assert "hfterm hub get" in str(told.value.hint)
    assert sets.head(f"hf://datasets/{name}/a.csv") == [{"x": 1}]


def served(table: bytes) -> dict[str, Any]:
    """A Hub with one data set, whose rows a program makes, and that keeps them as Parquet."""
    sha, name, files = "a" * 40, "/api/datasets/org/name", ("c/train/0000.parquet", "d/partial-test/0000.parquet")

    def listed(*paths: str) -> Any:
        return Reply(json=[{"type": "file", "path": path, "size": len(table), "oid": "b" * 40} for path in paths])

    def sent(asked: Asked) -> Reply:
        first, _, last = asked.headers["range"].removeprefix("bytes=").partition("-")
        part = table[int(first) : int(last) + 1]
        return Reply(206, part, {"Content-Range": f"bytes {first}-{last}/{len(table)}"})

    known = Reply(json={"sha": sha})
    converted = {"converts": [{"name": "parquet", "ref": "refs/convert/parquet", "targetCommit": sha}]}
    return {
        f"{name}/revision/main": known, f"{name}/revision/refs%2Fconvert%2Fparquet": known,
        f"{name}/refs": Reply(json=converted),
        f"{name}/tree/{sha}": listed("name.py", *files),
        **{f"/datasets/org/name/resolve/{sha}/{path}": sent for path in files},
    }  # fmt: skip


def test_the_hubs_own_copies(sets: Sets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with faulty(served(parquet(tmp_path, "SELECT 7 AS a"))) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        with pytest.raises(UsageError) as told:
            sets.find("org/name", partly=ALL)
        copy = "hf://datasets/org/name@refs/convert/parquet"
        assert str(told.value.hint) == f"the Hub keeps its rows as Parquet: {copy}"
        with pytest.raises(UsageError, match="several configurations: c, d"):
            sets.find(copy, partly=ALL)
        assert sets.head(copy, config="d") == [{"a": 7}] and sets.head(copy, config="c", split="train") == [{"a": 7}]


def test_a_hub_that_fails_meanwhile(sets: Sets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = parquet(tmp_path, "SELECT i, repeat(md5(i::text), 10) AS t FROM range(3000) t(i)")
    routes = served(table)
    path = next(name for name in routes if name.endswith("c/train/0000.parquet"))
    good, turns = routes[path], [0]

    def failing(asked: Asked) -> Reply:
        turns[0] += 1
        return good(asked) if turns[0] == 1 else Reply(403, b"no")

    with faulty(routes | {path: failing}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        with pytest.raises((AccessError, NetworkError)):
            sets.head(f"hf://datasets/org/name/{path.partition('a' * 40)[2][1:]}", 1)
    assert turns[0] == 2
