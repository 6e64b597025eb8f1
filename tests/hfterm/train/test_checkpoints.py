import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hfterm import runs
from hfterm.errors import AccessError, HftermError
from hfterm.train import checkpoints, whole
from support.saved import checkpoint, safetensors

pytestmark = pytest.mark.usefixtures("isolated")

FILES = (
    "config.json",
    "model.safetensors",
    "optimizer.pt",
    "rng_state.pth",
    "scheduler.pt",
    "trainer_state.json",
    "training_args.bin",
)


@pytest.fixture
def run() -> runs.Run:
    return runs.create("demo", {"method": "sft"})


def flip(path: Path) -> None:
    """Turn one bit over in the middle."""
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(held)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "is missing"),
    "truncated": (lambda path: os.truncate(path, path.stat().st_size // 2), "bytes, not"),
    "flipped": (flip, "is not what was saved: its digest differs"),
    "emptied": (lambda path: os.truncate(path, 0), "is empty"),
}


def test_sealed_is_complete_and_says_sizes_and_digests(run: runs.Run) -> None:
    folder = checkpoint(run, 10)
    marker = json.loads((folder / runs.MARKER).read_text())
    assert marker["files"] == {name: (folder / name).stat().st_size for name in FILES}
    assert set(marker["digests"]) == set(FILES) and {len(digest) for digest in marker["digests"].values()} == {64}
    assert runs.complete(folder) and checkpoints.problems(folder) == []
    assert checkpoints.seal(folder) == sum(marker["files"].values()), "sealing again counts the same files"


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("name", FILES)
def test_a_file_damaged_in_any_way_is_named_and_an_earlier_checkpoint_used(run: runs.Run, name: str, how: str) -> None:
    earlier, newest = checkpoint(run, 10), checkpoint(run, 20)
    damage, words = DAMAGE[how]
    damage(newest / name)
    start = checkpoints.start(run)
    assert (start.folder, start.step, start.torn) == (earlier, 10, [])
    assert list(start.damaged) == ["checkpoint-20"]
    assert start.damaged["checkpoint-20"].startswith(f"{name} ") and words in start.damaged["checkpoint-20"]
    assert list(run.checkpoint_folders()) == [10]
    assert (newest.parent / "damaged-20" / runs.MARKER).exists(), "somebody may want the rest of it"
    assert checkpoints.start(run) == checkpoints.Start(earlier), "said once"


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("name", [*FILES[1:6], "training_args.bin"])
def test_a_marker_of_sizes_alone_is_helped_by_the_formats(run: runs.Run, name: str, how: str) -> None:
    """As earlier versions wrote it."""
    newest = [checkpoint(run, step) for step in (10, 20)][1]
    sizes = json.loads((newest / runs.MARKER).read_text())["files"]
    (newest / runs.MARKER).write_text(json.dumps({"files": sizes}))
    assert checkpoints.problems(newest) == []
    if how == "flipped" and name.endswith((".safetensors", ".json")):
        # Their formats have no checksums; a header or a word that is damaged is seen.
        path = newest / name
        path.write_bytes(b"\xff" * 9 + path.read_bytes()[9:])
    else:
        DAMAGE[how][0](newest / name)
    assert checkpoints.start(run).step == 10


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"files": {}}', b'{"files": {"x": "big"}}'])
def test_a_damaged_marker_is_a_damaged_checkpoint(run: runs.Run, content: bytes) -> None:
    checkpoint(run, 10)
    (checkpoint(run, 20) / runs.MARKER).write_bytes(content)
    start = checkpoints.start(run)
    assert start.step == 10 and start.damaged == {"checkpoint-20": f"{runs.MARKER} is missing or damaged"}


def test_two_damaged_and_one_torn(run: runs.Run) -> None:
    for step in (10, 20, 30):
        checkpoint(run, step)
    checkpoint(run, 40, seal=False)
    for step in (20, 30):
        (run.path / "checkpoints" / f"checkpoint-{step}" / "optimizer.pt").unlink()
        (run.path / "checkpoints" / f"checkpoint-{step}" / "rng_state.pth").unlink()
    start = checkpoints.start(run)
    assert start.step == 10 and start.torn == ["checkpoint-40"]
    assert start.damaged == dict.fromkeys(
        ("checkpoint-30", "checkpoint-20"), "optimizer.pt is missing, rng_state.pth is missing"
    )
    assert [step for step, _ in checkpoints.damaged(run)] == [20, 30]
    # The same step is saved and damaged once more: the newer copy is the one that is put aside.
    (checkpoint(run, 20) / "config.json").write_text("{}")
    assert "config.json" in checkpoints.start(run).damaged["checkpoint-20"]
    assert (run.path / "checkpoints" / "damaged-20" / "optimizer.pt").exists()


def test_nothing_is_touched_when_all_are_damaged(run: runs.Run) -> None:
    flip(checkpoint(run, 10) / "optimizer.pt")
    with pytest.raises(HftermError, match=r"no checkpoint of it is whole \(checkpoint-10: optimizer.pt is not") as told:
        checkpoints.start(run)
    assert str(run.path / "checkpoints") in str(told.value.hint)
    assert list(run.checkpoint_folders()) == [10] and checkpoints.any_sealed(run)


def test_a_checkpoint_that_may_not_be_read_is_not_taken_for_damaged(
    run: runs.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checkpoint(run, 10)

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder / "optimizer.pt"))

    monkeypatch.setattr(whole, "digests", refuse)  # the tests may run as root, who may read anything
    with pytest.raises(AccessError, match=r"permission denied: '.*optimizer\.pt'"):
        checkpoints.start(run)
    assert list(run.checkpoint_folders()) == [10]


def test_a_file_that_the_disk_cannot_read_is_damaged(run: runs.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier, newest = checkpoint(run, 10), checkpoint(run, 20)
    digests = whole.digests

    def broken(folder: Path, *args: object, **kwargs: object) -> dict[str, str]:
        if folder == newest:
            raise OSError(errno.EIO, "Input/output error")
        return digests(folder, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(whole, "digests", broken)
    start = checkpoints.start(run)
    assert start.folder == earlier
    assert start.damaged["checkpoint-20"].startswith("config.json cannot be read: Input/output error")
    assert start.damaged["checkpoint-20"].endswith(" and 4 more")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("optimizer.pt", "optimizer state"),
        ("scheduler.pt", "scheduler state"),
        ("rng_state.pth", "random state"),
        ("trainer_state.json", "trainer state"),
        ("model.safetensors", "weights"),
    ],
)
def test_what_a_run_needs_must_be_there_to_be_sealed(run: runs.Run, name: str, what: str) -> None:
    folder = checkpoint(run, 10, seal=False)
    (folder / name).unlink()
    if name == "model.safetensors":
        (folder / "training_args.bin").unlink()  # it has the suffix of weights
    with pytest.raises(HftermError, match=f"checkpoint-10 was not saved whole: it has no {what}"):
        checkpoints.seal(folder)
    assert not (folder / runs.MARKER).exists()


def test_other_ways_to_save_have_all_that_is_needed(run: runs.Run) -> None:
    """DeepSpeed keeps weights, optimizer and scheduler in a folder of its own, FSDP folders of shards."""
    folder = checkpoint(run, 10, seal=False)
    for name in ("model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth"):
        (folder / name).unlink()
    (folder / "global_step10").mkdir()
    (folder / "global_step10" / "mp_rank_00_model_states.pt").write_bytes(b"PK")
    (folder / "rng_state_1.pth").write_bytes(b"PK")
    assert checkpoints.lacking(folder) == []
    shutil.rmtree(folder / "global_step10")
    for name in ("pytorch_model_fsdp_0", "optimizer_0"):
        (folder / name).mkdir()
    assert checkpoints.lacking(folder) == ["scheduler state"]


def test_a_file_that_was_not_written_whole_is_never_sealed(run: runs.Run) -> None:
    folder = checkpoint(run, 10, seal=False)
    (folder / "model.safetensors").write_bytes(safetensors()[:-1])
    with pytest.raises(HftermError, match=r"model\.safetensors has \d+ bytes where its header says"):
        checkpoints.seal(folder)


def test_sweep_removes_only_what_was_never_whole(run: runs.Run) -> None:
    checkpoint(run, 10)
    checkpoint(run, 20, seal=False)
    (checkpoint(run, 30) / "model.safetensors").write_bytes(b"x")
    (run.path / ".output.abc.tmp").mkdir()
    (run.path / "checkpoints" / "tmp-checkpoint-40").mkdir()
    assert checkpoints.sweep(run) == ["checkpoint-20"]
    assert list(run.checkpoint_folders()) == [10, 30]
    assert not (run.path / ".output.abc.tmp").exists()
    assert not (run.path / "checkpoints" / "tmp-checkpoint-40").exists()


def test_a_run_without_checkpoints_begins_at_step_0(run: runs.Run) -> None:
    assert checkpoints.start(run) == checkpoints.Start(None) and checkpoints.Start(None).step == 0
    checkpoint(run, 10, seal=False)
    assert checkpoints.start(run) == checkpoints.Start(None, ["checkpoint-10"])
    assert not checkpoints.any_sealed(run)
