"""Linear layers whose weights are kept in 4 or 8 bits, as bitsandbytes keeps them and computes with them.

Sources: bitsandbytes ``functional.py`` (``quantize_4bit``: two values a byte, a float32 scale for every 64 values;
nested, the scales in 8 bits with a float32 scale for every 256 of them), ``autograd/_functions.py`` (``MatMul4Bit``
and ``MatMul8bitLt``: the weight is made anew for the product, forward and backward, and freed again).
"""

from typing import Any

SCALED_4BIT = 64
NESTED = 256


def scale_bytes(count: int, rows: int, bits: int) -> int:
    """Bytes of the scales of ``count`` weights in ``rows`` rows; those of 4 bits are nested, as QLoRA does."""
    if bits == 8:
        return rows * 4
    scales = -(-count // SCALED_4BIT)
    return scales + -(-scales // NESTED) * 4


def quantize(model: Any, bits: int, dtype: Any, *, training: bool = False) -> None:
    """Make the linear layers of a meta model quantized in place, all but the head and what is trained.

    For ``training`` all else is in float32, as ``peft.prepare_model_for_kbit_training`` leaves it.
    """
    import torch

    head = model.get_output_embeddings() if hasattr(model, "get_output_embeddings") else None
    cls = _layer()
    for name, module in model.named_modules():
        # PEFT's own layers are modules of adapters, such as lora_A.
        if type(module) is not torch.nn.Linear or module is head or module.weight.requires_grad:
            continue
        if ".lora_" in name or ".modules_to_save" in name:
            continue
        count, rows = module.weight.numel(), module.out_features
        packed = torch.empty(count // 2 if bits == 4 else count, dtype=torch.uint8, device="meta")
        module.__class__ = cls
        module.weight = torch.nn.Parameter(packed, requires_grad=False)
        module.register_buffer(
            "scales", torch.empty(scale_bytes(count, rows, bits), dtype=torch.uint8, device="meta"), persistent=False
        )
        module.compute_dtype = dtype
    if training:
        for parameter in model.parameters():
            if parameter.dtype in (torch.float16, torch.bfloat16):
                parameter.data = parameter.data.float()


def _layer() -> Any:
    import torch

    class Product(torch.autograd.Function):  # type: ignore[misc]
        """``x @ W.T`` with a weight that is made for the product only."""

        @staticmethod
        def forward(ctx: Any, x: Any, packed: Any, shape: tuple[int, int], bias: Any, dtype: Any) -> Any:
            ctx.save_for_backward(packed)
            ctx.shape, ctx.dtype = shape, dtype
            weight = torch.empty(shape, dtype=dtype, device=x.device)
            return torch.nn.functional.linear(x.to(dtype), weight, None if bias is None else bias.to(dtype))

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            weight = torch.empty(ctx.shape, dtype=ctx.dtype, device=grad.device)
            return grad.to(ctx.dtype) @ weight, None, None, None, None

    class Quantized(torch.nn.Linear):  # type: ignore[misc]
        """A linear layer with packed weights."""

        def forward(self, x: Any) -> Any:
            shape = (self.out_features, self.in_features)
            return Product.apply(x, self.weight, shape, self.bias, self.compute_dtype).to(x.dtype)

    return Quantized
