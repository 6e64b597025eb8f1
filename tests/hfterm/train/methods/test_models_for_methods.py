"""What a method says of a model by its config.json alone."""

import io
from typing import Any

import pytest

from hfterm.errors import UsageError
from hfterm.output import Output
from hfterm.train import methods
from hfterm.train.methods.trl_shared import within
from hfterm.train.recipes import recipe_class

pytest.importorskip("transformers")

BERT = {"model_type": "bert", "architectures": ["BertForMaskedLM"]}
T5 = {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "is_encoder_decoder": True}
VIT = {"model_type": "vit", "architectures": ["ViTModel"]}
LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "max_position_embeddings": 256}


def check(method: str, config: dict[str, Any]) -> None:
    methods.get(method).check(recipe_class(method)("m", "d"), config)


@pytest.mark.parametrize(
    ("method", "config", "words"),
    [
        ("sft", BERT, "so sft cannot tune it; use a causal language model; this one is for hfterm train mlm,"),
        (
            "sft",
            T5,
            "T5ForConditionalGeneration is no language model that goes on with a text, .* hfterm train seq2seq",
        ),
        ("dpo", VIT, "ViTModel is no language model .*; this one is for hfterm train image"),
        ("clm", BERT, "reads both ways; use hfterm train mlm"),
        ("mlm", LLAMA, "'llama' is not for masked language modelling; it is for hfterm train clm"),
        ("image", LLAMA, "'llama' is not for image classification"),
        ("audio", VIT, "'vit' is not for audio classification; it is for hfterm train image"),
        ("classify", VIT, "'vit' is not for text classification"),
        ("tag", {"model_type": "newest"}, "'newest' is not for token classification; choose a model for"),
    ],
)
def test_a_model_for_something_else_is_refused(method: str, config: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check(method, config)


@pytest.mark.parametrize(
    ("method", "config"), [("sft", LLAMA), ("dpo", LLAMA), ("clm", LLAMA), ("mlm", BERT), ("seq2seq", T5)]
)
def test_a_model_that_fits_is_taken(method: str, config: dict[str, Any]) -> None:
    check(method, config)


def test_examples_are_no_longer_than_the_model_reads() -> None:
    told = io.StringIO()
    out = Output(stdout=io.StringIO(), stderr=told)

    def length(config: dict[str, Any], **more: Any) -> int:
        found: int = within(recipe_class("sft")("m", "d", **more), config, out).max_length
        return found

    assert length({}) == 1024 and length({"max_position_embeddings": 4096}) == 1024
    assert length(LLAMA) == 256 and length({"text_config": LLAMA}) == 256 and told.getvalue() == ""
    assert length(LLAMA, max_length=100) == 100
    assert length(LLAMA, max_length=300) == 256
    assert "--max-length 300 is taken as 256: the model has room for 256 tokens" in told.getvalue()
    assert length(LLAMA, peft="prompt_tuning") == 236
    with pytest.raises(UsageError, match="leave no room in the model, which reads 256"):
        length(LLAMA, peft="prompt_tuning", peft_set={"num_virtual_tokens": 256})


def test_a_batch_in_which_nothing_is_masked_gets_a_mask() -> None:
    torch = pytest.importorskip("torch")
    from types import SimpleNamespace

    from hfterm.train.methods.mlm import with_one

    tokenizer = SimpleNamespace(all_special_ids=[0, 1], mask_token_id=4)
    ids = torch.tensor([[0, 7, 1], [0, 8, 1]])
    batch = {"input_ids": ids.clone(), "labels": torch.full_like(ids, -100)}
    made = with_one(batch, tokenizer)
    [(row, column)] = (made["labels"] != -100).nonzero().tolist()
    assert column == 1 and made["labels"][row, 1] == ids[row, 1] and made["input_ids"][row, 1] == 4
    assert (made["input_ids"] == 4).sum() == 1
    before = {name: value.clone() for name, value in made.items()}
    assert all(torch.equal(value, before[name]) for name, value in with_one(made, tokenizer).items())
    # Nothing but special tokens: nothing can be hidden.
    special = {"input_ids": torch.tensor([[0, 1]]), "labels": torch.tensor([[-100, -100]])}
    assert with_one(special, tokenizer)["labels"].tolist() == [[-100, -100]]
