"""A Hub cache served as it is, to the real client, with what it lacks declared."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.hub import Hub, Seeded, running, tree_of

if TYPE_CHECKING:
    from huggingface_hub import HfApi

FILES = {"config.json": "{}", "sub/w.bin": os.urandom(200_000), "README.md": "---\nlicense: mit\n---\n"}


@pytest.fixture
def repo(hub: Hub) -> Seeded:
    return hub.seed(FILES, large=("sub/w.bin",))


@pytest.fixture
def cache(api: "HfApi", isolated: Path) -> Path:
    return isolated / "cache"


@pytest.fixture
def served(api: "HfApi", cache: Path, repo: Seeded) -> Iterator[Hub]:
    """A cache with the whole of ``repo``, served."""
    api.snapshot_download(repo.id)
    with running(cache, "--readonly", token=False) as hub:
        yield hub


def second(hub: Hub) -> "HfApi":
    from huggingface_hub import HfApi

    return HfApi(endpoint=hub.url, token=False)


def test_a_whole_snapshot(served: Hub, repo: Seeded, isolated: Path, cache: Path) -> None:
    before = tree_of(cache)
    api = second(served)
    info = api.model_info(repo.id, files_metadata=True)
    assert info.sha == repo.sha and "partial" not in (info.tags or ())
    assert {s.rfilename for s in info.siblings or ()} == {*FILES, ".gitattributes"}
    assert [m.id for m in api.list_models(filter="license:mit")] == [repo.id]
    assert [b.name for b in api.list_repo_refs(repo.id).branches] == ["main"]
    assert [c.commit_id for c in api.list_repo_commits(repo.id)] == [repo.sha]
    got = Path(api.snapshot_download(repo.id, cache_dir=isolated / "other"))
    assert got.name == repo.sha
    for name, data in FILES.items():
        assert (got / name).read_bytes() == (data if isinstance(data, bytes) else data.encode())
        # The same ETags: what one cache has another needs not fetch again.
        assert (got / name).resolve().name == (
            cache / f"models--{repo.id.replace('/', '--')}/snapshots/{repo.sha}" / name
        ).resolve().name
    assert tree_of(cache) == before  # nothing was written to it


def test_a_part_of_a_repository_is_said_to_be_one(api: "HfApi", hub: Hub, cache: Path, repo: Seeded) -> None:
    from huggingface_hub.errors import EntryNotFoundError

    api.hf_hub_download(repo.id, "config.json")
    with running(cache, "--readonly", token=False) as served:
        other = second(served)
        info = other.model_info(repo.id)
        assert "partial" in (info.tags or ()) and [s.rfilename for s in info.siblings or ()] == ["config.json"]
        answer = served.request("GET", f"/api/models/{repo.id}/tree/main")
        assert answer.headers["X-Hfterm-Partial"] == "true" and "only a part" in answer.headers["X-HF-Warning"]
        with pytest.raises(EntryNotFoundError, match="never downloaded"):
            other.hf_hub_download(repo.id, "sub/w.bin", cache_dir=cache.parent / "other")
        # More is downloaded while it is served.
        api.snapshot_download(repo.id)
        assert "partial" not in (other.model_info(repo.id).tags or ())
        assert (
            Path(other.hf_hub_download(repo.id, "sub/w.bin", cache_dir=cache.parent / "third")).stat().st_size
            == 200_000
        )


def test_a_revision_that_is_not_here_names_those_that_are(served: Hub, repo: Seeded) -> None:
    answer = served.request("GET", f"/api/models/{repo.id}/revision/v9")
    assert (answer.status, answer.headers["X-Error-Code"]) == (404, "RevisionNotFound")
    assert "main" in answer.headers["X-Error-Message"]


def test_nothing_is_written(served: Hub, repo: Seeded, cache: Path) -> None:
    before = tree_of(cache)
    header = {"key": "header", "value": {"summary": "s"}}
    for method, path, body in (
        ("POST", "/api/repos/create", {"name": "x"}),
        ("DELETE", "/api/repos/delete", {"name": repo.id}),
        ("POST", "/api/repos/move", {"fromRepo": repo.id, "toRepo": "a/b"}),
        ("PUT", f"/api/models/{repo.id}/settings", {"private": True}),
        ("POST", f"/api/models/{repo.id}/commit/main", (json.dumps(header) + "\n").encode()),
        ("POST", f"/api/models/{repo.id}/tag/main", {"tag": "t"}),
        ("POST", f"/api/models/{repo.id}/preupload/main", {"files": []}),
        ("GET", f"/api/models/{repo.id}/xet-write-token/main", None),
    ):
        answer = served.request(method, path, body)
        assert answer.status == 403 and "read-only" in answer.headers["X-Error-Message"], path
    assert tree_of(cache) == before


def test_a_damaged_cache(api: "HfApi", cache: Path, repo: Seeded) -> None:
    """What a kill or a careless hand leaves: broken links, junk, unfinished files, an empty repository."""
    place = Path(api.snapshot_download(repo.id))
    top = place.parents[1]
    (place / "sub/w.bin").resolve().unlink()
    (top / "blobs/abc.incomplete").write_bytes(b"half")
    (top / "refs/main.1234.tmp").write_text(repo.sha)
    (top / "refs/gone").write_text("f" * 40)
    (top / "refs/junk").write_bytes(b"\xff\0")
    (top / "trees" / f"{repo.sha}.json").write_text("{torn")
    (cache / "models--empty--one").mkdir()
    (cache / "models--half--one/snapshots").mkdir(parents=True)
    (cache / "junk").write_text("x")
    (cache / ".locks").mkdir(exist_ok=True)
    with running(cache, "--readonly", token=False) as served:
        other = second(served)
        assert [m.id for m in other.list_models()] == [repo.id]
        assert {b.name for b in other.list_repo_refs(repo.id).branches} == {"main"}
        assert "sub/w.bin" not in other.list_repo_files(repo.id)
        assert "partial" in (other.model_info(repo.id).tags or ())
        for name in ("empty/one", "half/one"):
            assert served.request("GET", f"/api/models/{name}").status == 404


def test_a_cache_without_links(api: "HfApi", cache: Path, repo: Seeded) -> None:
    """As Windows has it: the files lie in the snapshot themselves."""
    place = Path(api.snapshot_download(repo.id))
    etags = {}
    for path in [p for p in place.rglob("*") if p.is_symlink()]:
        etags[str(path.relative_to(place))] = path.resolve().name
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data)
    with running(cache, "--readonly", token=False) as served:
        for name, etag in etags.items():
            answer = served.request("HEAD", f"/{repo.id}/resolve/main/{name}")
            assert (answer.status, answer.headers["ETag"]) == (200, f'"{etag}"')
