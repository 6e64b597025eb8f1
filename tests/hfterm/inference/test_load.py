import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import AccessError, HftermError, NotFoundError, UsageError
from hfterm.inference.load import load_model
from support.tiny import tiny_model

# peft 0.21 asks transformers 5.23 by an old name.
pytestmark = pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "tiny")


@pytest.fixture
def adapter(tmp_path: Path, model: Path) -> Path:
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    tuned = get_peft_model(
        AutoModelForCausalLM.from_pretrained(model),
        LoraConfig(r=2, target_modules=["q_proj"], init_lora_weights=False, task_type="CAUSAL_LM"),
    )
    tuned.save_pretrained(tmp_path / "adapter")
    return tmp_path / "adapter"


def change(folder: Path, name: str = "config.json", **values: Any) -> None:
    config = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps({**config, **values}))


def logits(model: Any) -> Any:
    import torch

    with torch.inference_mode():
        return model(input_ids=torch.tensor([[1, 2, 3]])).logits


def test_a_model_folder(model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    loaded = load_model(str(model), device="cpu")
    assert (loaded.path, loaded.base, loaded.device, loaded.dtype) == (model, None, "cpu", "float32")
    assert str(next(loaded.model.parameters()).dtype) == "torch.float32"
    assert not loaded.model.training
    assert loaded.tokenizer.eos_token == "<|end|>"
    assert capfd.readouterr() == ("", "")


def test_a_dtype(model: Path) -> None:
    assert str(next(load_model(model, device="cpu", dtype="bfloat16").model.parameters()).dtype) == "torch.bfloat16"
    with pytest.raises(UsageError, match="no such dtype 'int3'"):
        load_model(model, dtype="int3")


def test_an_adapter_stands_on_its_base(model: Path, adapter: Path) -> None:
    loaded = load_model(adapter, device="cpu")
    assert (loaded.path, loaded.base) == (adapter, model)
    assert not logits(loaded.model).allclose(logits(load_model(model, device="cpu").model))
    assert loaded.tokenizer.chat_template


def test_an_adapter_whose_base_is_gone(isolated: Path, adapter: Path, model: Path) -> None:
    model.rename(model.with_name("moved"))
    with pytest.raises(NotFoundError, match=r"needs its base model .*tiny', which is gone; put it back, or change"):
        load_model(adapter)
    change(adapter, "adapter_config.json", base_model_name_or_path="nobody/nothing")
    with pytest.raises(HftermError, match="needs its base model 'nobody/nothing'"):
        load_model(adapter)
    change(adapter, "adapter_config.json", base_model_name_or_path=None)
    with pytest.raises(NotFoundError, match="names no base model"):
        load_model(adapter)


def test_an_adapter_of_another_model(adapter: Path, model: Path) -> None:
    change(adapter, "adapter_config.json", r=3)
    with pytest.raises(HftermError, match="cannot load"):
        load_model(adapter)


def test_repository_code_is_never_run(model: Path, tmp_path: Path) -> None:
    (model / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    change(model, model_type="evil", auto_map={"AutoConfig": "evil.C", "AutoModelForCausalLM": "evil.M"})
    with pytest.raises(AccessError, match="needs Python code from its repository, which hfterm does not run"):
        load_model(model)
    change(model, model_type="llama", auto_map={"AutoModelForCausalLM": "evil.M"})
    assert load_model(model, device="cpu").model  # known to transformers: its own class serves
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"model_type": "no-such"}, "does not know model_type 'no-such'"),
        ({"model_type": None}, "config.json without model_type"),
        ({"num_hidden_layers": 3}, "weights are not in it"),
        ({"hidden_size": 64}, "cannot load"),
        ({"num_attention_heads": "four"}, "cannot load"),
        ({"model_type": "vit"}, "cannot load"),
    ],
)
def test_a_configuration_that_does_not_fit(model: Path, values: dict[str, Any], says: str) -> None:
    change(model, **values)
    with pytest.raises(HftermError) as caught:
        load_model(model, device="cpu")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_model_of_another_kind(tmp_path: Path, model: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(model / "model.safetensors")
    save_file({f"other.{name}": value for name, value in weights.items()}, model / "model.safetensors")
    with pytest.raises(HftermError, match="it is another kind of model, or half-written"):
        load_model(model, device="cpu")


def test_a_missing_or_damaged_tokenizer(model: Path) -> None:
    (model / "tokenizer.json").write_text("{")
    with pytest.raises(HftermError, match="cannot load the tokenizer of"):
        load_model(model, device="cpu")
    (model / "tokenizer.json").unlink()
    (model / "tokenizer_config.json").unlink()
    with pytest.raises(HftermError, match="has no tokenizer"):
        load_model(model, device="cpu")


def test_an_adapters_base_keeps_its_revision(isolated: Path) -> None:
    commit, name = "b" * 40, isolated / "hf" / "hub" / "models--org--base"
    snapshot = name / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    adapter = isolated / "adapter"
    adapter.mkdir()
    for revision, found in ((commit, True), ("c" * 40, False)):
        (adapter / "adapter_config.json").write_text(
            json.dumps({"peft_type": "LORA", "base_model_name_or_path": "org/base", "revision": revision})
        )
        (adapter / "adapter_model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
        code = (
            "import sys\nfrom pathlib import Path\nfrom hfterm.inference import folder, load\n"
            "try: print(load.base_folder(folder.inspect(Path(sys.argv[1]))))\nexcept Exception as e: print(e.exit_code, e)"
        )
        done = subprocess.run(
            [sys.executable, "-P", "-c", code, str(adapter)], capture_output=True, text=True, check=True
        )
        assert (done.stdout.strip() == str(snapshot)) is found, done.stdout
        assert found or done.stdout.startswith("3 ")
