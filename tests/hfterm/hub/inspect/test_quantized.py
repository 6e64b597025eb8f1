"""Parameters of packed weights, by the layouts that the libraries write."""

import pytest

from hfterm.hub.inspect import quantized
from hfterm.hub.inspect.tensors import Tensor


def counted(config: dict[str, object], *tensors: tuple[str, str, tuple[int, ...]]) -> dict[str, int]:
    made = [Tensor(name, dtype, shape, 0) for name, dtype, shape in tensors]
    return {tensor.name: number for tensor, number in quantized.parameters(made, config)}


@pytest.mark.parametrize(
    ("config", "method"),
    [
        ({}, (None, None)),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, ("gptq", 4)),
        ({"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}}, ("bitsandbytes", 4)),
        ({"quantization_config": {"load_in_8bit": True, "load_in_4bit": False}}, ("bitsandbytes", 8)),
        ({"quantization_config": {"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": {"num_bits": 4}}}}}, ("compressed-tensors", 4)),
        ({"quantization_config": {"quant_method": "mxfp4"}}, ("mxfp4", 4)),
        ({"quantization": {"bits": 4, "group_size": 64}}, ("mlx", 4)),
        ({"quantization_config": {"quant_method": ["x"], "bits": 10**9}}, (None, None)),
        ({"quantization_config": "4bit"}, (None, None)),
    ],
)  # fmt: skip
def test_methods(config: dict[str, object], method: tuple[str | None, int | None]) -> None:
    assert quantized.method(config) == method


def test_gptq() -> None:
    config = {"quantization_config": {"quant_method": "gptq", "bits": 4}}
    assert counted(
        config, ("q.qweight", "I32", (512, 4096)), ("q.qzeros", "I32", (32, 512)), ("q.scales", "F16", (32, 4096)),
        ("q.g_idx", "I32", (4096,)), ("norm.weight", "F16", (4096,)),
    ) == {"q.qweight": 4096 * 4096, "q.qzeros": 0, "q.scales": 0, "q.g_idx": 0, "norm.weight": 4096}  # fmt: skip


def test_bitsandbytes() -> None:
    config = {"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}}
    assert counted(
        config, ("q.weight", "U8", (8192, 1)), ("q.weight.absmax", "F32", (256,)),
        ("q.weight.quant_map", "F32", (16,)), ("q.weight.quant_state.bitsandbytes__nf4", "U8", (80,)),
        ("norm.weight", "BF16", (128,)),
    ) == {
        "q.weight": 16384, "q.weight.absmax": 0, "q.weight.quant_map": 0,
        "q.weight.quant_state.bitsandbytes__nf4": 0, "norm.weight": 128,
    }  # fmt: skip


def test_mlx_and_mxfp4() -> None:
    mlx = counted(
        {"quantization": {"bits": 4}}, ("q.weight", "U32", (128, 16)), ("q.scales", "F16", (128, 2)), ("q.biases", "F16", (128, 2)),
        ("norm.weight", "F16", (128,)),
    )  # fmt: skip
    assert mlx == {"q.weight": 128 * 128, "q.scales": 0, "q.biases": 0, "norm.weight": 128}
    config = {"quantization_config": {"quant_method": "mxfp4"}}
    assert counted(config, ("up_proj_blocks", "U8", (4, 8, 16)), ("up_proj_scales", "U8", (4, 8))) == {"up_proj_blocks": 1024, "up_proj_scales": 0}  # fmt: skip


def test_plain_weights_count_as_they_are() -> None:
    assert counted({}, ("q.scales", "F16", (3,)), ("q.qweight", "I32", (2, 2))) == {"q.scales": 3, "q.qweight": 4}
