import json
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from hfterm.errors import AccessError, CheckFailedError, NotFoundError, UsageError
from hfterm.hub.inspect.tensors import Tensor
from hfterm.peft import contents
from hfterm.peft.info import Layer, info
from hfterm.peft.keys import module_of

CONFIG = {
    "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 2, "lora_alpha": 4, "target_modules": ["up"],
    "base_model_name_or_path": None,
}  # fmt: skip
A, B = "base_model.model.layers.{}.up.lora_A.weight", "base_model.model.layers.{}.up.lora_B.weight"


def weights() -> dict[str, torch.Tensor]:
    made = torch.Generator().manual_seed(1)
    tensors = {A.format(i): torch.randn(2, 8, generator=made) for i in range(2)}
    return tensors | {B.format(i): torch.randn(6, 2, generator=made) for i in range(2)}


def adapter(folder: Path, tensors: dict[str, torch.Tensor] | None = None, **config: Any) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps({**CONFIG, **config}))
    save_file(weights() if tensors is None else tensors, folder / "adapter_model.safetensors")
    return str(folder)


def base(folder: Path, rows: int = 6, layers: int = 2) -> str:
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "x"}')
    save_file({f"layers.{i}.up.weight": torch.zeros(rows, 8) for i in range(layers)}, folder / "model.safetensors")
    return str(folder)


def test_what_a_whole_adapter_is(tmp_path: Path) -> None:
    found = info(adapter(tmp_path / "a", base_model_name_or_path=base(tmp_path / "base")))
    found.check()
    told = found.record
    assert (told["method"], told["rank"], told["alpha"], told["targets"]) == ("LORA", 2, 4, ["up"])
    assert (told["fits"], told["modules"], told["layers"], told["dtype"]) == ("yes", 2, 2, "F32")
    assert (told["scaling"], told["dead"]) == (2, [])
    assert (told["parameters"], told["tensors"], told["bytes"]) == (56, 4, 224)
    # scale * B A, made here the long way
    tensors = weights()
    updates = [(4 / 2 * tensors[B.format(i)] @ tensors[A.format(i)]).norm().item() for i in range(2)]
    assert [m.update for m in found.modules] == pytest.approx(updates, rel=1e-5)
    assert told["update"] == pytest.approx(sum(u * u for u in updates) ** 0.5, rel=1e-5)
    norm = sum(t.square().sum().item() for t in tensors.values()) ** 0.5
    assert told["norm"] == pytest.approx(norm, rel=1e-5)
    assert told["by_layer"] == pytest.approx(updates, rel=1e-5)
    assert [(layer.layer, layer.modules, layer.parameters, layer.dead) for layer in found.layers()] == [
        (0, 1, 28, 0), (1, 1, 28, 0)
    ]  # fmt: skip
    assert [(m.module, m.layer, m.rank) for m in found.modules] == [("layers.0.up", 0, 2), ("layers.1.up", 1, 2)]


def test_scales_and_kinds_of_numbers(tmp_path: Path) -> None:
    half = {name: tensor.bfloat16() for name, tensor in weights().items()}
    plain = info(adapter(tmp_path / "a", half)).record
    rs = info(adapter(tmp_path / "a", half, use_rslora=True)).record
    assert plain["dtype"] == "BF16" and plain["fits"] == "not checked: it names no base model"
    assert rs["update"] == pytest.approx(plain["update"] * 2**0.5)
    exact = sum(t.double().square().sum().item() for t in half.values()) ** 0.5
    assert plain["norm"] == pytest.approx(exact, rel=1e-9)
    pattern = info(adapter(tmp_path / "a", half, alpha_pattern={"layers.0.up": 0, "1.up": 0})).record
    assert pattern["update"] == 0 and not pattern["problems"]
    assert pattern["dead"] == ["layers.0.up", "layers.1.up"]
    mixed = info(adapter(tmp_path / "a", half | {B.format(1): torch.zeros(6, 2)}, rank_pattern={"0.up": 2}))
    assert mixed.record["dead"] == ["layers.1.up"] and mixed.record["rank_pattern"] == {"0.up": 2}
    assert list(mixed.layers())[1] == Layer(1, 1, 28, pytest.approx(half[A.format(1)].double().norm().item()), 0.0, 1)


def test_damage_is_named(tmp_path: Path) -> None:
    def problems(tensors: dict[str, torch.Tensor] | None = None, **config: Any) -> list[str]:
        found = info(adapter(tmp_path / "a", tensors, **config))
        with pytest.raises(CheckFailedError, match="get or train the adapter again"):
            found.check()
        return list(found.record["problems"])

    lone = weights()
    del lone[B.format(1)]
    assert problems(lone) == ["layers.1.up has lora_A but no lora_B"]
    assert problems(r=8)[0] == "layers.0.up has rank 2, adapter_config.json says 8"
    assert problems(rank_pattern={"layers.1.up": 3}) == ["layers.1.up has rank 2, adapter_config.json says 3"]
    bad = weights()
    bad[A.format(0)][0, :3] = float("nan")
    bad[A.format(0)][1, 1] = float("-inf")
    assert problems(bad) == [f"{A.format(0)} holds 3 NaN and 1 infinite numbers of 16"]
    assert problems({}) == ["its weights hold no tensors"]
    assert problems(peft_type=["LORA"]) == ["adapter_config.json names no peft_type"]
    many = {A.format(i): torch.zeros(2, 8) for i in range(10)}
    assert len(problems(many)) == 4 and problems(many)[-1].startswith("7 more modules like")
    prompt = {"prompt_embeddings": torch.zeros(5, 4)}
    assert problems(prompt, peft_type="PROMPT_TUNING", num_virtual_tokens=4)[0].startswith("its prompt has the shape")


def test_another_base_is_told(tmp_path: Path) -> None:
    wide = info(adapter(tmp_path / "a", base_model_name_or_path=base(tmp_path / "wide", rows=7)))
    assert wide.record["fits"] == "no"
    assert wide.problems[0] == "layers.0.up is made for a weight [6, 8], the base model's is [7, 8]"
    short = info(adapter(tmp_path / "a", base_model_name_or_path=base(tmp_path / "short", layers=1)))
    assert short.problems == ["layers.1.up is not in the base model"]
    long = info(adapter(tmp_path / "a", base_model_name_or_path=base(tmp_path / "long", layers=3)))
    assert long.problems == ["layers.2.up is a target, and its keys are missing"]
    meant = info(adapter(tmp_path / "a", base_model_name_or_path=str(tmp_path / "long"), layers_to_transform=[0, 1]))
    assert not meant.problems
    gone = info(adapter(tmp_path / "a", base_model_name_or_path="./nowhere"))
    assert gone.record["fits"] == "not checked: the base model is not here" and not gone.problems
    given = info(adapter(tmp_path / "a", base_model_name_or_path="./nowhere"), base=str(tmp_path / "wide"))
    assert given.problems == wide.problems
    with pytest.raises(NotFoundError, match="no such file or folder"):
        info(str(tmp_path / "a"), base="./nowhere")
    other = {"wte.weight": torch.zeros(4, 4), "h.0.attn.c_attn.weight": torch.zeros(4, 12)}
    save_file(other, tmp_path / "wide" / "model.safetensors")
    assert info(str(tmp_path / "a"), base=str(tmp_path / "wide")).problems == [
        "none of the modules that it changes is in the base model (up)"
    ]


def test_what_is_no_adapter_or_pickled(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a whole model, not an adapter"):
        info(base(tmp_path / "base"))
    folder = Path(adapter(tmp_path / "a"))
    torn = folder / "adapter_model.safetensors"
    torn.write_bytes(torn.read_bytes()[:-5])
    with pytest.raises(CheckFailedError, match="its tensors end at byte"):
        info(str(folder))
    torn.rename(folder / "adapter_model.bin")
    with pytest.raises(AccessError, match=r"pickled weights only \(adapter_model.bin\).*convert them to safetensors"):
        info(str(folder))
    (folder / "adapter_model.bin").unlink()
    with pytest.raises(NotFoundError, match=r"has no adapter_model\.safetensors"):
        info(str(folder))
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError, match="is no adapter"):
        info(str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("name", "module", "part"),
    [
        ("base_model.model.model.layers.0.q.lora_A.weight", "model.layers.0.q", "lora_A.weight"),
        ("base_model.model.lm_head.modules_to_save.weight", "lm_head", "modules_to_save.weight"),
        ("base_model.model.layers.3.k.ia3_l", "layers.3.k", "ia3_l"),
        ("base_model.model.layers.3.norm.weight", "layers.3.norm", "weight"),
        ("prompt_embeddings", "prompt_embeddings", "prompt_embeddings"),
        ("", "", ""),
    ],
)
def test_the_module_of_a_tensor(name: str, module: str, part: str) -> None:
    assert module_of(name) == (module, part)


def test_numbers_of_a_kind_that_cannot_be_read_are_not_guessed() -> None:
    from hfterm.hub.inspect.source import File

    data = struct.pack("<4d", 3, 4, float("inf"), float("nan"))
    file = File("x", len(data), None, lambda start, length: data[start : start + length])
    assert contents.stats(Tensor("x", "F64", (4,), 32, 0), file, 0) == (5.0, 1, 1)
    assert contents.stats(Tensor("x", "F8_E4M3", (32,), 32, 0), file, 0) == (None, 0, 0)
