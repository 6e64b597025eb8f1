"""Rewards by name, by function, and what is wrong with them."""

from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.train import rewards
from hfterm.train.rewards import builtin
from hfterm.train.rewards.functions import Checked, of_user


def messages(*texts: str) -> list[Any]:
    return [[{"role": "assistant", "content": text}] for text in texts]


def load(*references: str) -> list[Any]:
    return rewards.load(references, max_completion_length=10, device="cpu", dtype="float32")


def test_a_completion_is_compared_with_the_answer() -> None:
    answers = ["Mara", "Mara", None]
    completions = messages(" mara\n", "It is Mara.", "Mara")
    assert builtin.exact(completions, answers) == [1.0, 0.0, None]
    assert builtin.contains(completions, answers) == [1.0, 1.0, None]
    assert builtin.exact(["mara"], ["Mara"]) == [1.0]


@pytest.mark.parametrize(
    ("text", "found"),
    [("so 3 + 4 is 7.", 7.0), ("#### 1,234 of 9", 1234.0), ("-0.5", -0.5), ("none", None), ("", None)],
)
def test_the_last_number_of_a_text(text: str, found: float | None) -> None:
    assert builtin.last_number(text) == found


def test_numbers_are_compared_as_numbers() -> None:
    completions = messages("it is 1234.0", "12", "no idea")
    assert builtin.number(completions, ["... #### 1,234"] * 3) == [1.0, 0.0, 0.0]
    assert builtin.number(messages("no"), ["none"]) == [0.0]


def test_built_in_rewards_with_a_number() -> None:
    (length,) = load("length:4")
    assert length(completions=["a"] * 4, completion_ids=[[1] * n for n in (4, 2, 8, 20)]) == [1.0, 0.5, 0.0, 0.0]
    (regex,) = load("regex:^(yes|no):\\d$")
    assert regex(completions=messages("yes:1", "maybe")) == [1.0, 0.0]
    assert regex.__name__ == "regex"


def test_trls_own_rewards() -> None:
    think, repetition, overlong = load("think", "repetition:2", "overlong:4")
    assert think(completions=messages("<think>a</think> b", "b")) == [1.0, 0.0]
    assert repetition(completions=["", ""], completion_ids=[[1, 2, 3, 4], [5, 5, 5, 5, 5]]) == [0.0, -0.75]
    assert overlong(completions=["", "", ""], completion_ids=[[1] * n for n in (6, 8, 11)]) == [0.0, -0.5, -1.0]


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("exakt", "no such reward; did you mean 'exact'"),
        ("length", "wants a number above 0"),
        ("length:0", "wants a number above 0"),
        ("regex:(", "--reward regex:\\(: "),
        ("exact:3", "takes nothing behind a colon"),
    ],
)
def test_a_reward_that_is_none(reference: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load(reference)


def test_a_function_of_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_rules.py").write_text(
        "def plain(completions, answer):\n    return [float(c == a) for c, a in zip(completions, answer)]\n"
        "async def later(prompts, **fields):\n    return [None for _ in prompts]\n"
        "def broken(completions):\n    raise KeyError('mood')\n"
    )
    monkeypatch.chdir(tmp_path)
    assert rewards.parse("my_rules.py:plain") == ("function", f"{tmp_path / 'my_rules.py'}:plain")
    plain, later, broken = load("my_rules.py:plain", "my_rules.py:later", "my_rules.py:broken")
    fields = {"prompts": ["p", "p"], "completions": ["a", "b"], "answer": ["a", "a"], "trainer_state": None}
    assert plain(**fields) == [1.0, 0.0] and plain.__name__ == "plain"
    assert later(**fields) == [None, None]
    with pytest.raises(HftermError, match=r"the reward my_rules.py:broken failed: my_rules.py:6: KeyError: 'mood'"):
        broken(**fields)
    with pytest.raises(UsageError, match=r"no function 'plane'.*did you mean plain"):
        of_user("my_rules.py:plane")
    with pytest.raises(UsageError, match="which function of it"):
        rewards.parse("my_rules.py")
    with pytest.raises(NotFoundError, match=r"no such file: other\.py"):
        rewards.parse("other.py:plain")


def test_two_rewards_of_one_name_keep_their_metrics_apart(tmp_path: Path) -> None:
    for name in ("one_rule", "other_rule"):
        (tmp_path / f"{name}.py").write_text("def score(completions):\n    return [0] * len(completions)\n")
    found = load(f"{tmp_path}/one_rule.py:score", f"{tmp_path}/other_rule.py:score")
    assert [reward.__name__ for reward in found] == ["score", "other_rule.py:score"]


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ([1.0], "returned 1 rewards for 2 completions"),
        (3.5, "returned float, not a list"),
        ("ab", "returned str, not a list"),
        (["good", 1], "returned 'good', not a number"),
    ],
)
def test_what_is_no_reward(returned: Any, message: str) -> None:
    with pytest.raises(HftermError, match=message):
        Checked(lambda **_: returned, "mine")(completions=["a", "b"])


def test_references_to_models(tmp_path: Path) -> None:
    assert rewards.parse(str(tmp_path)).kind == "model"
    assert rewards.parse("run:judge").label == "judge"
    assert rewards.parse("org/judge") == ("model", "org/judge")
