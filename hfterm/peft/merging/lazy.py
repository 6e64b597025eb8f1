"""Run a whole model without having it in memory: each module gets its weights when it is called."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from hfterm.peft.merging import bare
from hfterm.peft.merging.source import Names
from hfterm.peft.merging.wrapped import Changed, Wrapped

NAN = float("nan")


@contextlib.contextmanager
def running(model: Any, names: Names, wrapped: Wrapped | None = None, device: str = "cpu") -> Iterator[None]:
    """Within, ``model`` (of :func:`bare.empty`; the PEFT model when ``wrapped``) computes in float32 as if it were
    loaded. A weight that is used outside of its module's own call is NaN, and so is what comes out.
    """
    root = wrapped.root if wrapped else model
    known = wrapped.known if wrapped else _known(model)
    read = wrapped.value if wrapped else names.read
    changed = wrapped.changed if wrapped else []
    _buffers(root, names, device)
    handles: list[Any] = []
    with _moved(root, device):
        try:
            if wrapped:
                wrapped.fill, wrapped.device = NAN, device
            for one in changed:
                assert wrapped
                for slot in one.slots:
                    _empty(slot.module, slot.attribute)
                one.module.forward = _forward(wrapped, one)
            ours, inside = {one.name for one in changed}, "\0"
            for name, module in root.named_modules():
                if name in ours:
                    inside = f"{name}."
                if name in ours or name.startswith(inside):
                    continue
                mine = {
                    attribute: known[id(parameter)][0]
                    for attribute, parameter in module._parameters.items()
                    if parameter is not None and id(parameter) in known
                }
                if mine:
                    handles += _hooks(module, mine, read, device)
            yield
        finally:
            for handle in handles:
                handle.remove()
            for one in changed:
                one.module.__dict__.pop("forward", None)
            if wrapped:
                wrapped.fill, wrapped.device = 0.0, "cpu"
                for one in changed:
                    for slot in one.slots:
                        _empty(slot.module, slot.attribute, 0.0)


def _known(model: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        found.setdefault(id(parameter), []).append(name)
    return found


def _buffers(root: Any, names: Names, device: str) -> None:
    """Put the buffers that a checkpoint holds (such as running means) into the model."""
    for name, buffer in root.named_buffers():
        if name in names:
            buffer.data = names.read(name).to(buffer.dtype).to(device)


@contextlib.contextmanager
def _moved(root: Any, device: str) -> Iterator[None]:
    """With all real tensors (the adapter's, buffers) on a device."""
    if device == "cpu":
        yield
        return
    try:
        root._apply(lambda tensor: tensor if bare.is_hollow(tensor) else tensor.to(device))
        yield
    finally:
        root._apply(lambda tensor: tensor if bare.is_hollow(tensor) else tensor.cpu())


def _empty(module: Any, attribute: str, value: float = NAN) -> None:
    parameter = module._parameters.get(attribute)
    if parameter is not None:
        parameter.data = bare.hollow(parameter.shape, value)


def _hooks(module: Any, mine: dict[str, str], read: Callable[[str], Any], device: str) -> list[Any]:
    import torch

    def before(module: Any, args: Any) -> None:
        for attribute, name in mine.items():
            module._parameters[attribute].data = read(name).to(torch.float32).to(device)

    def after(module: Any, args: Any, output: Any) -> None:
        for attribute in mine:
            _empty(module, attribute)

    for attribute in mine:
        _empty(module, attribute)
    return [module.register_forward_pre_hook(before), module.register_forward_hook(after, always_call=True)]


def _forward(wrapped: Wrapped, one: Changed) -> Any:
    original = one.module.forward

    def forward(*args: Any, **kwargs: Any) -> Any:
        with wrapped.live(one) as module:
            return original(*args, **kwargs) if module is one.module else module(*args, **kwargs)

    return forward
