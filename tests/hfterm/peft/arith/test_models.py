"""Two whole models held against each other, on numbers whose norms are known by hand."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from hfterm.errors import AccessError, NotFoundError, UsageError
from hfterm.peft.arith import models
from hfterm.peft.arith.diff import diff_of
from support.adapters import by_hand

Tensors = dict[str, Any]
Model = Callable[..., str]


@pytest.fixture
def model(isolated: Path) -> Model:
    def made(name: str, tensors: Tensors, shards: int = 1, **config: Any) -> str:
        folder = isolated / name
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps({"model_type": "x", "architectures": ["XModel"], **config}))
        names = sorted(tensors)
        files = [f"model-{n + 1:05}-of-{shards:05}.safetensors" for n in range(shards)]
        files = files if shards > 1 else ["model.safetensors"]
        where = {key: files[at % shards] for at, key in enumerate(names)}
        for file in files:
            save_file({key: tensors[key] for key in names if where[key] == file}, folder / file)
        if shards > 1:
            index = {"metadata": {}, "weight_map": where}
            (folder / "model.safetensors.index.json").write_text(json.dumps(index))
        return str(folder)

    return made


def told(a: str, b: str, **options: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in diff_of(a, b, **options):
        found.setdefault(row["kind"], []).append(row)
    return found


BASE: Tensors = {
    "up.weight": torch.tensor([[3.0, 0.0], [0.0, 4.0]]),
    "down.weight": torch.tensor([[0.0, 1.0]]),
    "norm": torch.tensor([2.0, 2.0, 2.0, 2.0]),
}


def test_norms_largest_share_first(model: Model) -> None:
    tuned = BASE | {"up.weight": torch.tensor([[3.0, 0.0], [0.0, 6.0]]), "down.weight": torch.tensor([[1.0, 1.0]])}
    found = told(model("base", BASE), model("tuned", tuned, shards=2))
    assert list(found) == ["total", "tensor"], "sharded or not is no difference"
    first, second = found["tensor"]
    assert (first["what"], first["a"], first["b"]) == ("down.weight", 1, pytest.approx(2**0.5))
    assert (first["relative"], first["cosine"]) == (1, pytest.approx(0.5**0.5))
    assert (second["what"], second["a"], second["relative"]) == ("up.weight", 5, pytest.approx(2 / 5))
    total = found["total"][0]
    # 25, 1 and 16 squared in base; 4 and 1 of difference.
    assert total["what"] == "2 of 3 differ" and total["a"] == pytest.approx(42**0.5)
    assert total["relative"] == pytest.approx((5 / 42) ** 0.5)
    few = told(model("again", BASE), model("other", tuned), limit=1)
    assert len(few["tensor"]) == 1 and few["summary"][0]["what"] == "1 more of tensors"


def test_the_same_whatever_the_kind_of_numbers(model: Model) -> None:
    base = model("base", BASE, dtype="float32")
    half = model(
        "half", {name: t.bfloat16() for name, t in BASE.items()}, torch_dtype="bfloat16", transformers_version="4"
    )
    assert told(base, base) == {}
    found = told(base, half)
    assert list(found) == ["setting"] and (found["setting"][0]["a"], found["setting"][0]["b"]) == (
        "float32",
        "bfloat16",
    )


def test_names_on_one_side_shapes_and_settings(model: Model) -> None:
    more = {**BASE, "norm": torch.ones(5), "head.weight": torch.tensor([[3.0, 4.0]]), "tail": torch.tensor([1.0])}
    less = {name: t for name, t in BASE.items() if name != "down.weight"}
    found = told(model("less", less, vocab_size=4), model("more", more, vocab_size=5))
    assert [(row["what"], row["a"], row["b"]) for row in found["setting"]] == [("vocab_size", 4, 5)]
    assert [(row["what"], row["b"]) for row in found["only_b"]] == [("head.weight", 5), ("down.weight", 1), ("tail", 1)]
    assert [(row["what"], row["a"], row["b"]) for row in found["shape"]] == [("norm", [4], [5])]
    assert "only_a" not in found and "tensor" not in found
    assert told(model("a", more), model("b", less))["only_a"][0]["what"] == "head.weight"


def test_what_has_no_norm(model: Model) -> None:
    nan = BASE | {"norm": torch.tensor([float("nan"), float("inf"), float("-inf"), 2.0])}
    found = told(model("base", BASE), model("nan", nan))
    assert [(row["what"], row["relative"]) for row in found["unknown"]] == [("norm", None)]
    zero = told(model("zero", BASE | {"norm": torch.zeros(4)}), model("one", BASE))["tensor"][0]
    assert (zero["what"], zero["a"], zero["b"], zero["relative"], zero["cosine"]) == ("norm", 0, 4, None, None)
    json.dumps(zero, allow_nan=False)
    small = BASE | {"norm": torch.tensor([1.0, 2.0]).to(torch.float8_e4m3fn)}
    other = BASE | {"norm": torch.tensor([1.0, 3.0]).to(torch.float8_e4m3fn)}
    assert list(told(model("f8", small), model("f8-other", other))) == ["unknown"]
    assert told(model("f8-a", small), model("f8-b", small)) == {}, "the same bytes"
    assert told(model("nan-a", nan), model("nan-b", nan)) == {}


def test_pieces_make_no_difference(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    made = torch.Generator().manual_seed(0)
    base, tuned = ({"w": torch.randn(50, 41, generator=made)} for _ in range(2))
    folders = model("base", base), model("tuned", {"w": tuned["w"].half()})
    whole = told(*folders)["tensor"][0]
    assert whole["relative"] == pytest.approx(
        ((tuned["w"].half() - base["w"]).norm() / base["w"].norm()).item(), rel=1e-4
    )
    monkeypatch.setattr(models, "PIECE", 99)
    assert told(*folders)["tensor"][0]["relative"] == pytest.approx(whole["relative"], rel=1e-12)


def test_a_model_and_an_adapter_are_not_mixed(model: Model, isolated: Path) -> None:
    base = model("base", BASE)
    adapter = str(by_hand(isolated / "adapter", {"up": ([[1.0, 0.0]], [[3.0], [0.0]])}))
    for pair in ((base, adapter), (adapter, base)):
        with pytest.raises(
            UsageError, match=r"base is a whole model, and .*adapter an adapter: they cannot be compared"
        ):
            diff_of(*pair)
    (isolated / "empty").mkdir()
    with pytest.raises(NotFoundError, match="is no adapter"):
        diff_of(base, str(isolated / "empty"))
    Path(base, "model.safetensors").unlink()
    torch.save({"w": torch.zeros(1)}, Path(base, "pytorch_model.bin"))
    with pytest.raises(AccessError, match="pickled"):
        diff_of(base, base)
