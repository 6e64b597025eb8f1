import pytest

from hfterm.hub.inspect.window import FIRST_BYTES, Damaged, Window
from support.weights import window

DATA = bytes(range(256)) * 8000  # 2 MB


def test_the_first_request_is_small_and_later_ones_grow() -> None:
    asked: list[tuple[int, int]] = []

    def fetch(start: int, length: int) -> bytes:
        asked.append((start, length))
        return DATA[start : start + length]

    file = Window("f", len(DATA), fetch)
    assert file.read(0, 8) == DATA[:8]
    assert file.read(8, 5000) == DATA[8:5008]
    assert asked == [(0, FIRST_BYTES)]
    assert file.read(FIRST_BYTES - 5, 10) == DATA[FIRST_BYTES - 5 : FIRST_BYTES + 5]
    assert asked[1:] == [(FIRST_BYTES, 4 * FIRST_BYTES)]
    # Far away: a request of its own; what was got stays.
    assert file.read(1_900_000, 4) == DATA[1_900_000:1_900_004]
    assert file.read(0, 500_000) == DATA[:500_000]
    assert len(asked) == 3 and file.fetched == sum(length for _, length in asked)


def test_the_end_comes_with_one_request() -> None:
    asked: list[tuple[int, int]] = []
    file = Window("f", len(DATA), lambda s, n: asked.append((s, n)) or DATA[s : s + n])  # type: ignore[func-returns-value]
    assert file.tail(8) == DATA[-8:]
    assert file.read(len(DATA) - 5000, 5000) == DATA[-5000:]
    assert asked == [(len(DATA) - FIRST_BYTES, FIRST_BYTES)]
    assert window(b"abc").tail(8) == b"abc"


@pytest.mark.parametrize(("start", "length"), [(0, 11), (11, 0), (-1, 2), (0, 2**63), (2**63, 1), (5, -1)])
def test_nothing_outside_the_file(start: int, length: int) -> None:
    with pytest.raises(Damaged):
        window(b"0123456789").read(start, length)


def test_a_file_that_ends_early() -> None:
    with pytest.raises(Damaged, match="it ends at byte 3, not at 10"):
        Window("f", 10, lambda start, length: b"012345"[start : start + 3]).read(0, 10)


def test_an_endless_header() -> None:
    file = Window("f", 2**50, lambda start, length: bytes(length), most=1 << 20)
    with pytest.raises(Damaged, match="more than 1 MiB"):
        for at in range(0, 2**50, 1000):
            file.read(at, 1000)
    assert file.fetched <= 1 << 20
