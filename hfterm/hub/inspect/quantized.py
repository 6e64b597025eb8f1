"""Packed weights: several numbers in one element of a file, by the layouts that transformers loads.

Layouts (each library's own): bitsandbytes 4 bit ``weight`` of U8, two a byte, beside ``weight.absmax``; GPTQ and AWQ
``qweight`` of I32; compressed-tensors ``weight_packed`` of I32; MXFP4 (gpt-oss) ``*_blocks`` of U8; MLX ``weight`` of
U32 beside ``scales``.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hfterm.hub.inspect.tensors import Tensor

# What belongs to the packing, and is no parameter of the model.
_BESIDE = (
    ".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map", ".qzeros", ".scales", ".g_idx", ".weight_scale",
    ".weight_shape", ".weight_zero_point", ".weight_g_idx", ".SCB", ".weight_format", "_scales", ".input_scale",
    ".weight_scale_inv", ".weight_global_scale", ".input_global_scale",
)  # fmt: skip


def method(config: Mapping[str, Any]) -> tuple[str | None, int | None]:
    """(method, bits) that a config.json names: ``("gptq", 4)``; (None, None) for plain weights."""
    told = config.get("quantization_config") or config.get("compression_config")
    if isinstance(told, dict):
        name = told.get("quant_method") or (
            "bitsandbytes" if "load_in_4bit" in told or "load_in_8bit" in told else None
        )
        bits = told.get("bits") or told.get("w_bit")
        if told.get("load_in_4bit") or told.get("_load_in_4bit"):
            bits = 4
        elif told.get("load_in_8bit") or told.get("_load_in_8bit"):
            bits = 8
        groups = told.get("config_groups")
        if isinstance(groups, dict):
            weights = [g.get("weights") for g in groups.values() if isinstance(g, dict)]
            bits = next((w.get("num_bits") for w in weights if isinstance(w, dict)), bits)
        bits = {"mxfp4": 4, "fp8": 8, "fbgemm_fp8": 8}.get(str(name), bits)
        return (name if isinstance(name, str) else None), (bits if _is_bits(bits) else None)
    told = config.get("quantization")
    if isinstance(told, dict) and _is_bits(told.get("bits")):
        return "mlx", told["bits"]
    return None, None


def _is_bits(value: object) -> bool:
    return isinstance(value, int) and value in (1, 2, 3, 4, 5, 6, 8)


def parameters(tensors: Iterable[Tensor], config: Mapping[str, Any]) -> Iterator[tuple[Tensor, int]]:
    """Each tensor with the number of a model's parameters that it holds: 0 for what only serves the packing."""
    name, bits = method(config)
    if name is None:
        for tensor in tensors:
            yield tensor, tensor.elements
        return
    listed = list(tensors)
    names = {tensor.name for tensor in listed}
    for tensor in listed:
        yield tensor, _unpacked(tensor, name, bits, names)


def _unpacked(tensor: Tensor, method: str, bits: int | None, names: set[str]) -> int:
    if ".quant_state." in tensor.name or tensor.name.endswith(_BESIDE):
        return 0
    stem = tensor.name.rpartition(".")[0]
    if tensor.dtype in ("I32", "U32") and bits and tensor.name.endswith((".qweight", ".weight_packed")):
        return tensor.elements * 32 // bits
    if method == "mlx" and f"{stem}.scales" in names:
        return tensor.elements * 32 // (bits or 4) if tensor.dtype == "U32" else 0
    if tensor.dtype == "U8" and (tensor.name.endswith("_blocks") or f"{tensor.name}.absmax" in names):
        return tensor.elements * 2
    return tensor.elements
