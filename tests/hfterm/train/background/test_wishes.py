"""What is asked of a run beside its recipe, and the trainer's command line."""

import pytest

from hfterm.errors import UsageError
from hfterm.train.background.wishes import Order, Wishes, without

DROP = {"--detach": 0, "-d": 0, "--after": 1, "--notify": 1}
OTHERS = {"--name": 1, "--lr": 1, "-f": 1, "-q": 0, "-v": 0}


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("train sft m d -d --name a", "train sft m d --name a"),
        ("train sft m d --after=a --after b -q", "train sft m d -q"),
        ("-q train sft -dv m d", "-q train sft -v m d"),
        ("train sft -qd m -", "train sft -q m -"),
        ("train sft --name --detach m", "train sft --name --detach m"),  # a value is no option
        ("train sft -f --detach m", "train sft -f --detach m"),
        ("train sft -fd m -dfd", "train sft -fd m -fd"),
        ("train launch x.py -d -- -d --after b", "train launch x.py -- -d --after b"),
        ("train sft --notify", "train sft"),
    ],
)
def test_a_command_line_without_some_options(words: str, left: str) -> None:
    assert without(words.split(), DROP, OTHERS) == left.split()


def test_values_of_options_that_go_go_with_them() -> None:
    assert without(["--notify", "echo -d; date", "m"], DROP, OTHERS) == ["m"]
    assert without(["--notify=echo -d", "--lr=1", "m"], DROP, OTHERS) == ["--lr=1", "m"]


def test_an_order_comes_back_as_it_was() -> None:
    wishes = Wishes(True, ("a", "b"), ("c",), "40G", 2, "curl 'https://x/ü'", 3)
    order = Order("demo", "sft", "org/m", ("python", "-m", "hfterm", "train"), wishes, "/tmp/stdin")
    assert Order.from_text(order.to_text()) == order
    assert order.command == ("hfterm", "train")


def test_what_is_wished_is_checked() -> None:
    assert Wishes(after=("run:a", "a"), when_free="40GB").check("b").after == ("a",)
    assert not Wishes().any and Wishes(retries=1).any and not Wishes(retries=1).waits and Wishes(after=("a",)).waits
    with pytest.raises(UsageError, match="run 'a' cannot wait for itself"):
        Wishes(after_any=("run:a",)).check("a")
    with pytest.raises(UsageError, match="cannot be a run's name"):
        Wishes(after=("../a",)).check("b")
    with pytest.raises(UsageError, match="not an amount of memory: 'much'"):
        Wishes(when_free="much").check("b")
