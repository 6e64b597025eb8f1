"""Xet files that two repositories of a cache share: counted once, freed with the last."""

import random
from pathlib import Path

import pytest

from hfterm.hub.cache import prune, remove, rows, usage, verify
from hfterm.hub.cache.choose import Chosen, Words
from support.caches import client
from support.hub import Hub

LARGE = random.Random(5).randbytes(1_300_000)
_PUT = """
import sys
from huggingface_hub import HfApi
for name in sys.argv[2:]:
    HfApi().create_repo(name)
    HfApi().upload_folder(repo_id=name, folder_path=sys.argv[1])
"""
_GET = """
import sys
from huggingface_hub import snapshot_download
for name in sys.argv[1:]:
    snapshot_download(name)
"""


def chosen(*words: str) -> list[Chosen]:
    return Words(words).choose()


def size() -> int:
    return next(int(row["size"]) for row in usage.usage() if row["cache"] == "hub")


def test_a_shared_file(hub: Hub, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = hub.fresh("xet"), hub.fresh("xet")
    folder = isolated / "up"
    folder.mkdir()
    (folder / "weights.bin").write_bytes(LARGE)
    client(isolated / "other", _PUT, str(folder), first, second, env=hub.env(xet=True))
    client(isolated, _GET, first, second, env=hub.env(xet=True))
    store = isolated / "hf" / "hub" / "blobs"
    assert (store / ".huggingface-shared-blobs").exists()

    assert [rows.record(one.entry)["size"] > len(LARGE) for one in chosen(first, second)] == [True, True]
    assert len(LARGE) < size() < 2 * len(LARGE)
    assert remove.expected(*chosen(first)) < len(LARGE) < remove.expected(*chosen(first, second))
    freed = remove.remove(*chosen(first))["freed_bytes"]
    assert freed < len(LARGE) < size()
    ask = verify.listings(online=False, note=lambda text: None)
    assert verify.check(chosen(second)[0], ask).problems == []
    # A client without hfterm's care forgets the store.
    for link in (isolated / "hf" / "hub").glob("models--*/blobs/*"):
        if link.is_symlink():
            link.unlink()
    pieces = [piece for piece in prune.plan(rows.entries(), older=0) if piece.what == "shared"]
    assert [piece.size for piece in pieces] == [len(LARGE)]
    assert pieces[0].do() == len(LARGE)
    assert not [path for path in store.rglob("*") if path.is_file() and path.stat().st_size == len(LARGE)]
