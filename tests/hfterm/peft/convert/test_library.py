"""Against checkpoints that the ``adapters`` library wrote, and what its model computed with them (made/make.py)."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from hfterm.errors import AccessError, CheckFailedError, NotFoundError, UsageError
from hfterm.peft.convert.run import convert
from hfterm.peft.info import info

MADE = Path(__file__).parent / "made"


def changed(tmp_path: Path, name: str, **settings: Any) -> Path:
    """A copy of a checkpoint with other settings of its method."""
    folder = Path(shutil.copytree(MADE / name, tmp_path / name, dirs_exist_ok=True))
    config = json.loads((folder / "adapter_config.json").read_text())
    config["config"] |= settings
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.filterwarnings("ignore")
def test_peft_computes_the_same_with_what_was_converted(tmp_path: Path) -> None:
    import peft
    import transformers

    outputs = load_file(MADE / "outputs.safetensors")
    for name in ("lora", "ia3"):
        made = convert(str(MADE / name), "peft", tmp_path / name, base=str(MADE / "base"), allow_pickle=name == "ia3")
        assert (made.source, made.to, made.drift, made.notes) == ("adapters", "peft", None, [])
        info(str(tmp_path / name)).check()
        model = transformers.AutoModelForCausalLM.from_pretrained(MADE / "base")
        tuned = peft.PeftModel.from_pretrained(model, tmp_path / name).eval()
        with torch.no_grad():
            found = tuned(input_ids=torch.arange(7)[None]).logits
        torch.testing.assert_close(found, outputs[name], rtol=1e-5, atol=1e-6)
        assert (outputs["plain"] - outputs[name]).abs().max() > 0.005
    config = json.loads((tmp_path / "lora" / "adapter_config.json").read_text())
    # q and v are parts of one projection: a pair of rank 2 for each.
    assert (config["r"], config["lora_alpha"], config["task_type"]) == (2, 6, "CAUSAL_LM")
    assert config["rank_pattern"] == {"transformer.h.1.attn.c_attn": 4}
    assert config["alpha_pattern"] == {"transformer.h.1.attn.c_attn": 12}


def test_what_they_are_is_told(tmp_path: Path) -> None:
    told = info(str(MADE / "bottleneck")).record
    assert (told["method"], told["reduction_factor"], told["format"]) == ("bottleneck", 4, "adapters library 1.3.0")
    assert told["converts"].startswith("no: it puts layers of its own behind those of the model")
    assert (told["modules"], told["layers"], told["tensors"]) == (2, 2, 8) and told["norm"] > 0
    lora = info(str(MADE / "lora"))
    assert (lora.record["method"], lora.record["rank"], lora.record["scaling"]) == ("lora", 2, 3)
    tensors = load_file(MADE / "lora" / "adapter.safetensors")
    name = "transformer.h.1.mlp.c_fc.loras.lora.lora_"
    update = 3 * (tensors[f"{name}B"] @ tensors[f"{name}A"]).norm().item()
    assert {m.module: m.update for m in lora.modules}["transformer.h.1.mlp.c_fc"] == pytest.approx(update, rel=1e-5)
    with pytest.raises(AccessError, match=r"pickled weights only \(pytorch_adapter.bin\).*add --allow-pickle"):
        info(str(MADE / "ia3"))
    assert info(str(MADE / "ia3"), allow_pickle=True).record["converts"] == "yes"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"use_gating": True}, "its gates have no place in PEFT"),
        ({"use_dora": True}, "its DoRA scales biases too"),
        ({"vera_d": 0.1}, "its random matrices are not PEFT's"),
        ({"architecture": "prefix_tuning"}, "moves the positions of all words"),
        ({"architecture": "prompt_tuning"}, "before the embeddings' positions"),
        ({"architecture": "reft"}, "PEFT has no method like its reft"),
        ({"architecture": None}, "it puts layers of its own"),
    ],
)
def test_what_peft_cannot_have_is_refused(tmp_path: Path, settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        convert(str(changed(tmp_path, "lora", **settings)), "peft", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_damage_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    def refused(why: str, folder: Path) -> None:
        with pytest.raises(CheckFailedError, match=why):
            convert(str(folder), "peft", tmp_path / "out")
        assert not [path for path in tmp_path.iterdir() if path.name != "lora"]

    refused("do not go together with rank 3", changed(tmp_path, "lora", r=3))
    refused("no rank or alpha", changed(tmp_path, "lora", r=None))
    refused(
        "2 pairs of matrices, not one for each of attn_matrices",
        changed(tmp_path, "lora", attn_matrices=["q", "k", "v"]),
    )
    folder = changed(tmp_path, "lora")
    tensors = load_file(folder / "adapter.safetensors")
    name = "transformer.h.1.mlp.c_fc.loras.lora.lora_B"
    save_file(tensors | {name: tensors[name] * float("nan")}, folder / "adapter.safetensors")
    refused("NaN", folder)
    assert "NaN" in info(str(folder)).problems[0]
    del tensors[name]
    save_file(tensors, folder / "adapter.safetensors")
    refused("c_fc has lora_A, not lora_A and lora_B", folder)
    (folder / "adapter.safetensors").unlink()
    with pytest.raises(NotFoundError, match=r"no adapter\.safetensors"):
        convert(str(folder), "peft", tmp_path / "out")
    with pytest.raises(UsageError, match="convert it --to peft first"):
        convert(str(MADE / "lora"), "gguf", tmp_path / "out")
