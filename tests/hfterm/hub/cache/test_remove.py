"""What is removed is what was named, and every moment in between is a whole cache."""

import fcntl
import json
import os

import pytest

from hfterm.errors import AccessError, HftermError, NotFoundError
from hfterm.hub.cache import remove, scan
from hfterm.hub.cache.choose import Chosen, Words
from hfterm.hub.cache.erase import Eraser
from hfterm.text import to_json
from support.caches import LARGE, Made, client
from support.hub import Hub

_LOCAL = """
import sys
from huggingface_hub import snapshot_download, scan_cache_dir
print(snapshot_download(sys.argv[1], local_files_only=True))
assert not scan_cache_dir().warnings
"""


def chosen(*words: str) -> list[Chosen]:
    return Words(words).choose()


def model(made: Made) -> scan.CachedRepo:
    return next(repo for repo in scan.scan(str(made.root)) if repo.kind == "model")


def test_a_repository_goes_wholly(cache: Made) -> None:
    (one,) = chosen(cache.model)
    size = model(cache).size
    assert remove.expected(one) == size
    freed = remove.remove(one)
    assert freed["ref"] == cache.model and size <= freed["freed_bytes"] < size + 10_000  # and the kept listings
    assert not cache.folder().exists()
    assert not (cache.root / ".locks" / cache.folder().name).exists()
    assert [repo.kind for repo in scan.scan(str(cache.root))] == ["dataset"]


def test_a_revision_goes_with_what_only_it_has(cache: Made) -> None:
    (one,) = chosen(f"{cache.model}@{cache.old[:8]}")
    assert remove.expected(one) == len("{}")
    remove.remove(one)
    left = model(cache)
    assert list(left.revisions) == [cache.new] and left.loose() == [] and left.dangling() == []
    assert client(cache.home, _LOCAL, cache.model).strip() == str(cache.snapshot())


def test_a_file_goes_and_the_client_gets_it_again(cache: Made, hub: Hub) -> None:
    (one,) = chosen(f"hf://{cache.model}/weights.bin")
    assert remove.expected(one) == len(LARGE)
    assert remove.remove(one)["freed_bytes"] == len(LARGE)
    assert not cache.snapshot("weights.bin").is_symlink()
    code = "import sys; from huggingface_hub import hf_hub_download as get; get(sys.argv[1], 'weights.bin')"
    client(cache.home, code, cache.model, env=hub.env())
    assert cache.snapshot("weights.bin").read_bytes() == LARGE


def test_the_bytes_of_a_file_that_others_keep_are_not_freed(cache: Made) -> None:
    os.link(cache.snapshot("weights.bin").resolve(), cache.home / "kept")
    (one,) = chosen(f"{cache.model}@main/weights.bin")
    other = cache.folder() / "snapshots" / cache.old / "weights.bin"
    assert remove.expected(one) == 0
    remove.remove(one)
    assert other.exists()  # the other commit has it too
    (one,) = chosen(f"{cache.model}@{cache.old}/weights.bin")
    assert (remove.expected(one), remove.remove(one)["freed_bytes"]) == (0, 0)
    assert not other.exists() and (cache.home / "kept").read_bytes() == LARGE


def test_what_is_being_downloaded_stays(cache: Made) -> None:
    lock = next((cache.root / ".locks" / cache.folder().name).iterdir())
    (one,) = chosen(cache.model)
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(HftermError, match=f"{cache.model} is being downloaded by .*process"):
            remove.remove(one)
    assert model(cache).size == remove.expected(one)
    remove.remove(one)
    assert not cache.folder().exists()


def test_what_comes_in_meanwhile_stays(cache: Made) -> None:
    (one,) = chosen(cache.model)
    late = cache.folder() / "blobs" / "late"
    real = os.rmdir
    late_once = iter([True])

    def rmdir(path: str) -> None:
        if next(late_once, False):
            late.parent.mkdir(exist_ok=True)
            late.write_text("new")
        real(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.rmdir", rmdir)
        remove.remove(one)
    assert late.read_text() == "new"


def test_removing_twice_at_once_is_no_error(cache: Made) -> None:
    (one,), (again,) = chosen(cache.model), chosen(cache.model)
    remove.remove(one)
    assert remove.remove(again) == {"ref": cache.model, "freed_bytes": 0}


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="a file that even root may not delete")
def test_what_may_not_be_deleted_is_told() -> None:
    with pytest.raises(AccessError, match=r"cannot change '/proc/self/status': \w+"):
        Eraser().file("/proc/self/status")


def test_names_that_fit_nothing_say_what_is_near(cache: Made) -> None:
    with pytest.raises(NotFoundError, match=rf"did you mean datasets/{cache.data}\?"):
        chosen(cache.data)
    with pytest.raises(NotFoundError, match="it has main"):
        chosen(f"{cache.model}@v9")
    with pytest.raises(NotFoundError, match=r"no file 'none\.bin'"):
        chosen(f"{cache.model}@main/none.bin")
    assert [one.ref for one in chosen("team/*")] == [cache.model]
    assert [one.ref for one in chosen(f"dataset/{cache.data}")] == [f"datasets/{cache.data}"]
    assert json.loads(to_json(remove.record(chosen(f"hf://datasets/{cache.data}")[0])))["type"] == "dataset"
