"""Which GPUs --gpus means."""

import pytest

from hfterm.errors import UsageError
from hfterm.train.launch import devices


@pytest.mark.parametrize(
    ("asked", "count", "chosen"),
    [
        (None, 4, [0, 1, 2, 3]),
        (None, 0, []),
        ("all", 2, [0, 1]),
        ("none", 2, []),
        ("2", 4, [0, 1]),
        ("0,", 2, [0]),
        ("1,3", 4, [1, 3]),
        (" 3 , 1 ", 4, [3, 1]),
    ],
)
def test_gpus_are_none_all_so_many_or_a_list(asked: str | None, count: int, chosen: list[int]) -> None:
    assert devices.choose(asked, count) == chosen


@pytest.mark.parametrize(
    ("asked", "count", "said"),
    [
        ("0", 2, "may mean no GPU, or the first"),
        ("3", 2, "this machine shows 2"),
        ("0,1", 0, "this machine has none"),
        ("1,1", 2, "not all, none"),
        ("-1", 2, "not all, none"),
        ("two", 2, "not all, none"),
        (",", 2, "not all, none"),
        ("٣", 4, "not all, none"),
    ],
)
def test_gpus_that_are_unclear_or_not_there_are_refused(asked: str, count: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        devices.choose(asked, count)


def test_indices_count_within_what_is_visible() -> None:
    assert devices.visible("cuda", [1], 2, {"CUDA_VISIBLE_DEVICES": "4,7"}) == {"CUDA_VISIBLE_DEVICES": "7"}
    assert devices.visible("cuda", [0, 2], 3, {}) == {"CUDA_VISIBLE_DEVICES": "0,2"}
    assert devices.visible("cuda", [0, 1], 2, {}) == {}
    assert devices.visible("cpu", [], 0, {}) == {}
