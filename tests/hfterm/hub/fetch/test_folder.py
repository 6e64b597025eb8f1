"""``--to``: a plain folder, which the client takes for its own."""

import os
import random
import time
from pathlib import Path

import pytest
from huggingface_hub import snapshot_download

from hfterm.errors import HftermError, UsageError
from hfterm.hub.client import Repo
from hfterm.hub.fetch.get import How, get, look
from hfterm.hub.fetch.plan import Wanted
from support.hub import Hub
from support.link import Fault, Link

MIB = 1 << 20
BIG = random.Random(9).randbytes(2 * MIB)
FILES = {"config.json": "{}", "sub/a.txt": "hello", "empty": "", "w.bin": BIG}


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_the_client_fetches_none_of_it_again(hub: Hub, link: Link, cache: Path, tmp_path: Path) -> None:
    made, to = hub.seed(FILES), tmp_path / "to"
    got = get(Repo(made.id), how=How(str(to)))
    assert got.path == str(to) and (to / "w.bin").read_bytes() == BIG and not (to / "w.bin").is_symlink()
    theirs = tmp_path / "theirs"
    snapshot_download(made.id, local_dir=theirs, endpoint=hub.url, token=hub.token, cache_dir=tmp_path / "c")
    assert [n for n in names(to) if "lock" not in n] == [n for n in names(theirs) if "lock" not in n]
    since = len(hub.log)
    snapshot_download(made.id, local_dir=to, endpoint=hub.url, token=hub.token, cache_dir=tmp_path / "c")
    assert not [line for line in hub.requests(since) if " GET " in line and "/resolve/" in line]
    since = len(link.bodies())
    assert get(Repo(made.id), how=How(str(theirs))).fetched == 0 == len(link.bodies()) - since
    assert not cache.exists()


def test_it_goes_on_where_it_stopped(hub: Hub, link: Link, tmp_path: Path) -> None:
    made, how = hub.seed(FILES), How(str(tmp_path / "to"), retries=0)
    link.fault = lambda asked: Fault(after=MIB) if "w.bin" in asked.path and asked.nth == 1 else None
    with pytest.raises(HftermError, match="early"):
        get(Repo(made.id), Wanted(("w.bin",)), how)
    assert not (tmp_path / "to" / "w.bin").exists()
    rows = list(look(Repo(made.id), Wanted(("w.bin",)), how))
    assert rows == [{"path": "w.bin", "size": 2 * MIB, "here": MIB, "state": "part"}]
    got = get(Repo(made.id), Wanted(("w.bin",)), how)
    assert got.fetched == MIB and Path(got.path).read_bytes() == BIG
    assert not [n for n in names(tmp_path / "to") if "incomplete" in n]


def test_what_is_cached_is_copied(hub: Hub, link: Link, tmp_path: Path) -> None:
    made = hub.seed(FILES)
    get(Repo(made.id))
    assert get(Repo(made.id), how=How(str(tmp_path / "to"))).fetched == 0
    assert (tmp_path / "to" / "w.bin").read_bytes() == BIG
    (tmp_path / "to" / "w.bin").write_bytes(b"mine now")  # not through a link into the cache
    assert Path(get(Repo(made.id)).path, "w.bin").read_bytes() == BIG


def test_the_users_own_files_are_not_replaced(hub: Hub, link: Link, tmp_path: Path) -> None:
    made, to = hub.seed(FILES), tmp_path / "to"
    to.mkdir()
    (to / "config.json").write_text("mine")
    (to / "w.bin").write_bytes(BIG)
    assert {row["path"]: row["state"] for row in look(Repo(made.id), how=How(str(to)))}["w.bin"] == "there"
    assert not (to / ".cache").exists()  # looking leaves no notes
    with pytest.raises(UsageError, match=r"'config.json' in .* is another file than .*--overwrite"):
        get(Repo(made.id), how=How(str(to)))
    assert (to / "config.json").read_text() == "mine" and not (to / "sub").exists()
    got = get(Repo(made.id), how=How(str(to), overwrite=True))
    assert (to / "config.json").read_text() == "{}" and got.fetched < MIB  # w.bin was right as it was


def test_an_older_commits_files_are_replaced(hub: Hub, link: Link, tmp_path: Path) -> None:
    made, to = hub.seed(FILES), tmp_path / "to"
    get(Repo(made.id), how=How(str(to)))
    hub.commit(made.id, {"config.json": '{"new": 1}'})
    assert get(Repo(made.id), how=How(str(to))).fetched == len('{"new": 1}')
    assert (to / "config.json").read_text() == '{"new": 1}'
    later = time.time() + 10
    (to / "config.json").write_text("changed by me")
    os.utime(to / "config.json", (later, later))
    with pytest.raises(UsageError, match="--overwrite"):
        get(Repo(made.id, revision=made.sha), how=How(str(to)))


def test_a_disk_whose_clock_is_ahead(hub: Hub, link: Link, tmp_path: Path) -> None:
    made, to = hub.seed({"w.bin": BIG}), tmp_path / "to"
    get(Repo(made.id), how=How(str(to)))
    ahead = time.time() + 5000
    os.utime(to / "w.bin", (ahead, ahead))
    assert get(Repo(made.id), how=How(str(to))).fetched == 0  # its content tells
    since = len(hub.log)
    snapshot_download(made.id, local_dir=to, endpoint=hub.url, token=hub.token, cache_dir=tmp_path / "c")
    assert not [line for line in hub.requests(since) if " GET " in line and "/resolve/" in line]


def test_things_in_the_way(hub: Hub, link: Link, tmp_path: Path) -> None:
    made, to = hub.seed({"a/b.txt": "1"}), tmp_path / "to"
    (to / "a" / "b.txt").mkdir(parents=True)
    with pytest.raises(UsageError, match="a folder is in the way"):
        get(Repo(made.id), how=How(str(to)))
    with pytest.raises(HftermError, match="not a directory"):
        (tmp_path / "file").write_text("")
        get(Repo(made.id), how=How(str(tmp_path / "file")))


def test_the_notes_are_not_the_repositorys_to_write(hub: Hub, link: Link, tmp_path: Path) -> None:
    made = hub.seed({".cache/huggingface/download/x.metadata": "1"})
    with pytest.raises(HftermError, match="where the client keeps its notes"):
        get(Repo(made.id), how=How(str(tmp_path / "to")))
