"""``hfterm hub get`` as a process."""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hfterm.text import human_bytes
from support.cli import Hfterm
from support.hub import Hub, Seeded
from support.link import Fault, Link, bad_link

MIB = 1 << 20
BIG = random.Random(11).randbytes(12_000_000)
FILES = {"config.json": "{}", "data/x.csv": "1", "w.bin": BIG}


@pytest.fixture(scope="module")
def made(hub: Hub) -> Seeded:
    return hub.seed(FILES)


@pytest.fixture
def link(hub: Hub) -> Iterator[Link]:
    with bad_link(hub.url) as link:
        yield link


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.005)


def unfinished(home: Path) -> list[Path]:
    return [p for p in home.rglob("*") if p.name.endswith((".incomplete", ".tmp"))]


def test_prints_where_it_is(hfterm: Hfterm, hub: Hub, made: Seeded) -> None:
    got = hfterm("hub", "get", made.id, env=hub.env(), check=0)
    (path,) = got.lines
    assert Path(path).name == made.sha and Path(path, "w.bin").read_bytes() == BIG
    last = got.stderr.splitlines()[-1]
    assert last.startswith(f"{made.id}: 11.4 MiB/11.4 MiB, ") and last.endswith("files 4/4")
    again = hfterm("hub", "get", made.id, env=hub.env(), check=0)
    assert again.lines == [path] and again.stderr == ""
    one = hfterm("hub", "get", made.id, "data/x.csv", env=hub.env(), check=0)
    assert one.lines == [f"{path}/data/x.csv"]
    row = json.loads(hfterm("hub", "get", made.id, "-f", "jsonl", env=hub.env(), check=0).stdout)
    assert row.pop("seconds") >= 0
    assert row == {
        "path": path, "id": made.id, "type": "model", "sha": made.sha, "files": 4, "fetched": 0, "from": "hub",
        "size": len(BIG) + 3 + os.path.getsize(f"{path}/.gitattributes"),
    }  # fmt: skip
    offline = {**hub.env(), "HF_ENDPOINT": "http://hub.invalid", "HF_HUB_OFFLINE": "1"}
    got = hfterm("hub", "get", made.id, env=offline, check=0)
    assert got.lines == [path] and got.stderr == f"hfterm: hf://{made.id} is from the cache\n"


def test_a_dry_run(hfterm: Hfterm, hub: Hub, made: Seeded) -> None:
    got = hfterm("hub", "get", made.id, "--exclude", ".*", "-n", env=hub.env(), check=0)
    assert [json.loads(line) for line in got.lines] == [
        {"path": "config.json", "size": 2, "here": 0, "state": "missing"},
        {"path": "data/x.csv", "size": 1, "here": 0, "state": "missing"},
        {"path": "w.bin", "size": len(BIG), "here": 0, "state": "missing"},
    ]
    assert got.stderr == "3 files, 11.4 MiB; 11.4 MiB are to come\n"
    assert not (hfterm.home / "hf").exists()


def test_several_from_standard_input(hfterm: Hfterm, hub: Hub, made: Seeded) -> None:
    other = hub.seed({"a": "1"}, kind="dataset")
    lines = f"{made.id}\n" + json.dumps({"id": f"datasets/{other.id}"}) + "\nteam/nowhere\n"
    got = hfterm("hub", "get", stdin=lines, env=hub.env(), check=7)
    assert [Path(line).name for line in got.lines] == [made.sha, other.sha]
    assert "1 of 3 repositories could not be fetched: no model 'team/nowhere'" in got.stderr
    got = hfterm("hub", "get", "-", "a", "--to", "here", "-t", "dataset", stdin=other.id, env=hub.env(), check=0)
    assert got.lines == [str(hfterm.home / "here" / "a")]


def test_progress_for_programs(hfterm: Hfterm, link: Link, hub: Hub, made: Seeded) -> None:
    link.rate = 4e6  # rows come a second apart
    got = hfterm("hub", "get", made.id, "--progress", "jsonl", env={**hub.env(), "HF_ENDPOINT": link.url}, check=0)
    rows = [json.loads(line) for line in got.stderr.splitlines()]
    assert all(row["progress"] == made.id and row["unit"] == "B" for row in rows)
    done = [row["completed"] for row in rows]
    assert done == sorted(done) and done[-1] == rows[-1]["total"] > len(BIG)
    assert rows[-1]["state"] == "done" and rows[-1]["files"] == "4/4"
    parts = [part for row in rows for part in row.get("parts", ())]
    assert {"w.bin": len(BIG)}.items() <= {part["name"]: part["total"] for part in parts}.items()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_keeps_what_came(
    hfterm: Hfterm, link: Link, hub: Hub, made: Seeded, number: signal.Signals, code: int
) -> None:
    env = {**hub.env(), "HF_ENDPOINT": link.url}
    link.rate = 2e6
    args = ("hub", "get", made.id, "--exclude", ".*")
    process = hfterm.popen(*args, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(lambda: any(p.stat().st_size > MIB for p in unfinished(hfterm.home)))
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == code and stdout == b""
    (partial,) = unfinished(hfterm.home)
    kept = partial.stat().st_size
    said = [f"{human_bytes(kept + n)} of 11.4 MiB are here; the same command goes on from there" for n in range(4)]
    assert set(said) & set(stderr.decode().splitlines()), (said, stderr)
    link.rate = None
    hfterm(*args, env=env, check=0)
    assert [asked.start for asked in link.bodies() if "w.bin" in asked.path] == [0, kept]
    assert not unfinished(hfterm.home)


def test_two_at_once_share_the_work(hfterm: Hfterm, link: Link, hub: Hub) -> None:
    made = hub.seed({**{f"{n}.txt": f"file {n}" for n in range(40)}, "w.bin": BIG})
    link.rate = 20e6
    env = {**hub.env(), "HF_ENDPOINT": link.url}
    two = [hfterm.popen("hub", "get", made.id, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in "12"]
    said = [process.communicate(timeout=120) for process in two]
    assert [process.returncode for process in two] == [0, 0], said
    assert said[0][0] == said[1][0]
    root = Path(said[0][0].decode().strip())
    assert (root / "w.bin").read_bytes() == BIG and len(list(root.iterdir())) == 42
    asked = [asked.path for asked in link.bodies()]
    assert len(asked) == len(set(asked)) == 42 and not unfinished(hfterm.home)


def test_faults_are_said_and_passed(hfterm: Hfterm, link: Link, hub: Hub, made: Seeded) -> None:
    link.fault = lambda asked: Fault(after=MIB) if "w.bin" in asked.path and asked.nth == 1 else None
    got = hfterm("hub", "get", made.id, "w.bin", env={**hub.env(), "HF_ENDPOINT": link.url}, check=0)
    assert "w.bin: the connection ended 10951424 bytes early; trying again in" in got.stderr
