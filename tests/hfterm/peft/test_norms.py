import json
from pathlib import Path
from typing import Any

import pytest
import torch

from hfterm.peft.info import info


class Toy(torch.nn.Module):
    """A module of each kind that LoRA changes."""

    def __init__(self) -> None:
        super().__init__()
        self.words = torch.nn.Embedding(10, 8)
        self.up = torch.nn.Linear(8, 6, bias=False)
        self.seen = torch.nn.Conv2d(2, 4, 3, bias=False)
        self.config = {"model_type": "toy"}

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.up(self.words(ids))  # type: ignore[no-any-return]


@pytest.mark.filterwarnings("ignore")
def test_updates_are_the_changes_that_peft_makes(tmp_path: Path) -> None:
    import peft

    both = {"target_modules": ["up", "seen"]}
    ways: list[tuple[Any, dict[str, Any]]] = [
        (peft.LoraConfig, {"r": 2, "lora_alpha": 6, "target_modules": ["words", "up", "seen"]}),
        (peft.LoraConfig, {"r": 2, "lora_alpha": 6, "use_rslora": True, "use_dora": True, "target_modules": ["up"]}),
        (peft.LoraConfig, {"r": 2, **both, "rank_pattern": {"up": 3}, "alpha_pattern": {"seen": 1}}),
        (peft.AdaLoraConfig, {"init_r": 3, "target_r": 2, "total_step": 9, "lora_alpha": 6, "target_modules": ["up"]}),
        (peft.LoHaConfig, {"r": 2, "alpha": 6, **both}),
        (peft.LoKrConfig, {"r": 2, "alpha": 6, **both}),
        (peft.LoKrConfig, {"r": 1, "alpha": 6, "target_modules": ["up"], "decompose_both": True}),
    ]
    for number, (kind, settings) in enumerate(ways):
        torch.manual_seed(number)
        model = peft.get_peft_model(Toy(), kind(**settings))
        changes = {}
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.data.normal_()
        for name, module in model.named_modules():
            if hasattr(module, "get_delta_weight"):
                changes[name.removeprefix("base_model.model.")] = module.get_delta_weight("default").norm().item()
        model.save_pretrained(tmp_path / str(number))
        found = info(str(tmp_path / str(number)))
        assert not found.problems
        assert {m.module: m.update for m in found.modules} == pytest.approx(changes, rel=1e-4), settings


@pytest.mark.filterwarnings("ignore")
def test_a_pair_an_expert_is_one_change_each(tmp_path: Path) -> None:
    a, b = torch.randn(6, 8), torch.randn(5, 6)  # three experts of rank 2
    config = {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_parameters": ["experts.up"]}
    (tmp_path / "adapter_config.json").write_text(json.dumps(config))
    from safetensors.torch import save_file

    names = {f"base_model.model.experts.lora_{half}.weight": t for half, t in (("A", a), ("B", b))}
    save_file(names, tmp_path / "adapter_model.safetensors")
    # As peft/tuners/lora/layer.py, ParamWrapper.get_delta_weight.
    change = 2 * torch.einsum("o r e, e r i -> e i o", b.reshape(5, -1, 3), a.reshape(3, -1, 8))
    assert info(str(tmp_path)).modules[0].update == pytest.approx(change.norm().item(), rel=1e-5)
