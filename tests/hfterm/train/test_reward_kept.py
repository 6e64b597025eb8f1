"""Files of reward functions that change between two lives of a run."""

import json
from pathlib import Path
from typing import Any

import pytest

from hfterm import runs
from hfterm.errors import HftermError, NotFoundError
from hfterm.output import Output
from hfterm.train import data as run_data
from hfterm.train import data_kept, reward_kept
from hfterm.train.preference_recipes import GrpoRecipe
from hfterm.train.recipes import SftRecipe
from hfterm.train.run import train

RULES = "def score(completions, **_):\n    return [1.0 for _ in completions]\n"


def started(recipe: GrpoRecipe) -> runs.Run:
    return runs.create("x", {}, files=lambda draft: reward_kept.keep(recipe, draft))


def test_an_edited_reward_is_refused_until_it_is_accepted(isolated: Path) -> None:
    rules = isolated / "rules.py"
    rules.write_text(RULES)
    other = isolated / "more" / "rules.py"
    other.parent.mkdir()
    other.write_text(RULES + "#\n")
    run = started(GrpoRecipe("m", "d", reward=["exact", f"{rules}:score", f"{rules}:score", f"{other}:score"]))
    kept = run.path / reward_kept.FOLDER
    assert (kept / "rules.py").read_text() == RULES and (kept / "2-rules.py").read_text() == RULES + "#\n"
    reward_kept.check(run)
    assert reward_kept.accept(run) == []
    rules.write_text(RULES.replace("1.0", "2.0"))
    with pytest.raises(HftermError, match=r"its reward '.*rules\.py' has changed since it began") as refused:
        reward_kept.check(run)
    assert "rewards/rules.py" in str(refused.value.hint) and "resume x --changed-reward" in str(refused.value.hint)
    assert reward_kept.accept(run) == [str(rules.resolve())]
    reward_kept.check(run)
    assert "2.0" in (kept / "rules.py").read_text() and (kept / "rules.py.1").read_text() == RULES
    (event,) = run.events()
    assert event["event"] == "reward" and event["before"] != event["sha256"]
    rules.write_text(RULES)
    assert reward_kept.accept(run) and (kept / "rules.py.2").is_file()
    rules.unlink()
    for refuse in (reward_kept.check, reward_kept.accept):
        with pytest.raises(NotFoundError, match="is gone"):
            refuse(run)


def test_a_run_does_not_go_on_with_another_reward(isolated: Path) -> None:
    rules, data = isolated / "rules.py", isolated / "d.jsonl"
    rules.write_text(RULES)
    data.write_text('{"prompt": "a"}\n')
    recipe = GrpoRecipe(str(isolated / "none"), str(data), reward=[f"{rules}:score"])
    facts: dict[str, Any] = {"method": "grpo", "model": recipe.model, "model_path": recipe.model}
    facts |= {"asked": recipe.as_dict(), "recipe": recipe.as_dict()}
    sources = run_data.gather(recipe, isolated)

    def fill(draft: Path) -> None:
        facts.update(data_kept.kept(sources, draft))
        reward_kept.keep(recipe, draft)

    run = runs.create("x", facts, files=fill)
    run.write_status({**run.status(), "state": "stopped"})
    rules.write_text(RULES + "# better\n")
    with pytest.raises(HftermError, match="the file of its reward"):
        train(None, Output(quiet=True), name="x", resume=True)
    reward_kept.accept(run)
    with pytest.raises(HftermError, match="none"):  # the model, which is looked for next
        train(None, Output(quiet=True), name="x", resume=True)


def test_a_run_without_such_a_reward_keeps_nothing(isolated: Path) -> None:
    run = runs.create("x", {}, files=lambda draft: reward_kept.keep(SftRecipe("m", "d"), draft))
    assert not (run.path / reward_kept.FOLDER).exists()
    reward_kept.check(run)
    assert reward_kept.accept(run) == []
    (run.path / reward_kept.FOLDER).mkdir()
    (run.path / reward_kept.FOLDER / reward_kept.LIST).write_text(json.dumps([{"size": 1}]))
    with pytest.raises(HftermError, match="is damaged"):
        reward_kept.check(run)


def test_what_a_reward_imports_from_its_folder_is_part_of_it(isolated: Path) -> None:
    rules, words, inner = isolated / "rules.py", isolated / "words.py", isolated / "pack" / "inner.py"
    inner.parent.mkdir()
    rules.write_text("import words\n" + RULES)
    words.write_text("def late():\n    from pack import inner\n    return inner\n")
    inner.write_text("GOOD = 1\n")
    run = started(GrpoRecipe("m", "d", reward=[f"{rules}:score"]))
    kept = run.path / reward_kept.FOLDER
    assert {path.name for path in kept.iterdir()} == {"rules.py", "words.py", "inner.py", reward_kept.LIST}
    reward_kept.check(run)
    inner.write_text("GOOD = 2\n")
    with pytest.raises(HftermError, match=r"a module of its reward '.*inner\.py' has changed") as refused:
        reward_kept.check(run)
    assert "rewards/inner.py" in str(refused.value.hint)
    assert reward_kept.accept(run) == [str(inner.resolve())] and (kept / "inner.py.1").read_text() == "GOOD = 1\n"
    reward_kept.check(run)
    # One that is imported no more may go, and another may come.
    inner.unlink()
    with pytest.raises(NotFoundError, match="is gone"):
        reward_kept.check(run)
    (isolated / "other.py").write_text("")
    words.write_text("import other\n")
    assert reward_kept.accept(run) == [str(words.resolve())] and (kept / "other.py").is_file()
    reward_kept.check(run)
    (isolated / "other.py").write_text("#\n")
    with pytest.raises(HftermError, match=r"other\.py' has changed"):
        reward_kept.check(run)


def weights(value: int) -> bytes:
    """A safetensors file of one byte."""
    header = b'{"w": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}}'
    return len(header).to_bytes(8, "little") + header + bytes([value])


def test_a_reward_model_that_is_trained_anew_is_another_one(isolated: Path) -> None:
    model = isolated / "judge"
    model.mkdir()
    (model / "config.json").write_text('{"architectures": ["LlamaForSequenceClassification"], "model_type": "llama"}')
    (model / "model.safetensors").write_bytes(weights(1))
    (model / "training_args.bin").write_bytes(b"no part of it")
    run = started(GrpoRecipe("m", "d", reward=["exact", str(model)]))
    (model / "training_args.bin").write_bytes(b"other")
    reward_kept.check(run)
    (model / "model.safetensors").write_bytes(weights(2))
    with pytest.raises(HftermError, match=r"its reward model '.*judge' has changed since it began") as refused:
        reward_kept.check(run)
    assert "--changed-reward" in str(refused.value.hint) and "kept at" not in str(refused.value.hint)
    assert reward_kept.accept(run) == [str(model)]
    reward_kept.check(run)
    model.rename(isolated / "gone")
    for refuse in (reward_kept.check, reward_kept.accept):
        with pytest.raises(NotFoundError, match=r"its reward model .* is gone"):
            refuse(run)


def test_a_list_from_before_modules_were_kept_still_counts(isolated: Path) -> None:
    rules = isolated / "rules.py"
    rules.write_text("import words\n" + RULES)
    run = started(GrpoRecipe("m", "d", reward=[f"{rules}:score"]))
    path = run.path / reward_kept.FOLDER / reward_kept.LIST
    path.write_text(json.dumps([{k: v for k, v in one.items() if k != "kind"} for one in json.loads(path.read_text())]))
    (isolated / "words.py").write_text("")
    reward_kept.check(run)
    assert reward_kept.accept(run) == []
    (isolated / "words.py").write_text("#\n")
    with pytest.raises(HftermError, match="a module of its reward"):
        reward_kept.check(run)
