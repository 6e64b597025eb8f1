import pytest

from hfterm.errors import UsageError
from hfterm.inference.device import default_dtype, pick


def test_auto_takes_what_is_there() -> None:
    import torch

    best = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert pick() == pick("auto") == pick(None) == pick("") == pick(" AUTO ") == best


def test_cpu_is_always_there() -> None:
    assert pick("cpu") == "cpu"
    assert default_dtype("cpu") == "float32"


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:x", "cpu:0", "mps:1", "cuda:-1", "tpu"])
def test_an_unknown_name_lists_the_known(name: str) -> None:
    with pytest.raises(UsageError, match="choose auto, cpu, cuda, cuda:N or mps"):
        pick(name)


def test_an_absent_device_says_so() -> None:
    import torch

    if not torch.cuda.is_available():
        with pytest.raises(UsageError, match="sees no CUDA GPU"):
            pick("cuda")
    if not torch.backends.mps.is_available():
        with pytest.raises(UsageError, match="'mps' is not on this machine"):
            pick("mps")
