from typing import Any

import pytest

from hfterm.errors import UsageError
from hfterm.train.folding import folded
from hfterm.train.recipes import SftRecipe


def test_fields_with_options_count_as_these() -> None:
    asked = SftRecipe("m", "d", set={"learning_rate": 1, "max_steps": 5, "adam_beta2": 0.9})
    found = folded(asked)
    assert (found.learning_rate, found.max_steps, found.set) == (1, 5, {"adam_beta2": 0.9})
    assert folded(found) is found


def test_the_same_twice_is_no_contradiction() -> None:
    assert folded(SftRecipe("m", "d", max_steps=5, set={"max_steps": 5})).max_steps == 5


@pytest.mark.parametrize(
    ("given", "settings", "words"),
    [
        ({"max_steps": 6}, {"max_steps": 5}, "--set max_steps=5, but --max-steps is 6; give one of them"),
        ({}, {"max_steps": "many"}, "--set max_steps=many: not a whole number"),
        ({}, {"learning_rate": "fast"}, "--set learning_rate=fast: not a number"),
        ({}, {"gradient_checkpointing": 3}, "--set gradient_checkpointing=3: not true or false"),
        ({}, {"max_steps": True}, "--set max_steps=True: not a whole number"),
    ],
)
def test_contradictions_and_wrong_kinds(given: dict[str, Any], settings: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        folded(SftRecipe("m", "d", **given, set=settings))
    assert str(caught.value) == words
