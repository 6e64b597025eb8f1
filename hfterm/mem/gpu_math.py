"""What a GPU does otherwise than a CPU: fused dropout and attention, and what autocast leaves in float32.

The fake tensors are on the CPU, because a torch without CUDA knows no other; so calls whose memory differs are
caught and answered with what the CUDA kernels allocate.
"""

from typing import Any


def mode(arithmetic: Any = None, zero3: bool = False) -> Any:
    """A torch function mode; with ``arithmetic`` (a dtype) autocast to it is on.

    ``zero3``: linear layers keep their inputs for the backward pass even where their weights are frozen, as
    DeepSpeed's do (``runtime/zero/linear.py``, LinearFunctionForZeroStage3; on unless ``memory_efficient_linear`` is
    false).
    """
    import torch
    from torch.nn import functional
    from torch.overrides import TorchFunctionMode

    flash, linear, grouped = _flash(), _linear(), _grouped()
    products = {getattr(functional, "grouped_mm", None), getattr(torch, "_grouped_mm", None)} - {None}
    # "CUDA Ops that can autocast to float32", torch.amp's documentation; those that a CPU's autocast treats otherwise.
    wide = {
        functional.layer_norm,
        torch.layer_norm,
        functional.group_norm,
        functional.softmax,
        torch.softmax,
        torch.Tensor.softmax,
        functional.log_softmax,
        torch.log_softmax,
        torch.Tensor.log_softmax,
        functional.cross_entropy,
        functional.nll_loss,
        functional.softplus,
        torch.exp,
        torch.Tensor.exp,
        torch.pow,
        torch.Tensor.pow,
        torch.rsqrt,
        torch.Tensor.rsqrt,
    }

    class Gpu(TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            if func is functional.dropout:
                return _dropout(*args, **kwargs)
            if func is functional.scaled_dot_product_attention:
                return _attention(flash, *args, **kwargs)
            if func is torch.rand and list(args) in ([[]], [()], [1]):
                return 1.0  # the dice of LayerDrop and of LoHa: every layer is kept, which is the most
            if func in products:
                return grouped.apply(args[0], args[1])
            if zero3 and func is functional.linear:
                return linear.apply(*args, **kwargs)
            if arithmetic is not None and func in wide and args and torch.is_autocast_enabled("cpu"):
                with torch.autocast("cpu", enabled=False):
                    first = args[0].float() if args[0].is_floating_point() else args[0]
                    rest = [a.float() if isinstance(a, torch.Tensor) and a.is_floating_point() else a for a in args[1:]]
                    more = {
                        k: v.float() if isinstance(v, torch.Tensor) and v.is_floating_point() else v
                        for k, v in kwargs.items()
                    }
                    return func(first, *rest, **more)
            return func(*args, **kwargs)

    return Gpu()


def _dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    # The CUDA kernel keeps a mask of one byte a value; a CPU keeps one of the values' own width.
    import torch

    return torch.native_dropout(input, p, True)[0] if training and p > 0 else input


def _attention(
    flash: Any,
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    import torch

    if torch.is_autocast_enabled("cpu"):
        dtype = torch.get_autocast_dtype("cpu")
        query, key, value = query.to(dtype), key.to(dtype), value.to(dtype)
    return flash.apply(query, key, value, attn_mask)


def _flash() -> Any:
    import torch

    class Flash(torch.autograd.Function):  # type: ignore[misc]
        """Attention in pieces: it keeps its inputs, its output and a float32 a row; there is no matrix of scores."""

        @staticmethod
        def forward(ctx: Any, query: Any, key: Any, value: Any, mask: Any) -> Any:
            out = query.new_empty((*query.shape[:-1], value.shape[-1]))
            rows = torch.empty(query.shape[:-1], dtype=torch.float32, device=query.device)
            ctx.save_for_backward(query, key, value, out, rows, mask)
            return out

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            query, key, value, _, _, mask = ctx.saved_tensors
            bias = torch.empty_like(mask) if ctx.needs_input_grad[3] else None
            return torch.empty_like(query), torch.empty_like(key), torch.empty_like(value), bias

    return Flash


def _grouped() -> Any:
    import torch

    class Grouped(torch.autograd.Function):  # type: ignore[misc]
        """The products of experts; fakes know those of bfloat16 only. Rows by columns, a matrix an expert."""

        @staticmethod
        def forward(ctx: Any, rows: Any, experts: Any) -> Any:
            ctx.save_for_backward(rows, experts)
            return rows.new_empty((rows.shape[0], experts.shape[-1]))

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            rows, experts = ctx.saved_tensors
            to_rows = torch.empty_like(rows) if ctx.needs_input_grad[0] else None
            return to_rows, torch.empty_like(experts) if ctx.needs_input_grad[1] else None

    return Grouped


def _linear() -> Any:
    import torch

    class Linear(torch.autograd.Function):  # type: ignore[misc]
        """A product that keeps its input, needed or not."""

        @staticmethod
        def forward(ctx: Any, input: Any, weight: Any, bias: Any = None) -> Any:
            ctx.save_for_backward(input, weight)
            if torch.is_autocast_enabled("cpu"):
                dtype = torch.get_autocast_dtype("cpu")
                input, weight = input.to(dtype), weight.to(dtype)
            out = input.matmul(weight.t())
            if bias is not None:
                out += bias
            return out

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            input, weight = ctx.saved_tensors
            to_input = grad.matmul(weight.to(grad.dtype)) if ctx.needs_input_grad[0] else None
            rows = grad.reshape(-1, grad.shape[-1])
            to_weight = None
            if ctx.needs_input_grad[1]:
                to_weight = rows.t().matmul(input.reshape(-1, input.shape[-1]).to(grad.dtype)).to(weight.dtype)
            return to_input, to_weight, rows.sum(0) if ctx.needs_input_grad[2] else None

    return Linear
