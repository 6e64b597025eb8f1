from dataclasses import replace
from pathlib import Path

import pytest

from hfterm.errors import UsageError
from hfterm.mem import plan
from hfterm.mem.ask import Ask
from hfterm.mem.machine import Gpus
from hfterm.mem.strategies import Need, Strategy
from support.mem_models import LLAMA, folder

G = 2**30


def row(name: str, device: int, gpus: Gpus | None, host: int = 3 * G) -> plan.Row:
    return plan.Row(Strategy(name, 3), Need(device, {}, host, 0, 0), Ask("m", batch=8), gpus, 1, 1)


def test_the_first_that_fits_is_chosen() -> None:
    gpus = Gpus(1, 10 * G)
    rows = [row("a", 11 * G, gpus), row("b", 10 * G, gpus), row("c", G, gpus)]
    assert [r.fits for r in rows] == [False, True, True]
    best = plan.choose(rows)
    assert best is not None and best.strategy.name == "b" and best.record()["chosen"] and best.record()["margin"] == 0
    assert plan.choose(rows[:1]) is None and row("a", 1, None).fits is None


def test_main_memory_must_do_too() -> None:
    small = Gpus(1, 10 * G, host=2 * G)
    assert row("a", G, small).fits is False and row("a", G, replace(small, host=3 * G)).fits


def test_what_would_fit_is_said() -> None:
    gpus = Gpus(2, 10 * G)
    error = plan.refusal([row("a", 30 * G, gpus), row("b", 20 * G, gpus)])
    assert str(error).startswith(
        "nothing fits 2x10G: the least, b, needs 20.0 GiB a GPU; try --peft lora, --per-device"
    )
    error = plan.refusal([row("a", 30 * G, gpus)], [row("a", 30 * G, gpus), row("b", 9 * G, gpus)])
    assert str(error) == "a does not fit 2x10G: it needs 30.0 GiB a GPU; b fits: --zero 3"
    error = plan.refusal([row("a", 3 * G, replace(gpus, host=G)), row("b", 4 * G, replace(gpus, host=G))])
    assert "and 3.0 GiB of main memory" in str(error)
    assert error.exit_code == 6


def test_options_name_a_strategy() -> None:
    ask = Ask("m")
    assert plan.one_of(0, False, (), ask) is None
    one = plan.one_of(3, False, ("optimizer", "params"), ask)
    assert one == Strategy("ZeRO-3, offload optimizer and params", 3, offload=("optimizer", "params"))
    again = plan.one_of(0, False, (), replace(ask, checkpointing=True))
    assert again == Strategy("plain, checkpointing", checkpointing=True)


@pytest.mark.parametrize(
    ("zero", "fsdp", "offload", "words"),
    [
        (0, False, ("optimizer",), "--offload needs DeepSpeed or FSDP; add --zero 3 or --fsdp"),
        (2, False, ("params",), "ZeRO-2 keeps whole weights"),
        (2, True, (), "choose one"),
        (3, False, ("disk",), "nothing called 'disk'"),
        (0, True, ("optimizer",), "--fsdp takes --offload params alone"),
    ],
)
def test_options_that_do_not_go_together(zero: int, fsdp: bool, offload: tuple[str, ...], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        plan.one_of(zero, fsdp, offload, Ask("m"))


def test_every_strategy_of_a_model(tmp_path: Path) -> None:
    model = folder(tmp_path, {**LLAMA, "num_hidden_layers": 2})
    rows = list(plan.plan(Ask(model, peft="lora", length=64), Gpus(2, 10 * G)))
    records = [r.record() for r in rows]
    assert records[0]["strategy"] == "plain" and all(r["fits"] for r in records)
    assert all(r["allocated"] == sum(r[part] for part in plan.PARTS) for r in records)
    assert all(r["device"] == r["allocated"] + r["overhead"] + r["fragments"] for r in records)
    # 2 layers of 7 matrices with LoRA of rank 16: 16 * (rows + columns).
    layer = 16 * (2 * (32 + 32) + 2 * (32 + 16) + 3 * (32 + 64))
    assert {r["trainable"] for r in records} == {2 * layer}
    assert {r["parameters"] for r in records} == {2 * (3072 + 6144 + 64) + 25600 + 32}
    assert records[0]["weights_dtype"] == "bfloat16" and records[0]["gpus"] == 2


def test_packed_weights_are_not_shared_out(tmp_path: Path) -> None:
    ask = Ask(folder(tmp_path, {**LLAMA, "num_hidden_layers": 1}), peft="lora", bits=4, length=16)
    names = [r.strategy.name for r in plan.plan(ask, Gpus(4, 10 * G))]
    assert names == ["plain", "plain, checkpointing"]
    with pytest.raises(UsageError, match="weights of 4 bits are whole on every GPU; leave --zero out"):
        plan.one_of(3, False, (), ask)


def test_inference_by_precision(tmp_path: Path) -> None:
    model = folder(tmp_path, {**LLAMA, "hidden_size": 512, "num_hidden_layers": 1, "intermediate_size": 2048})
    rows = [r.record() for r in plan.plan(Ask(model, purpose="inference", batch=1, length=32), Gpus(2, 10 * G))]
    alone = [r for r in rows if "layers over" not in r["strategy"]]
    assert [r["strategy"] for r in alone] == ["float32", "bfloat16", "8 bits", "4 bits"]
    weights = [r["weights"] for r in alone]
    assert weights == sorted(weights, reverse=True) and weights[0] == pytest.approx(2 * weights[1], rel=0.01)
    # The words and the head stay as they are: 2 * 400 * 512 numbers of two bytes.
    linear = weights[1] - 2 * 2 * 400 * 512
    assert weights[2] == pytest.approx(weights[1] - linear / 2, rel=0.01)
    assert weights[3] == pytest.approx(weights[1] - linear * 0.742, rel=0.01)
    assert len({r["parameters"] for r in rows}) == 1 and alone[1]["kv_cache"] == 2 * 32 * 256 * 2
    assert rows[1]["strategy"] == "float32, layers over 2 GPUs" and rows[1]["weights"] * 2 == rows[0]["weights"]
