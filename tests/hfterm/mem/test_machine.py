import pytest

from hfterm.errors import UsageError
from hfterm.mem import machine
from hfterm.mem.machine import Gpus

G = 2**30


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80G", Gpus(1, 80 * G)),
        ("4x80G", Gpus(4, 80 * G)),
        (" 2 X 24GiB ", Gpus(2, 24 * G)),
        ("8x80GB", Gpus(8, 80 * 10**9)),
        ("1x512M", Gpus(1, 512 * 2**20)),
        ("1.5T", Gpus(1, round(1.5 * 2**40))),
    ],
)
def test_words(text: str, expected: Gpus) -> None:
    assert machine.parse(text) == expected


def test_main_memory() -> None:
    assert machine.parse("2x24G", "64G").host == 64 * G
    assert machine.parse("2x24G", "64GB").host == 64 * 10**9
    assert str(machine.parse("2x24G")) == "2x24G"


@pytest.mark.parametrize("text", ["", "four", "4", "0x80G", "4x0G", "4x80", "-1x80G", "4x80Q", "4xG", "80G,80G", "nan"])
def test_other_words(text: str) -> None:
    with pytest.raises(UsageError, match="not a number of GPUs and their memory; write 80G, 4x80G, or here"):
        machine.parse(text)


@pytest.mark.parametrize("text", ["much", "2x64G", "0G", ""])
def test_other_amounts(text: str) -> None:
    with pytest.raises(UsageError, match="not an amount of memory"):
        machine.size(text)
