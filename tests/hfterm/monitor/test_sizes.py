import pytest

from hfterm.errors import UsageError
from hfterm.monitor.sizes import amount


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("40G", 40 << 30),
        ("40g", 40 << 30),
        ("40GiB", 40 << 30),
        ("40 Gi", None),
        ("40960M", 40 << 30),
        ("40GB", 40 * 10**9),
        ("1.5T", 3 << 39),
        ("512", 512),
        ("512B", 512),
    ],
)
def test_amounts(text: str, size: int | None) -> None:
    if size is None:
        with pytest.raises(UsageError):
            amount(text)
    else:
        assert amount(text).of(10**15) == size


def test_percent_is_of_each_device() -> None:
    assert amount("90%").of(1000) == 900
    assert str(amount("90 %")) == "90 %"
    assert str(amount("40G")) == "40.0 GiB"


@pytest.mark.parametrize("text", ["", "G", "-1G", "1e3", "100.1%", "40GG", "forty", "40G 2"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not an amount of memory"):
        amount(text)
