"""Words that choose."""

import pytest

from hfterm.errors import UsageError
from hfterm.hub.cache import filters
from hfterm.hub.cache.rows import moment

NOW = 4_000_000_000.0
ROW = {
    "ref": "datasets/org/Llama-rows", "id": "org/Llama-rows", "type": "dataset", "cache": "hub", "size": 1_500_000,
    "files": 3, "revisions": 2, "detached": 1, "incomplete": 0, "refs": ["main", "v1.0"],
    "used": moment(NOW - 40 * 86_400), "modified": moment(NOW - 90 * 86_400), "path": "/cache/x",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)


@pytest.mark.parametrize(
    ("word", "holds"),
    [
        ("size>1MB", True), ("size > 1.5 MB", False), ("size>=1.5MB", True), ("size<1.5MiB", True), ("size=1500000", True),
        ("unused>30d", True), ("unused>6w", False), ("accessed<2mo", True), ("modified>12h", True), ("modified<1w", False),
        ("type=dataset", True), ("kind=model", False), ("TYPE!=model", True), ("id~llama", True), ("id~org/*-rows", True),
        ("id~rows*", False), ("id!~llama", False), ("refs=v1.0", True), ("refs=v1", False), ("refs~v1", True),
        ("files<10", True), ("detached>0", True), ("revisions>2", False), ("incomplete>0", False), ("cache=hub", True),
    ],
)  # fmt: skip
def test_words_hold_or_do_not(word: str, holds: bool) -> None:
    assert filters.is_filter(word)
    assert filters.parse(word).holds(ROW) is holds


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("sise>1GB", "no such key 'sise' in the filter 'sise>1GB'; did you mean 'size'?"),
        ("qqqq=1", "choose from size, incomplete"),
        ("size>big", "'big' is no size in the filter 'size>big'"),
        ("size>", "the filter 'size>' compares with nothing"),
        ("size~1GB", "'~' does not go with 'size'"),
        ("unused>3 parsecs", "'3 parsecs' is no length of time in the filter"),
        ("files>1GB", "'1GB' is no number in the filter"),
        ("type>model", "'>' does not go with text"),
        ("=1", "no such key '' in the filter '=1'"),
        ("a b>1", "not a filter: 'a b>1'"),
    ],
)
def test_a_wrong_word_is_named(word: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("(", r"\(").replace("?", r"\?")):
        filters.parse(word)


def test_what_was_read_in_the_future_is_not_old() -> None:
    row = ROW | {"used": moment(NOW + 1e6)}
    assert not filters.parse("unused>1s").holds(row)
    assert filters.parse("unused<1s").holds(row)


def test_what_has_no_time_passes_no_age() -> None:
    assert not filters.parse("unused>0s").holds(ROW | {"used": None})
