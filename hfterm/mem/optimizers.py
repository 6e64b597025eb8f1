"""Optimizers on fake parameters: torch's own are run; of others the states are made, which is all they keep."""

from collections.abc import Iterable
from typing import Any

from hfterm.mem.ask import Ask

# bitsandbytes ``optim/optimizer.py``: states of 8 bits with a float32 scale a block; small tensors stay in float32.
SMALLEST_8BIT = 4096
BLOCK_8BIT = 256


class Counted:
    """An optimizer that only makes the states it would keep; ``states`` are the tensors."""

    def __init__(self, parameters: list[Any], eight_bit: bool) -> None:
        self.parameters, self.eight_bit = parameters, eight_bit
        self.states: list[Any] = []

    def step(self) -> None:
        """Make the states, once."""
        import torch

        if self.states:
            return
        for parameter in self.parameters:
            count = parameter.numel()
            for _ in range(2):
                if not self.eight_bit:
                    self.states.append(torch.zeros_like(parameter))
                elif count < SMALLEST_8BIT:
                    self.states.append(torch.zeros(count, dtype=torch.float32))
                else:
                    self.states.append(torch.zeros(count, dtype=torch.uint8))
                    self.states.append(torch.zeros(-(-count // BLOCK_8BIT), dtype=torch.float32))

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Free the gradients, or set them to zero."""
        for parameter in self.parameters:
            if set_to_none:
                parameter.grad = None
            elif parameter.grad is not None:
                parameter.grad.zero_()


def make(ask: Ask, parameters: list[Any]) -> Any:
    """The optimizer that ``ask`` names."""
    import torch

    if ask.optimizer in ("adamw_torch_fused", "adamw_8bit"):
        return Counted(parameters, ask.optimizer == "adamw_8bit")
    if ask.optimizer == "adafactor":
        from transformers.optimization import Adafactor

        return Adafactor(parameters, lr=1e-3, scale_parameter=False, relative_step=False)
    kinds = {
        "adamw_torch": torch.optim.AdamW,
        "adagrad": torch.optim.Adagrad,
        "rmsprop": torch.optim.RMSprop,
        "sgd": torch.optim.SGD,
    }
    return kinds[ask.optimizer](parameters, lr=1e-3, foreach=ask.foreach)


def states(optimizer: Any) -> Iterable[Any]:
    """The tensors that an optimizer keeps from step to step, single numbers left out."""
    import torch

    if isinstance(optimizer, Counted):
        yield from optimizer.states
        return
    for kept in optimizer.state.values():
        for value in kept.values():
            if isinstance(value, torch.Tensor) and value.ndim:
                yield value
