"""What is in force against what was asked."""

from typing import Any

import pytest

from hfterm.errors import CheckFailedError
from hfterm.train import truth
from hfterm.train.launch.settings import Settings
from hfterm.train.launch.shape import Shape

TWO = {
    **{"world_size": 2, "backend": "gloo", "distributed_type": "MULTI_CPU", "dtype": "float32"},
    **{"mixed_precision": "no", "weights": "float32", "attention": "sdpa", "effective_batch": 8},
}


def test_what_was_asked_is_let_pass() -> None:
    truth.check(TWO, Shape(2, "cpu"), 8)
    truth.check({**TWO, "distributed_type": "DEEPSPEED", "zero_stage": 2}, Shape(2, settings=Settings(zero=2)), 8)
    truth.check({**TWO, "dtype": "bfloat16", "mixed_precision": "bf16"}, Shape(2), 8)
    truth.check({**TWO, "dtype": "bfloat16", "weights": "bfloat16"}, Shape(2), 8)


@pytest.mark.parametrize(
    ("real", "asked", "batch", "said"),
    [
        ({"world_size": 1}, Shape(2), 8, "world size 2 was asked for, and 1 is in force"),
        ({}, Shape(1), 8, "world size 1 was asked for, and 2 is in force"),
        ({}, Shape(2, settings=Settings(zero=3)), 8, "distribution DEEPSPEED was asked for, and MULTI_CPU is in force"),
        ({}, Shape(2, settings=Settings(fsdp=True)), 8, "distribution FSDP was asked for"),
        ({"distributed_type": "FSDP"}, Shape(2), 8, "distribution plain was asked for, and FSDP is in force"),
        (
            {"distributed_type": "DEEPSPEED", "zero_stage": 2},
            Shape(2, settings=Settings(zero=3)),
            8,
            "ZeRO stage 3 was asked for, and 2 is in force",
        ),
        ({}, Shape(2), 4, "effective batch 4 was asked for, and 8 is in force"),
        ({"dtype": "bfloat16"}, Shape(2), 8, "dtype bfloat16 was asked for, and float32, mixed precision no"),
        ({"mixed_precision": "fp16"}, Shape(2), 8, "dtype float32 was asked for, and mixed precision fp16"),
    ],
)
def test_what_was_not_asked_stops_the_run(real: dict[str, Any], asked: Shape, batch: int, said: str) -> None:
    with pytest.raises(CheckFailedError, match=said):
        truth.check({**TWO, **real}, asked, batch)
