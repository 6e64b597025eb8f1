import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfterm.hub.inspect import facts

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["architectures", "quantization_config", "text_config", "vocab_size", "auto_map", "quantization", "n_ctx"]


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "max_position_embeddings": 2048, "vocab_size": 32000, "num_hidden_layers": 2, "torch_dtype": "bfloat16"},
            {"architecture": "LlamaForCausalLM", "model_type": "llama", "context_length": 2048, "vocabulary": 32000, "layers": 2, "dtype": "bfloat16"},
        ),
        ({"n_positions": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12}, {"context_length": 1024, "hidden_size": 768, "heads": 12, "layers": 12}),
        ({"text_config": {"vocab_size": 7}, "vision_config": {"hidden_size": 9}}, {"vocabulary": 7}),
        ({"quantization_config": {"quant_method": "awq", "bits": 4}}, {"quantization": "awq 4 bit"}),
        ({"auto_map": {"AutoModel": "x.Y"}}, {"custom_code": True}),
        ({"architectures": "x", "vocab_size": "many", "max_position_embeddings": True, "model_type": 7}, {"model_type": 7}),
        ({}, {}),
    ],
)  # fmt: skip
def test_of_config(config: dict[str, object], told: dict[str, object]) -> None:
    assert facts.of_config(config) == told


def test_of_adapter() -> None:
    config = {
        "peft_type": "LORA", "r": 8, "lora_alpha": 16, "target_modules": ["v_proj", "q_proj"], "task_type": "CAUSAL_LM",
        "base_model_name_or_path": "org/base", "modules_to_save": None,
    }  # fmt: skip
    assert facts.of_adapter(config) == {
        "method": "LORA", "base_model": "org/base", "task": "CAUSAL_LM", "rank": 8, "alpha": 16,
        "target_modules": ["q_proj", "v_proj"],
    }  # fmt: skip


def test_of_dataset_card() -> None:
    data = {"dataset_info": {"features": [{"name": "text", "dtype": "string"}, {"name": "ids", "sequence": "int32"}], "splits": [{"name": "train", "num_examples": 9}], "dataset_size": 5}}  # fmt: skip
    assert facts.of_dataset_card(data) == [
        {"config": "default", "splits": {"train": 9}, "bytes": 5, "features": {"text": "string", "ids": "sequence"}}
    ]


@given(st.dictionaries(st.sampled_from([*NAMES, "dataset_info", "license", "target_modules", "r"]), JSON))
def test_whatever_is_in_them(config: dict[str, object]) -> None:
    facts.of_config(config)
    facts.of_adapter(config)
    facts.of_card(config)
    facts.of_dataset_card(config)
