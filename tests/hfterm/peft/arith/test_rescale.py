import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from hfterm.errors import UsageError
from hfterm.peft.arith.rescale import rescale
from support.adapters import added, by_hand

UP = "model.layers.0.up"
# The singular values of B A are 3 and 4.
TWO = {UP: ([[1.0, 0.0], [0.0, 1.0]], [[3.0, 0.0], [0.0, 4.0]])}
PRODUCT = torch.tensor([[3.0, 0.0], [0.0, 4.0]])


def test_strength(isolated: Path) -> None:
    a = by_hand(isolated / "a", TWO, alpha_pattern={"down": 3})
    half = rescale(str(a), isolated / "half", scale=0.5)
    assert torch.equal(added(half.path, UP), PRODUCT / 2) and half.scale == 0.5 and half.alpha == 1
    config = json.loads((half.path / "adapter_config.json").read_text())
    assert config["alpha_pattern"] == {"down": 1.5} and config["lora_alpha"] == 1
    told = rescale(str(a), isolated / "told", alpha=6)
    assert torch.equal(added(told.path, UP), PRODUCT * 3) and told.scale == 3
    against = rescale(str(a), isolated / "against", scale=-1)
    assert torch.equal(added(against.path, UP), -PRODUCT)


@pytest.mark.parametrize("settings", [{}, {"use_rslora": True}, {"lora_alpha": 5}])
def test_rank(isolated: Path, settings: dict[str, object]) -> None:
    a = by_hand(isolated / "a", TWO, **settings)
    strength = added(a, UP) / PRODUCT.clamp_min(1)
    small = rescale(str(a), isolated / "small", rank=1)
    assert torch.allclose(added(small.path, UP), strength * torch.tensor([[0.0, 0.0], [0.0, 4.0]]), atol=1e-5)
    # Of the energy 9 + 16 the larger part stays.
    assert small.kept == pytest.approx(16 / 25) and small.rank == 1
    assert small.layers == [
        {"module": UP, "rank": 1, "norm": pytest.approx(5 * float(strength[0, 0])), "kept": pytest.approx(16 / 25)}
    ]
    halves = load_file(small.path / "adapter_model.safetensors").values()
    assert len({round(float(half.norm()), 4) for half in halves}) == 1, "both halves carry as much"
    weaker = rescale(str(a), isolated / "weaker", rank=1, scale=0.5)
    assert torch.allclose(added(weaker.path, UP), added(small.path, UP) / 2, atol=1e-6)


def test_dora_may_be_compressed_but_has_no_strength(isolated: Path) -> None:
    a = by_hand(isolated / "a", TWO, use_dora=True)
    assert rescale(str(a), isolated / "small", rank=1).rank == 1
    with pytest.raises(UsageError, match="in DoRA alpha turns"):
        rescale(str(a), isolated / "no", scale=2)


def test_biases_of_the_matrices_keep_their_strength(isolated: Path) -> None:
    a = by_hand(isolated / "a", TWO, lora_alpha=6, lora_bias=True)
    tensors = load_file(a / "adapter_model.safetensors")
    key = f"base_model.model.{UP}.lora_B.bias"
    save_file({**tensors, key: torch.ones(2)}, a / "adapter_model.safetensors")
    small = rescale(str(a), isolated / "small", rank=1)
    # Alpha over rank was 3 and is 1.
    assert load_file(small.path / "adapter_model.safetensors")[key].tolist() == [3.0, 3.0]


def test_what_cannot_be_done(isolated: Path) -> None:
    a = str(by_hand(isolated / "a", TWO))
    for text, options in (
        ("say what to change", {}),
        ("leave out --scale and --rank", {"alpha": 2.0, "rank": 1}),
        ("--scale 0 is no strength", {"scale": 0.0}),
        ("--alpha nan", {"alpha": float("nan")}),
        ("is 2 already", {"rank": 2}),
    ):
        with pytest.raises(UsageError, match=text):
            rescale(a, isolated / "no", **options)  # type: ignore[arg-type]
    oft = str(by_hand(isolated / "oft", TWO, peft_type="HRA"))
    with pytest.raises(UsageError, match=r"no one number is the strength of hra; adalora, fourierft"):
        rescale(oft, isolated / "no", scale=2)
    with pytest.raises(UsageError, match="hra is no LoRA"):
        rescale(oft, isolated / "no", rank=1)
    pissa = str(by_hand(isolated / "pissa", TWO, init_lora_weights="pissa"))
    for options in ({"scale": 2.0}, {"rank": 1}):
        with pytest.raises(UsageError, match="it began as pissa"):
            rescale(pissa, isolated / "no", **options)  # type: ignore[arg-type]
    assert not (isolated / "no").exists()


def test_what_is_held_whole_keeps_its_strength_and_that_is_said(isolated: Path) -> None:
    said: list[str] = []
    a = by_hand(isolated / "a", TWO, modules_to_save=["lm_head"])
    rescale(str(a), isolated / "half", scale=0.5, note=said.append)
    assert said == ["what it holds whole keeps its full strength: lm_head"]
