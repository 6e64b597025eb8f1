from dataclasses import replace

from hfterm.mem.ledger import Segment
from hfterm.mem.trace import Weight
from hfterm.mem.zero3 import Settings, follow

SMALL = Settings(prefetch_bucket=0, persistence=0, max_live=10**9, max_reuse=0, gathers_alone=True)
# Three layers of 512 numbers each (1 KiB at two bytes), one after the other, and back.
WEIGHTS = {name: Weight(512, 2, True) for name in "abc"}


def trace(other: int = 0) -> list[Segment]:
    made = [Segment("start", "", "forward")]
    for name in "abc":
        made.append(Segment("forward", name, "forward", (name,), other=other, begin=other))
        made.append(Segment("after", name, "forward", (name,), other=other, begin=other))
    made += [Segment("backward", name, "backward", (name,), other=other, begin=other) for name in "cba"]
    return [*made, Segment("step", "", "step", other=10**9)]


def test_without_reuse_one_layer_is_there_at_a_time() -> None:
    moment = follow(trace(other=5000), WEIGHTS, width=2, settings=SMALL)
    assert (moment.total, moment.other, moment.gathered) == (5000 + 1024, 5000, 1024)


def test_weights_from_main_memory_are_copied_to_the_device_first() -> None:
    assert follow(trace(), WEIGHTS, width=2, offload=True, settings=SMALL).gathered == 2 * 1024
    # Of four devices each copies its quarter.
    assert follow(trace(), WEIGHTS, width=2, world=4, offload=True, settings=SMALL).gathered == 1024 + 256


def test_what_is_used_again_soon_stays() -> None:
    # Between the first use of b and the second lie c, twice: 1024 numbers. Of a: b and c twice each.
    for reuse, there in ((1024, 1), (1025, 2), (2048, 2), (2049, 3)):
        settings = replace(SMALL, max_reuse=reuse)
        assert follow(trace(), WEIGHTS, width=2, settings=settings).gathered == there * 1024, reuse


def test_prefetched_weights_come_in_a_buffer_and_are_copied_out_of_it() -> None:
    # With a, b and c are fetched together; when b is needed both are copied out, c still holds the buffer, and the
    # first weights that are not there are fetched ahead: a, for its way back.
    settings = replace(SMALL, prefetch_bucket=1024)
    assert follow(trace(), WEIGHTS, width=2, settings=settings).gathered == 2048 + 2048 + 1024
    # No more than may be live at once.
    settings = replace(SMALL, prefetch_bucket=1024, max_live=512)
    assert follow(trace(), WEIGHTS, width=2, settings=settings).gathered == 1024


def test_small_weights_always_stay() -> None:
    weights = {**WEIGHTS, "norm": Weight(100, 2, True)}
    settings = replace(SMALL, persistence=101)
    assert follow(trace(), weights, width=2, settings=settings).gathered == 1024 + 512


def test_alone_nothing_is_gathered() -> None:
    today = replace(SMALL, gathers_alone=False)
    # A weight on the device is its own partition; one in main memory is copied, whole and straight.
    assert follow(trace(), WEIGHTS, width=2, settings=today).gathered == 0
    assert follow(trace(), WEIGHTS, width=2, offload=True, settings=today).gathered == 1024
    # Fetched ahead: b and c with a; and a again, once they are there.
    ahead = replace(today, prefetch_bucket=1024)
    assert follow(trace(), WEIGHTS, width=2, offload=True, settings=ahead).gathered == 3 * 1024
    # Several devices gather.
    assert follow(trace(), WEIGHTS, width=2, world=2, settings=today).gathered == 1024
