"""Adapters of PEFT against checkpoints whose names are not those that the models have in memory."""

import json
from pathlib import Path
from typing import Any

import peft
import pytest
import transformers
from safetensors.torch import load_file, save_file

from hfterm.errors import CheckFailedError
from hfterm.peft import adapter, kept
from hfterm.peft.info import info
from support import merges, peft_models, tiny_tasks

pytestmark = pytest.mark.filterwarnings("ignore")  # what PEFT says about these settings is not ours


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ViT and a mixture of experts, and a LoRA for each."""
    place = tmp_path_factory.mktemp("fits")
    vit = tiny_tasks.vit(place / "vit")
    cls = transformers.AutoModelForImageClassification
    linear = peft.LoraConfig(r=4, target_modules=["q_proj", "v_proj"])
    merges.tune(vit, place / "on-vit", linear, cls, num_labels=3, ignore_mismatched_sizes=True)
    peft_models.on_experts(peft_models.mixtral(place / "moe"), place / "on-moe")
    return place


def altered(made: Path, name: str, target: Path, drop: str = "nothing", **settings: Any) -> str:
    """A copy with other settings, or without the tensors that ``drop`` is in the names of."""
    target.mkdir()
    config = json.loads((made / name / "adapter_config.json").read_text())
    (target / "adapter_config.json").write_text(json.dumps(config | settings))
    tensors = load_file(made / name / "adapter_model.safetensors")
    save_file({k: t for k, t in tensors.items() if drop not in k}, target / "adapter_model.safetensors")
    return str(target)


@pytest.mark.parametrize("name", ["vit", "moe"])
def test_what_fits(made: Path, isolated: Path, name: str) -> None:
    names = list(load_file(made / f"on-{name}" / "adapter_model.safetensors"))
    stored = load_file(made / name / "model.safetensors")
    modules = {k.removeprefix("base_model.model.").partition(".lora_")[0] for k in names}
    assert {f"{module}.weight" for module in modules} - stored.keys(), "the names do differ"
    found = info(str(made / f"on-{name}"), base=str(made / name))
    assert (found.record["fits"], found.problems) == ("yes", [])
    assert {module.rank for module in found.modules} == {4}
    (kept_names,) = kept.path("names").parent.glob("names-*.json")
    before = kept_names.stat().st_mtime_ns
    assert info(str(made / f"on-{name}"), base=str(made / name)).record["fits"] == "yes"
    assert kept_names.stat().st_mtime_ns == before, "a second look takes what was kept"
    assert adapter.read(str(made / f"on-{name}")).problems(adapter.base_tensors(str(made / name))) == []


def test_missing_keys_and_ranks(made: Path, isolated: Path) -> None:
    def problems(base: str, text: str) -> list[str]:
        found = info(text, base=str(made / base))
        assert found.record["fits"] == "no"
        with pytest.raises(CheckFailedError):
            found.check()
        return found.problems

    lost = altered(made, "on-vit", isolated / "a", "layers.1.attention.q_proj")
    assert problems("vit", lost) == ["vit.layers.1.attention.q_proj is a target, and its keys are missing"]
    lost = altered(made, "on-moe", isolated / "b", "layers.1.mlp")
    assert problems("moe", lost) == [
        f"model.layers.1.mlp.experts.{name} is a target, and its keys are missing"
        for name in ("gate_up_proj", "down_proj")
    ]
    lower = altered(made, "on-moe", isolated / "c", r=2, rank_pattern={"q_proj": 4})
    assert problems("moe", lower)[0] == (
        "model.layers.0.mlp.experts.gate_up_proj has an A of 12 rows, not 6: 3 in the base model, each of rank 2"
    )


def test_other_bases(made: Path, isolated: Path) -> None:
    none = "none of the modules that it changes is in the base model"
    assert info(str(made / "on-vit"), base=str(made / "moe")).problems == [f"{none} (q_proj, v_proj)"]
    assert info(str(made / "on-moe"), base=str(made / "vit")).problems == [f"{none} (experts, q_proj)"]
    more = peft_models.mixtral(isolated / "more", experts=4)
    assert "has an A of 12 rows, not 16: 4 in the base" in info(str(made / "on-moe"), base=str(more)).problems[0]
    wide = peft_models.mixtral(isolated / "wide", width=24)
    assert info(str(made / "on-moe"), base=str(wide)).problems[0] == (
        "model.layers.0.mlp.experts.gate_up_proj is made for a weight [96, 32], the base model's is [3, 48, 32]"
    )
