"""Adapters that are broken, or made for something else: each is refused with the reason, and nothing is written."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from hfterm.errors import AccessError, CheckFailedError, HftermError, UsageError
from hfterm.peft.merge import merge
from hfterm.peft.merging import bare
from support import merges
from support.peft_out import quiet, said
from support.tiny import tiny_model

# What PEFT says about these settings is not ours.
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("home")]
Tensors = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny base and a LoRA for it."""
    place = tmp_path_factory.mktemp("refused")
    base = tiny_model(place / "base")
    merges.tune(
        base, place / "adapter", peft.LoraConfig(task_type="CAUSAL_LM", r=4, target_modules=["q_proj", "v_proj"])
    )
    return place


def altered(
    made: Path,
    home: Path,
    tensors: Callable[[Tensors], Tensors] | None = None,
    settings: dict[str, Any] | None = None,
) -> Path:
    """A copy of the adapter with other tensors or settings."""
    adapter = home / "adapter"
    adapter.mkdir()
    held = load_file(made / "adapter" / "adapter_model.safetensors")
    save_file(tensors(held) if tensors else held, adapter / "adapter_model.safetensors", metadata={"format": "pt"})
    config = json.loads((made / "adapter" / "adapter_config.json").read_text())
    (adapter / "adapter_config.json").write_text(json.dumps({**config, **(settings or {})}))
    return adapter


def first(tensors: Tensors, change: Callable[[Any], Any]) -> Tensors:
    name = sorted(tensors)[0]
    return {**tensors, name: change(tensors[name])}


def poisoned(value: float) -> Callable[[Tensors], Tensors]:
    def change(tensor: Any) -> Any:
        tensor[0, 0] = value
        return tensor

    return lambda tensors: first(tensors, change)


def without_layer(tensors: Tensors) -> Tensors:
    return {name: tensor for name, tensor in tensors.items() if "layers.1" not in name}


@pytest.mark.parametrize(
    ("tensors", "settings", "words"),
    [
        (poisoned(float("nan")), {}, "NaN"),
        (poisoned(float("inf")), {}, "infinite"),
        (None, {"r": 8}, "rank"),
        (lambda held: dict(sorted(held.items())[1:]), {}, "has lora_B but no lora_A"),
        (without_layer, {}, "lacks 4 tensors that its adapter_config.json asks for"),
        (None, {"target_modules": ["q_proj"]}, "no place for"),
        (None, {"target_modules": ["nowhere"]}, "does not fit the base model: Target modules"),
        (lambda held: {k: v.repeat(1, 2) if "lora_A" in k else v for k, v in held.items()}, {}, "size mismatch"),
    ],
)
def test_broken_adapters(
    made: Path, home: Path, tensors: Callable[[Tensors], Tensors] | None, settings: dict[str, Any], words: str
) -> None:
    adapter = altered(made, home, tensors, settings)
    with pytest.raises(CheckFailedError, match=words):
        merge(str(adapter), quiet(), output=home / "out")
    assert sorted(p.name for p in home.iterdir()) == ["adapter"]


def test_settings_of_a_newer_peft_are_not_passed_over(made: Path, home: Path) -> None:
    adapter = altered(made, home, settings={"use_something_new": True})
    with pytest.raises(UsageError, match=r"does not know all of .*use_something_new"):
        merge(str(adapter), quiet(), output=home / "out")


def test_bases_that_do_not_fit(made: Path, home: Path) -> None:
    adapter = altered(made, home)
    bert = transformers.BertConfig(
        vocab_size=50, hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2
    )
    transformers.BertModel(bert).save_pretrained(home / "bert")
    with pytest.raises(HftermError):
        merge(str(adapter), quiet(), base=str(home / "bert"), output=home / "out")
    other = tiny_model(home / "half")
    held = load_file(other / "model.safetensors")
    save_file({k: v for k, v in held.items() if "norm" not in k}, other / "model.safetensors", {"format": "pt"})
    with pytest.raises(CheckFailedError, match=r"neither in the base .* nor in the adapter, first 'model"):
        merge(str(adapter), quiet(), base=str(other), output=home / "out")
    quantized = tiny_model(home / "quantized")
    config = json.loads((quantized / "config.json").read_text())
    (quantized / "config.json").write_text(
        json.dumps({**config, "quantization_config": {"quant_method": "bitsandbytes"}})
    )
    (adapter / "adapter_config.json").write_text(
        json.dumps(
            {**json.loads((adapter / "adapter_config.json").read_text()), "base_model_name_or_path": str(quantized)}
        )
    )
    with pytest.raises(UsageError, match="give the unquantized model with --base"):
        merge(str(adapter), quiet(), output=home / "out")
    out = quiet()
    facts = merge(str(adapter), out, base=str(made / "base"), output=home / "out")
    assert facts.drift is not None and "trained on" in said(out), "explicitly, another base is taken"


def test_pickled_weights_only_when_they_are_allowed(made: Path, home: Path) -> None:
    adapter = altered(made, home)
    torch.save(load_file(adapter / "adapter_model.safetensors"), adapter / "adapter_model.bin")
    expected = merge(str(adapter), quiet(), output=home / "safe")
    (adapter / "adapter_model.safetensors").unlink()
    with pytest.raises(AccessError, match="pickled weights"):
        merge(str(adapter), quiet(), output=home / "out")
    facts = merge(str(adapter), quiet(), output=home / "out", allow_pickle=True)
    assert facts.effect == expected.effect
    assert (home / "out/model.safetensors").read_bytes() == (home / "safe/model.safetensors").read_bytes()


def test_a_vocabulary_that_grew(made: Path, home: Path) -> None:
    base = made / "base"
    for number, settings in enumerate(
        ({"modules_to_save": ["embed_tokens", "lm_head"]}, {"target_modules": ["q_proj", "embed_tokens", "lm_head"]})
    ):
        model = transformers.AutoModelForCausalLM.from_pretrained(base)
        torch.manual_seed(0)
        model.resize_token_embeddings(model.config.vocab_size + 3)
        config = peft.LoraConfig(**{"task_type": "CAUSAL_LM", "r": 4, "target_modules": ["q_proj"], **settings})
        tuned = peft.get_peft_model(model, config)
        merges.shake(tuned)
        tuned.save_pretrained(home / str(number))
        merge(str(home / str(number)), out := quiet(), output=home / f"out{number}")
        ours = transformers.AutoModelForCausalLM.from_pretrained(home / f"out{number}")
        ids = torch.tensor([[5, model.config.vocab_size - 1, 7]])
        with torch.no_grad():
            assert torch.allclose(ours(ids).logits, tuned.eval()(ids).logits, atol=1e-5), said(out)
        assert ours.config.vocab_size == model.config.vocab_size


def test_what_cannot_be_made_without_weights_is_merged_whole(
    made: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = altered(made, home)
    streamed = merge(str(adapter), quiet(), output=home / "streamed")

    def refuse(cls: Any, config: Any) -> Any:
        raise RuntimeError("this model reads its weights when it is made")

    monkeypatch.setattr(bare, "empty", refuse)
    out = quiet()
    facts = merge(str(adapter), out, output=home / "whole", max_shard_size=50_000)
    assert not facts.streamed and facts.files > 1 and "loading the whole model" in said(out)
    assert facts.drift is not None and facts.drift < 1e-5 and facts.effect == pytest.approx(streamed.effect, rel=1e-3)
    models = [transformers.AutoModelForCausalLM.from_pretrained(home / name) for name in ("streamed", "whole")]
    for (name, ours), (_, theirs) in zip(*(m.named_parameters() for m in models), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6), name
