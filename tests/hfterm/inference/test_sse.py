import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfterm.inference import sse

STREAM = (
    b': ping\r\n\r\nevent: x\ndata: {"a": 1}\n\ndata:two\ndata: lines\r\rid: 7\n\n\ndata: \xe2\x82\xac\n\ndata: [DONE]'
)
EVENTS = ['{"a": 1}', "two\nlines", "€", "[DONE]"]


def test_events() -> None:
    assert list(sse.data([STREAM])) == EVENTS
    assert list(sse.data([])) == list(sse.data([b"\n\n: only a comment\n\n"])) == []


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_cut_anywhere(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    chunks = [STREAM[a:b] for a, b in itertools.pairwise(edges)]
    assert list(sse.data(chunks)) == EVENTS


def test_a_line_without_end() -> None:
    with pytest.raises(ValueError, match="without end"):
        list(sse.data(b"data: " + b"x" * 2**20 for _ in range(20)))
