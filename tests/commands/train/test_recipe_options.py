from typing import Any

import click
import pytest
from click.testing import CliRunner

from hfterm.commands.train._recipe import given, recipe_options
from hfterm.train.recipes import recipe_class


@pytest.mark.parametrize(
    ("words", "settings", "variable", "expected"),
    [
        ([], {}, None, {}),
        (["--eval-data", "a b.jsonl"], {}, None, {"eval_data": "a b.jsonl"}),
        (["--eval-data", "a", "--eval-data", "x=b"], {}, None, {"eval_data": ["a", "x=b"]}),
        ([], {"eval_data": "a b.jsonl"}, None, {"eval_data": "a b.jsonl"}),
        ([], {"eval_data": ["a", "b"]}, None, {"eval_data": ["a", "b"]}),
        ([], {}, "a b.jsonl", {"eval_data": "a b.jsonl"}),
        (["--eval-data", "c"], {"eval_data": "a"}, "b", {"eval_data": "c"}),
        ([], {"columns": "prompt=question"}, None, {"columns": {"prompt": "question"}}),
        (
            ["--set", "adam_beta2=0.9", "--peft-set", "r=8"],
            {},
            None,
            {"set": {"adam_beta2": 0.9}, "peft_set": {"r": 8}},
        ),
    ],
)
def test_options_that_may_be_given_again(
    words: list[str], settings: dict[str, Any], variable: str | None, expected: dict[str, Any]
) -> None:
    found: list[dict[str, Any]] = []

    @click.command()
    @recipe_options(recipe_class("sft"), "model", "data")
    def command(**options: Any) -> None:
        found.append(given(options))

    env = {"T_EVAL_DATA": variable}
    done = CliRunner().invoke(command, words, env=env, default_map=settings, auto_envvar_prefix="T")
    assert done.exit_code == 0, done.output
    assert found == [expected]
