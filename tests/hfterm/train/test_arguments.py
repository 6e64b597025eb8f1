import os
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import MissingExtraError, UsageError
from hfterm.train.arguments import check_settings, report_to, steps_for, training_arguments
from hfterm.train.recipes import SftRecipe


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"max_grad_nrm": 1}, "no such field; did you mean 'max_grad_norm'"),
        ({"max_grad_norm": "abc"}, "max_grad_norm=abc: not a number"),
        ({"dataloader_num_workers": 1.5}, "not a whole number"),
        ({"optim": "adamwtorch"}, "did you mean 'adamw_torch'"),
        ({"learning_rate": 1}, "use --learning-rate"),
        ({"output_dir": "x"}, "hfterm decides it; use --name"),
        ({"bf16": True}, "use --dtype"),
    ],
)
def test_wrong_settings_say_what_to_do(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_settings(settings, SftRecipe)


def test_right_settings_arrive() -> None:
    settings = {"max_grad_norm": 1, "optim": "adamw_torch", "adam_beta2": 0.9, "neftune_noise_alpha": None}
    recipe = SftRecipe("m", "d", learning_rate=1e-3, logging_steps=1, eval_steps=1, warmup_steps=5.0, set=settings)
    arguments = training_arguments(recipe, Path("checkpoints"), device="cpu", dtype="float32")
    assert (arguments.max_grad_norm, arguments.adam_beta2, arguments.warmup_steps) == (1, 0.9, 5)
    assert arguments.n_gpu <= 1 and arguments.use_cpu and arguments.disable_tqdm


def test_an_unknown_course_names_the_nearest() -> None:
    recipe = SftRecipe("m", "d", learning_rate=1e-3, logging_steps=1, eval_steps=1, lr_scheduler_type="cosin")
    with pytest.raises(UsageError, match="did you mean 'cosine'"):
        training_arguments(recipe, Path("checkpoints"), device="cpu", dtype="float32")


@pytest.mark.parametrize(
    ("examples", "batch", "accumulate", "epochs", "steps"),
    [(24, 4, 1, 3.0, 18), (25, 4, 1, 1.0, 7), (25, 4, 2, 1.0, 4), (1, 8, 4, 2.0, 2), (10, 1, 1, 0.25, 3)],
)
def test_steps(examples: int, batch: int, accumulate: int, epochs: float, steps: int) -> None:
    recipe = SftRecipe(
        "m", "d", per_device_train_batch_size=batch, gradient_accumulation_steps=accumulate, num_train_epochs=epochs
    )
    assert steps_for(examples, recipe) == steps


def test_trackers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", "")  # so that it is put back
    monkeypatch.delenv("TENSORBOARD_LOGGING_DIR")
    assert report_to(None, tmp_path) == report_to("none", tmp_path) == []
    assert report_to("tensorboard", Path()) == ["tensorboard"] and "TENSORBOARD_LOGGING_DIR" not in os.environ
    assert report_to(" tensorboard, none", tmp_path) == ["tensorboard"]
    assert os.environ["TENSORBOARD_LOGGING_DIR"] == str(tmp_path / "tensorboard")
    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", "/my/own")
    assert report_to("tensorboard", tmp_path) and os.environ["TENSORBOARD_LOGGING_DIR"] == "/my/own"
    with pytest.raises(UsageError, match="no such tracker 'wandbb'; did you mean 'wandb'"):
        report_to("wandbb", tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="--report-to mlflow needs mlflow, which is not installed; run: pip"):
        report_to("mlflow", tmp_path)
