"""Repositories come from caches, archives and folders: whole, checked, once."""

import io
import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import HftermError, NotFoundError, PartlyDoneError, UsageError
from hfterm.hub.cache import importing, rows, scan, verify
from hfterm.hub.cache.choose import Words
from support.caches import LARGE, Made, client
from support.hub import tree_of

_LOCAL = """
import sys
from huggingface_hub import snapshot_download, scan_cache_dir
snapshot_download(sys.argv[1], local_files_only=True)
snapshot_download(sys.argv[2], repo_type="dataset", local_files_only=True)
assert not scan_cache_dir().warnings, scan_cache_dir().warnings
"""


@pytest.fixture
def target(cache: Made, monkeypatch: pytest.MonkeyPatch) -> Made:
    """An empty cache to import into; ``cache`` is where things come from."""
    there = cache._replace(home=cache.home / "target")
    monkeypatch.setenv("HF_HOME", str(there.home / "hf"))
    return there


def take(source: Path | str, *words: str, **more: Any) -> dict[str, dict[str, Any]]:
    return {taken.ref: taken.record() for taken in importing.run(str(source), words, **more)}


def whole(target: Made) -> None:
    """What was imported works with the real client, is undamaged, and nothing else is left."""
    client(target.home, _LOCAL, target.model, target.data)
    ask = verify.listings(online=False, note=lambda text: None)
    assert [verify.check(one, ask).problems for one in Words([]).choose()] == [[], []]
    assert {path.name for path in target.root.iterdir()} - {".locks"} == {
        path.name for path in target.root.glob("*--*")
    }  # fmt: skip


def same(source: Made, target: Made) -> bool:
    parts = ("blobs", "snapshots", "refs", "trees")
    return all(tree_of(source.folder() / part) == tree_of(target.folder() / part) for part in parts)


def test_another_cache(cache: Made, target: Made) -> None:
    found = take(cache.home / "hf")
    assert (found[cache.model]["files"], found[cache.model]["there"]) == (5, 0)
    assert same(cache, target)
    assert os.path.samefile(target.snapshot("weights.bin"), cache.snapshot("weights.bin"))  # a hard link
    whole(target)
    again = take(cache.root)
    assert (again[cache.model]["files"], again[cache.model]["there"], again[cache.model]["refs"]) == (0, 5, {})


def test_some_of_another_cache_copied(cache: Made, target: Made) -> None:
    assert list(take(cache.root, "size>1MB", link=False)) == [cache.model]
    assert target.snapshot("weights.bin").read_bytes() == LARGE
    assert not os.path.samefile(target.snapshot("weights.bin"), cache.snapshot("weights.bin"))
    assert list(take(cache.root / f"datasets--{cache.data.replace('/', '--')}")) == [f"datasets/{cache.data}"]
    whole(target)


def test_nothing_is_written_in_a_dry_run(cache: Made, target: Made) -> None:
    found = take(cache.root, dry=True)[cache.model]
    assert (found["files"], found["bytes"]) == (5, sum(b.size for b in next(
        r for r in scan.scan(str(cache.root)) if r.kind == "model").contents().values()))  # fmt: skip
    assert not target.root.exists()


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_an_archive(cache: Made, target: Made, mode: str) -> None:
    file = cache.home / "cache.tar"
    with tarfile.open(file, mode) as archive:  # type: ignore[call-overload]
        archive.add(cache.root, "hub")
    take(file)
    assert same(cache, target)
    whole(target)
    assert take(file)[cache.model]["there"] == 5


def test_the_archive_of_the_tar_program_through_a_pipe(cache: Made, target: Made) -> None:
    from support.cli import HFTERM, environment

    with subprocess.Popen(["tar", "-c", "-C", str(cache.home / "hf"), "hub"], stdout=subprocess.PIPE) as tar:
        command = [HFTERM, "hub", "cache", "import", "-"]
        done = subprocess.run(command, stdin=tar.stdout, env=environment(target.home), capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    whole(target)


def test_an_archive_that_breaks_off_leaves_no_half(cache: Made, target: Made) -> None:
    file = cache.home / "cache.tar"
    with tarfile.open(file, "w") as archive:
        for path in sorted(cache.root.rglob("*"), key=lambda p: "blobs" not in p.parts):
            archive.add(path, str(path.relative_to(cache.root)), recursive=False)
    data = file.read_bytes()
    file.write_bytes(data[: data.index(LARGE[:4096]) + 100_000])
    with pytest.raises(HftermError, match=r"damaged or cut off .*run it again"):
        take(file)
    assert not (target.folder() / "refs").exists() and not (target.folder() / "snapshots").exists()
    assert not list(target.root.glob(".hfterm*"))
    file.write_bytes(data)
    take(file)
    whole(target)


def evil(write: Callable[[tarfile.TarFile], None], to: Path) -> Path:
    with tarfile.open(to, "w") as archive:
        write(archive)
    return to


def member(archive: tarfile.TarFile, name: str, data: bytes = b"", link: str = "") -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    if link:
        info.type, info.linkname = tarfile.SYMTYPE, link
    archive.addfile(info, io.BytesIO(data))


def test_an_archive_cannot_lead_out_of_the_cache(target: Made) -> None:
    sha = "c" * 40

    def write(archive: tarfile.TarFile) -> None:
        base = "hub/models--org--name"
        member(archive, f"{base}/blobs/../../../../out", b"1")
        member(archive, f"{base}/blobs/plain-etag", b"2")
        member(archive, f"{base}/snapshots/{sha}/../../../../../out", link="../../blobs/plain-etag")
        member(archive, f"{base}/snapshots/{sha}/a\x1b[31m", link="../../blobs/plain-etag")
        member(archive, f"{base}/snapshots/{sha}/passwd", link="/etc/passwd")
        member(archive, f"{base}/snapshots/{sha}/good", link="../../blobs/plain-etag")
        member(archive, f"{base}/refs/../../../out", sha.encode())
        member(archive, f"{base}/refs/main", sha.encode())
        member(archive, "/etc/cron.d/x", b"3")

    file = evil(write, target.home.parent / "evil.tar")
    with pytest.raises(PartlyDoneError, match="1 contents are damaged"):  # the link to a file that is no content
        take(file)
    files = sorted(str(p.relative_to(target.root)) for p in target.root.rglob("*") if not p.is_dir())
    base = "models--org--name"
    assert files == [f"{base}/blobs/plain-etag", f"{base}/refs/main", f"{base}/snapshots/{sha}/good"]
    assert not list(target.home.parent.rglob("out"))


def test_a_cache_cannot_bring_files_from_elsewhere(cache: Made, target: Made) -> None:
    secret = cache.home / "secret"
    secret.write_text("not for a cache")
    cache.snapshot("out").symlink_to(secret)
    notes: list[str] = []
    take(cache.root, note=notes.append)
    assert not os.path.lexists(target.snapshot("out")) and "leads out of the cache" in notes[0]
    assert target.snapshot("weights.bin").read_bytes() == LARGE


def test_damaged_contents_are_left_out_and_named(cache: Made, target: Made) -> None:
    blob = cache.snapshot("weights.bin").resolve()
    blob.write_bytes(LARGE[:-1] + b"#")
    with pytest.raises(PartlyDoneError, match=rf"1 contents are damaged in .*{cache.model} {blob.name}"):
        take(cache.root)
    assert not target.snapshot("weights.bin").is_symlink()
    assert target.snapshot("config.json").read_text() == '{"version": 2}'
    assert not (target.folder() / "blobs" / blob.name).exists()


def test_a_newer_reference_stays_unless_told(cache: Made, target: Made) -> None:
    take(cache.root)
    ref = target.folder() / "refs" / "main"
    ref.write_text(cache.old)
    os.utime(cache.folder() / "refs" / "main", (1e9, 1e9))
    assert take(cache.root)[cache.model]["kept_refs"] == ["main"]
    assert ref.read_text() == cache.old
    assert take(cache.root, overwrite=True)[cache.model]["refs"] == {"main": cache.new}
    assert ref.read_text() == cache.new
    ref.write_text(cache.old)
    os.utime(ref, (1e8, 1e8))
    assert take(cache.root)[cache.model]["refs"] == {"main": cache.new}


def test_a_folder_of_files(target: Made, cache: Made) -> None:
    folder = cache.home / "model"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("no content")
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(LARGE)
    (folder / "sub" / "empty.txt").touch()
    with pytest.raises(UsageError, match="--as org/name"):
        take(folder)
    made = take(folder, name="me/model")["me/model"]
    assert made["files"] == 3
    assert take(folder, name="me/model")["me/model"]["revisions"] == made["revisions"]
    code = "import sys; from huggingface_hub import snapshot_download as s; print(s('me/model', local_files_only=True))"
    there = Path(client(target.home, code).strip())
    assert tree_of(there) == {"config.json": b"{}", "model.safetensors": LARGE, "sub/empty.txt": b""}
    (folder / "config.json").write_text("changed")  # the cache has its own
    assert (there / "config.json").read_text() == "{}"
    with pytest.raises(UsageError, match="cached already"):
        take(folder, name="me/model")
    assert take(folder, name="me/model", overwrite=True)["me/model"]["revisions"] != made["revisions"]
    assert list(take(folder, name="datasets/me/rows", revision="v1")) == ["datasets/me/rows"]
    before = sorted(cache.home.rglob("*"))
    for wrong in ("../../../../out", "/tmp/out", "a//b", "a b", "..", "x\x1b[31m"):
        with pytest.raises(UsageError, match=r"not a revision|not a name for a branch"):
            take(folder, name="me/model", revision=wrong)
    assert sorted(cache.home.rglob("*")) == before


def test_without_links(cache: Made, target: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_DISABLE_SYMLINKS", "1")
    take(cache.root)
    assert not any(path.is_symlink() for path in target.root.rglob("*"))
    client(target.home, _LOCAL, target.model, target.data, env={"HF_HUB_DISABLE_SYMLINKS": "1"})
    assert {row["ref"]: row["size"] for row in map(rows.record, rows.entries())} == {
        repo.ref: repo.size for repo in scan.scan(str(cache.root))
    }
    # And such a cache is a source like any other.
    monkeypatch.setenv("HF_HOME", str(target.home / "second"))
    monkeypatch.delenv("HF_HUB_DISABLE_SYMLINKS")
    take(target.root)
    second = scan.scan_repo(str(target.home / "second" / "hub"), target.folder().name)
    assert second is not None and sorted(second.blobs) == sorted(p.name for p in (cache.folder() / "blobs").iterdir())


def test_sources_that_are_none(target: Made, cache: Made) -> None:
    with pytest.raises(NotFoundError, match="no such file or folder"):
        take(cache.home / "none")
    (cache.home / "x.tar").write_bytes(b"no archive")
    with pytest.raises(UsageError, match="no archive that can be read"):
        take(cache.home / "x.tar")
    with tarfile.open(cache.home / "y.tar", "w") as archive:
        member(archive, "README.md", b"hello")
    with pytest.raises(UsageError, match="no repository of a Hub cache"):
        take(cache.home / "y.tar")
    with pytest.raises(UsageError, match="its repositories have names"):
        take(cache.root, name="a/b")
    take(cache.root)
    with pytest.raises(UsageError, match="is the cache itself"):
        take(target.root)
