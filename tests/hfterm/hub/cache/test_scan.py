"""What is seen in a cache is what the real client sees."""

import json
import os
from pathlib import Path

from hfterm.hub.cache import rows, scan
from support.caches import LARGE, Made, client

_SCAN = """
import json
from huggingface_hub import scan_cache_dir
print(json.dumps({
    f"{repo.repo_type}/{repo.repo_id}": {
        "size": repo.size_on_disk, "files": repo.nb_files, "refs": sorted(repo.refs),
        "revisions": {r.commit_hash: [r.size_on_disk, r.nb_files, sorted(r.refs)] for r in repo.revisions},
    } for repo in scan_cache_dir().repos
}))
"""


def seen(root: Path) -> dict[str, object]:
    return {
        f"{repo.kind}/{repo.id}": {
            "size": repo.size, "files": len(repo.contents()), "refs": sorted(repo.refs),
            "revisions": {r.sha: [r.size, len(r.files), sorted(r.refs)] for r in repo.revisions.values()},
        } for repo in scan.scan(str(root))
    }  # fmt: skip


def test_it_sees_what_the_client_sees(cache: Made) -> None:
    assert seen(cache.root) == json.loads(client(cache.home, _SCAN))
    assert len(seen(cache.root)) == 2


def test_a_cache_without_links_is_counted_by_file_on_disk(cache: Made) -> None:
    for place in (cache.folder() / "snapshots").rglob("*"):
        if place.is_symlink():
            blob = place.resolve()
            place.unlink()
            place.write_bytes(blob.read_bytes())
    for blob in (cache.folder() / "blobs").iterdir():
        blob.unlink()
    assert seen(cache.root) == json.loads(client(cache.home, _SCAN))
    # Hard links are one file: the weights of both commits.
    first, second = (cache.folder() / "snapshots" / sha / "weights.bin" for sha in (cache.old, cache.new))
    before = next(r for r in scan.scan(str(cache.root)) if r.kind == "model").size
    first.unlink()
    os.link(second, first)
    assert next(r for r in scan.scan(str(cache.root)) if r.kind == "model").size == before - len(LARGE)


def test_what_is_broken_is_told_and_the_rest_goes_on(cache: Made) -> None:
    weights = cache.snapshot("weights.bin").resolve()
    weights.rename(weights.with_name(f"{weights.name}.ab12cd34.incomplete"))
    (cache.folder() / "refs" / "main.0123abcd.tmp").write_text(cache.new)
    (cache.folder() / "refs" / "gone").write_text("f" * 40)
    (cache.folder() / "tmpabc").mkdir()
    (cache.folder() / "snapshots" / "file").write_text("no folder")
    (cache.root / "models--x").write_text("no folder")
    (cache.root / "nothing of the kind").mkdir()
    repo = next(r for r in scan.scan(str(cache.root)) if r.kind == "model")
    assert sorted(Path(p).name for p in repo.dangling()) == ["weights.bin", "weights.bin"]
    assert [blob.size for blob in repo.partials] == [len(LARGE)]
    assert sorted(Path(p).name for p in repo.strays) == ["main.0123abcd.tmp", "tmpabc"]
    assert [p.rpartition("/")[2] for p in repo.problems] == ["file: not a folder"]
    assert set(repo.revisions) == {cache.old, cache.new}
    assert rows.record(repo)["incomplete"] == len(LARGE)


def test_a_cache_that_is_not_there_is_empty(isolated: Path) -> None:
    assert list(rows.entries()) == []
    assert scan.scan_repo(str(isolated), "models--org--name") is None


def test_a_repository_that_vanishes_meanwhile_is_left_out(cache: Made) -> None:
    seen_first = scan.scan(str(cache.root))
    next(seen_first)
    cache.folder().rename(cache.home / "elsewhere")
    assert list(seen_first) == []


def test_the_other_caches(isolated: Path) -> None:
    prepared = isolated / "hf" / "datasets" / "org___name" / "default" / "0.0.0"
    prepared.mkdir(parents=True)
    (prepared / "train.arrow").write_bytes(b"x" * 1000)
    chunks = isolated / "hf" / "xet" / "https___cas-abc" / "chunk-cache" / "aa"
    chunks.mkdir(parents=True)
    (chunks / "1").write_bytes(b"y" * 300)
    asset = isolated / "hf" / "assets" / "library" / "space"
    asset.mkdir(parents=True)
    (asset / "a").write_bytes(b"z" * 20)
    found = {entry.ref: entry.size for entry in rows.entries()}
    assert found == {"prepared:org/name": 1000, "xet:https___cas-abc/chunk-cache": 300, "assets:library/space": 20}
