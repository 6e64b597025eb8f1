import json
from pathlib import Path
from typing import Any

import pytest

from hfterm import runs
from hfterm.errors import ConfigError, UsageError
from hfterm.train.schema.document import Document, parse
from hfterm.train.sweep import trials
from hfterm.train.sweep.grid import axes, combinations
from hfterm.train.sweep.trials import Trial

RECIPE = b"method: sft\nmodel: m\ndata: d\npeft: {method: lora, r: 8}\n"


def planned(*grid: str, prefix: str = "x", over: tuple[tuple[str, str], ...] = (), text: bytes = RECIPE) -> list[Trial]:
    return trials.plan(parse(text, "r.yaml"), over, combinations(axes(grid)), prefix)


def begun(trial: Trial, status: dict[str, Any], **asked: Any) -> runs.Run:
    facts = {"method": "sft", "recipe": {}, "asked": {**json.loads(json.dumps(trial.recipe.as_dict())), **asked}}
    run = runs.create(trial.name, facts)
    run.write_status(status)
    return run


def test_each_run_has_its_name_and_its_recipe(known: Path) -> None:
    found = planned("lr=1e-4,3e-4", "r=4,8", over=(("steps", "7"),))
    assert [one.name for one in found] == ["x-1", "x-2", "x-3", "x-4"]
    assert [one.settings() for one in found][:2] == [{"learning_rate": 1e-4, "peft.r": 4}, {"learning_rate": 1e-4, "peft.r": 8}]  # fmt: skip
    assert all(one.recipe.max_steps == 7 and one.state() == "new" for one in found)
    assert planned("optim=sgd,adamw_torch")[0].settings() == {"optim": "sgd"}


def test_a_wrong_value_is_told_before_anything_begins(known: Path) -> None:
    with pytest.raises(ConfigError, match="--grid: learning_rate=x: not a number"):
        planned("lr=1e-4,x")
    with pytest.raises(ConfigError, match="--grid: nope: neither a key"):
        planned("nope=1")
    with pytest.raises(UsageError, match="standard input is there once"):
        planned("data=-")
    with pytest.raises(UsageError, match="cannot be a run's name"):
        planned("lr=1", prefix="a/b")


def test_runs_that_began_otherwise_are_not_gone_on_with(known: Path) -> None:
    trial = planned("lr=1e-4,3e-4")[1]
    begun(trial, {"state": "stopped"})
    assert [one.state() for one in planned("lr=1e-4,3e-4")] == ["new", "stopped"]
    with pytest.raises(UsageError, match=r"run 'x-2' exists and began with learning_rate=0\.0003"):
        planned("lr=1e-4,5e-4")
    with pytest.raises(UsageError, match="run 'x-2' exists and began with seed=42"):
        planned("lr=1e-4,3e-4", over=(("seed", "1"),))
    with pytest.raises(UsageError, match="began with model=m"):
        planned("model=m2,m3")
    planned("lr=1e-4,3e-4", over=(("device", "cpu"),))


def test_what_came_of_a_run(known: Path) -> None:
    done, failed, new = planned("lr=1,2,3")
    metrics = {"eval_loss": 1.5, "eval_runtime": 3.0, "eval_accuracy": 0.5}
    begun(done, {"state": "done", "step": 9, "seconds": 2.0, "loss": 7, "result": {"final_loss": 1.25, "metrics": metrics}})  # fmt: skip
    (done.run().path / "output").mkdir()
    begun(failed, {"state": "failed", "step": 3, "error": "no luck"})
    assert done.record() == {
        "run": "x-1", "state": "done", "learning_rate": 1.0, "loss": 1.25, "eval_loss": 1.5, "eval_accuracy": 0.5,
        "steps": 9, "seconds": 2.0, "output": str(done.run().path / "output"), "error": None,
    }  # fmt: skip
    assert failed.record("exit 1")["state"] == "failed" and "no luck" in failed.record("exit 1")["error"]
    assert (new.record("exit 3")["state"], new.record("exit 3")["error"]) == ("failed", "exit 3")


def test_the_best_comes_first() -> None:
    rows: list[dict[str, Any]] = [
        {"run": "a", "loss": 2.0, "eval_accuracy": 0.1},
        {"run": "b", "loss": None, "eval_accuracy": 0.9},
        {"run": "c", "loss": float("nan")},
        {"run": "d", "loss": 1.0, "eval_accuracy": 0.5},
    ]
    assert [row["run"] for row in trials.best_first(rows, "loss")] == ["d", "a", "b", "c"]
    assert [row["run"] for row in trials.best_first(rows, "eval_accuracy")] == ["b", "d", "a", "c"]
    assert trials.metric_of(rows) == "loss" and trials.metric_of([*rows, {"eval_loss": 1.0}]) == "eval_loss"


@pytest.mark.parametrize(
    ("name", "prefix"),
    [("my recipe.yaml", "my-recipe"), ("a/lr.v2.toml", "lr.v2"), ("standard input", "sweep"), ("ä.yaml", "sweep")],
)
def test_runs_are_named_after_the_file(name: str, prefix: str) -> None:
    assert trials.default_prefix(Document(name, {})) == prefix
