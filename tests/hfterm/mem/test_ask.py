from typing import Any

import pytest

from hfterm.errors import UsageError
from hfterm.mem.ask import Ask


@pytest.mark.parametrize(
    ("given", "weights", "arithmetic"),
    [
        ({}, "float32", "bfloat16"),
        ({"peft": "none"}, "float32", "bfloat16"),
        ({"peft": "lora"}, "bfloat16", "bfloat16"),
        ({"dtype": "bfloat16"}, "bfloat16", "bfloat16"),
        ({"dtype": "float16", "peft": "lora"}, "float32", "float16"),
        ({"dtype": "float32"}, "float32", "float32"),
        ({"peft": "lora", "mixed": True}, "float32", "bfloat16"),
        ({"mixed": False}, "bfloat16", "bfloat16"),
        ({"purpose": "inference"}, "bfloat16", "bfloat16"),
    ],
)
def test_dtypes(given: dict[str, Any], weights: str, arithmetic: str) -> None:
    ask = Ask("m", **given).check()
    assert (ask.weights, ask.arithmetic) == (weights, arithmetic)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"batch": 0}, "the batch must be 1 or more, not 0"),
        ({"length": 0}, "the length must be"),
        ({"target_length": 0}, "the target length must be"),
        ({"dtype": "int8"}, "no such dtype 'int8'; choose float32"),
        ({"attention": "fast"}, "no such attention 'fast'; choose eager"),
        ({"optimizer": "lion"}, "no such optimizer 'lion'; choose adamw_torch"),
        ({"purpose": "fun"}, "no such purpose"),
        ({"bits": 2}, "4 or 8 bits, not 2"),
        ({"bits": 4}, "weights of 4 bits cannot be tuned; .*--peft lora"),
        ({"mixed": True, "dtype": "float32"}, "16 bits"),
        ({"mixed": True, "purpose": "inference"}, "way of training"),
        ({"attention": "flash_attention_2", "dtype": "float32"}, "knows no float32"),
    ],
)
def test_what_makes_no_sense(given: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Ask("m", **given).check()
