"""Configurations of well-known models, for when the Hub cannot be reached: what decides their size, nothing else.

Each is from the config.json of the model's repository on the Hub, as of 2023 or later.
"""

from typing import Any

_T5 = {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "is_encoder_decoder": True,
       "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False, "d_kv": 64, "dropout_rate": 0.1}  # fmt: skip
_MT5 = {**_T5, "model_type": "mt5", "architectures": ["MT5ForConditionalGeneration"], "vocab_size": 250112}
_BLOOM = {"model_type": "bloom", "architectures": ["BloomForCausalLM"], "vocab_size": 250880}
_LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "rms_norm_eps": 1e-5}


def _t5(base: dict[str, Any], model: int, inner: int, layers: int, heads: int, **more: Any) -> dict[str, Any]:
    return {**base, "d_model": model, "d_ff": inner, "num_layers": layers, "num_decoder_layers": layers,
            "num_heads": heads, **more}  # fmt: skip


def _llama(hidden: int, inner: int, layers: int, heads: int, groups: int, vocab: int, **more: Any) -> dict[str, Any]:
    return {**_LLAMA, "hidden_size": hidden, "intermediate_size": inner, "num_hidden_layers": layers,
            "num_attention_heads": heads, "num_key_value_heads": groups, "vocab_size": vocab,
            "tie_word_embeddings": False, **more}  # fmt: skip


SHAPES: dict[str, dict[str, Any]] = {
    "bigscience/T0_3B": _t5(_T5, 2048, 5120, 24, 32, vocab_size=32128),
    "bigscience/T0pp": _t5(_T5, 4096, 10240, 24, 64, vocab_size=32128),
    "bigscience/mt0-large": _t5(_MT5, 1024, 2816, 24, 16),
    "bigscience/mt0-xl": _t5(_MT5, 2048, 5120, 24, 32),
    "bigscience/mt0-xxl": _t5(_MT5, 4096, 10240, 24, 64),
    "bigscience/bloomz-560m": {**_BLOOM, "hidden_size": 1024, "n_layer": 24, "n_head": 16},
    "bigscience/bloomz-7b1": {**_BLOOM, "hidden_size": 4096, "n_layer": 30, "n_head": 32},
    "bigscience/bloom": {**_BLOOM, "hidden_size": 14336, "n_layer": 70, "n_head": 112},
    "meta-llama/Llama-2-7b-hf": _llama(4096, 11008, 32, 32, 32, 32000),
    "meta-llama/Llama-2-13b-hf": _llama(5120, 13824, 40, 40, 40, 32000),
    "meta-llama/Llama-2-70b-hf": _llama(8192, 28672, 80, 64, 8, 32000),
    "meta-llama/Meta-Llama-3-8B": _llama(4096, 14336, 32, 32, 8, 128256),
    "meta-llama/Llama-3.1-8B": _llama(4096, 14336, 32, 32, 8, 128256),
    "meta-llama/Llama-3.1-70B": _llama(8192, 28672, 80, 64, 8, 128256),
    "meta-llama/Llama-3.2-1B": _llama(2048, 8192, 16, 32, 8, 128256, head_dim=64, tie_word_embeddings=True),
    "mistralai/Mistral-7B-v0.1": _llama(4096, 14336, 32, 32, 8, 32000),
    "HuggingFaceTB/SmolLM2-135M": _llama(576, 1536, 30, 9, 3, 49152, tie_word_embeddings=True),
    "HuggingFaceTB/SmolLM2-1.7B": _llama(2048, 8192, 24, 32, 32, 49152, tie_word_embeddings=True),
    "Qwen/Qwen2.5-7B": {
        "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "hidden_size": 3584,
        "intermediate_size": 18944, "num_hidden_layers": 28, "num_attention_heads": 28, "num_key_value_heads": 4,
        "vocab_size": 152064, "tie_word_embeddings": False,
    },
    "openai-community/gpt2": {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]},
    "google-bert/bert-base-uncased": {"model_type": "bert", "architectures": ["BertForMaskedLM"]},
}  # fmt: skip
_BY_NAME = {name.lower(): name for name in SHAPES}


def find(model: str) -> tuple[str, dict[str, Any]] | None:
    """The name and the configuration of a well-known model, by its Hub id in any case; None for others."""
    name = _BY_NAME.get(model.partition("@")[0].lower())
    return (name, SHAPES[name]) if name else None
