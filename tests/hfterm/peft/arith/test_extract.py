"""LoRAs of two models: the tiny Llama and a copy whose weights were changed, and a tiny GPT-2 with biases."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from hfterm.errors import HftermError, UsageError
from hfterm.output import Output
from hfterm.peft.arith.extract import Extracted, extract
from support.tiny import tiny_model

# The libraries warn of each other's old names.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")


def changed(base: Path, target: Path, change: Callable[[str, Any], Any]) -> Path:
    """A copy of a model with other weights; what ``change`` gives None for stays."""
    target.mkdir()
    for path in base.iterdir():
        if path.name != "model.safetensors":
            (target / path.name).write_bytes(path.read_bytes())
    torch.manual_seed(1)
    tensors = {name: (change(name, t) if change else t) for name, t in load_file(base / "model.safetensors").items()}
    save_file(tensors, target / "model.safetensors", metadata={"format": "pt"})
    return target


def low(name: str, tensor: Any) -> Any:
    """Rank 2 in the layers' matrices."""
    if not name.endswith("proj.weight"):
        return tensor
    return tensor + torch.randn(tensor.shape[0], 2) @ torch.randn(2, tensor.shape[1]) * 0.005


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("two") / "base")


def lora(base: Path, tuned: Path, target: Path, **options: Any) -> Extracted:
    return extract(str(base), str(tuned), target, Output(quiet=True, progress="none"), **options)


def test_what_has_that_rank_is_exact(base: Path, isolated: Path) -> None:
    tuned = changed(base, isolated / "tuned", low)
    made = lora(base, tuned, isolated / "lora", rank=2)
    assert made.kept == pytest.approx(1, abs=1e-6) and len(made.layers) == 14 and not made.outside
    assert made.drift is not None and made.effect is not None and made.drift < 1e-4 < 0.01 < made.effect
    config = json.loads((made.path / "adapter_config.json").read_text())
    assert (config["r"], config["lora_alpha"], config["task_type"]) == (2, 2, "CAUSAL_LM")
    assert config["base_model_name_or_path"] == str(base)
    assert config["target_modules"] == [f"{name}_proj" for name in ("down", "gate", "k", "o", "q", "up", "v")]
    less = lora(base, tuned, isolated / "less", rank=1)
    assert 0.3 < less.kept < 0.999 and less.drift is not None and made.drift < less.drift < made.effect
    assert all(0 < layer["kept"] < 1 for layer in less.layers)


def test_peft_itself_gets_the_tuned_models_answers(base: Path, isolated: Path) -> None:
    import peft
    from transformers import AutoModelForCausalLM

    tuned = changed(base, isolated / "tuned", lambda name, tensor: tensor + torch.randn_like(tensor) * 0.05)
    made = lora(base, tuned, isolated / "lora", rank=1000, save_modules=True)
    assert made.kept == 1 and made.drift is not None and made.drift < 1e-4 and not made.outside
    assert "model.embed_tokens" in made.modules_to_save and "model.layers.0.input_layernorm" in made.modules_to_save
    ids = torch.arange(20)[None]
    with torch.no_grad():
        wanted = AutoModelForCausalLM.from_pretrained(tuned)(input_ids=ids).logits
        model = peft.PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), made.path)
        assert torch.allclose(model.eval()(input_ids=ids).logits, wanted, atol=1e-4)


def test_what_differs_elsewhere_is_named_with_its_share(base: Path, isolated: Path) -> None:
    def change(name: str, tensor: Any) -> Any:
        if name == "model.norm.weight":
            return tensor + 1  # 32 numbers: an energy of 32
        if name == "model.layers.1.mlp.up_proj.weight":
            moved = tensor.clone()
            moved[0, 0] += 8.0
            return moved
        return tensor

    tuned = changed(base, isolated / "tuned", change)
    made = lora(base, tuned, isolated / "lora", rank=4, check=False)
    assert made.outside == {"model.norm.weight": pytest.approx(1 / 3)} and made.kept == pytest.approx(2 / 3)
    assert made.kept_in_layers == pytest.approx(1) and made.drift is None
    (layer,) = made.layers
    assert (layer["module"], layer["norm"]) == ("model.layers.1.mlp.up_proj", pytest.approx(8))
    config = json.loads((made.path / "adapter_config.json").read_text())
    assert config["target_modules"] == ["model.layers.1.mlp.up_proj"], "layer 0's is the same in both"
    with pytest.raises(UsageError, match=r"no linear layer differs among the targets; what does: .*model\.norm"):
        lora(base, tuned, isolated / "no", targets=["q_proj"])
    with pytest.raises(UsageError, match="no linear layer's name ends with 'query'; there are down_proj"):
        lora(base, tuned, isolated / "no", targets=["query"])
    before = sorted(path.name for path in isolated.iterdir())
    assert lora(base, tuned, isolated / "dry", dry_run=True).kept > 0.6
    assert sorted(path.name for path in isolated.iterdir()) == before


def test_biases_tied_words_and_turned_weights(isolated: Path) -> None:
    from transformers import GPT2Config, GPT2LMHeadModel

    small = GPT2Config(vocab_size=50, n_positions=32, n_embd=16, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0)
    GPT2LMHeadModel(small).save_pretrained(isolated / "base")
    tuned = changed(isolated / "base", isolated / "tuned", lambda name, tensor: tensor + torch.randn_like(tensor) * 0.1)
    made = lora(isolated / "base", tuned, isolated / "lora", rank=1000, save_modules=True)
    assert made.kept == 1 and made.drift is not None and made.effect is not None
    assert made.drift < 1e-4 < 0.05 < made.effect
    config = json.loads((made.path / "adapter_config.json").read_text())
    assert config["fan_in_fan_out"] and config["bias"] == "all"
    assert {"lm_head", "transformer.wte"} <= set(config["modules_to_save"]), "the head would keep the base's words"
    left = lora(isolated / "base", tuned, isolated / "left", rank=1000)
    assert any(name.endswith(".bias") for name in left.outside) and left.kept < 1


def test_models_that_do_not_go_together(base: Path, isolated: Path) -> None:
    same = changed(base, isolated / "same", lambda name, tensor: tensor)
    with pytest.raises(UsageError, match="the same weights"):
        lora(base, same, isolated / "no")
    with pytest.raises(UsageError, match="is read from there"):
        lora(base, same, same, overwrite=True)

    def altered(**settings: Any) -> None:
        config = json.loads((base / "config.json").read_text())
        (same / "config.json").write_text(json.dumps({**config, **settings}))

    altered(model_type="mistral")
    with pytest.raises(UsageError, match="model_type is llama and mistral"):
        lora(base, same, isolated / "no")
    altered(quantization_config={"quant_method": "fp8"})
    with pytest.raises(UsageError, match="is quantized"):
        lora(base, same, isolated / "no")
    altered()

    def more(name: str, tensor: Any) -> Any:
        is_words = name in ("model.embed_tokens.weight", "lm_head.weight")
        return torch.cat([tensor, tensor[:1]]) if is_words else tensor

    grown = changed(base, isolated / "grown", more)
    with pytest.raises(UsageError, match="the vocabularies differ"):
        lora(base, grown, isolated / "no")
    wide = changed(base, isolated / "wide", lambda n, t: torch.cat([t, t]) if n.endswith("up_proj.weight") else t)
    with pytest.raises(UsageError, match=r"up_proj.weight is \[64, 32\] in .* and \[128, 32\]"):
        lora(base, wide, isolated / "no")
    nan = changed(base, isolated / "nan", lambda n, t: t * float("nan") if n == "model.norm.weight" else t)
    with pytest.raises(HftermError, match=r"model\.norm\.weight holds NaN"):
        lora(base, nan, isolated / "no")
    (same / "adapter_config.json").write_text('{"peft_type": "LORA"}')
    (same / "adapter_model.safetensors").write_bytes((same / "model.safetensors").read_bytes())
    with pytest.raises(UsageError, match="is an adapter, not a whole model"):
        lora(base, same, isolated / "no")
    assert not (isolated / "no").exists()


def test_the_head_that_peft_wants_in_every_adapter_for_a_task(isolated: Path) -> None:
    import peft
    from transformers import RobertaConfig, RobertaForSequenceClassification

    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    RobertaForSequenceClassification(RobertaConfig(vocab_size=60, **sizes)).save_pretrained(isolated / "base")
    tuned = changed(isolated / "base", isolated / "tuned", low_in_query)
    made = lora(isolated / "base", tuned, isolated / "lora", rank=2)
    # Its head is the same in both, and has linear layers of its own.
    assert [layer["module"] for layer in made.layers] == ["roberta.encoder.layer.0.attention.self.query"]
    assert made.kept == pytest.approx(1, abs=1e-6) and made.modules_to_save == ["classifier"]
    model = RobertaForSequenceClassification.from_pretrained(isolated / "base")
    with torch.no_grad():
        found = peft.PeftModel.from_pretrained(model, made.path).eval()(input_ids=torch.arange(9)[None]).logits
        wanted = RobertaForSequenceClassification.from_pretrained(tuned)(input_ids=torch.arange(9)[None]).logits
    assert torch.allclose(found, wanted, atol=1e-5)


def low_in_query(name: str, tensor: Any) -> Any:
    """Rank 2 in one layer's matrix."""
    return tensor + torch.randn(16, 2) @ torch.randn(2, 16) if name.endswith("query.weight") else tensor
