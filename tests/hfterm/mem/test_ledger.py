from typing import Any

import pytest

from hfterm.mem.ledger import Ledger, rounded


def test_bytes_are_rounded_as_the_allocator_does() -> None:
    assert [rounded(size) for size in (0, 1, 512, 513, 1024.5)] == [0, 512, 512, 1024, 1024]


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch")


def test_storages_are_counted_once_and_let_go(torch: Any) -> None:
    from torch._subclasses.fake_tensor import FakeTensorMode

    ledger = Ledger()
    ledger.part = "activations"
    with FakeTensorMode(), ledger.mode():
        a = torch.zeros(1024)
        view = a[:10]
        b = a * 2
        assert ledger.total == 2 * 4096
        del a
        assert ledger.total == 2 * 4096  # the view holds it
        del view
        assert ledger.total == 4096
        ledger.move([b], "weights")
    assert ledger.parts["weights"] == 4096 and ledger.parts["activations"] == 0
    del b
    assert ledger.total == ledger.states == 0


def test_segments_keep_their_own_peaks(torch: Any) -> None:
    from torch._subclasses.fake_tensor import FakeTensorMode

    ledger = Ledger()
    with FakeTensorMode(), ledger.mode():
        weight = torch.zeros(256)
        ledger.move([weight], "weights")
        ledger.mark("forward", "first", ("w",))
        torch.zeros(512)
        ledger.mark("after", "first")
        kept = torch.zeros(128)
        ledger.mark("forward", "second")
    first, after, second = ledger.segments[-3:]
    assert (first.total, first.other, first.begin, first.parameters) == (1024 + 2048, 2048, 0, ("w",))
    assert first.peak["weights"] == 1024 and first.peak["temporary"] == 2048
    assert (after.total, after.other) == (1024 + 512, 512)
    assert (second.begin, second.other) == (512, 512)
    del kept
