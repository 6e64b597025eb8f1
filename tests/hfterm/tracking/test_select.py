import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfterm.errors import UsageError
from hfterm.tracking.select import LONGEST_PATTERN, LONGEST_TEXT, matcher

NAMES = ["loss", "eval_loss", "train/loss", "grad_norm", "learning_rate", "GPU 0 util"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", NAMES),
        ("   ", NAMES),
        ("LOSS", ["loss", "eval_loss", "train/loss"]),
        ("loss*", ["loss"]),
        ("*loss", ["loss", "eval_loss", "train/loss"]),
        ("l?ss", ["loss"]),
        ("[gl]*", ["loss", "grad_norm", "learning_rate", "GPU 0 util"]),
        ("train/loss", ["train/loss"]),
        ("/^loss$/", ["loss"]),
        ("/(grad|eval)_/", ["eval_loss", "grad_norm"]),
        ("/gpu \\d UTIL/", ["GPU 0 util"]),
        ("/train\\/loss/", ["train/loss"]),
        ("!loss", ["grad_norm", "learning_rate", "GPU 0 util"]),
        ("loss !/^eval/", ["loss", "train/loss"]),
        ("_ !loss !rate", ["grad_norm"]),
        ("!", NAMES),
        ("!!loss", ["loss", "eval_loss", "train/loss"]),
        ("/", ["train/loss"]),
        ("/loss", ["train/loss"]),
        ("nothing", []),
    ],
)
def test_filters(pattern: str, found: list[str]) -> None:
    assert [name for name in NAMES if matcher(pattern)(name)] == found


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("/(/", "not a regular expression: '('"),
        ("loss /*/", "nothing to repeat"),
        ("/a{99999999999}/", "too large"),
        ("/(a+)+$/", "could take for ever; repeat no group that repeats"),
        ("/(a|aa)*b/", "could take for ever"),
        ("/((a?)){30}x/", "could take for ever"),
        ("/(?:x[)]*)*/", "could take for ever"),
        ("/.*.*.*.*x/", "repeats too often; at most 3 times"),
        ("!/(/", "not a regular expression"),
        ("x" * (LONGEST_PATTERN + 1), "201 characters; at most 200"),
    ],
)
def test_a_filter_that_cannot_be_or_could_stall_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        matcher(pattern)
    assert why in str(caught.value)


@pytest.mark.parametrize("source", ["[(]*a+", r"\(a+\)+", r"(\d{4}-\d{2})+", "(?:foo|bar).*", "(?i:loss)+", "(a|b)?"])
def test_harmless_repeats_are_allowed(source: str) -> None:
    matcher(f"/{source}/")


def test_a_long_text_is_seen_whole_by_words_and_in_part_by_greedy_expressions() -> None:
    line = "x" * 10_000 + " end"
    assert matcher("end")(line) and matcher("*end")(line) and matcher("/ end/")(line)
    assert matcher("/x.*.*.*x/")(line)
    assert not matcher("/x.*.*.*end/")(line), f"only the first {LONGEST_TEXT[3]} characters"


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_a_filter_or_refused(pattern: str, name: str) -> None:
    try:
        matches = matcher(pattern)
    except UsageError:
        return
    assert matches(name) in (True, False)
