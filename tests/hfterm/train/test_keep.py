import pytest

from hfterm.errors import UsageError
from hfterm.train import keep
from hfterm.train.keep import Keep

STEPS = [10, 20, 30, 40, 50, 60]


@pytest.mark.parametrize(
    ("words", "policy", "stay"),
    [
        (keep.DEFAULT, Keep(2, best=True), {20, 50, 60}),
        ("best,last,3", Keep(3, best=True), {20, 40, 50, 60}),
        ("last", Keep(), {60}),
        ("best", Keep(best=True), {20, 60}),
        (" Best , 1 ", Keep(best=True), {20, 60}),
        ("2,4", Keep(4), {30, 40, 50, 60}),
        ("every:30", Keep(every=30), {30, 60}),
        ("every:25,last", Keep(every=25), {50, 60}),
        ("100", Keep(100), set(STEPS)),
        ("all", Keep(all=True), set(STEPS)),
    ],
)
def test_words_and_what_stays(words: str, policy: Keep, stay: set[int]) -> None:
    assert keep.parse(words) == policy
    assert policy.stay(STEPS, best=20) == stay


def test_the_newest_always_stays() -> None:
    assert Keep(best=True).stay([10], None) == {10}
    assert Keep(best=True).stay([10, 20], 5) == {20}, "a best one that is gone is not kept"
    assert Keep().stay([], None) == set()


@pytest.mark.parametrize("words", ["", "0", "-1", "bests", "best,,2", "every:0", "every:", "every:1,every:2", "2.5"])
def test_other_words_are_refused(words: str) -> None:
    with pytest.raises(UsageError, match="--keep") as told:
        keep.parse(words)
    assert "every:STEPS" in str(told.value.hint)
