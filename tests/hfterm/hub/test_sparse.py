"""A Hub of another make, which leaves out of its answers what it need not say, or too much."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import NetworkError, NotFoundError, UsageError
from hfterm.hub import branches, diff, remove, repos
from hfterm.hub.client import Repo
from hfterm.hub.push.put import Wish, plan, put
from support.faulty import Asked, Reply, Route, faulty

OLD, NEW = "1" * 40, "2" * 40
ROOT = "/api/models/o/n"
REPO = Repo("o/n")
SAME = {"type": "file", "path": "same.txt", "size": 5, "oid": "257cc5642cb1a054f08cc83f2d943e56fd3ebe99"}
LARGE = {"type": "file", "path": "w.bin", "size": 7, "lfs": {"oid": "a" * 64, "size": 7}}
PLAIN = {"type": "file", "path": "plain", "size": 3}


def listed(asked: Asked) -> Reply:
    wanted = asked.body.decode()
    return Reply(json=[row for row in (SAME, LARGE, PLAIN) if str(row["path"]) in wanted])


def ways(asked: Asked) -> Reply:
    import json

    return Reply(json={"files": [{"path": file["path"], "uploadMode": "regular", "shouldIgnore": False, "oid": "0"}
                                 for file in json.loads(asked.body)["files"]]})  # fmt: skip


ROUTES: dict[str, Route] = {
    f"{ROOT}/commits/main": Reply(json=[{"id": NEW}, {"id": OLD}]),
    f"{ROOT}/tree/{NEW}": Reply(json=[SAME, LARGE, {"type": "directory", "path": "sub"}]),
    f"{ROOT}/tree/{OLD}": Reply(json=[SAME, PLAIN]),
    f"{ROOT}/tree/main": Reply(json=[SAME, LARGE, PLAIN]),
    f"{ROOT}/refs": Reply(json={"branches": [{"name": "main"}]}),
    f"{ROOT}/revision/main": Reply(json={"id": "o/n", "sha": NEW, "siblings": [{"rfilename": "w.bin", "lfs": {}}]}),
    f"{ROOT}/tag/main": Reply(json={}),
    f"{ROOT}/branch/dev": Reply(json={}),
    f"{ROOT}/preupload/main": ways,
    f"{ROOT}/paths-info/main": listed,
    f"{ROOT}/commit/main": Reply(json={"commitUrl": f"https://huggingface.co/o/n/commit/{NEW}", "commitOid": NEW}),
}


@pytest.fixture
def sparse(at: Callable[[str], None]) -> Iterator[Any]:
    with faulty(ROUTES) as server:
        at(server.url)
        yield server


@contextmanager
def no_track(_name: str, _total: int) -> Iterator[Callable[..., None]]:
    yield lambda *_, **__: None


def test_diff(sparse: Any) -> None:
    rows = list(diff.diff(*diff.sides("o/n", None, None, print)))
    assert [(row["path"], row["change"], row["oid"]) for row in rows] == [
        ("plain", "removed", None), ("w.bin", "added", "a" * 64),
    ]  # fmt: skip


def test_a_file_is_no_side(at: Callable[[str], None]) -> None:
    with faulty({f"{ROOT}/tree/main/same.txt": Reply(404), f"{ROOT}/paths-info/main": listed}) as server:
        at(server.url)
        with pytest.raises(UsageError, match=r"same.txt.*is a file"):
            diff.sides("hf://o/n@main/same.txt", "o/n", None, print)


def test_branches_and_tags(sparse: Any) -> None:
    assert list(branches.ls(REPO, "branch")) == [{"name": "main", "commit": None, "ref": "refs/heads/main"}]
    assert list(branches.ls(REPO, "tag")) == []
    assert branches.add(REPO, "tag", "v1") == {"name": "v1", "commit": NEW, "ref": "refs/tags/v1", "created": True}
    assert branches.add(REPO, "branch", "dev")["commit"] == NEW
    with pytest.raises(NotFoundError, match="no tag 'v2'"):
        branches.find(REPO, "tag", "v2")


def test_put_and_remove(sparse: Any, tmp_path: Path) -> None:
    (tmp_path / "same.txt").write_text("same")  # of another size
    (tmp_path / "new.txt").write_text("new")
    wish = Wish(REPO, (str(tmp_path),), delete=("*.bin",))
    steps = plan(wish, no_track, print).steps
    assert [(s.action, s.path, s.old_size) for s in steps] == [
        ("add", "new.txt", None), ("change", "same.txt", 5), ("delete", "w.bin", 7),
    ]  # fmt: skip
    (tmp_path / "same.txt").write_text("hello")
    done = put(Wish(REPO, (str(tmp_path / "new.txt"),)), no_track, print, print)
    assert (done["commit"], done["added"]) == (NEW, 1)
    assert remove.find(REPO, ("w.bin", "plain")) == [{"path": "plain", "size": 3}, {"path": "w.bin", "size": 7}]
    assert repos.facts(REPO) == {"id": "o/n", "type": "model", "files": 1, "size": None, "updated": None}


@pytest.mark.parametrize(
    "answer",
    [Reply(json={}), Reply(json=[]), Reply(body=b"<html>"), Reply(json={"commitUrl": "x://y", "commitOid": NEW})],
)
def test_what_must_be_said(at: Callable[[str], None], tmp_path: Path, answer: Reply) -> None:
    """Where the client itself stumbles over an answer, the server is named, not a bug of ours."""
    (tmp_path / "new.txt").write_text("new")
    for broken in (f"{ROOT}/commit/main", f"{ROOT}/preupload/main", f"{ROOT}/revision/main"):
        with faulty(ROUTES | {broken: answer}) as server:
            at(server.url)
            with pytest.raises(NetworkError, match="is no Hub"):
                put(Wish(REPO, (str(tmp_path),)), no_track, print, print)


def test_our_own_bug_stays_one(at: Callable[[str], None]) -> None:
    from hfterm.hub.client import asking

    with pytest.raises(KeyError, match="mine"), asking(REPO):
        dict[str, str]()["mine"]
