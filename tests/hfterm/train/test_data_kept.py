"""What a run keeps of its data, and what it says when that is no longer there."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from hfterm import runs
from hfterm.errors import HftermError, NotFoundError
from hfterm.train import data as run_data
from hfterm.train import data_kept, rows
from hfterm.train.recipes import SftRecipe
from hfterm.train.run import OWN
from support.hub import Hub

ROWS = [{"question": f"Who is {at}?", "answer": f"Nobody: {at}."} for at in range(9)]


def write(path: Path, values: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return path


def started(recipe: SftRecipe, spool: Path) -> tuple[runs.Run, dict[str, Any]]:
    """A run with the data of a recipe."""
    found = run_data.gather(recipe, spool)
    facts: dict[str, Any] = {}
    run = runs.create("x", facts, files=lambda draft: facts.update(data_kept.kept(found, draft)))
    return run, run.facts() | facts


def values(*data: run_data.DataFile) -> list[dict[str, Any]]:
    return [one.value for each in data for one in rows.raw(each)]


def test_small_data_of_several_files_is_copied(isolated: Path) -> None:
    one, two = write(isolated / "a" / "x.jsonl", ROWS[:4]), write(isolated / "b" / "x.jsonl", ROWS[4:])
    recipe = SftRecipe("m", [str(one), str(two)], eval_data=str(two))
    run, facts = started(recipe, isolated)
    shutil.rmtree(isolated / "a")
    shutil.rmtree(isolated / "b")
    data, evaluation = data_kept.again(run, facts)
    assert values(data) == ROWS and values(*evaluation) == ROWS[4:]
    assert (data.name, data.folder) == (recipe.data[0] + ", " + recipe.data[1], isolated)
    assert [piece.shown for piece in data.pieces] == [str(one), str(two)]
    # One of the copies is damaged.
    copy = data.pieces[1].path
    assert copy.is_relative_to(run.path)
    copy.write_text("{}\n")
    with pytest.raises(HftermError, match="has changed since it began"):
        data_kept.again(run, facts)
    copy.unlink()
    with pytest.raises(NotFoundError, match=r"cannot resume: its data .* is gone"):
        data_kept.again(run, facts)
    (run.path / facts["data"]["listed"]).write_text('{"torn')
    with pytest.raises(HftermError, match=r"is damaged and cannot resume: data\.files\.jsonl"):
        data_kept.again(run, facts)


def test_large_data_is_remembered_by_its_digests(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_data, "COPY_UP_TO", 100)
    files = [write(isolated / "set" / f"{at}.jsonl", ROWS[at : at + 3]) for at in (0, 3, 6)]
    run, facts = started(SftRecipe("m", str(isolated / "set")), isolated)
    assert sorted(path.name for path in run.path.iterdir()) == ["data.files.jsonl", "run.json", "status.json"]
    assert values(data_kept.again(run, facts)[0]) == ROWS
    before = files[1].read_text()
    files[1].write_text(before.replace("Nobody", "Anybody"))
    with pytest.raises(HftermError, match=r"3\.jsonl' has changed since it began"):
        data_kept.again(run, facts)
    files[1].unlink()
    with pytest.raises(NotFoundError, match=r"3\.jsonl' is gone"):
        data_kept.again(run, facts)


def test_a_run_of_before_knows_its_one_file(isolated: Path) -> None:
    file = write(isolated / "x.jsonl", ROWS)
    run, facts = started(SftRecipe("m", str(file)), isolated)
    assert facts["data"]["path"] == "data.jsonl"
    for name in ("format", "origin"):
        del facts["data"][name]
    data, evaluation = data_kept.again(run, facts)
    assert values(data) == ROWS and evaluation == ()


def test_other_data_than_the_run_began_with_is_told(isolated: Path) -> None:
    file, other = write(isolated / "x.jsonl", ROWS), write(isolated / "y.jsonl", ROWS[:3])
    whole = SftRecipe("m", str(file), eval_data=str(other))
    run, facts = started(whole, isolated)

    def differs(data: str | list[str], **more: Any) -> str | None:
        return data_kept.differs(run, facts, SftRecipe("m", data, **more), OWN)

    assert differs(str(file), eval_data=str(other)) is None
    assert differs(OWN, eval_data=OWN) is None and differs("-", eval_data=OWN) is None
    assert differs(str(other), eval_data=OWN) == str(other)
    assert differs(OWN, eval_data=str(file)) == str(file)
    assert differs(str(file)) == "none"
    assert differs([str(file), str(other)], eval_data=OWN) == f"{file}, {other}"
    shutil.copy(file, isolated / "same.jsonl")
    assert differs(str(isolated / "same.jsonl"), eval_data=str(other)) is None


def test_several_evaluation_data_are_kept_by_their_names(isolated: Path) -> None:
    files = [write(isolated / f"{name}.jsonl", ROWS[at : at + 2]) for at, name in enumerate(("train", "easy", "hard"))]
    own = [str(files[1]), f"difficult={files[2]}"]
    run, facts = started(SftRecipe("m", str(files[0]), eval_data=own), isolated)
    assert facts["eval_data"]["name"] == f"{files[1]}, {files[2]}"
    for file in files:
        file.unlink()
    data, evals = data_kept.again(run, facts)
    assert values(data) == ROWS[:2] and [one.label for one in evals] == ["easy", "difficult"]
    assert [values(one) for one in evals] == [ROWS[1:3], ROWS[2:4]]
    for at, name in enumerate(("train", "easy", "hard")):
        write(isolated / f"{name}.jsonl", ROWS[at : at + 2])

    def differs(*evals: str) -> str | None:
        return data_kept.differs(run, facts, SftRecipe("m", OWN, eval_data=[*evals]), OWN)

    assert differs(*own) is None
    # The same data by another name has other metrics.
    assert differs(str(files[1]), f"other={files[2]}") is not None and differs(own[0]) == str(files[1])


def test_a_data_set_of_the_hub(hub: Hub, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["".join(json.dumps(row) + "\n" for row in some) for some in (ROWS[:5], ROWS[5:7], ROWS[7:])]
    repo = hub.seed(
        {"data/train.jsonl": lines[0], "data/validation.jsonl": lines[1], "data/test.jsonl": lines[2]}, kind="dataset"
    )
    for name, value in hub.env(isolated).items():
        if name.startswith("HF_"):
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    data, evaluation = run_data.gather(SftRecipe("m", repo.id, eval_data=repo.id), isolated)
    assert values(data) == ROWS[:5] and values(*evaluation) == ROWS[5:7]
    data, evaluation = run_data.gather(SftRecipe("m", repo.id, split="train+test", eval_split="validation"), isolated)
    assert values(data) == ROWS[:5] + ROWS[7:] and values(*evaluation) == ROWS[5:7]
    data, _ = run_data.gather(SftRecipe("m", f"hf://datasets/{repo.id}/data/test.jsonl"), isolated)
    assert values(data) == ROWS[7:]
    # A large one stays in the cache; when it is gone from there, its commit is known.
    monkeypatch.setattr(run_data, "COPY_UP_TO", 10)
    run, facts = started(SftRecipe("m", repo.id), isolated)
    assert values(data_kept.again(run, facts)[0]) == ROWS[:5]
    data_kept.again(run, facts)[0].path.unlink()
    with pytest.raises(NotFoundError, match=f"is gone; get it again: hfterm data get {repo.id}@{repo.sha}"):
        data_kept.again(run, facts)


def test_a_digest_of_the_cache_is_its_blobs_name(tmp_path: Path) -> None:
    digest = "5" * 64
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / digest).write_text("x")
    (tmp_path / "x.jsonl").symlink_to(Path("blobs", digest))
    assert run_data.digest(tmp_path / "x.jsonl") == digest
    assert run_data.digest(tmp_path / "blobs" / digest) != digest


def test_standard_input_beside_a_file(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(isolated / "here" / "x.jsonl", ROWS[3:])
    (isolated / "spool").mkdir()
    monkeypatch.chdir(isolated / "here")
    (isolated / "piped").write_text("".join(json.dumps(row) + "\n" for row in ROWS[:3]))
    with (isolated / "piped").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        run, facts = started(SftRecipe("m", ["-", "x.jsonl"]), isolated / "spool")
    file.unlink()
    data, _ = data_kept.again(run, facts)
    assert values(data) == ROWS and (data.name, data.folder) == ("standard input, x.jsonl", isolated / "here")
    assert sorted(path.name for path in (run.path / "data").iterdir()) == ["standard-input", "x.jsonl"]
