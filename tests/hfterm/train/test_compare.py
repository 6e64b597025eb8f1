"""Runs side by side."""

import pytest

from hfterm import runs
from hfterm.train.compare import across, compare, settings_of
from support.told_runs import told

pytestmark = pytest.mark.usefixtures("isolated")


def test_results_and_the_settings_that_differ() -> None:
    rows = compare([told("a"), told("b", learning_rate=1e-3, peft_set={"r": 16}, speed=200.0)])
    assert [row["name"] for row in rows] == ["a", "b"] and list(rows[0]) == list(rows[1])
    assert (rows[0]["steps"], rows[0]["loss"], rows[0]["best_loss"]) == (40, 2.0, 2.0)
    assert (rows[0]["eval_loss"], rows[0]["eval_accuracy"]) == (2.5, 0.4)
    assert [row["tokens_per_second"] for row in rows] == [100.0, 200.0]
    assert (rows[0]["peak_memory"], rows[0]["parameters"], rows[0]["device"]) == (2**30, 4096, "cpu")
    assert [(row["learning_rate"], row["peft_set.r"]) for row in rows] == [(2e-4, 8), (1e-3, 16)]
    assert "max_steps" in rows[0] and "git_commit" not in rows[0] and "seed" not in rows[0]


def test_all_settings_and_the_other_way_round() -> None:
    rows = compare([told("a"), told("b")], everything=True)
    assert rows[0]["git_commit"] == "c0ffee" and rows[0]["versions.torch"] == "2.13"
    table = across(rows)
    assert {"": "loss", "a": 2.0, "b": 2.0} in table and all(row[""] != "name" for row in table)


def test_a_run_at_work_and_one_of_an_older_version() -> None:
    going = told("going", steps=20, state="stopped")
    old = runs.create("old", {"method": "sft"})
    old.write_status({"state": "failed"})
    rows = compare([going, old])
    assert (rows[0]["steps"], rows[0]["loss"], rows[0]["best_loss"], rows[0]["eval_loss"]) == (20, 3.0, 3.0, 3.5)
    assert rows[0]["tokens_per_second"] == 100.0 and rows[0]["trainable_parameters"] == 64
    assert rows[1]["state"] == "failed" and rows[1]["loss"] is rows[1]["eval_loss"] is rows[1]["tokens"] is None
    assert settings_of(old) == {} and compare([]) == []


def test_a_setting_that_is_called_like_a_result() -> None:
    rows = compare([told("a"), told("b", max_steps=80)])
    assert [row["recipe.max_steps"] for row in rows] == [40, 80] and rows[0]["max_steps"] == 40
