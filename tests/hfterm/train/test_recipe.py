import dataclasses
from typing import Any

import pytest

from hfterm.errors import ConfigError, UsageError
from hfterm.train.recipe import parse_settings, parse_value
from hfterm.train.recipes import RECIPES, SftRecipe, from_dict


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8", 8),
        ("1e-4", 1e-4),
        (".5", 0.5),
        ("-3", -3),
        ("true", True),
        ("No", False),
        ("none", None),
        ("all-linear", "all-linear"),
        ("q_proj,v_proj", ["q_proj", "v_proj"]),
        ("[q_proj]", ["q_proj"]),
        ("1,2.5", [1, 2.5]),
        ('["a","b"]', ["a", "b"]),
        ('{"a": 1}', {"a": 1}),
        ("1.2.3", "1.2.3"),
        ("", ""),
    ],
)
def test_values_from_the_command_line(text: str, value: Any) -> None:
    assert parse_value(text) == value


def test_settings_need_an_equals_sign() -> None:
    assert parse_settings(["r=8", "a = b=c"], "--peft-set") == {"r": 8, "a": "b=c"}
    with pytest.raises(UsageError, match="--peft-set r8: not KEY=VALUE"):
        parse_settings(["r8"], "--peft-set")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("num_train_epochs", -1.0),
        ("max_steps", 0),
        ("save_steps", 0),
        ("per_device_train_batch_size", 0),
        ("warmup_steps", -1.0),
        ("weight_decay", float("inf")),
        ("seed", -1),
        ("seed", 2**32),
        ("max_length", 1),
        ("dtype", "float8"),
    ],
)
def test_senseless_numbers_name_their_option(field: str, value: Any) -> None:
    with pytest.raises(UsageError, match="--" + field.replace("_", "-") if field != "dtype" else "float8"):
        dataclasses.replace(SftRecipe("m", "d"), **{field: value}).check()


def test_round_trip_and_unknown_keys() -> None:
    recipe = SftRecipe("m", "d", peft_set={"r": 8}, max_steps=3)
    assert from_dict("sft", recipe.as_dict()) == recipe
    with pytest.raises(ConfigError, match="did you mean 'max_steps'"):
        from_dict("sft", {**recipe.as_dict(), "max_step": 1})
    with pytest.raises(UsageError, match="did you mean 'sft'"):
        from_dict("stf", recipe.as_dict())
    with pytest.raises(ConfigError, match="not whole"):
        from_dict("sft", {"model": "m"})


def test_every_field_has_help() -> None:
    for method, recipe in RECIPES.items():
        assert method == recipe.METHOD
        for field in dataclasses.fields(recipe):
            assert field.name in ("model", "data") or field.metadata["help"].endswith((".", "[required]"))
