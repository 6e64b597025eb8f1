import pytest

from hfterm.errors import UsageError
from hfterm.inference.sampling import NAMES, Sampling


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"temperature": -0.1}, "temperature must be 0 or more, not -0.1"),
        ({"temperature": float("nan")}, "temperature"),
        ({"temperature": float("inf")}, "temperature"),
        ({"top_p": 0.0}, "top_p must be above 0 and at most 1, not 0"),
        ({"top_p": 1.1}, "top_p"),
        ({"top_p": float("nan")}, "top_p"),
        ({"max_new_tokens": 0}, "max_new_tokens must be 1 or more, not 0"),
        ({"seed": -1}, "seed must be between 0 and"),
        ({"seed": 2**63}, "seed"),
    ],
)
def test_out_of_range(values: dict[str, float], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        Sampling.of(values)
    assert says in str(caught.value)


def test_by_name() -> None:
    assert NAMES == ("max_new_tokens", "temperature", "top_p", "seed")
    assert Sampling.of({"temperature": 0.5, "of_a_newer_hfterm": 1}) == Sampling(temperature=0.5)
    assert Sampling.of(Sampling(7, 0.5, 0.9, 3).as_dict()) == Sampling(7, 0.5, 0.9, 3)


@pytest.mark.parametrize(
    ("name", "text", "changed"),
    [
        ("temperature", "0.7", Sampling(temperature=0.7)),
        ("--Top-P", " .9 ", Sampling(top_p=0.9)),
        ("max_new_tokens", "9", Sampling(max_new_tokens=9)),
        ("seed", "5", Sampling(seed=5)),
        ("seed", "none", Sampling()),
    ],
)
def test_as_a_user_types_it(name: str, text: str, changed: Sampling) -> None:
    assert Sampling().changed(name, text) == changed


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("warmth", "1", "no such setting 'warmth'; choose max_new_tokens, temperature, top_p, seed"),
        ("temperature", "hot", "temperature must be a number, not 'hot'"),
        ("max_new_tokens", "1.5", "max_new_tokens must be a whole number, not '1.5'"),
        ("temperature", "-1", "0 or more"),
        ("temperature", "nan", "0 or more"),
    ],
)
def test_what_nobody_can_mean(name: str, text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        Sampling().changed(name, text)
    assert says in str(caught.value)
