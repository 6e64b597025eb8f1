from hfterm.hub.inspect import summary
from hfterm.hub.inspect.tensors import Tensor


def tensor(name: str, *shape: int, dtype: str = "F32", key: str | None = None) -> Tensor:
    made = Tensor(name, dtype, shape, 0, None, key)
    return made._replace(bytes=made.elements * 4)


TENSORS = [
    tensor("lm_head.weight", 10, 4),
    *(tensor(f"model.layers.{i}.{part}.weight", 4, 4) for i in (10, 2, 0, 1) for part in ("attn.q", "mlp")),
    tensor("model.embed.weight", 10, 4, dtype="BF16"),
    tensor("scale"),
]


def test_totals() -> None:
    assert summary.totals(TENSORS, {}) == {
        "parameters": 40 + 8 * 16 + 40 + 1, "dtypes": {"F32": 169, "BF16": 40}, "tensors": 11, "bytes": 836,
    }  # fmt: skip
    assert summary.totals([], {}) == {"parameters": 0, "dtypes": {}, "tensors": 0, "bytes": 0}


def test_shared_tensors_count_once() -> None:
    found = summary.totals([tensor("a", 8, key="1"), tensor("b", 8, key="1"), tensor("c", 8, key="2")], {})
    assert (found["parameters"], found["tensors"], found["bytes"]) == (16, 3, 64)


def test_memory() -> None:
    assert summary.memory(1000) == {"float32": 4000, "bfloat16": 2000, "int8": 1000, "int4": 500, "training": 16000}


def test_modules_fold_numbered_layers() -> None:
    rows = summary.modules(TENSORS, {}, 3)
    assert [(r["module"], r["layers"], r["tensors"], r["parameters"]) for r in rows] == [
        ("lm_head", None, 1, 40),
        ("model", None, 9, 168),
        ("model.embed", None, 1, 40),
        ("model.layers.*", 4, 8, 128),
        ("model.layers.*.attn", None, 4, 64),
        ("model.layers.*.mlp", None, 4, 64),
        ("(root)", None, 1, 1),
    ]
    assert [r["module"] for r in summary.modules(TENSORS, {}, 1)] == ["lm_head", "model", "(root)"]


def test_numbers_in_numbers_and_strange_names() -> None:
    names = ["blocks.0.1.x", "blocks.0.2.x", "blocks.1.1.x", "7.weight", "", ".", "a..b", "9" * 50 + ".x"]
    rows = summary.modules([tensor(name, 2) for name in names], {}, 9)
    assert sum(r["parameters"] for r in rows if r["depth"] == 1) == 16
    assert next(r for r in rows if r["module"] == "blocks.*")["layers"] == 2
