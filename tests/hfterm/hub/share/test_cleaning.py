"""What deleted repositories leave goes, what others need stays."""

import os
import subprocess
import sys
import time
from pathlib import Path

from hfterm.hub.share.folder import FolderStore
from support.hub import Hub, running

OLD = 2 * 24 * 3600


def age(folder: Path) -> None:
    """Make everything look as if it came the day before yesterday."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - OLD, time.time() - OLD))


def contents(folder: Path, *parts: str) -> set[str]:
    return {p.name for part in parts for p in (folder / part).rglob("*") if p.is_file()}


def put(hub: Hub, repo: str, home: Path, **files: bytes) -> None:
    folder = home / "in" / repo
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / f"{name}.bin").write_bytes(data)
    code = "import sys; from huggingface_hub import HfApi; api = HfApi(); api.create_repo(sys.argv[1]); api.upload_folder(repo_id=sys.argv[1], folder_path=sys.argv[2])"  # fmt: skip
    subprocess.run(
        [sys.executable, "-c", code, repo, folder],
        env=hub.env(home, xet=True),
        cwd=home,
        check=True,
        capture_output=True,
    )


def test_deleted_repositories_give_their_room_back(tmp_path: Path) -> None:
    store, common, alone = tmp_path / "store", os.urandom(400_000), os.urandom(400_000)
    with running(store) as hub:
        kept = hub.seed({"a.txt": "both", "old.bin": common, "d/e/f.txt": "deep"}, "team/kept", large=("old.bin",))
        hub.commit("team/kept", {"new.txt": "newer"}, delete=("old.bin",))  # the history needs it still
        hub.seed(
            {"a.txt": "both", "x.bin": common, "y.bin": alone, "only.txt": "here"},
            "team/gone",
            large=("x.bin", "y.bin"),
        )
        put(hub, "team/xkept", tmp_path, w=common + b"kept")
        put(hub, "team/xgone", tmp_path, w=alone + b"gone", v=common + b"kept")
        before = contents(store, "blobs", "trees", "xet/xorbs")
        for name in ("gone", "xgone"):
            hub.request("DELETE", "/api/repos/delete", {"name": name, "organization": "team", "type": "model"})
        assert contents(store, "blobs", "trees", "xet/xorbs") == before  # not while it is served
        identity = hub.request("GET", "/api/models/team/xkept/xet-read-token/main").json()["casUrl"].rpartition("/")[2]
    with running(store) as hub:  # too young
        assert contents(store, "blobs", "trees", "xet/xorbs") == before and (store / "garbage").exists()
    age(store)
    with running(store) as hub:
        hub.requests()  # all that it said before has come
        assert any("of deleted repositories" in line for line in hub.log)
        left = contents(store, "blobs", "trees", "xet/xorbs")
        assert len(left) < len(before) and not (store / "garbage").exists()
        size = sum(p.stat().st_size for p in (store / "blobs").rglob("*") if p.is_file())
        assert 400_000 < size < 500_000
        assert hub.request("GET", f"/team/kept/resolve/{kept.sha}/old.bin").body == common
        assert hub.request("GET", "/team/kept/resolve/main/d/e/f.txt").body == b"deep"
        assert hub.request("GET", "/team/xkept/resolve/main/w.bin").body == common + b"kept"
        assert len(contents(store, "xet/sha256")) == len(contents(store, "xet/files")) == 1
        # Clients are told that what they remember of this store no longer holds.
        token = hub.request("GET", "/api/models/team/xkept/xet-read-token/main").json()
        assert token["casUrl"].rpartition("/")[2] != identity
        put(hub, "team/xagain", tmp_path, w=alone + b"gone")
        assert hub.request("GET", "/team/xagain/resolve/main/w.bin").body == alone + b"gone"


def test_nothing_goes_where_a_repository_is_damaged(tmp_path: Path) -> None:
    with running(tmp_path / "store") as hub:
        seeded = hub.seed({"a.txt": "a"}, "team/kept")
        hub.seed({"b.txt": "b"}, "team/gone")
        hub.request("DELETE", "/api/repos/delete", {"name": "gone", "organization": "team", "type": "model"})
    age(tmp_path / "store")
    before = contents(tmp_path / "store", "blobs", "trees")
    commit = tmp_path / "store/repos/models--team--kept/commits" / f"{seeded.sha}.json"
    text = commit.read_text()
    commit.write_text("{torn")
    said: list[str] = []
    FolderStore(tmp_path / "store", writable=True, note=said.append).close()
    assert len(said) == 1 and "damaged" in said[0]
    assert contents(tmp_path / "store", "blobs", "trees") == before
    commit.write_text(text)
    copy = tmp_path / "store/repos/models--team--kept.bak.git"
    copy.mkdir()
    FolderStore(tmp_path / "store", writable=True, note=said.append).close()
    assert len(said) == 2 and copy.name in said[1]
    assert contents(tmp_path / "store", "blobs", "trees") == before
    copy.rmdir()
    FolderStore(tmp_path / "store", writable=True).close()
    assert len(contents(tmp_path / "store", "blobs", "trees")) < len(before)
