"""Steps of tiny models, with sums that can be made by hand."""

from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import UsageError
from hfterm.mem.ask import Ask
from hfterm.mem.build import source
from hfterm.mem.ledger import Segment, rounded
from hfterm.mem.steps import measure
from hfterm.mem.trace import LONG, SHORT, Weight, deepen, deepen_weights
from support.mem_models import LLAMA, T5, folder


def followed(ask: Ask, layers: int | None = None, zero3: bool = False) -> tuple[list[Segment], dict[str, Weight]]:
    return measure(source(ask), ask, layers, zero3=zero3)


def top(segments: list[Segment]) -> Segment:
    return max(segments, key=lambda segment: segment.total)


def test_full_training_with_adam(tmp_path: Path) -> None:
    model = folder(tmp_path, {**LLAMA, "num_hidden_layers": 2})
    ask = Ask(model, dtype="float32", batch=1, length=4)
    segments, weights = followed(ask)
    # Two layers: q and o 32x32, k and v 32x16, three of 32x64, two norms; words and head 400x32, the last norm.
    count = 2 * (2 * 32 * 32 + 2 * 32 * 16 + 3 * 32 * 64 + 2 * 32) + 2 * 400 * 32 + 32
    assert sum(w.numel for w in weights.values()) == count and all(w.trained for w in weights.values())
    whole = sum(rounded(w.bytes) for w in weights.values())
    step = segments[-1]
    assert step.half == "step"
    # Buffers of the rotary embedding are weights too: 4 numbers, kept twice.
    assert step.peak["weights"] == whole + 2 * 512
    assert step.peak["gradients"] == whole and step.peak["optimizer"] == 2 * whole
    assert step.peak["activations"] == 0


@pytest.mark.parametrize(
    ("optimizer", "foreach", "states", "copies"),
    [
        ("adamw_torch", True, 2, 1),  # the root of the second moments is a copy of all
        ("sgd", True, 0, 0),
        ("adagrad", False, 1, 0),
        ("adamw_8bit", True, 0.5, 0),
    ],
)
def test_optimizers(tmp_path: Path, optimizer: str, foreach: bool, states: float, copies: int) -> None:
    # So large that rounding and single numbers do not count.
    model = folder(tmp_path, {**LLAMA, "num_hidden_layers": 1, "hidden_size": 256, "vocab_size": 8192})
    segments, weights = followed(Ask(model, dtype="float32", batch=1, length=4, optimizer=optimizer, foreach=foreach))
    whole = sum(w.bytes for w in weights.values())
    step = segments[-1]
    assert step.peak["optimizer"] == pytest.approx(states * whole, rel=0.05, abs=1)
    most = 1.3 * copies * whole if copies else 8192 * 256 * 4 * 3
    assert copies * whole * 0.95 <= step.peak["temporary"] <= most


def test_mixed_precision_keeps_weights_in_float32(tmp_path: Path) -> None:
    model = folder(tmp_path, {**LLAMA, "num_hidden_layers": 1})
    mixed, _ = followed(Ask(model, length=64))
    half, weights = followed(Ask(model, length=64, dtype="bfloat16"))
    whole, _ = followed(Ask(model, length=64, dtype="float32"))
    assert all(w.width == 2 for w in weights.values())
    assert mixed[0].peak["weights"] == whole[0].peak["weights"] > 1.9 * half[0].peak["weights"]
    assert top(half).peak["activations"] < top(mixed).peak["activations"] < top(whole).peak["activations"]


def test_what_saves_activations(tmp_path: Path) -> None:
    model = folder(tmp_path, LLAMA)
    plain = Ask(model, dtype="float32", length=256, attention="eager")
    sdpa = Ask(model, dtype="float32", length=256, attention="sdpa")
    again = Ask(model, dtype="float32", length=256, attention="eager", checkpointing=True)
    most = [max(s.other for s in followed(ask)[0]) for ask in (plain, sdpa, again)]
    assert most[1] < most[0] and most[2] < most[0] / 2
    # The scores of 4 heads for 4 examples, in float32, are not kept of any of the 8 layers.
    assert most[0] - most[1] > 8 * 4 * 4 * 256 * 256 * 4


def test_accumulated_gradients_are_there_in_the_next_pass(tmp_path: Path) -> None:
    model = folder(tmp_path, {**LLAMA, "num_hidden_layers": 1})
    ask = Ask(model, dtype="float32", length=8, accumulation=4)
    segments, weights = followed(ask)
    second = [s for s in segments if s.kind == "start" and s.half == "forward"][1]
    assert second.peak["gradients"] == sum(rounded(w.bytes) for w in weights.values())


@pytest.mark.parametrize(("bits", "share"), [(4, 0.53), (8, 1.06)])
def test_quantized_weights(tmp_path: Path, bits: int, share: float) -> None:
    config = {**LLAMA, "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 1}
    ask = Ask(folder(tmp_path, config), peft="lora", bits=bits, length=16)
    segments, weights = followed(ask)
    packed = [w for name, w in weights.items() if name.endswith("base_layer.weight")]
    assert len(packed) == 7 and all(w.width == 1 for w in packed)
    linear = 2 * 128 * 128 + 2 * 128 * 64 + 3 * 128 * 256
    # As peft.prepare_model_for_kbit_training leaves the rest.
    assert {w.width for w in weights.values()} == {1, 4}
    rest = sum(rounded(w.bytes) for w in weights.values() if w.width > 1)
    assert segments[0].peak["weights"] - rest == pytest.approx(share * linear, rel=0.1)


def test_a_prompt_leaves_a_cache(tmp_path: Path) -> None:
    ask = Ask(folder(tmp_path, LLAMA), purpose="inference", batch=3, length=128)
    segments, _ = followed(ask)
    # Keys and values of 2 heads of 8 numbers, two bytes each, in each of 8 layers.
    assert segments[-1].peak["kv_cache"] == 8 * 2 * (3 * 128 * 2 * 8 * 2)
    assert segments[-1].peak["gradients"] == 0


@pytest.mark.parametrize(
    ("config", "more"),
    [
        (LLAMA, {}),
        ({**LLAMA, "num_hidden_layers": 6}, {"peft": "lora", "checkpointing": True}),
        (LLAMA, {"purpose": "inference"}),
        (T5, {"dtype": "float32", "optimizer": "adamw_torch"}),
    ],
)
def test_two_shallow_models_tell_of_a_deep_one(tmp_path: Path, config: dict[str, Any], more: dict[str, Any]) -> None:
    ask = Ask(folder(tmp_path, config), batch=2, length=24, **more)
    zero3 = ask.peft is not None
    layers = source(ask).layers
    assert layers is not None
    short, _ = followed(ask, SHORT, zero3)
    long, names = followed(ask, LONG, zero3)
    whole, weights = followed(ask, zero3=zero3)
    assert deepen_weights(names, layers) == weights
    deep = deepen(short, long, list(names), layers)
    assert deep == whole


SMALL = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4, "intermediate_size": 64}


@pytest.mark.parametrize(
    ("config", "length", "task"),
    [
        ({"model_type": "mixtral", "architectures": ["MixtralForCausalLM"], "vocab_size": 400, **SMALL}, 16, "clm"),
        ({"model_type": "vit", "architectures": ["ViTForImageClassification"], "image_size": 32, **SMALL}, 1, "image"),
        ({"model_type": "wav2vec2", "architectures": ["Wav2Vec2ForSequenceClassification"], **SMALL}, 16000, "audio"),
        (
            {"model_type": "bert", "architectures": ["BertForTokenClassification"], "vocab_size": 400, **SMALL},
            16,
            "tag",
        ),
    ],
)
def test_other_kinds_of_models(tmp_path: Path, config: dict[str, Any], length: int, task: str) -> None:
    ask = Ask(folder(tmp_path, config), length=length, batch=2)
    assert source(ask).task == task
    segments, weights = followed(ask)
    # What stands for masked sounds is not used: masks are drawn at random.
    used = [w for name, w in weights.items() if w.trained and "masked_spec_embed" not in name]
    assert segments[-1].peak["gradients"] == sum(rounded(w.bytes) for w in used) and max(s.other for s in segments) > 0


def test_layers_of_several_kinds_are_all_followed(tmp_path: Path) -> None:
    config = {**LLAMA, "model_type": "gemma2", "architectures": ["Gemma2ForCausalLM"], "num_hidden_layers": 6}
    assert source(Ask(folder(tmp_path, config))).layers is None


@pytest.mark.parametrize("method", ["ia3", "prompt_tuning", "boft", "dora", "loha"])
def test_other_peft_methods(tmp_path: Path, method: str) -> None:
    segments, weights = followed(Ask(folder(tmp_path, {**LLAMA, "num_hidden_layers": 1}), peft=method, length=16))
    trained = sum(rounded(w.bytes) for w in weights.values() if w.trained)
    assert trained and segments[-1].peak["gradients"] == trained


def test_what_cannot_be_followed_is_told_in_a_line(tmp_path: Path) -> None:
    model = folder(tmp_path, LLAMA)
    with pytest.raises(UsageError, match="no such PEFT method 'lorra'; did you mean 'lora'"):
        followed(Ask(model, peft="lorra"))
    with pytest.raises(UsageError, match="does not fit this model: Target modules"):
        followed(Ask(model, peft="lora", peft_set={"target_modules": ["nope"]}))
    with pytest.raises(UsageError, match=r"cannot build .* for seq2seq"):
        followed(Ask(model, task="seq2seq"))
    with pytest.raises(UsageError, match="no such task 'dance'"):
        followed(Ask(model, task="dance"))
    unknown = folder(tmp_path / "odd", {"model_type": "never-heard-of"})
    with pytest.raises(UsageError, match="transformers must know its model_type"):
        followed(Ask(unknown))
    with pytest.raises(UsageError, match="cannot read the configuration of"):
        followed(Ask(folder(tmp_path / "odd", {**LLAMA, "num_hidden_layers": "two"})))
    (tmp_path / "odd" / "config.json").write_text('{"peft_type": "LORA", "base_model_name_or_path": "org/base"}')
    with pytest.raises(UsageError, match="is an adapter, not a model; name its base: org/base"):
        followed(Ask(unknown))
