"""PEFT's table of 2022 (see benchmarks/memory.py, which has all of its rows and the settings)."""

from dataclasses import replace
from typing import Any

import pytest

from hfterm.mem.ask import Ask
from hfterm.mem.build import source
from hfterm.mem.plan import Planner
from hfterm.mem.strategies import Strategy
from hfterm.mem.zero3 import DEFAULTS

LORA = {"r": 8, "lora_alpha": 32, "lora_dropout": 0.1}


@pytest.mark.parametrize(
    ("model", "alone", "offloaded", "tolerance", "parameters"),
    [
        ("bigscience/T0_3B", 14.4, 9.8, 0.05, 2_849_757_184),
        ("bigscience/bloomz-7b1", 32, 18.1, 0.07, 7_069_016_064),
    ],
)
def test_lora_on_one_gpu(
    isolated: Any, model: str, alone: float, offloaded: float, tolerance: float, parameters: int
) -> None:
    ask = Ask(
        model, peft="lora", peft_set=LORA, peft_defaults=False, batch=8, length=64, target_length=5, dtype="float32",
        attention="eager", optimizer="adamw_torch", foreach=False, plain_loop=True,
    )  # fmt: skip
    said: list[str] = []
    planner = Planner(ask, source(ask, said.append))
    assert "taking its shape from hfterm's own table" in said[0]
    plain = planner.row(Strategy("plain"), None)
    then = replace(DEFAULTS, gathers_alone=True)
    offload = planner.row(Strategy("offload", 3, offload=("optimizer", "params")), None, then)
    assert plain.parameters == parameters
    assert plain.need.allocated / 2**20 / 1000 == pytest.approx(alone, rel=tolerance)
    assert offload.need.allocated / 2**20 / 1000 == pytest.approx(offloaded, rel=tolerance)
    # Today's DeepSpeed needs no buffers to gather in on one GPU.
    today = planner.row(Strategy("offload", 3, offload=("optimizer", "params")), None)
    assert today.need.allocated < offload.need.allocated and today.need.host == offload.need.host
    # The weights themselves are in main memory then.
    assert offload.need.host - plain.need.host > 4 * parameters
