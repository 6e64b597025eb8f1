import pytest

from hfterm.errors import UsageError
from hfterm.train.sweep.grid import axes, combinations


def test_axes_write_short_names_out_and_keep_lists_whole() -> None:
    assert axes(["lr=1e-4,3e-4", "r=8", "target_modules=[q,v],all-linear", "max-steps=1,1"]) == [
        ("learning_rate", ("1e-4", "3e-4")),
        ("peft.r", ("8",)),
        ("peft.target_modules", ("[q,v]", "all-linear")),
        ("max_steps", ("1",)),
    ]


def test_every_combination_in_order() -> None:
    assert combinations([("a", ("1", "2")), ("b", ("x", "y"))]) == [
        (("a", "1"), ("b", "x")), (("a", "1"), ("b", "y")), (("a", "2"), ("b", "x")), (("a", "2"), ("b", "y")),
    ]  # fmt: skip


def test_a_sample_is_the_same_each_time_and_of_the_grid() -> None:
    grid = [("a", tuple("123456")), ("b", tuple("vwxyz"))]
    some = combinations(grid, 7)
    assert len(set(some)) == 7 and set(some) <= set(combinations(grid)) and some == combinations(grid, 7)
    assert combinations(grid, 1000) == combinations(grid)
    huge = [(str(n), tuple("0123456789")) for n in range(15)]
    assert len(set(combinations(huge, 3))) == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no --grid"),
        (["lr"], "not KEY=VALUE"),
        (["lr="], "no values"),
        (["lr=,"], "no values"),
        (["lr=1", "learning_rate=2"], "stands there twice"),
    ],
)
def test_grids_that_are_none(words: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        axes(words)


def test_too_many_are_refused() -> None:
    with pytest.raises(UsageError, match="--random"):
        combinations([(str(n), tuple("0123456789")) for n in range(5)])
