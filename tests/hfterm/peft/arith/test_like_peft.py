"""The results beside PEFT's own ``add_weighted_adapter`` on a real small model, and in PEFT's hands."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from hfterm.peft.arith.combine import HOWS, Options, combine
from hfterm.peft.arith.rescale import rescale
from support.adapters import by_peft
from support.tiny import tiny_model

peft = pytest.importorskip("peft")
# The libraries warn of each other's old names, and of embeddings that are saved too.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
FIRST = {"r": 4, "lora_alpha": 8, "task_type": "CAUSAL_LM"}  # on q_proj and v_proj
OTHER = {"r": 6, "lora_alpha": 3, "task_type": "CAUSAL_LM", "target_modules": ["q_proj", "up_proj", "embed_tokens"]}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("adapters")
    base = tiny_model(root / "base")
    configs = {
        "a": peft.LoraConfig(**FIRST),
        "b": peft.LoraConfig(**FIRST),
        "c": peft.LoraConfig(**OTHER),
        "ia": peft.IA3Config(task_type="CAUSAL_LM"),
        "ib": peft.IA3Config(task_type="CAUSAL_LM"),
    }
    adapters = {name: by_peft(base, root / name, at, config) for at, (name, config) in enumerate(configs.items())}
    return {"base": base, **adapters}


def on(base: Path, *adapters: Path) -> Any:
    """The base model with adapters on it, named by their order."""
    model = peft.PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), adapters[0], adapter_name="0")
    for at, adapter in enumerate(adapters[1:], 1):
        model.load_adapter(adapter, adapter_name=str(at))
    return model


def deltas(model: Any, name: str) -> dict[str, Any]:
    """What an adapter adds to each weight, as PEFT says."""
    found = {}
    for key, module in model.named_modules():
        if isinstance(module, peft.tuners.lora.LoraLayer) and name in (*module.lora_A, *module.lora_embedding_A):
            found[key] = module.get_delta_weight(name)
    return found


def theirs(made: dict[str, Path], names: str, weights: list[float], **options: Any) -> dict[str, Any]:
    model = on(made["base"], *(made[name] for name in names))
    inject = model.base_model.inject_adapter

    def seeded(*args: Any, **kwargs: Any) -> None:
        # It draws the new adapter's own numbers first, which are thrown away.
        inject(*args, **kwargs)
        torch.manual_seed(3)

    model.base_model.inject_adapter = seeded
    model.base_model.add_weighted_adapter([str(at) for at in range(len(names))], weights, "sum", **options)
    return deltas(model, "sum")


@pytest.mark.parametrize("how", HOWS)
def test_every_how(made: dict[str, Path], how: str, tmp_path: Path) -> None:
    density = None if how in ("svd", "linear", "cat") else 0.5
    wanted = theirs(made, "ab", [0.7, -0.3], combination_type=how, density=density)
    combined = combine([(str(made["a"]), 0.7), (str(made["b"]), -0.3)], tmp_path / "out", Options(how, density, seed=3))
    found = deltas(on(made["base"], combined.path), "0")
    assert found.keys() == wanted.keys() and len(found) == combined.modules == 4
    for key, delta in found.items():
        assert torch.allclose(delta, wanted[key], atol=2e-6), key


@pytest.mark.parametrize(("how", "density", "rank"), [("svd", None, None), ("cat", None, None), ("ties_svd", 0.4, 7)])
def test_other_ranks_targets_and_an_embedding(
    made: dict[str, Path], how: str, density: float | None, rank: int | None, tmp_path: Path
) -> None:
    wanted = theirs(made, "ac", [0.7, 1.5], combination_type=how, density=density, svd_rank=rank)
    combined = combine(
        [(str(made["a"]), 0.7), (str(made["c"]), 1.5)], tmp_path / "out", Options(how, density, rank, "total", 3)
    )
    found = deltas(on(made["base"], combined.path), "0")
    assert found.keys() == wanted.keys() and any("embed" in key for key in found)
    for key, delta in found.items():
        assert torch.allclose(delta, wanted[key], atol=2e-6), key


def test_ia3(made: dict[str, Path], tmp_path: Path) -> None:
    model = on(made["base"], made["ia"], made["ib"])
    model.base_model.add_weighted_adapter(["0", "1"], [0.7, 0.3], "sum")
    combined = combine([(str(made["ia"]), 0.7), (str(made["ib"]), 0.3)], tmp_path / "out")
    again = on(made["base"], combined.path)
    found = {k: p for k, p in again.named_parameters() if ".ia3_l." in k}
    wanted = {k.replace(".sum", ".0"): p for k, p in model.named_parameters() if k.endswith(".ia3_l.sum")}
    assert found.keys() == wanted.keys() and len(found) == combined.modules
    assert all(torch.allclose(found[key], wanted[key]) for key in found)


def weights(made: dict[str, Path], adapter: Path) -> dict[str, Any]:
    """The weights of the model with an adapter merged, less the base's."""
    plain = dict(AutoModelForCausalLM.from_pretrained(made["base"]).named_parameters())
    merged = on(made["base"], adapter).merge_and_unload()
    return {name: parameter - plain[name] for name, parameter in merged.named_parameters()}


@pytest.mark.parametrize(
    ("method", "settings"),
    [
        ("LoraConfig", {}),
        ("AdaLoraConfig", {"total_step": 9}),
        ("LoHaConfig", {"target_modules": ["q_proj"]}),
        ("LoKrConfig", {"target_modules": ["q_proj"]}),
        ("VeraConfig", {}),
        ("FourierFTConfig", {"n_frequency": 50}),
        ("IA3Config", {}),
    ],
)
def test_half_the_strength_changes_the_weights_by_half(
    made: dict[str, Path], method: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    config = getattr(peft, method)(task_type="CAUSAL_LM", **settings)
    adapter = by_peft(made["base"], tmp_path / "whole", 1, config)
    whole = weights(made, adapter)
    half = weights(made, rescale(str(adapter), tmp_path / "half", scale=0.5).path)
    assert max(float(delta.abs().max()) for delta in whole.values()) > 1e-3
    for name, delta in whole.items():
        assert torch.allclose(half[name], delta / 2, atol=1e-6), name


def test_a_lower_rank_in_the_hands_of_peft(made: dict[str, Path], tmp_path: Path) -> None:
    small = rescale(str(made["c"]), tmp_path / "small", rank=2)
    one, two = deltas(on(made["base"], made["c"]), "0"), deltas(on(made["base"], small.path), "0")
    assert one.keys() == two.keys() and len(one) == len(small.layers)
    lost = sum(float((one[key] - two[key]).square().sum()) for key in one)
    whole = sum(float(delta.square().sum()) for delta in one.values())
    assert lost / whole == pytest.approx(1 - small.kept, rel=1e-4) and 0.3 < small.kept < 0.9
