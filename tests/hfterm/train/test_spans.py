"""Places in a text among its tokens: as they are when what is before them is tokenized alone."""

import copy
from typing import Any

import pytest

from hfterm.train.spans import Encoder
from support.tiny import tiny_model

TEXTS = [
    "<|user|>Who keeps the lighthouse?<|end|>\n<|assistant|>Mara keeps the lighthouse.<|end|>\n",
    "<|user|>  ĝi 日本 😁\n\n<|end|>\n\n<|assistant|>\n\n  x<|assistant|><|assistant|> the red\tlamp",
    "plain text without a mark, lighthouse lighthouses",
    "",
]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_model(tmp_path_factory.mktemp("tiny") / "model"))


@pytest.mark.parametrize("text", TEXTS)
def test_every_place_is_that_of_the_beginning_alone(tokenizer: Any, text: str) -> None:
    encoder = Encoder(tokenizer)
    (whole,) = encoder.encode([text])
    assert whole.ids.tolist() == tokenizer(text, add_special_tokens=False)["input_ids"]
    places = 0
    for place in range(len(text) + 1):
        before = tokenizer(text[:place], add_special_tokens=False)["input_ids"]
        expected = len(before) if whole.ids[: len(before)].tolist() == before else None
        assert whole.at(place) == expected, text[:place]
        places += expected is not None
    assert places


def test_what_the_tokenizers_file_says_of_lengths_is_not_heeded(tokenizer: Any) -> None:
    other = copy.deepcopy(tokenizer)
    other.backend_tokenizer.enable_truncation(2)
    other.backend_tokenizer.enable_padding(length=50)
    assert Encoder(other).ids(TEXTS[0]) == Encoder(tokenizer).ids(TEXTS[0])
