"""The modules of well-known architectures, from config.json alone: no library is imported, nothing is built.

Names and shapes are those of transformers 5 (``models/*/modeling_*.py``); tests hold them against the real classes.
What a configuration does not say is transformers' own default; one that needs more than is known here has no outline.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

Told = Mapping[str, Any]


class Layer(NamedTuple):
    """A module with weights of its own. ``size``: (in, out) of a linear one, None of others; ``numbers``: how many."""

    name: str
    kind: str
    numbers: int
    size: tuple[int, int] | None = None
    head: bool = False


class Outline(NamedTuple):
    """``tied``: the head has no weight of its own, and is none of ``layers``."""

    task: str
    layers: list[Layer]
    tied: bool


def of(told: Told) -> Outline | None:
    """The outline of a model; None where it is not known here.

    ``told`` is config.json's object. The head has a weight of its own where it says so.
    """
    named = told.get("architectures")
    family = _FAMILIES.get(str(told.get("model_type")))
    if family is None or not isinstance(named, list) or named != [family.architecture] or "quantization_config" in told:
        return None
    tied = told.get("tie_word_embeddings", family.tied)
    if not isinstance(tied, bool):
        return None
    try:
        found = list(family.layers(told))
    except (KeyError, TypeError, ZeroDivisionError):  # something that it must say is missing, or odd
        return None
    if any(layer.numbers <= 0 for layer in found):
        return None
    return Outline(family.task, [layer for layer in found if not (tied and layer.head)], tied)


def _linear(name: str, wide: int, out: int, bias: bool = False, kind: str = "Linear", head: bool = False) -> Layer:
    return Layer(name, kind, wide * out + (out if bias else 0), (wide, out), head)


def _whole(told: Told, *names: str) -> list[int]:
    """The whole numbers that a configuration must say.

    Raises:
        KeyError: one is missing. TypeError: it is something else.
    """
    found = [told[name] for name in names]
    if any(type(value) is not int for value in found):
        raise TypeError(names)
    return found


def _split(width: int, heads: int, size: int = 2) -> None:
    """What transformers refuses: heads of unequal size, or of an odd one.

    Raises:
        KeyError.
    """
    if heads <= 0 or width % heads or size % 2:
        raise KeyError("heads")


def _llama(told: Told) -> Iterator[Layer]:
    """Llama and its kin: Mistral, Qwen 2 and 3, Gemma 1 and 2."""
    kind = told["model_type"]
    words, width, inner, depth, heads = _whole(
        told, "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads"
    )
    groups = told.get("num_key_value_heads")
    if kind == "llama":
        groups = heads if groups is None else groups
    size = told.get("head_dim")
    if kind in ("llama", "mistral", "qwen2"):
        # Qwen 2 takes no head_dim of its own.
        size = width // heads if size is None or kind == "qwen2" else size
    if type(groups) is not int or type(size) is not int or (kind == "qwen2" and "head_dim" in told):
        raise KeyError("head_dim")
    _split(width, heads, size)
    said, thin = bool(told.get("attention_bias", False)), bool(told.get("mlp_bias", False)) and kind == "llama"
    bias = {"llama": said, "mistral": False, "qwen2": True, "qwen3": said, "gemma": said, "gemma2": said}[kind]
    yield Layer("model.embed_tokens", "Embedding", words * width)
    norms = ["input_layernorm", "post_attention_layernorm"]
    norms += ["pre_feedforward_layernorm", "post_feedforward_layernorm"] if kind == "gemma2" else []
    for at in range(depth):
        own = f"model.layers.{at}"
        yield _linear(f"{own}.self_attn.q_proj", width, heads * size, bias)
        yield _linear(f"{own}.self_attn.k_proj", width, groups * size, bias)
        yield _linear(f"{own}.self_attn.v_proj", width, groups * size, bias)
        yield _linear(f"{own}.self_attn.o_proj", heads * size, width, bias and kind != "qwen2")
        if kind == "qwen3":
            yield Layer(f"{own}.self_attn.q_norm", "norm", size)
            yield Layer(f"{own}.self_attn.k_norm", "norm", size)
        yield _linear(f"{own}.mlp.gate_proj", width, inner, thin)
        yield _linear(f"{own}.mlp.up_proj", width, inner, thin)
        yield _linear(f"{own}.mlp.down_proj", inner, width, thin)
        for name in norms:
            yield Layer(f"{own}.{name}", "norm", width)
    yield Layer("model.norm", "norm", width)
    yield _linear("lm_head", width, words, head=True)


def _gpt2(told: Told) -> Iterator[Layer]:
    words, places, width, depth, heads = _whole(told, "vocab_size", "n_positions", "n_embd", "n_layer", "n_head")
    _split(width, heads)
    inner = told.get("n_inner") or 4 * width
    if told.get("add_cross_attention"):
        raise KeyError("add_cross_attention")
    yield Layer("transformer.wte", "Embedding", words * width)
    yield Layer("transformer.wpe", "Embedding", places * width)
    for at in range(depth):
        own = f"transformer.h.{at}"
        yield Layer(f"{own}.ln_1", "norm", 2 * width)
        yield _linear(f"{own}.attn.c_attn", width, 3 * width, True, "Conv1D")
        yield _linear(f"{own}.attn.c_proj", width, width, True, "Conv1D")
        yield Layer(f"{own}.ln_2", "norm", 2 * width)
        yield _linear(f"{own}.mlp.c_fc", width, inner, True, "Conv1D")
        yield _linear(f"{own}.mlp.c_proj", inner, width, True, "Conv1D")
    yield Layer("transformer.ln_f", "norm", 2 * width)
    yield _linear("lm_head", width, words, head=True)


def _neox(told: Told) -> Iterator[Layer]:
    words, width, inner, depth, heads = _whole(
        told, "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads"
    )
    _split(width, heads)
    bias = bool(told.get("attention_bias", True))
    yield Layer("gpt_neox.embed_in", "Embedding", words * width)
    for at in range(depth):
        own = f"gpt_neox.layers.{at}"
        yield Layer(f"{own}.input_layernorm", "norm", 2 * width)
        yield Layer(f"{own}.post_attention_layernorm", "norm", 2 * width)
        yield _linear(f"{own}.attention.query_key_value", width, 3 * width, bias)
        yield _linear(f"{own}.attention.dense", width, width, bias)
        yield _linear(f"{own}.mlp.dense_h_to_4h", width, inner, True)
        yield _linear(f"{own}.mlp.dense_4h_to_h", inner, width, True)
    yield Layer("gpt_neox.final_layer_norm", "norm", 2 * width)
    yield _linear("embed_out", width, words, head=True)


def _bloom(told: Told) -> Iterator[Layer]:
    width = told.get("hidden_size") or told["n_embed"]
    depth = told.get("n_layer") or told["num_hidden_layers"]
    _split(width, told.get("n_head") or told["num_attention_heads"])
    (words,) = _whole(told, "vocab_size")
    if type(width) is not int or type(depth) is not int or "n_inner" in told:
        raise KeyError("hidden_size")
    yield Layer("transformer.word_embeddings", "Embedding", words * width)
    yield Layer("transformer.word_embeddings_layernorm", "norm", 2 * width)
    for at in range(depth):
        own = f"transformer.h.{at}"
        yield Layer(f"{own}.input_layernorm", "norm", 2 * width)
        yield _linear(f"{own}.self_attention.query_key_value", width, 3 * width, True)
        yield _linear(f"{own}.self_attention.dense", width, width, True)
        yield Layer(f"{own}.post_attention_layernorm", "norm", 2 * width)
        yield _linear(f"{own}.mlp.dense_h_to_4h", width, 4 * width, True)
        yield _linear(f"{own}.mlp.dense_4h_to_h", 4 * width, width, True)
    yield Layer("transformer.ln_f", "norm", 2 * width)
    yield _linear("lm_head", width, words, head=True)


def _t5(told: Told) -> Iterator[Layer]:
    """T5 and mT5; ``num_layers`` counts the encoder's layers, and the decoder's where it says nothing of its own."""
    words, width, size, inner, depth, heads = _whole(
        told, "vocab_size", "d_model", "d_kv", "d_ff", "num_layers", "num_heads"
    )
    also = told.get("num_decoder_layers")
    gated = str(told["feed_forward_proj"]).startswith("gated")
    buckets = told.get("relative_attention_num_buckets", 32)
    yield Layer("shared", "Embedding", words * width)
    for stack, layers in (("encoder", depth), ("decoder", depth if also is None else also)):
        for at in range(layers):
            parts = ["SelfAttention"] + (["EncDecAttention"] if stack == "decoder" else [])
            for number, part in enumerate(parts):
                own = f"{stack}.block.{at}.layer.{number}"
                for name in "qkv":
                    yield _linear(f"{own}.{part}.{name}", width, heads * size)
                yield _linear(f"{own}.{part}.o", heads * size, width)
                if at == 0 and number == 0:
                    yield Layer(f"{own}.{part}.relative_attention_bias", "Embedding", buckets * heads)
                yield Layer(f"{own}.layer_norm", "norm", width)
            own = f"{stack}.block.{at}.layer.{len(parts)}"
            for name in ("wi_0", "wi_1") if gated else ("wi",):
                yield _linear(f"{own}.DenseReluDense.{name}", width, inner)
            yield _linear(f"{own}.DenseReluDense.wo", inner, width)
            yield Layer(f"{own}.layer_norm", "norm", width)
        yield Layer(f"{stack}.final_layer_norm", "norm", width)
    yield _linear("lm_head", width, words, head=True)


class _Family(NamedTuple):
    architecture: str
    layers: Callable[[Told], Iterator[Layer]]
    tied: bool = False
    task: str = "clm"


_FAMILIES = {
    "llama": _Family("LlamaForCausalLM", _llama),
    "mistral": _Family("MistralForCausalLM", _llama),
    "qwen2": _Family("Qwen2ForCausalLM", _llama),
    "qwen3": _Family("Qwen3ForCausalLM", _llama),
    "gemma": _Family("GemmaForCausalLM", _llama, tied=True),
    "gemma2": _Family("Gemma2ForCausalLM", _llama, tied=True),
    "gpt2": _Family("GPT2LMHeadModel", _gpt2, tied=True),
    "gpt_neox": _Family("GPTNeoXForCausalLM", _neox),
    "bloom": _Family("BloomForCausalLM", _bloom, tied=True),
    "t5": _Family("T5ForConditionalGeneration", _t5, tied=True, task="seq2seq"),
    "mt5": _Family("MT5ForConditionalGeneration", _t5, tied=True, task="seq2seq"),
}
