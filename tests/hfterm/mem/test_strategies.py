import pytest

from hfterm.mem import strategies
from hfterm.mem.ask import Ask
from hfterm.mem.ledger import PARTS, Segment
from hfterm.mem.strategies import Material, Strategy
from hfterm.mem.trace import Weight

K = 1024
ASK = Ask("m", dtype="bfloat16")


def segment(half: str, other: int = 0, **parts: int) -> Segment:
    peak = {**dict.fromkeys(PARTS, 0), **parts}
    return Segment("start", "", half, total=sum(peak.values()), peak=peak, other=other)


# 64 K numbers in two layers, all trained, two bytes each; 30 K of activations.
MATERIAL = Material(
    [
        segment("forward", weights=128 * K, optimizer=256 * K, activations=30 * K, other=30 * K),
        segment("backward", weights=128 * K, optimizer=256 * K, gradients=128 * K, temporary=10 * K, other=10 * K),
        segment("step", weights=128 * K, optimizer=256 * K, gradients=128 * K),
    ],
    {f"layers.{i}.w": Weight(32 * K, 2, True) for i in range(2)},
)


def test_plain() -> None:
    one = strategies.need(Strategy("plain"), MATERIAL, ASK, 1)
    assert one.allocated == 522 * K and one.parts["temporary"] == 10 * K
    assert one.device == one.allocated + strategies.CONTEXT + round(0.03 * one.allocated)
    # Several copies reduce their gradients in buckets.
    four = strategies.need(Strategy("plain"), MATERIAL, ASK, 4)
    assert four.allocated == one.allocated + 128 * K and four.overhead > one.overhead
    assert four.host == 4 * one.host == 4 * strategies.HOST


def test_stages_keep_a_share_of_what_they_share_out() -> None:
    settings = strategies.Settings(reduce_bucket=4 * K, allgather_bucket=4 * K, persistence=0)
    needs = {z: strategies.need(Strategy("", z), MATERIAL, ASK, 4, settings).parts for z in (1, 2, 3)}
    # Float32 weights and two states for a quarter of the numbers.
    assert {parts["optimizer"] for parts in needs.values()} == {64 * K // 4 * 12}
    assert [parts["gradients"] for parts in needs.values()] == [128 * K, 32 * K, 32 * K]
    assert [parts["weights"] for parts in needs.values()] == [128 * K, 128 * K, 32 * K]
    # At the step of stages 1 and 2: a quarter of the gradients in float32, more than the activations.
    assert needs[2]["temporary"] == 64 * K and "activations" not in needs[2]


def test_offload_moves_to_main_memory() -> None:
    settings = strategies.Settings(reduce_bucket=4 * K, persistence=0)
    two = strategies.need(Strategy("", 2, offload=("optimizer",)), MATERIAL, ASK, 1, settings)
    assert two.parts["optimizer"] == 0 and two.parts["gradients"] == 32 * K * 2
    assert two.host - strategies.HOST == 64 * K * (4 + 8 + 4 + 2)
    three = strategies.need(Strategy("", 3, offload=("optimizer", "params")), MATERIAL, ASK, 1, settings)
    assert three.parts["weights"] == three.parts["optimizer"] == 0
    assert three.host - strategies.HOST == 64 * K * (4 + 8 + 4 + 2) + 128 * K


def test_fsdp_keeps_shards_and_the_layers_at_work() -> None:
    parts = strategies.need(Strategy("", fsdp=True), MATERIAL, ASK, 4).parts
    assert parts["weights"] == 32 * K and parts["gathered"] == 3 * 64 * K
    assert parts["gradients"] == 64 * K and parts["optimizer"] == 128 * K
    off = strategies.need(Strategy("", fsdp=True, offload=("params",)), MATERIAL, ASK, 4)
    assert off.parts["weights"] == off.parts["optimizer"] == 0 and off.parts["gathered"] == 3 * 64 * K


@pytest.mark.parametrize("gpus", [1, 4])
def test_the_fastest_come_first(gpus: int) -> None:
    found = strategies.ladder(gpus)
    assert found[0] == Strategy("plain") and len({s.name for s in found}) == len(found)
    offloaded = [bool(s.offload) for s in found]
    assert offloaded == sorted(offloaded)
    stages = [s.zero for s in found if not s.offload and not s.checkpointing and not s.fsdp]
    assert stages == ([0] if gpus == 1 else [0, 1, 2, 3])
    assert found[-1].options == "--gradient-checkpointing --zero 3 --offload optimizer,params"
