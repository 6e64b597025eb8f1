"""Meta parameters as fake CPU ones: they have shapes and storages that can be counted, and take no memory.

``Module._apply`` cannot swap fake tensors for others, so it is done by hand; ties and ``requires_grad`` stay.
"""

from typing import Any


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
