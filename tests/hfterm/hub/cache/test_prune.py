"""What a prune finds, and that it takes nothing else."""

import fcntl
import os
import shutil
import subprocess
import time
from pathlib import Path

from hfterm.hub.cache import prune, rows, scan, usage
from hfterm.hub.cache.layout import root
from support.caches import LARGE, Made, age, client
from support.cli import HFTERM, environment

_LOCAL = """
import sys
from huggingface_hub import snapshot_download, scan_cache_dir
snapshot_download(sys.argv[1], local_files_only=True)
assert not scan_cache_dir().warnings, scan_cache_dir().warnings
"""


def plan(older: float = 0.0, notes: list[str] | None = None, **more: bool) -> list[prune.Piece]:
    note = (lambda text: None) if notes is None else notes.append
    return list(prune.plan(rows.entries(), older=older, note=note, **more))


def kinds(pieces: list[prune.Piece]) -> dict[str, int]:
    found = [piece.what for piece in pieces]
    return {what: found.count(what) for what in sorted(set(found))}


def partial(made: Made, name: str = "0" * 64, size: int = 1000) -> Path:
    path = made.folder() / "blobs" / f"{name}.1a2b3c4d.incomplete"
    path.write_bytes(b"x" * size)
    return path


def test_what_nobody_needs_goes_and_the_rest_works(cache: Made) -> None:
    broken = cache.snapshot("sub/gone.txt")
    broken.symlink_to("../../../blobs/none")
    (cache.snapshot() / "empty").mkdir()
    loose = cache.folder() / "blobs" / ("a" * 40)
    loose.write_bytes(b"y" * 500)
    (cache.folder() / "tmp0x9").mkdir()
    (cache.folder() / "refs" / "main.0123abcd.tmp").write_text("torn")
    partial(cache)
    (cache.root / ".locks" / "models--no--more").mkdir()
    (cache.root / ".locks" / "models--no--more" / "x.lock").touch()
    (cache.root / ".hfterm-import-dead").mkdir()
    pieces = plan()
    assert kinds(pieces) == {
        "content": 1, "folder": 1, "leftover": 3, "link": 1, "locks": 3, "partial": 1, "revision": 1
    }  # fmt: skip
    assert sum(piece.size for piece in pieces) == 2 + 500 + 1000
    assert sum(piece.do() for piece in pieces) >= 1502
    assert plan() == []
    left = next(repo for repo in scan.scan(str(cache.root)) if repo.kind == "model")
    assert (list(left.revisions), left.strays, left.partials, left.loose()) == ([cache.new], [], [], [])
    assert not broken.is_symlink() and not (cache.snapshot() / "empty").exists()
    client(cache.home, _LOCAL, cache.model)


def test_young_and_locked_partial_files_stay(cache: Made) -> None:
    young, old, held = (partial(cache, str(n) * 64) for n in range(3))
    age(old, 3600)
    age(held, 3600)
    future = partial(cache, "3" * 64)
    os.utime(future, (time.time() + 1e7, time.time() + 1e7))
    lock = cache.root / ".locks" / cache.folder().name / f"{'2' * 64}.lock"
    lock.touch()
    notes: list[str] = []
    with lock.open() as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        pieces = plan(older=600, notes=notes)
        assert [piece.path for piece in pieces if piece.what == "partial"] == [str(old)]
        assert [note for note in notes if "3 partial files" in note]
        assert f"{cache.model} is being downloaded" in notes[0]
        for piece in pieces:
            piece.do()
    assert (young.exists(), old.exists(), held.exists(), future.exists()) == (True, False, True, True)


def test_a_partial_file_that_somebody_takes_up_meanwhile_stays(cache: Made) -> None:
    path = partial(cache)
    age(path, 3600)
    (piece,) = [p for p in plan(older=600) if p.what == "partial"]
    path.write_bytes(b"more")  # it goes on
    assert piece.do() == 0
    assert path.read_bytes() == b"more"


def test_a_revision_that_is_named_meanwhile_loses_nothing_else(cache: Made) -> None:
    (piece,) = [p for p in plan() if p.what == "revision"]
    assert piece.size == 2
    piece.do()
    assert piece.do() == 0
    assert cache.snapshot("weights.bin").read_bytes() == LARGE


def test_two_at_once(cache: Made) -> None:
    for number in range(30):
        partial(cache, f"{number:064x}")
    command = [HFTERM, "hub", "cache", "prune", "--older", "0s", "-y", "-q"]
    both = [
        subprocess.Popen(command, env=environment(cache.home), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [one.communicate(timeout=120) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert not list((cache.folder() / "blobs").glob("*.incomplete"))
    for piece in plan():  # what one left to the other while that was at it
        piece.do()
    assert plan() == []
    client(cache.home, _LOCAL, cache.model)


def test_xet_goes_only_when_asked(isolated: Path) -> None:
    endpoint = Path(root("xet")) / "https___cas"
    for name in ("chunk-cache", "shard-cache", "staging"):
        (endpoint / name).mkdir(parents=True)
        (endpoint / name / "f").write_bytes(b"1" * 100)
    assert plan() == []
    (sums,) = [row for row in usage.usage() if row["cache"] == "xet"]
    assert (sums["size"], sums["reclaimable"]) == (300, 200)
    assert sum(piece.do() for piece in plan(xet=True)) == 200
    assert [path.name for path in endpoint.iterdir()] == ["staging"]


def test_data_sets_that_were_never_prepared_to_the_end(isolated: Path) -> None:
    builder = Path(root("prepared")) / "org___name" / "default"
    (builder / "0.0.0.incomplete").mkdir(parents=True)
    (builder / "0.0.0.incomplete" / "part.arrow").write_bytes(b"1" * 100)
    (builder / "0.0.0").mkdir()
    (builder / "0.0.0" / "data.arrow").write_bytes(b"2" * 50)
    assert plan(older=3600) == []
    assert sum(piece.do() for piece in plan()) == 100
    assert [path.name for path in builder.iterdir()] == ["0.0.0"]


def test_references_that_a_killed_get_left_among_the_locks_go(cache: Made) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    locks, gone = cache.root / ".locks" / cache.folder().name, cache.root / ".locks" / "models--no--more"
    gone.mkdir()
    left = [locks / f"ref-{ended.pid}.tmp", gone / f"ref-{ended.pid}.tmp"]
    stay = [locks / f"ref-{os.getpid()}.tmp", locks / "notes.tmp"]
    for path in (*left, *stay):
        path.write_text("0" * 40)
    assert [piece.what for piece in plan(older=3600)] == ["revision"]
    for path in left:
        age(path, 7200)
    pieces = [piece for piece in plan(older=3600) if piece.what == "locks"]
    assert {piece.path for piece in pieces} == {str(locks), str(gone)}
    for piece in pieces:
        piece.do()
    assert not gone.exists() and not left[0].exists() and all(path.exists() for path in stay)


def test_an_empty_repository_goes(cache: Made) -> None:
    shutil.rmtree(cache.folder() / "snapshots")
    shutil.rmtree(cache.folder() / "blobs")
    assert [piece.path for piece in plan() if piece.what == "empty"] == [str(cache.folder())]
    for piece in plan():
        piece.do()
    assert not cache.folder().exists()
