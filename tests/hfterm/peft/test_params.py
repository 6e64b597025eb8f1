import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import NotFoundError, UsageError
from hfterm.peft.params import count

# bigscience/mt0-large's config.json, as far as it matters.
MT0_LARGE = {
    "model_type": "mt5", "architectures": ["MT5ForConditionalGeneration"], "is_encoder_decoder": True,
    "vocab_size": 250112, "d_model": 1024, "d_kv": 64, "d_ff": 2816, "num_layers": 24, "num_decoder_layers": 24,
    "num_heads": 16, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False,
}  # fmt: skip
LLAMA = {
    "model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 400, "hidden_size": 32,
    "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
}  # fmt: skip


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HFTERM_HOME", str(tmp_path / "home"))


def folder(path: Path, config: dict[str, Any]) -> str:
    (path / "config.json").write_text(json.dumps(config))
    return str(path)


def test_the_figure_of_mt0_large(tmp_path: Path) -> None:
    # https://github.com/huggingface/peft#quickstart of PEFT 0.3
    model = folder(tmp_path, MT0_LARGE)
    found = count(model, "lora", {"r": 8, "lora_alpha": 32, "lora_dropout": 0.1})
    assert (found.trainable, found.all, found.percent) == (2359296, 1231940608, 0.19151053100118282)
    assert found.task == "seq2seq" and found.targets == ["q", "v"] and len(found.modules) == 144
    first = found.modules[0]
    assert first == ("encoder.block.0.layer.0.SelfAttention.q", "Linear", 8 * 2048, 1024 * 1024 + 8 * 2048)
    assert sum(m.trainable for m in found.modules) == found.trainable


def test_a_count_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what config.json says and what was asked; the second time nothing is built."""
    model = folder(tmp_path, LLAMA)
    first = count(model, "ia3", {})
    monkeypatch.setattr("hfterm.peft.params._built", lambda *args: pytest.fail("built again"))
    assert count(model, "IA3", {}) == first and isinstance(first.modules[0].module, str)
    monkeypatch.undo()
    monkeypatch.setenv("HFTERM_HOME", str(tmp_path / "home"))
    assert count(folder(tmp_path, {**LLAMA, "num_hidden_layers": 3}), "ia3", {}).trainable == first.trainable * 3 // 2


def test_a_tied_head_is_counted_once(tmp_path: Path) -> None:
    model = folder(tmp_path, {**MT0_LARGE, "tie_word_embeddings": True})
    assert count(model, "lora", {"r": 8}).all == 1231940608 - 250112 * 1024


@pytest.mark.parametrize(
    ("method", "settings", "trainable", "first"),
    [
        # q: 32 -> 32, v: 32 -> 16; two layers
        ("lora", {"r": 4}, 2 * 4 * (64 + 48), "model.layers.0.self_attn.q_proj"),
        ("pissa", {"r": 4}, 2 * 4 * (64 + 48), "model.layers.0.self_attn.q_proj"),
        ("dora", {"r": 4}, 2 * 4 * (64 + 48) + 2 * (32 + 16), "model.layers.0.self_attn.q_proj"),
        ("ia3", {}, 2 * (16 + 16 + 64), "model.layers.0.self_attn.k_proj"),
        ("ln_tuning", {}, 5 * 32, "model.layers.0.input_layernorm"),
        ("prompt_tuning", {"num_virtual_tokens": 5}, 5 * 32, "prompt_encoder.embedding"),
        ("prefix-tuning", {"num_virtual_tokens": 5}, 5 * 2 * 2 * 16, "prompt_encoder.embedding"),
        # E too: a number a rank
        ("adalora", {"init_r": 4}, 2 * 4 * (64 + 48) + 4 * 4, "model.layers.0.self_attn.q_proj"),
        # on the meta device PEFT fails: with an adapter in memory, and with a random model
        ("boft", {}, 608, "model.layers.0.self_attn.q_proj"),
        ("adamss", {}, 576, "model.layers.0.self_attn.q_proj"),
        ("poly", {}, 7184, "model.layers.0.self_attn.q_proj"),
        ("lora", {"r": 4, "target_modules": ["lm_head"]}, 4 * 432, "lm_head"),
    ],
)
def test_methods(tmp_path: Path, method: str, settings: dict[str, Any], trainable: int, first: str) -> None:
    found = count(folder(tmp_path, LLAMA), method, settings)
    assert found.trainable == trainable == sum(m.trainable for m in found.modules)
    assert found.modules[0].module == first and found.task == "clm"


def test_other_tasks_and_architectures(tmp_path: Path) -> None:
    model = folder(tmp_path, LLAMA)
    plain = count(model, "lora", {"r": 4}, task="features")
    classify = count(model, "lora", {"r": 4}, task="classify")
    assert plain.architecture == "LlamaModel" and classify.architecture == "LlamaForSequenceClassification"
    # PEFT trains a classifier's head too.
    assert classify.trainable == plain.trainable + 2 * 32
    assert classify.modules[-1][:3] == ("score", "Linear", 64)
    vit = {"model_type": "vit", "architectures": ["ViTForImageClassification"], "hidden_size": 32,
           "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "image_size": 32}  # fmt: skip
    seen = count(folder(tmp_path, vit), "lora", {"r": 2, "target_modules": "all-linear"})
    assert seen.task is None and seen.architecture == "ViTForImageClassification" and seen.trainable > 0
    # Without architectures: by the model's kind.
    bare = {name: value for name, value in LLAMA.items() if name != "architectures"}
    assert count(folder(tmp_path, bare), "lora", {"r": 4}).task == "clm"


@pytest.mark.parametrize(
    ("method", "settings", "task", "words"),
    [
        ("lorra", {}, None, "no such PEFT method 'lorra'; did you mean 'lora'"),
        ("lora", {"rank": 4}, None, "has no setting 'rank'"),
        ("lora", {"target_modules": ["nope"]}, None, "does not fit this model: Target modules .*nope.* not found"),
        ("c3a", {}, None, "does not fit this model: The block size should be a factor"),
        ("lora", {}, "seq2seq", "choose another --task"),
        ("lora", {}, "dance", "no such task 'dance'; choose clm"),
    ],
)
def test_what_does_not_fit_is_told(
    tmp_path: Path, method: str, settings: dict[str, Any], task: str | None, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        count(folder(tmp_path, LLAMA), method, settings, task=task)


def test_what_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no config\.json"):
        count(str(tmp_path), "lora", {})
    with pytest.raises(UsageError, match=r"cannot read the configuration of .*transformers must know its model_type"):
        count(folder(tmp_path, {"model_type": "never-heard-of"}), "lora", {})
    with pytest.raises(UsageError, match=r"cannot read the configuration of .*RoPE requires an even rotary dimension"):
        count(folder(tmp_path, {**LLAMA, "head_dim": 7}), "vera", {})
    with pytest.raises(UsageError, match="cannot be counted without the weights of a model of 1,229,581,312"):
        count(folder(tmp_path, MT0_LARGE), "adamss", {})
    (tmp_path / "config.json").unlink()
    (tmp_path / "adapter_config.json").write_text('{"peft_type": "LORA", "base_model_name_or_path": "org/base"}')
    with pytest.raises(UsageError, match="is an adapter, not a model; name its base: org/base"):
        count(str(tmp_path), "lora", {})
