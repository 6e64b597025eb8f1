import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from hfterm.errors import AccessError, CheckFailedError, NotFoundError, UsageError
from hfterm.hub.inspect import source
from hfterm.peft import adapter, keys
from hfterm.peft.adapter import Half

CONFIG = {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["up"], "base_model_name_or_path": "org/base"}
A, B = "base_model.model.layers.{}.up.lora_A.weight", "base_model.model.layers.{}.up.lora_B.weight"


def weights(layers: int = 2) -> dict[str, torch.Tensor]:
    made = torch.Generator().manual_seed(1)
    tensors = {A.format(i): torch.randn(2, 8, generator=made) for i in range(layers)}
    return tensors | {B.format(i): torch.randn(6, 2, generator=made) for i in range(layers)}


def write(folder: Path, tensors: dict[str, torch.Tensor] | None = None, **config: Any) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps({**CONFIG, **config}))
    save_file(weights() if tensors is None else tensors, folder / "adapter_model.safetensors")
    return str(folder)


def problems(folder: Path, tensors: dict[str, torch.Tensor] | None = None, **config: Any) -> list[str]:
    found = adapter.read(write(folder, tensors, **config))
    with pytest.raises(CheckFailedError, match="get or train the adapter again"):
        found.check()
    return found.problems()


def test_what_a_whole_adapter_holds(tmp_path: Path) -> None:
    tensors = weights() | {A.format(1): weights()[A.format(1)].bfloat16()}
    read = adapter.read(write(tmp_path / "a", tensors, use_rslora=True, alpha_pattern={"1.up": 8}))
    read.check()
    assert (read.method, read.base, len(read.tensors)) == ("lora", "org/base", 4)
    first, second = read.halves()
    assert first == Half("layers.0.up", A.format(0), B.format(0), 2, 4 / 2**0.5)
    assert second.scaling == 8 / 2**0.5
    assert dict(read.state()).keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert read.tensor(name).dtype == tensor.dtype and torch.equal(read.tensor(name), tensor)
        assert np.array_equal(read.array(name), tensor.float().numpy())
    with pytest.raises(NotFoundError, match="has no tensor 'x'"):
        read.tensor("x")


def test_settings_that_say_nothing_are_named(tmp_path: Path) -> None:
    assert problems(tmp_path / "a", r=None)[0].endswith("no rank that is a number above 0: r is None")
    assert problems(tmp_path / "a", lora_alpha="x")[0].endswith("no lora_alpha that is a number: it is x")
    assert problems(tmp_path / "a", target_modules=[1])[0].endswith("neither names nor a regular expression")
    assert problems(tmp_path / "a", rank_pattern=[1])[0].endswith("rank_pattern that is no object")
    assert problems(tmp_path / "a", peft_type="NEW")[0].endswith("names a method that is not known here: 'NEW'")


def test_names_that_peft_would_pass_over_are_named(tmp_path: Path) -> None:
    plain = {name.removeprefix("base_model.model."): tensor for name, tensor in weights(1).items()}
    assert problems(tmp_path / "a", plain)[0] == "'layers.0.up.lora_A.weight' is no name that LORA gives"
    raw = {name.replace(".weight", ".default.weight"): tensor for name, tensor in weights(1).items()}
    assert len(problems(tmp_path / "a", raw)) == 2
    more = {"base_model.model.score.weight": torch.zeros(2, 8), "base_model.model.wte.weight": torch.zeros(9, 8)}
    assert problems(tmp_path / "a", weights() | more) == ["'base_model.model.score.weight' is no name that LORA gives"]
    adapter.read(write(tmp_path / "a", weights() | more, modules_to_save=["score"])).check()


def test_shapes_are_held_against_each_other_and_the_base(tmp_path: Path) -> None:
    odd = weights() | {B.format(1): torch.zeros(6, 3)}
    assert problems(tmp_path / "a", odd) == ["layers.1.up has matrices that do not go together: [2, 8] and [6, 3]"]
    torn = weights() | {B.format(1): torch.zeros(0)}
    assert problems(tmp_path / "a", torn)[0] == "layers.1.up has a lora_B of the shape [0]"
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "config.json").write_text("{}")
    save_file({f"model.layers.{i}.up.weight": torch.zeros(6, 8) for i in range(3)} |
              {"model.pooler.up.weight": torch.zeros(6, 8)}, tmp_path / "base" / "model.safetensors")  # fmt: skip
    base = adapter.base_tensors(str(tmp_path / "base"))
    read = adapter.read(write(tmp_path / "a"))
    assert read.problems(base) == ["layers.2.up is a target, and its keys are missing"]
    with pytest.raises(CheckFailedError, match="name the model that it was tuned on with --base"):
        read.check(base)
    whole = adapter.read(write(tmp_path / "a", target_modules=r".*\.[01]\.up"))
    whole.check(base)
    assert adapter.base_tensors("org/nowhere") is None


def test_pickled_weights_are_loaded_only_when_asked_for_and_only_tensors(tmp_path: Path) -> None:
    folder = Path(write(tmp_path / "a"))
    (folder / "adapter_model.safetensors").unlink()
    torch.save(weights(), folder / "adapter_model.bin")
    with pytest.raises(AccessError, match=r"pickled weights only \(adapter_model.bin\)"):
        adapter.read(str(folder))
    read = adapter.read(str(folder), allow_pickle=True)
    read.check()
    assert all(torch.equal(read.tensor(name), tensor) for name, tensor in weights().items())
    touched = tmp_path / "touched"

    class Evil:
        def __reduce__(self) -> Any:
            return Path.touch, (touched,)

    torch.save({"x": Evil()}, folder / "adapter_model.bin", pickle_module=pickle)
    with pytest.raises(AccessError, match="would run code: it imports"):
        adapter.read(str(folder), allow_pickle=True)
    assert not touched.exists()
    (folder / "adapter_model.bin").write_bytes((folder / "adapter_model.bin").read_bytes()[:-40])
    with pytest.raises(CheckFailedError):
        adapter.read(str(folder), allow_pickle=True)


def test_what_is_no_adapter(tmp_path: Path) -> None:
    folder = Path(write(tmp_path / "a"))
    weights_file = folder / "adapter_model.safetensors"
    torch.save(weights(), weights_file)
    with pytest.raises(CheckFailedError, match="no safetensors file, whatever its name says"):
        adapter.read(str(folder))
    weights_file.unlink()
    with pytest.raises(NotFoundError, match="half-written, or still in training"):
        adapter.read(str(folder))
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(CheckFailedError, match=r"its adapter_config\.json is empty"):
        adapter.read(str(folder))
    with pytest.raises(NotFoundError, match=r"name one of those that it holds: a$"):
        adapter.settings(source.place(str(tmp_path)))
    (folder / "adapter_config.json").write_text('{"peft_type": ')
    with pytest.raises(CheckFailedError, match=r"adapter_config\.json"):
        adapter.read(str(folder))
    (folder / "adapter_config.json").rename(folder / "config.json")
    (folder / "config.json").write_text('{"model_type": "x"}')
    with pytest.raises(UsageError, match="is a whole model, not an adapter"):
        adapter.read(str(folder))


def test_the_methods_are_those_of_peft() -> None:
    from peft.mapping import PEFT_TYPE_TO_PREFIX_MAPPING

    assert {kind.value: prefix for kind, prefix in PEFT_TYPE_TO_PREFIX_MAPPING.items()} == keys.PREFIXES
