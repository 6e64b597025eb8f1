"""Runs and metrics in words."""

import math
from types import SimpleNamespace
from typing import Any

import pytest

from hfterm import runs
from hfterm.dashboard import run_words


@pytest.mark.parametrize("state", [*runs.STATES, "live", "idle"])
def test_every_state_has_a_sign_of_one_cell_and_a_role(state: str) -> None:
    assert len(run_words.sign(state)) == len(run_words.sign(state, ascii_only=True)) == 1
    assert run_words.sign(state, ascii_only=True).isascii()
    assert run_words.role(state) in ("good", "warn", "bad", "dim")


def test_signs_tell_states_apart() -> None:
    for ascii_only in (False, True):
        assert len({run_words.sign(state, ascii_only=ascii_only) for state in runs.STATES}) == len(runs.STATES)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "now"), (59, "now"), (60, "1m"), (3599, "59m"), (3600, "1h"), (47 * 3600, "47h"), (48 * 3600, "2d"),
        (400 * 86400, "1y"), (1e12, "999y"), (None, ""), (math.nan, ""), (-5, "now"),
    ],
)  # fmt: skip
def test_how_long_ago_fits_four_cells(seconds: float | None, text: str) -> None:
    assert run_words.age(seconds) == text and len(text) <= 4
    assert run_words.ago(seconds) == (text if text in ("", "now") else f"{text} ago")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (9999, "9999"),
        (10_000, "10.0k"),
        (123_456, "123k"),
        (1_234_567, "1.2M"),
        (5e9, "5.0G"),
        (2e13, "20.0T"),
    ],
)
def test_steps_fit_five_cells(number: float, text: str) -> None:
    assert run_words.count(number) == text and len(text) <= 5


def test_how_far_a_run_is() -> None:
    def run(step: int | None, most: int | None) -> Any:
        return SimpleNamespace(step=step, max_steps=most, eta=None, key="run:x", name="x")

    assert [run_words.progress(run(*p)) for p in ((None, None), (5, None), (5, 20_000))] == ["", "5", "5/20.0k"]
    assert [run_words.share(run(*p)) for p in ((None, None), (None, 10), (5, 10), (99, 10))] == [None, 0, 0.5, 1]
    assert run_words.reference(run(1, 1)) == "run:x"
    assert run_words.reference(SimpleNamespace(key="path:/x", name="x")) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [("1970-01-01T00:01:40Z", 900.0), ("1970-01-01T01:00:00Z", 0.0), ("yesterday", None), (None, None)],
)
def test_seconds_since_a_moment(moment: Any, seconds: float | None) -> None:
    assert run_words.since(moment, 1000.0) == seconds


def test_the_metrics_that_people_look_at_come_first() -> None:
    logged = ["epoch", "b/weird", "learning_rate", "eval_loss", "loss", "a/weird", "grad_norm", "reward", "loss"]
    assert run_words.ordered(logged) == [
        "loss", "eval_loss", "reward", "grad_norm", "learning_rate", "b/weird", "a/weird", "epoch",
    ]  # fmt: skip
    assert run_words.ordered(["eval/runtime", "eval/loss", "train/loss", "eval/accuracy"])[:3] == [
        "train/loss", "eval/loss", "eval/accuracy",
    ]  # fmt: skip
