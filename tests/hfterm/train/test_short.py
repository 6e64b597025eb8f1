"""What a run that is short of memory is told: hints of its own settings."""

from pathlib import Path

import pytest

from hfterm import runs
from hfterm.errors import OutOfMemoryError
from hfterm.train.methods.base import Material, Prepared
from hfterm.train.recipes import SftRecipe
from hfterm.train.short import advised

pytestmark = pytest.mark.usefixtures("isolated")


def prepared(**settings: object) -> Prepared:
    recipe = SftRecipe("m", "d", **settings)  # type: ignore[arg-type]
    return Prepared(recipe, Path("m"), Material(None, None), 10, "cpu", "bfloat16", None)


def test_the_settings_that_help_are_named_in_order() -> None:
    run = runs.create("big", {"method": "sft"})
    error = advised(OutOfMemoryError("host memory ran out", "as ever"), run, prepared())
    assert error.hint == "as ever", "the model was not loaded yet"
    run.append({"event": "begin", "parameters": 8_000_000_000, "trainable_parameters": 8_000_000_000})
    hint = advised(OutOfMemoryError("host memory ran out"), run, prepared(per_device_train_batch_size=8)).hint
    assert hint is not None and hint.startswith(
        "try, one after the other: --per-device-train-batch-size 4 --gradient-accumulation-steps 2; "
        "--gradient-checkpointing; --max-length 512"
    )


def test_what_is_set_already_is_not_advised() -> None:
    run = runs.create("big", {"method": "sft"})
    run.append({"event": "begin", "parameters": 8_000_000_000, "trainable_parameters": 8_000_000_000})
    how = prepared(per_device_train_batch_size=1, gradient_checkpointing=True, max_length=128)
    hint = advised(OutOfMemoryError("host memory ran out"), run, how).hint
    assert hint is not None and hint.startswith("try, one after the other: --peft lora: about 1")
    assert "batch" not in hint and "checkpointing" not in hint and "max-length" not in hint
