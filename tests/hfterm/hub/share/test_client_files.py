"""The client's downloads and its file system."""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.hub import Hub, Seeded

if TYPE_CHECKING:
    from huggingface_hub import HfApi

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
BIG = os.urandom(1_500_000)
FILES = {"a.txt": "text\n", "sub/ü ä.json": "{}", "sub/deep/b.bin": BIG, "empty": "", "new\nline": "odd"}


@pytest.fixture(scope="module")
def repo(hub: Hub) -> Seeded:
    return hub.seed(FILES)


def read(path: str) -> bytes:
    return Path(path).read_bytes()


def test_one_file(api: "HfApi", hub: Hub, repo: Seeded, isolated: Path) -> None:
    path = api.hf_hub_download(repo.id, "sub/deep/b.bin")
    assert read(path) == BIG and f"snapshots/{repo.sha}/" in path
    blob = Path(path).resolve()
    assert blob.name == hashlib.sha256(BIG).hexdigest()
    since = len(hub.log)
    assert api.hf_hub_download(repo.id, "sub/deep/b.bin") == path
    assert [line.split()[1] for line in hub.requests(since)] == ["HEAD"]  # what is here is not sent again
    assert read(api.hf_hub_download(repo.id, "empty")) == b""
    assert read(api.hf_hub_download(repo.id, "sub/ü ä.json", local_dir=isolated / "out")) == b"{}"


def test_what_the_head_of_a_file_says(api: "HfApi", hub: Hub, repo: Seeded) -> None:
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    said = get_hf_file_metadata(hf_hub_url(repo.id, "sub/deep/b.bin", endpoint=hub.url), token=hub.token)
    assert (said.commit_hash, said.etag, said.size) == (repo.sha, hashlib.sha256(BIG).hexdigest(), len(BIG))
    assert said.xet_file_data is None
    empty = get_hf_file_metadata(hf_hub_url(repo.id, "empty", endpoint=hub.url), token=hub.token)
    assert (empty.etag, empty.size) == ("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", 0)


def test_what_is_not_there(api: "HfApi", hub: Hub, repo: Seeded, isolated: Path) -> None:
    from huggingface_hub.errors import EntryNotFoundError, RepositoryNotFoundError, RevisionNotFoundError

    with pytest.raises(EntryNotFoundError):
        api.hf_hub_download(repo.id, "nope")
    cache = isolated / "cache" / f"models--{repo.id.replace('/', '--')}"
    assert (cache / ".no_exist" / repo.sha / "nope").exists()  # so that it is not asked for again
    with pytest.raises(RevisionNotFoundError):
        api.hf_hub_download(repo.id, "a.txt", revision="nope")
    with pytest.raises(RepositoryNotFoundError):
        api.hf_hub_download("no/such", "a.txt")
    assert api.file_exists(repo.id, "a.txt") and not api.file_exists(repo.id, "nope")
    assert not api.file_exists("no/such", "a.txt")


def test_a_download_that_was_cut_goes_on(api: "HfApi", hub: Hub, repo: Seeded, tmp_path: Path) -> None:
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get

    url, half = hf_hub_url(repo.id, "sub/deep/b.bin", endpoint=hub.url), tmp_path / "half"
    half.write_bytes(BIG[:700_001])
    since = len(hub.log)
    with half.open("ab") as stream:
        http_get(
            url, stream, resume_size=700_001, headers={"Authorization": f"Bearer {hub.token}"}, expected_size=len(BIG)
        )
    assert half.read_bytes() == BIG
    (line,) = hub.requests(since)
    assert line.split()[-3:-1] == ["206", str(len(BIG) - 700_001)]


def test_whole_repositories(api: "HfApi", hub: Hub, repo: Seeded, isolated: Path) -> None:
    folder = Path(api.snapshot_download(repo.id))
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    found.pop(".gitattributes")
    assert found == {k: v if isinstance(v, bytes) else v.encode() for k, v in FILES.items()}
    since = len(hub.log)
    assert api.snapshot_download(repo.id) == str(folder)
    assert not [line for line in hub.requests(since) if " /team/" in line]
    some = Path(api.snapshot_download(repo.id, allow_patterns="*.txt", local_dir=isolated / "some"))
    assert [p.name for p in some.iterdir() if p.is_file()] == ["a.txt"]
    newer = hub.commit(repo.id, {"b.txt": "b"}, title="More")
    second = Path(api.snapshot_download(repo.id))
    assert second.name == newer.sha and (second / "b.txt").read_text() == "b"
    assert (second / "sub/deep/b.bin").resolve() == (folder / "sub/deep/b.bin").resolve()
    old = Path(api.snapshot_download(repo.id, revision=repo.sha))
    assert old == folder and not (old / "b.txt").exists()


def test_the_file_system(api: "HfApi", hub: Hub, isolated: Path) -> None:
    from huggingface_hub import HfFileSystem

    root = hub.seed({"a.txt": "0123456789", "d/b.bin": BIG, "d/c.txt": "c"}, kind="dataset").id
    top = f"datasets/{root}"
    fs = HfFileSystem(endpoint=hub.url, token=hub.token, skip_instance_cache=True, use_listings_cache=False)
    assert sorted(fs.ls(top, detail=False)) == [f"{top}/.gitattributes", f"{top}/a.txt", f"{top}/d"]
    assert sorted(fs.glob(f"{top}/**/*.txt")) == [f"{top}/a.txt", f"{top}/d/c.txt"]
    assert fs.info(f"{top}/d/b.bin")["size"] == len(BIG) and fs.isdir(f"{top}/d") and not fs.exists(f"{top}/e")
    with fs.open(f"{top}/d/b.bin", "rb", block_size=65_536) as stream:
        stream.seek(1_000_000)
        assert stream.read(1000) == BIG[1_000_000:1_001_000]
        stream.seek(-10, os.SEEK_END)
        assert stream.read() == BIG[-10:]
    assert fs.cat_file(f"{top}/a.txt", start=2, end=5) == b"234"
    with fs.open(f"{top}/new.txt", "w") as stream:
        stream.write("written")
    assert fs.read_text(f"{top}/new.txt") == "written"
    fs.cp_file(f"{top}/d/b.bin", f"{top}/e/copy.bin")
    fs.mv(f"{top}/a.txt", f"{top}/moved.txt")
    fs.rm(f"{top}/d", recursive=True)
    left = [".gitattributes", "e/copy.bin", "moved.txt", "new.txt"]
    assert sorted(api.list_repo_files(root, repo_type="dataset")) == left
