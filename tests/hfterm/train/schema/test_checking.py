from typing import Any

import pytest

from hfterm.train.schema import checking
from hfterm.train.schema.field import Field

NUMBER = Field("n", ("float",))
WHOLE = Field("w", ("int", "none"))
YES = Field("y", ("bool",))
TEXT = Field("t", ("str",))
CHOICE = Field("c", ("str",), choices=("no", "steps", "pissa_niter_[number of iters]"))
NAMES = Field("l", ("list", "none"), items=("str",))
EITHER = Field("e", ("str", "list", "none"), items=("str",))
OBJECT = Field("d", ("dict", "str", "none"))
ANY = Field("a", ("any",))


@pytest.mark.parametrize(
    ("field", "value", "fitted"),
    [
        (NUMBER, 1, 1),
        (NUMBER, "1e-4", 1e-4),
        (NUMBER, "1_000.5", 1000.5),
        (WHOLE, "12", 12),
        (WHOLE, 8.0, 8),
        (WHOLE, None, None),
        (WHOLE, "none", None),
        (YES, "no", False),
        (YES, "On", True),
        (TEXT, 2024, "2024"),
        (TEXT, "none", "none"),
        (CHOICE, "steps", "steps"),
        (CHOICE, "pissa_niter_4", "pissa_niter_4"),
        (NAMES, "q_proj", ["q_proj"]),
        (NAMES, [], []),
        (EITHER, "all-linear", "all-linear"),
        (EITHER, ["q"], ["q"]),
        (OBJECT, {"a": 1}, {"a": 1}),
        (ANY, object, object),
    ],
)
def test_values_are_brought_into_form(field: Field, value: Any, fitted: Any) -> None:
    found = checking.fitted(field, value)
    assert found == fitted and type(found) is type(fitted)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (NUMBER, "abc", "not a number"),
        (NUMBER, True, "not a number"),
        (NUMBER, float("nan"), "not a number"),
        (NUMBER, [1], "not a number"),
        (WHOLE, 1.5, "not a whole number or none"),
        (WHOLE, "1e-4", "not a whole number or none"),
        (YES, 1, "not true or false"),
        (YES, "maybe", "not true or false"),
        (TEXT, None, "not text"),
        (TEXT, ["a"], "not text"),
        (CHOICE, "stps", "no such choice"),
        (CHOICE, "pissa_niter_", "no such choice"),
        (NAMES, [1], "not a list of text or none"),
        (NAMES, {"a": 1}, "not a list of text or none"),
        (OBJECT, [1], "not a mapping or text or none"),
    ],
)
def test_what_does_not_fit_is_said_in_words(field: Field, value: Any, words: str) -> None:
    with pytest.raises(checking.Wrong, match=words):
        checking.fitted(field, value)


def test_problems_name_the_nearest_and_never_a_secret() -> None:
    fields = {one.name: one for one in (NUMBER, CHOICE, Field("hub_token", ("int",)))}
    settings = {"m": 1, "n": "x", "c": "stps", "hub_token": "hf_abcdefghijklmnopqrst", "out": 2}
    found = list(checking.problems(fields, settings, holder="Args", ours={"out": "use --name"}, otherwise="look"))
    assert [one.key for one in found] == ["m", "n", "c", "hub_token", "out"]
    assert found[0].message == "m: Args has no such field" and found[0].hint in ("did you mean 'n'?", "look")
    assert found[1].message == "n=x: not a number"
    assert found[2] == ("c", "c=stps: no such choice", "did you mean 'steps'?")
    assert found[3].message == "hub_token=***: not a whole number"
    assert found[4] == ("out", "out: hfterm decides it", "use --name")
    assert not list(checking.problems(fields, {"n": 1, "c": "no"}, holder="Args", ours={}))


def test_long_values_are_cut() -> None:
    assert len(checking.shown("key", "x" * 1000)) < 80
