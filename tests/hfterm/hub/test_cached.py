"""What the cache alone tells, and what offline verbs answer from it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hfterm.errors import NotFoundError
from hfterm.hub import cached, read
from hfterm.hub.client import Repo, offline
from hfterm.hub.info import info
from hfterm.hub.inspect import look
from hfterm.hub.search import search
from hfterm.hub.tree import ls
from support import weights

SHA = "a" * 40
REPO = Repo("org/name")
FILES = {
    "config.json": b'{"vocab_size": 9}',
    "README.md": b"---\nlicense: mit\n---\n# Hi\n",
    "sub/model.safetensors": weights.safetensors(weights.MODEL),
}


@pytest.fixture
def cache(isolated: Path) -> Path:
    """A repository as the client leaves it; one file of its listing was not downloaded."""
    base = isolated / "hf" / "hub" / "models--org--name"
    for number, (path, data) in enumerate(FILES.items()):
        blob = base / "blobs" / f"{number:064x}"
        blob.parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(data)
        link = base / "snapshots" / SHA / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(blob)
    (base / "refs").mkdir()
    (base / "refs" / "main").write_text(SHA)
    (base / "trees").mkdir()
    listed = {path: {"size": len(data)} for path, data in FILES.items()} | {"gone.bin": {"size": 5}}
    (base / "trees" / f"{SHA}.json").write_text(json.dumps({"format_version": 1, "files": listed}))
    return base


def test_everything_the_cache_can_answer(cache: Path) -> None:
    assert offline()
    found = info(REPO, files=True)
    assert (found["from"], found["files"], found["partial"], found["sha"]) == ("cache", 3, True, SHA)
    assert [row["path"] for row in ls(REPO)] == ["README.md", "config.json", "sub"]
    assert [row["path"] for row in ls(REPO, recursive=True)] == ["README.md", "config.json", "sub/model.safetensors"]
    assert [row["path"] for row in ls(REPO._replace(path="sub"))] == ["sub/model.safetensors"]
    assert b"".join(read.stream(REPO._replace(path="config.json"), (1, 3))) == b'"vo'
    assert [row["id"] for row in search("NAM")] == ["org/name"]
    record = look.report(look.look("org/name"))
    assert (record["from"], record["license"], record["parameters"], record["vocabulary"]) == ("cache", "mit", 1088, 9)
    assert look.report(look.look(f"org/name@{SHA}"))["parameters"] == 1088


@pytest.mark.parametrize("ask", [
    lambda: info(Repo("no/such")), lambda: list(ls(REPO._replace(revision="v2"))), lambda: list(search("zzz")),
    lambda: list(read.stream(REPO._replace(path="gone.bin"))), lambda: look.look("no/such"),
    lambda: info(REPO._replace(revision="../../..")), lambda: info(REPO._replace(revision="/")),
])  # fmt: skip
def test_what_is_not_there(cache: Path, ask: Callable[[], object]) -> None:
    with pytest.raises(NotFoundError, match="HF_HUB_OFFLINE is set"):
        ask()


def test_a_cache_that_is_damaged(cache: Path) -> None:
    (cache / "blobs" / f"{0:064x}").unlink()
    assert "config.json" not in [file.path for file in cached.files(REPO)]
    (cache / "trees" / f"{SHA}.json").write_text("{")
    assert cached.partial(REPO, SHA) is None
    (cache / "refs" / "main").write_bytes(b"\xff\xfe")
    assert cached.commit(REPO) is None
    (cache / "refs" / "main").write_text("../../../../etc")
    assert cached.commit(REPO) is None


def test_no_cache_at_all(isolated: Path) -> None:
    assert list(cached.repositories()) == [] and cached.info(REPO) is None


def test_a_content_in_the_cache_is_not_got_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from support.faulty import Reply, faulty

    rows = [{"type": "file", "path": "model.safetensors", "size": len(FILES["sub/model.safetensors"]), "oid": "0" * 40, "lfs": {"oid": f"{2:064x}"}}]  # fmt: skip
    with faulty({"/api/models/org/name/tree/main": Reply(json=rows)}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        assert look.report(look.look("org/name"))["parameters"] == 1088
        assert [asked.path for asked in server.asked] == ["/api/models/org/name/tree/main"]
