"""The base that comes out of a merged model, against the base that went in."""

import json
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
import transformers

from hfterm.errors import CheckFailedError, HftermError, UsageError
from hfterm.peft.merge import merge
from hfterm.peft.unload import unload
from support import merges
from support.peft_out import quiet
from support.tiny import tiny_model

# What PEFT says about these settings is not ours.
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("home")]
Load = transformers.AutoModelForCausalLM.from_pretrained
# Methods that add, scale or turn; and some that are not to be undone: the base's weights are needed, or written over.
BACK = ("LORA", "IA3", "OFT", "VERA", "SHIRA", "ROAD")
GONE = ("DEFT", "HIRA", "LN_TUNING", "OSF")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("unloaded") / "tiny")


def lora(**settings: Any) -> Any:
    return peft.LoraConfig(**{"task_type": "CAUSAL_LM", "r": 4, "target_modules": "all-linear", **settings})


def merged(base: Path, home: Path, config: Any, **more: Any) -> Path:
    adapter = merges.tune(base, home / "adapter", config)
    merge(str(adapter), quiet(), output=home / "merged", verify="none", **more)
    return adapter


@pytest.mark.parametrize("kind", [*BACK, *GONE])
def test_every_method_is_taken_out_or_refused(base: Path, home: Path, kind: str) -> None:
    made: Any = peft.mapping.PEFT_TYPE_TO_CONFIG_MAPPING[kind]
    settings = {"target_modules": ["q_proj", "v_proj"], **merges.SETTINGS.get(kind, {})}
    adapter = merged(base, home, made(task_type="CAUSAL_LM", **settings))
    try:
        found = unload(str(home / "merged"), quiet(), adapter=str(adapter), base=str(base), output=home / "back")
    except HftermError as exc:
        assert kind in GONE, exc
        assert not (home / "back").exists() and "cannot" in str(exc)
        return
    assert kind not in GONE
    assert found.drift is not None and found.drift < 1e-5
    assert found.base_drift is not None and found.base_drift < 1e-5
    model, wanted = Load(home / "back").state_dict(), Load(base).state_dict()
    assert all(torch.allclose(model[name], wanted[name], atol=1e-5) for name in wanted)


def test_within_the_rounding_of_half_precision(base: Path, home: Path) -> None:
    model = Load(base).to(torch.bfloat16)
    model.save_pretrained(home / "half")
    (home / "half" / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes())
    adapter = merged(home / "half", home, lora())
    out = quiet()
    found = unload(str(home / "merged"), out, adapter=str(adapter), base=str(home / "half"), output=home / "back")
    assert found.dtype == "bfloat16" and found.drift is not None and found.base_drift is not None
    assert found.drift < 5e-2 and found.base_drift < 2e-2 and "weights merged again" in str(out.stderr.getvalue())  # type: ignore[attr-defined]
    assert (home / "back" / "tokenizer.json").exists()
    assert json.loads((home / "back" / "config.json").read_text())["dtype"] == "bfloat16"


def test_what_cannot_be_undone_is_refused(base: Path, home: Path) -> None:
    for number, (settings, words) in enumerate(
        (
            ({"use_dora": True}, "cannot take DoRA out"),
            ({"modules_to_save": ["lm_head"]}, "it replaced lm_head"),
            ({"init_lora_weights": "pissa"}, "made from the base's own weights"),
        )
    ):
        place = home / str(number)
        place.mkdir()
        adapter = merged(base, place, lora(**settings))
        with pytest.raises(UsageError, match=words):
            unload(str(place / "merged"), quiet(), adapter=str(adapter), output=place / "back")
        assert sorted(p.name for p in place.iterdir()) == ["adapter", "merged"]


def test_another_adapter_shows_against_the_base(base: Path, home: Path) -> None:
    merged(base, home, lora())
    other = merges.tune(base, home / "other", lora(r=2))
    with pytest.raises(CheckFailedError, match="another adapter was merged"):
        unload(str(home / "merged"), quiet(), adapter=str(other), base=str(base), output=home / "back")
    assert not (home / "back").exists()
    with pytest.raises(UsageError, match="name it with --adapter"):
        unload(str(home / "merged"), quiet(), output=home / "back")
    with pytest.raises(UsageError, match="there is no base in it"):
        unload(str(other), quiet(), output=home / "back")


def test_a_checkpoint_with_the_layers_in_it_is_taken_apart(base: Path, home: Path) -> None:
    from safetensors.torch import save_file

    torch.manual_seed(1)
    tuned = peft.get_peft_model(Load(base), lora(target_modules=["q_proj"], modules_to_save=["lm_head"]))
    merges.shake(tuned)
    folder = home / "checkpoint"
    folder.mkdir()
    save_file({k: v.contiguous().clone() for k, v in tuned.state_dict().items()}, folder / "model.safetensors")
    (folder / "config.json").write_bytes((base / "config.json").read_bytes())
    with pytest.raises(UsageError, match="says which"):
        unload(str(folder), quiet(), output=home / "apart")
    tuned.peft_config["default"].save_pretrained(folder)
    found = unload(str(folder), quiet(), output=home / "apart", max_shard_size=30_000)
    assert found.how == "split" and found.adapter_path == str(home / "apart" / "adapter")
    wanted = Load(base).state_dict()
    model, info = Load(home / "apart", output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"]
    assert all(torch.equal(model.state_dict()[name], wanted[name]) for name in wanted)
    again = peft.PeftModel.from_pretrained(model, home / "apart" / "adapter").state_dict()
    assert all(torch.equal(again[name], tensor) for name, tensor in tuned.state_dict().items())
