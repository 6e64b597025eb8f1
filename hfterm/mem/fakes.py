"""Meta parameters as fake CPU ones: they have shapes and storages that can be counted, and take no memory.

``Module._apply`` cannot swap fake tensors for others, so it is done by hand; ties and ``requires_grad`` stay.
"""

from collections.abc import Callable
from typing import Any

# Operators that most of a step consists of: out of tensors they make one tensor, write into none, and their result is
# what torch's own kernel for the meta device says.
_PLAIN = [
    "t.default", "view.default", "_unsafe_view.default", "transpose.int", "permute.default", "expand.default",
    "unsqueeze.default", "squeeze.dim", "slice.Tensor", "select.int", "detach.default", "clone.default",
    "_to_copy.default", "zeros_like.default", "mm.default", "bmm.default", "addmm.default", "add.Tensor",
    "sub.Tensor", "mul.Tensor", "mul.Scalar", "div.Tensor", "div.Scalar", "neg.default", "pow.Tensor_Scalar",
    "rsqrt.default", "mean.dim", "sum.dim_IntList", "tanh.default", "tanh_backward.default", "silu.default",
    "silu_backward.default", "gelu.default", "gelu_backward.default", "sigmoid.default", "cos.default",
    "sin.default", "_softmax.default", "_softmax_backward_data.default", "where.self",
]  # fmt: skip
# The only settings that such a call may have.
_SETTINGS = {"dtype", "memory_format", "approximate"}


def put(model: Any) -> dict[str, Any]:
    """Replace every parameter and buffer, in a fake tensor mode that is on; return the parameters by name.

    A tied parameter is there once, by its first name.
    """
    import torch

    made: dict[int, Any] = {}
    kept: list[Any] = []  # ids must stay taken
    names: dict[str, Any] = {}
    for prefix, module in model.named_modules():
        for name, parameter in list(module._parameters.items()):
            if parameter is None:
                continue
            if id(parameter) not in made:
                kept.append(parameter)
                fake = torch.nn.Parameter(_like(parameter), requires_grad=parameter.requires_grad)
                made[id(parameter)] = fake
                names[f"{prefix}.{name}" if prefix else name] = fake
            module._parameters[name] = made[id(parameter)]
        for name, buffer in list(module._buffers.items()):
            if buffer is None:
                continue
            if id(buffer) not in made:
                kept.append(buffer)
                made[id(buffer)] = _like(buffer)
            module._buffers[name] = made[id(buffer)]
    return names


def _like(tensor: Any) -> Any:
    import torch

    return torch.empty(tuple(tensor.shape), dtype=tensor.dtype, device="cpu")


def quick() -> Callable[[Any, Any, Any], Any]:
    """What answers a call of an operator on fake CPU tensors, or says ``NotImplemented``.

    Fakes ask at every call whether anything unusual is about (symbolic sizes, several devices, tensors that are real),
    which takes ten times as long as the answer. Here they are only asked where a call is not plain.
    """
    import torch

    try:
        from torch._subclasses.fake_tensor import FakeTensor, in_kernel_invocation_manager
    except ImportError:  # private names
        return lambda func, args, kwargs: NotImplemented
    aten = torch.ops.aten
    plain = {getattr(getattr(aten, packet, None), overload, None) for packet, overload in map(_parted, _PLAIN)}
    plain.discard(None)
    cpu = torch.device("cpu")

    def answer(func: Any, args: Any, kwargs: Any) -> Any:
        if func not in plain or (kwargs and not kwargs.keys() <= _SETTINGS):
            return NotImplemented
        mode = None
        for one in args:
            if isinstance(one, torch.Tensor):
                if not isinstance(one, FakeTensor) or one.constant is not None or one.fake_device != cpu:
                    return NotImplemented
                mode = one.fake_mode
        if mode is None:
            return NotImplemented
        with in_kernel_invocation_manager(mode):
            result = func(*args, **(kwargs or {}))
        return FakeTensor(mode, result, cpu)

    return answer


def _parted(name: str) -> tuple[str, str]:
    packet, _, overload = name.partition(".")
    return packet, overload
