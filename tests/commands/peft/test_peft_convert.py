"""``hfterm peft convert`` in real processes."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from support.cli import Hfterm

MADE = Path(__file__).parents[2] / "hfterm" / "peft" / "convert" / "made"


def test_convert(hfterm: Hfterm, tmp_path: Path) -> None:
    refused = hfterm("peft", "convert", MADE / "ia3", "--to", "peft", "-o", tmp_path / "ia3", check=4)
    assert "pickled weights only" in refused.stderr and "add --allow-pickle" in refused.stderr
    done = hfterm("peft", "convert", MADE / "ia3", "--to", "peft", "-o", tmp_path / "ia3", "--allow-pickle", check=0)
    assert done.stdout == f"{tmp_path / 'ia3'}\n"
    assert done.stderr == "it names no base model: name it where it is used\n"
    refused = hfterm("peft", "info", tmp_path / "ia3", "--load", check=2)
    assert "is no adapter of the adapters library; --load is for those" in refused.stderr
    refused = hfterm("peft", "convert", MADE / "lora", "--to", "peft", "-o", tmp_path / "v", "--verify", check=2)
    assert "names no base model; name it with --base" in refused.stderr and not (tmp_path / "v").exists()
    bottleneck = hfterm("peft", "convert", MADE / "bottleneck", "--to", "peft", "-o", tmp_path / "b", check=2)
    assert "no method of PEFT does" in bottleneck.stderr and not (tmp_path / "b").exists()
    shown = hfterm("peft", "info", MADE / "bottleneck", "-f", "table", env={"COLUMNS": "80"}, check=0).stdout
    assert "bottleneck" in shown and max(map(len, shown.splitlines())) <= 80

    names = {f"base_model.model.model.layers.0.mlp.up_proj.lora_{half}.weight": torch.ones(2, 2) for half in "AB"}
    (tmp_path / "a").mkdir()
    save_file(names, tmp_path / "a" / "adapter_model.safetensors")
    (tmp_path / "base").mkdir()
    told = {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "num_hidden_layers": 1}
    (tmp_path / "base" / "config.json").write_text(json.dumps(told))
    config = {"peft_type": "LORA", "r": 2, "lora_alpha": 2, "base_model_name_or_path": str(tmp_path / "base")}
    (tmp_path / "a" / "adapter_config.json").write_text(json.dumps(config))
    gguf = hfterm(
        "peft", "convert", tmp_path / "a", "--to", "gguf", "-o", "a.gguf", "-f", "json", check=0, cwd=tmp_path
    )
    made = json.loads(gguf.stdout)
    assert (made["path"], made["source"], made["modules"], made["drift"]) == ("a.gguf", "peft", 1, 0)
    assert gguf.stderr == "read back: drift 0 of the largest number that it adds\n"
    seen = json.loads(hfterm("hub", "inspect", tmp_path / "a.gguf", "-f", "json", check=0).stdout)
    assert (seen["architecture"], seen["adapter"], seen["parameters"]) == ("qwen3", "lora", 8)


def test_convert_a_lora_of_a_diffusion_model(hfterm: Hfterm, tmp_path: Path) -> None:
    name = "lora_unet_mid_block_attentions_0_proj_in"
    tensors = {f"{name}.lora_down.weight": torch.ones(2, 3), f"{name}.lora_up.weight": torch.ones(3, 2)}
    save_file(tensors | {f"{name}.alpha": torch.tensor(1.0)}, tmp_path / "k.safetensors")
    done = hfterm("peft", "convert", "k.safetensors", "--to", "peft", "-o", "p", check=0, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("p\n", "")
    refused = hfterm("peft", "convert", "p", "--to", "gguf", "-o", "a.gguf", check=2, cwd=tmp_path)
    assert "names no base model" in refused.stderr
    made = hfterm("peft", "convert", "./p", "--to", "diffusers", "-o", "d.safetensors", check=0, cwd=tmp_path)
    assert (made.stdout, made.stderr) == ("d.safetensors\n", "")
    rows = hfterm("peft", "info", "d.safetensors", "--each", "-f", "csv", check=0, cwd=tmp_path).stdout.splitlines()
    assert rows[1] == "unet.mid_block.attentions.0.proj_in,2,0.5,12,3.4641016151377544,3.0,0,2"
