import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from hfterm.errors import CheckFailedError, NotFoundError, UsageError
from hfterm.peft.convert.run import convert
from hfterm.peft.info import info

Q = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
CONV = "mid_block.resnets.0.conv1"
FC = "text_model.encoder.layers.1.mlp.fc1"
# What each module has: its matrices, and alpha; ranks and alphas differ.
MODULES = {
    ("unet", Q): ((4, 8), (16, 4), 2.0),
    ("unet", CONV): ((2, 8, 3, 3), (8, 2, 1, 1), 1.5),
    ("text_encoder", FC): ((4, 6), (5, 4), 4.0),
}


def kohya(path: Path, **more: torch.Tensor) -> Path:
    torch.manual_seed(0)
    tensors = dict(more)
    for (part, module), (a, b, alpha) in MODULES.items():
        name = f"lora_{'unet' if part == 'unet' else 'te'}_{module.replace('.', '_')}"
        tensors[f"{name}.lora_down.weight"] = torch.randn(a).half()
        tensors[f"{name}.lora_up.weight"] = torch.randn(b).half()
        tensors[f"{name}.alpha"] = torch.tensor(alpha)
    save_file(tensors, path)
    return path


def changes(path: Path) -> dict[str, torch.Tensor]:
    """alpha / rank * B A of each module of a kohya file."""
    tensors = load_file(path)
    found = {}
    for name in tensors:
        if name.endswith(".alpha"):
            module = name.removesuffix(".alpha")
            a, b = (tensors[f"{module}.lora_{half}.weight"].double() for half in ("down", "up"))
            found[module] = tensors[name].item() / a.shape[0] * (b.flatten(1) @ a.flatten(1))
    return found


def test_kohya_and_diffusers_there_and_back(tmp_path: Path) -> None:
    first = kohya(tmp_path / "k.safetensors")
    made = convert(str(first), "diffusers", tmp_path / "d.safetensors")
    assert (made.source, made.to, made.modules) == ("kohya", "diffusers", 3)
    tensors = load_file(tmp_path / "d.safetensors")
    assert sorted(tensors) == sorted(f"{part}.{m}.lora_{half}.weight" for part, m in MODULES for half in "AB")
    with safe_open(tmp_path / "d.safetensors", "pt") as file:
        told = json.loads(file.metadata()["lora_adapter_metadata"])
    assert (told["unet.r"], told["unet.lora_alpha"], told["text_encoder.lora_alpha"]) == (4, 2, 4)
    assert list(told["unet.rank_pattern"].values()) == [2] and list(told["unet.alpha_pattern"].values()) == [1.5]
    # Found in a text encoder of transformers 5, which has no text_model, as well as in older ones.
    assert told["text_encoder.target_modules"] == ["encoder.layers.1.mlp.fc1"]
    convert(str(tmp_path / "d.safetensors"), "kohya", tmp_path / "again.safetensors")
    before, after = load_file(first), load_file(tmp_path / "again.safetensors")
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) and before[name].dtype == after[name].dtype for name in before)


def test_to_peft_a_folder_for_each_part_and_back(tmp_path: Path) -> None:
    first = kohya(tmp_path / "k.safetensors")
    made = convert(str(first), "peft", tmp_path / "p")
    assert [path.name for path in sorted((tmp_path / "p").iterdir())] == ["text_encoder", "unet"]
    assert made.notes == [
        f"text_encoder is in {tmp_path / 'p' / 'text_encoder'}",
        f"unet is in {tmp_path / 'p' / 'unet'}",
    ]
    config = json.loads((tmp_path / "p" / "unet" / "adapter_config.json").read_text())
    assert (config["r"], config["lora_alpha"]) == (4, 2) and config["target_modules"] == [Q, CONV]
    found = {m.module: m for m in info(str(tmp_path / "p" / "unet")).modules}
    assert (found[Q].scaling, found[CONV].scaling) == (0.5, 0.75)
    convert(str(tmp_path / "p" / "unet"), "kohya", tmp_path / "u.safetensors")
    wanted = {name: change for name, change in changes(first).items() if "unet" in name}
    again = changes(tmp_path / "u.safetensors")
    assert again.keys() == wanted.keys() and all(torch.equal(again[name], wanted[name]) for name in wanted)
    for module, update in ((Q, "attn1_to_q"), (CONV, "conv1")):
        exact = next(change for name, change in wanted.items() if name.endswith(update)).norm().item()
        assert found[module].update == pytest.approx(exact, rel=1e-9)
    names = load_file(tmp_path / "p" / "text_encoder" / "adapter_model.safetensors")
    assert "base_model.model.encoder.layers.1.mlp.fc1.lora_A.weight" in names
    convert(str(tmp_path / "p" / "text_encoder"), "diffusers", tmp_path / "t.safetensors", part="text_encoder_2")
    assert all(
        name.startswith("text_encoder_2.encoder.layers.1.mlp.fc1.lora_")
        for name in load_file(tmp_path / "t.safetensors")
    )


def test_rslora_of_peft_keeps_its_strength(tmp_path: Path) -> None:
    convert(str(kohya(tmp_path / "k.safetensors")), "peft", tmp_path / "p")
    folder = tmp_path / "p" / "unet"
    config = json.loads((folder / "adapter_config.json").read_text()) | {"use_rslora": True, "alpha_pattern": {}}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    convert(str(folder), "kohya", tmp_path / "u.safetensors")
    alphas = sorted(t.item() for name, t in load_file(tmp_path / "u.safetensors").items() if name.endswith(".alpha"))
    assert alphas == pytest.approx([2 / 2**0.5 * 2, 2 / 4**0.5 * 4])


def test_a_lora_that_does_not_stand_alone_is_refused(tmp_path: Path) -> None:
    convert(str(kohya(tmp_path / "k.safetensors")), "peft", tmp_path / "p")
    file = tmp_path / "p" / "unet" / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"init_lora_weights": "pissa_niter_4"}))
    with pytest.raises(UsageError, match="begun by pissa_niter_4, it belongs to a base model that PEFT changes first"):
        convert(str(tmp_path / "p" / "unet"), "kohya", tmp_path / "u.safetensors")


def test_what_diffusers_wrote_before_it_used_peft(tmp_path: Path) -> None:
    a, b = torch.randn(4, 8), torch.randn(8, 4)
    block = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.processor"
    layer = "text_encoder.text_model.encoder.layers.0"
    old = {
        f"{block}.to_out_lora.down.weight": a, f"{block}.to_out_lora.up.weight": b,
        f"{layer}.self_attn.to_q_lora.down.weight": a, f"{layer}.self_attn.to_q_lora.up.weight": b,
        f"{layer}.mlp.fc1.lora_linear_layer.down.weight": a, f"{layer}.mlp.fc1.lora_linear_layer.up.weight": b,
        "unet.conv_in.lora.down.weight": a, "unet.conv_in.lora.up.weight": b, "unet.conv_in.alpha": torch.tensor(2.0),
    }  # fmt: skip
    (tmp_path / "repo").mkdir()
    save_file(
        {name: tensor.clone() for name, tensor in old.items()}, tmp_path / "repo" / "pytorch_lora_weights.safetensors"
    )
    told = info(str(tmp_path / "repo")).record
    assert (told["format"], told["parts"], told["rank"]) == ("diffusers", {"unet": 2, "text_encoder": 2}, 4)
    assert told["alpha"] == [2, 4]
    convert(str(tmp_path / "repo"), "kohya", tmp_path / "k.safetensors")
    new = load_file(tmp_path / "k.safetensors")
    assert sorted({name.partition(".")[0] for name in new}) == [
        "lora_te_text_model_encoder_layers_0_mlp_fc1",
        "lora_te_text_model_encoder_layers_0_self_attn_q_proj",
        "lora_unet_conv_in",
        "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_out_0",
    ]
    assert new["lora_unet_conv_in.alpha"] == 2


def test_what_is_refused(tmp_path: Path) -> None:
    def refused(why: str, kind: Any = UsageError, to: str = "diffusers", **more: torch.Tensor) -> None:
        with pytest.raises(kind, match=why):
            convert(str(kohya(tmp_path / "k.safetensors", **more)), to, tmp_path / "out")
        assert [path.name for path in tmp_path.iterdir()] == ["k.safetensors"]

    one = torch.ones(1)
    name = "lora_unet_up_blocks_1_resnets_0_conv2"
    refused("DoRA's magnitudes", **{f"{name}.dora_scale": one})
    refused("no part of a plain LoRA", **{f"{name}.hada_w1_a": one})
    refused("cannot tell the parts of 'double_blocks_0_img'", **{"lora_unet_double_blocks_0_img.lora_down.weight": one})
    refused("has one half of a pair only", CheckFailedError, **{f"{name}.lora_down.weight": torch.ones(2, 3)})
    both = {f"{name}.lora_down.weight": torch.ones(2, 3), f"{name}.lora_up.weight": torch.ones(3, 3)}
    refused(r"do not go together: \[2, 3\] and \[3, 3\]", CheckFailedError, **both)
    nan = {f"{name}.lora_down.weight": torch.ones(2, 3), f"{name}.lora_up.weight": torch.full((3, 2), float("nan"))}
    refused("holds 6 NaN", CheckFailedError, "peft", **nan)
    fits = {f"{name}.lora_down.weight": torch.ones(2, 3), f"{name}.lora_up.weight": torch.ones(3, 2)}
    refused("is no number", CheckFailedError, **fits, **{f"{name}.alpha": torch.ones(2)})
    refused("is in the format kohya already", to="kohya")
    refused("convert it --to peft first", to="gguf")
    with pytest.raises(UsageError, match="--part is for an adapter of PEFT"):
        convert(str(tmp_path / "k.safetensors"), "diffusers", tmp_path / "out", part="unet")
    save_file({"x": one}, tmp_path / "k.safetensors")
    with pytest.raises(NotFoundError, match="is no adapter"):
        convert(str(tmp_path / "k.safetensors"), "diffusers", tmp_path / "out")
