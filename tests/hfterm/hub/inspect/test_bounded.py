import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfterm.hub.inspect import bounded

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_any_json(value: object) -> None:
    assert bounded.loads(json.dumps(value).encode()) == value
    assert bounded.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")) is not Ellipsis


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b'{"a": 1, "b": {}, "a": 2}', "names 'a' twice"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "nested too deeply"),
        (b'["\xff"]', "not UTF-8"),
        (b'{"a": ', "not JSON"),
        (b'["a', "not JSON"),
        (b"[1" + b"0" * 5000 + b"]", "too many digits"),
    ],
)
def test_what_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        bounded.loads(text)


def test_brackets_and_commas_in_texts_do_not_count() -> None:
    text = json.dumps(["[{" * 1000, '\\",,,"' * 1000]).encode()
    assert len(bounded.loads(text, depth=1, values=3)) == 2
    with pytest.raises(ValueError, match="more than 10 values"):
        bounded.loads(b"[" + b"0," * 11 + b"0]", values=10)


def test_too_many_values_are_never_built() -> None:
    text = b"[" + b"[]," * 100_000 + b"0]"
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="more than 1000 values"):
            bounded.loads(text, values=1000)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
