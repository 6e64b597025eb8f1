from typing import Any

import pytest

from hfterm.hub.inspect.tensors import Tensor
from hfterm.peft import checks, stacked

CONFIG: dict[str, Any] = {
    "peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q"],
    "target_parameters": ["experts.up", "experts.down"],
}  # fmt: skip
# 3 experts: up is (3, 10, 4), down (3, 4, 5); the first parameter's wrapper is the inner one.
BASE = {"h.0.q.weight": (4, 4), "h.0.experts.up": (3, 10, 4), "h.0.experts.down": (3, 4, 5), "h.0.norm.weight": (4,)}
LORA = {
    "h.0.q.lora_A": (2, 4), "h.0.q.lora_B": (4, 2),
    "h.0.experts.base_layer.lora_A": (6, 4), "h.0.experts.base_layer.lora_B": (10, 6),
    "h.0.experts.lora_A": (6, 5), "h.0.experts.lora_B": (4, 6),
}  # fmt: skip


def made(shapes: dict[str, tuple[int, ...]], *, lora: bool = True) -> list[Tensor]:
    named = {f"base_model.model.{name}.weight" if lora else name: shape for name, shape in shapes.items()}
    return [Tensor(name, "F32", shape, 0) for name, shape in named.items()]


def problems(
    lora: dict[str, tuple[int, ...]] = LORA, base: dict[str, tuple[int, ...]] = BASE, names: Any = "sure", **more: Any
) -> list[str] | None:
    tensors = {t.name: t for t in made(base, lora=False)}
    return checks.against_base(CONFIG | more, made(lora), tensors, names=names)


def test_what_fits() -> None:
    assert problems() == []
    assert problems(base=BASE | {"h.0.experts.up": (3, 4, 10), "h.0.experts.down": (3, 5, 4)}) == [], "either way"
    assert checks.headers(CONFIG, made(LORA)) == []
    one = {"h.0.q.lora_A": (2, 4), "h.0.q.lora_B": (4, 2)}
    assert problems(one, target_modules=None, target_parameters=["q.weight"]) == [], "of two sides: one expert"
    assert problems(names="unsure") == []


@pytest.mark.parametrize(
    ("lora", "base", "more", "said"),
    [
        ({}, {"h.0.experts.up": (3, 12, 4)}, {}, "h.0.experts.up is made for a weight [10, 4], the base model's is [3, 12, 4]"),
        ({}, {"h.0.experts.up": (4, 10, 4)}, {}, "h.0.experts.up has an A of 6 rows, not 8: 4 in the base model, each of rank 2"),
        ({}, {}, {"r": 3}, "h.0.experts.up has an A of 6 rows, not 9: 3 in the base model, each of rank 3"),
        ({}, {}, {"rank_pattern": {"down": 1}}, "h.0.experts.down has an A of 6 rows, not 3: 3 in the base model, each of rank 1"),
        ({}, {"h.1.experts.up": (3, 10, 4)}, {}, "h.1.experts.up is a target, and its keys are missing"),
        ({}, {"h.1.q.weight": (4, 4)}, {}, "h.1.q is a target, and its keys are missing"),
        ({"h.1.experts.lora_A": (6, 5), "h.1.experts.lora_B": (4, 6)}, {}, {}, "h.1.experts is not in the base model"),
    ],
)  # fmt: skip
def test_what_does_not(lora: dict[str, Any], base: dict[str, Any], more: dict[str, Any], said: str) -> None:
    assert said in (problems(LORA | lora, BASE | base, **more) or [])


def test_wrappers_that_are_lost_or_too_many() -> None:
    inner = {name: shape for name, shape in LORA.items() if "base_layer" not in name}
    assert problems(inner) == ["h.0.experts.down is a target, and its keys are missing"]
    assert problems(target_parameters=["experts.down"]) == [
        "h.0.experts.down is made for a weight [10, 4], the base model's is [3, 4, 5]",
        "h.0.experts has no parameter of the base model",
    ]  # fmt: skip


def test_where_names_may_be_others_only_sizes_count() -> None:
    other = {"h.0.q.weight": (4, 4), "h.0.moe.experts.0.w1.weight": (10, 4)}
    assert problems(base=other, names="unsure") is None
    assert problems(base=other, names="sure") != []
    assert problems(base=other | {"h.0.q.weight": (7, 4)}, names="unsure") == [
        "h.0.q is made for a weight [4, 4], the base model's is [7, 4]"
    ]
    # A wrapper's words before the names are no other model; other names are.
    wrapped = {f"my.encoder.{name}": shape for name, shape in LORA.items()}
    assert problems(wrapped) is None
    assert problems(base={"model.layer.q.weight": (4, 4)}) == [
        "none of the modules that it changes is in the base model (experts, q)"
    ]


def test_the_rank_of_one_expert() -> None:
    assert stacked.rank(CONFIG, "h.0.experts", 6) == 2 and stacked.rank(CONFIG, "h.0.experts", 7) == 7
    assert stacked.rank({**CONFIG, "target_parameters": None}, "h.0.experts", 6) == 6
    odd = checks.headers({**CONFIG, "r": 4}, made(LORA))
    assert odd[0] == "h.0.q has rank 2, adapter_config.json says 4"
    assert "h.0.experts.base_layer has rank 6, adapter_config.json says 4" in odd
