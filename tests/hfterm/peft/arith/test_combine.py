import json
import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from hfterm.errors import CheckFailedError, UsageError
from hfterm.peft.arith.combine import Options, combine, weighted
from support.adapters import added, by_hand

Q = "model.layers.0.q_proj"
# 2 B A: [[2, 0], [0, 0]] and [[0, 0], [0, 4]]
ONE = {Q: ([[1.0, 0.0]], [[2.0], [0.0]])}
TWO = {Q: ([[0.0, 1.0]], [[0.0], [4.0]])}


@pytest.fixture
def two(isolated: Path) -> list[tuple[str, float]]:
    return [(str(by_hand(isolated / "a", ONE)), 0.5), (str(by_hand(isolated / "b", TWO)), -2.0)]


def test_the_weighted_sum_of_what_two_adapters_add(two: list[tuple[str, float]], isolated: Path) -> None:
    made = combine(two, isolated / "cat", Options("cat"))
    wanted = torch.tensor([[1.0, 0.0], [0.0, -8.0]])
    assert torch.equal(added(made.path, Q), wanted) and made.rank == 2
    assert made.difference is not None and made.difference < 1e-12
    kept = combine(two, isolated / "svd", Options("svd", rank=2))
    assert torch.allclose(added(kept.path, Q), wanted, atol=1e-6)
    # Of rank 1 the larger of the two stays: what is lost is 1 of sqrt(65).
    best = combine(two, isolated / "best", Options("svd"))
    assert torch.allclose(added(best.path, Q), torch.tensor([[0.0, 0.0], [0.0, -8.0]]), atol=1e-6)
    assert best.difference == pytest.approx(1 / 65**0.5)
    config = json.loads((best.path / "adapter_config.json").read_text())
    assert (config["r"], config["lora_alpha"], config["base_model_name_or_path"]) == (1, 1, "org/base")


def test_linear_adds_the_matrices(two: list[tuple[str, float]], isolated: Path) -> None:
    made = combine(two, isolated / "out", Options("linear"))
    tensors = load_file(made.path / "adapter_model.safetensors")
    half, twice = 0.5**0.5, 2**0.5
    a, b = (tensors[f"base_model.model.{Q}.lora_{x}.weight"] for x in "AB")
    assert torch.allclose(a, torch.tensor([[half, -twice]])) and torch.allclose(
        b, torch.tensor([[2 * half], [4 * twice]])
    )


def test_scales_ranks_and_targets_may_differ(isolated: Path) -> None:
    a = by_hand(isolated / "a", ONE, lora_alpha=3)
    wide = {Q: ([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]), "model.layers.0.up": TWO[Q]}
    b = by_hand(isolated / "b", {Q: wide[Q]}, use_rslora=True)
    c = by_hand(isolated / "c", {"model.layers.0.up": TWO[Q]})
    made = combine([(str(a), 1), (str(b), 1), (str(c), 1)], isolated / "out", Options("cat"))
    # 3 times the first, sqrt(2) times the second: rsLoRA's alpha / sqrt(r).
    assert torch.allclose(added(made.path, Q), torch.tensor([[6 + 2**0.5, 0.0], [0.0, 2**0.5]]))
    config = json.loads((made.path / "adapter_config.json").read_text())
    assert (config["r"], config["rank_pattern"], config["use_rslora"]) == (3, {"up": 1}, False)
    assert config["target_modules"] == ["q_proj", "up"]
    with pytest.raises(UsageError, match=r"has 1 in .*, 2 in .*; use --how svd or cat"):
        combine([(str(a), 1), (str(b), 1)], isolated / "no", Options("linear"))


def test_what_cannot_be_combined_is_refused(isolated: Path) -> None:
    good = str(by_hand(isolated / "good", ONE))

    def refused(text: str, name: str = "x", options: Options | None = None, **settings: object) -> None:
        other = by_hand(isolated / name, ONE, **settings)
        with pytest.raises(UsageError, match=text):
            combine([(good, 1), (str(other), 1)], isolated / "no", options)

    refused("made for the base model 'org/base', .* for 'org/other'", "other", base_model_name_or_path="org/other")
    told = combine([(good, 1), (str(isolated / "other"), 1)], isolated / "told", base="org/base")
    assert told.base == "org/base"
    refused("DoRA's magnitudes", "dora", use_dora=True)
    refused("trained biases", "bias", bias="lora_only")
    refused("lm_head", "head", modules_to_save=["lm_head"])
    refused("it began as pissa", "pissa", init_lora_weights="pissa_niter_4")
    refused("target_parameters", "parameters", target_parameters=["experts"])
    refused("differ in fan_in_fan_out", "turned", fan_in_fan_out=True)
    refused("different methods", "kind", peft_type="ADALORA")
    refused("needs --density", "a", Options("ties"))
    refused("--density means nothing", "b", Options("cat", density=0.5))
    refused("not above 0", "c", Options("ties", density=0.0))
    refused("cannot choose a rank", "d", Options("cat", rank=3))
    wide = by_hand(isolated / "wide", {Q: ([[1.0, 0.0, 0.0]], [[1.0], [0.0]])})
    with pytest.raises(UsageError, match=r"is \[2, 2\] in .* and \[2, 3\] in .*: not of the same base model"):
        combine([(good, 1), (str(wide), 1)], isolated / "no")
    extra = load_file(isolated / "a" / "adapter_model.safetensors")
    save_file({**extra, "base_model.model.lm_head.weight": torch.ones(2, 2)}, isolated / "a/adapter_model.safetensors")
    with pytest.raises(UsageError, match="is no half of a LoRA, and would be dropped"):
        combine([(good, 1), (str(isolated / "a"), 1)], isolated / "no")
    torn = by_hand(isolated / "torn", {Q: ([[float("nan"), 0.0]], [[1.0], [0.0]])})
    with pytest.raises(CheckFailedError, match="NaN"):
        combine([(good, 1), (str(torn), 1)], isolated / "no")
    with pytest.raises(UsageError, match="is read from there"):
        combine([(good, 1)], good, overwrite=True)
    assert not (isolated / "no").exists()


def test_a_dry_run_writes_nothing(two: list[tuple[str, float]], isolated: Path) -> None:
    before = sorted(os.listdir(isolated))
    made = combine(two, isolated / "out", Options("cat"), dry_run=True)
    assert made.rank == 2 and sorted(os.listdir(isolated)) == before


def test_ia3_is_a_sum_of_vectors(isolated: Path) -> None:
    said: list[str] = []
    for name, value in (("a", 2.0), ("b", 4.0)):
        folder = by_hand(isolated / name, ONE, peft_type="IA3", feedforward_modules=[])
        save_file({f"base_model.model.{Q}.ia3_l": torch.full((2, 1), value)}, folder / "adapter_model.safetensors")
    adapters = [(str(isolated / "a"), 0.5), (str(isolated / "b"), 0.25)]
    made = combine(adapters, isolated / "out", note=said.append)
    vector = load_file(made.path / "adapter_model.safetensors")[f"base_model.model.{Q}.ia3_l"]
    assert vector.tolist() == [[2.0], [2.0]] and made.rank is None
    assert len(said) == 1 and "add up to 0.75" in said[0]
    with pytest.raises(UsageError, match="vectors, no matrices"):
        combine(adapters, isolated / "no", Options("cat"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a=0.7", ("a", 0.7)), ("./a", ("./a", 1.0)), ("run:x@5=-1e-1", ("run:x@5", -0.1)), ("lr=1/a", ("lr=1/a", 1.0))],
)
def test_weights(text: str, parts: tuple[str, float], isolated: Path) -> None:
    assert weighted(text) == parts


def test_wrong_weights(isolated: Path) -> None:
    for text in ("a=x", "a=nan", "=1"):
        with pytest.raises(UsageError, match="is not ADAPTER=WEIGHT"):
            weighted(text)
    (isolated / "lr=1").mkdir()
    assert weighted(str(isolated / "lr=1")) == (str(isolated / "lr=1"), 1.0)
