"""Models without weights: every parameter has its shape and no memory, until its numbers are put in."""

from typing import Any


def empty(cls: Any, config: Any) -> Any:
    """The model that the transformers class ``cls`` makes of ``config``, in float32 and in evaluation mode.

    Its parameters are single zeros, stretched (stride 0): PEFT can look at them and compute with them as with any
    tensor on the CPU, which it cannot on the meta device. Buffers are real.
    """
    import torch
    from accelerate import init_empty_weights

    with init_empty_weights(include_buffers=False):
        make = getattr(cls, "from_config", None) or cls._from_config
        model = make(config, dtype=torch.float32)
    model.tie_weights()
    seen: dict[int, Any] = {}
    for module in model.modules():
        for name, parameter in module._parameters.items():
            if parameter is not None:
                if id(parameter) not in seen:
                    made = torch.nn.Parameter(hollow(parameter.shape), requires_grad=False)
                    # Kept alive beside its stand-in: an id must not be given twice.
                    seen[id(parameter)] = (parameter, made)
                module._parameters[name] = seen[id(parameter)][1]
    return model.eval()


def hollow(shape: Any, value: float = 0.0) -> Any:
    """A float32 tensor of this shape that takes no memory: one ``value``, stretched."""
    import torch

    return torch.full((), value).expand(tuple(shape))


def is_hollow(tensor: Any) -> bool:
    """Whether a tensor was made by :func:`hollow` (one number only counts by its shape)."""
    return all(stride == 0 for stride in tensor.stride()) and bool(tensor.dim())
