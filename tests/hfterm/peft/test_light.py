"""The light count against PEFT's own, over architectures, methods and settings."""

import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.peft import light, outline, params

GQA = {"vocab_size": 101, "hidden_size": 24, "intermediate_size": 40, "num_hidden_layers": 2, "num_attention_heads": 4,
       "num_key_value_heads": 2}  # fmt: skip
T5 = {"vocab_size": 101, "d_model": 24, "d_kv": 5, "d_ff": 40, "num_layers": 2, "num_heads": 4}
MODELS: dict[str, dict[str, Any]] = {
    "llama": {**GQA, "model_type": "llama"},
    "llama-odd": {**GQA, "model_type": "llama", "num_key_value_heads": None, "head_dim": 6, "attention_bias": True,
                  "mlp_bias": True, "tie_word_embeddings": True},
    "mistral": {**GQA, "model_type": "mistral", "head_dim": None},
    "qwen2": {**GQA, "model_type": "qwen2", "tie_word_embeddings": True},
    "qwen3": {**GQA, "model_type": "qwen3", "head_dim": 10, "attention_bias": True},
    "gemma": {**GQA, "model_type": "gemma", "head_dim": 8},
    "gemma2": {**GQA, "model_type": "gemma2", "head_dim": 8},
    "gpt2": {"model_type": "gpt2", "vocab_size": 101, "n_positions": 32, "n_embd": 24, "n_layer": 2, "n_head": 4},
    "gpt2-untied": {"model_type": "gpt2", "vocab_size": 101, "n_positions": 32, "n_embd": 24, "n_layer": 2, "n_head": 4,
                    "n_inner": 36, "tie_word_embeddings": False},
    "gpt_neox": {**GQA, "model_type": "gpt_neox", "attention_bias": False},
    "bloom": {"model_type": "bloom", "vocab_size": 101, "hidden_size": 24, "n_layer": 2, "n_head": 4},
    "t5": {**T5, "model_type": "t5", "feed_forward_proj": "relu"},
    "mt5": {**T5, "model_type": "mt5", "feed_forward_proj": "gated-gelu", "num_decoder_layers": 3,
            "tie_word_embeddings": False},
}  # fmt: skip
# Where an architecture has no such layers, PEFT is asked.
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("lora", {}),
    ("lora", {"r": 3, "lora_alpha": 6.5, "lora_dropout": 0.1, "target_modules": "all-linear"}),
    ("dora", {"r": 2}),
    ("rslora", {"r": 5, "init_lora_weights": "gaussian", "target_modules": ["q_proj", "up_proj"]}),
    ("pissa", {"r": 4, "use_dora": True, "target_modules": ["lm_head", "dense", "c_proj", "wo"]}),
]


@pytest.mark.parametrize("name", MODELS)
def test_as_peft_counts(name: str, tmp_path: Path) -> None:
    told = MODELS[name]
    told = {**told, "architectures": [outline._FAMILIES[told["model_type"]].architecture]}
    (tmp_path / "config.json").write_text(json.dumps(told))
    sure = 0
    for method, settings in ASKED:
        if light.count(told, method, settings, None) is None:
            continue
        sure += 1
        found = params.count(str(tmp_path), method, settings)
        real = params._built(str(tmp_path), tmp_path / "config.json", told, method, settings, None)
        assert sorted(found.modules) == sorted(real.modules)
        assert found._replace(modules=[]) == real._replace(modules=[])
    assert sure >= 3


@pytest.mark.parametrize(
    ("more", "method", "settings", "task"),
    [
        ({}, "ia3", {}, None),
        ({}, "lora", {"rank": 3}, None),
        ({}, "lora", {"r": 0}, None),
        ({}, "lora", {"r": "8"}, None),
        ({}, "lora", {"lora_dropout": 2}, None),
        ({}, "lora", {"bias": "all"}, None),
        ({}, "lora", {"target_modules": ".*q_proj"}, None),
        ({}, "lora", {"target_modules": ["mlp"]}, None),
        ({}, "lora", {"target_modules": ["self_attn.q_proj"]}, None),
        ({}, "lora", {"target_modules": ["q_proj", "typo"]}, None),
        ({}, "lora", {"target_modules": ["embed_tokens"]}, None),
        ({}, "lora", {"target_modules": []}, None),
        ({}, "lora", {}, "classify"),
        ({"architectures": ["LlamaForSequenceClassification"]}, "lora", {}, None),
        ({"architectures": None}, "lora", {}, None),
        ({"hidden_size": None}, "lora", {}, None),
        ({"num_attention_heads": 0}, "lora", {}, None),
        ({"num_attention_heads": 5}, "lora", {}, None),
        ({"head_dim": 7}, "lora", {}, None),
        ({"tie_word_embeddings": True}, "lora", {"target_modules": ["lm_head"]}, None),
        ({"quantization_config": {"bits": 4}}, "lora", {}, None),
        ({"model_type": "mixtral"}, "lora", {}, None),
    ],
)
def test_what_only_peft_can_tell(more: dict[str, Any], method: str, settings: dict[str, Any], task: str | None) -> None:
    told = {**MODELS["llama"], "architectures": ["LlamaForCausalLM"]}
    assert light.count(told, "lora", {}, None) is not None
    assert light.count({**told, **more}, method, settings, task) is None


def test_other_versions_are_left_to_peft(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {**MODELS["llama"], "architectures": ["LlamaForCausalLM"]}
    monkeypatch.setattr(light, "TESTED", {"peft": "0.99."})
    assert light.count(told, "lora", {}, None) is None
