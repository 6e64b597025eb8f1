"""Merged layers held against float64: their weights, and what they compute."""

from dataclasses import dataclass
from typing import Any

from hfterm.peft.merging.outputs import share
from hfterm.peft.merging.wrapped import Changed, Wrapped


@dataclass
class Layers:
    """``weights``: largest difference of a merged weight from float64, as a share of the layer's largest weight.
    ``answers``: the same of what layers with the adapter compute and what merged ones do, both in float64.
    ``count`` layers were looked at, of which ``asked`` could be asked for answers.
    """

    weights: float = 0.0
    answers: float = 0.0
    count: int = 0
    asked: int = 0


class Check:
    """Looks at ``most`` of the changed layers, spread evenly (None: at all)."""

    def __init__(self, wrapped: Wrapped, most: int | None = None) -> None:
        self.wrapped, self.found = wrapped, Layers()
        # A layer that PEFT takes apart on merging cannot be merged twice.
        layers = [
            one
            for one in wrapped.changed
            if one.is_tuner and not hasattr(one.module, "unload_and_optionally_merge_module")
        ]
        step = 1 if most is None else max(1, -(-len(layers) // most))
        self._chosen = {one.name for one in layers[::step]}

    def look(self, one: Changed, written: dict[str, Any]) -> None:
        """Hold a layer's merged parameters, rounded as they are ``written``, against float64."""
        import torch

        if one.name not in self._chosen:
            return
        with self.wrapped.live(one, torch.float64) as module, torch.no_grad():
            probe = _probe(module)
            answer = _ask(module, probe)
            after: list[Any] = []
            exact = self.wrapped.merge_in(one, module, lambda layer: after.append(_ask(layer, probe)))
            self.found.count += 1
            for name, tensor in exact.items():
                if name in written:
                    drift = share(written[name].double(), tensor.double())
                    self.found.weights = max(self.found.weights, drift)
            if answer is not None and after[0] is not None:
                self.found.asked += 1
                self.found.answers = max(self.found.answers, share(after[0], answer))


def _probe(module: Any) -> Any:
    """Random inputs for a layer; None where its kind is not known."""
    import torch

    base = module.get_base_layer()
    weight = getattr(base, "weight", None)
    if weight is None:
        return None
    draw = torch.Generator().manual_seed(0)
    if isinstance(base, torch.nn.Embedding):
        return torch.randint(0, base.num_embeddings, (8,), generator=draw)
    if isinstance(base, torch.nn.Conv1d | torch.nn.Conv2d | torch.nn.Conv3d):
        shape = (1, base.in_channels, *(2 * side for side in base.kernel_size))
    elif isinstance(base, torch.nn.Linear):
        shape = (4, base.in_features)
    elif type(base).__name__ == "Conv1D" or weight.dim() == 1:  # GPT-2's: (in, out)
        shape = (4, weight.shape[0])
    else:
        return None
    return torch.randn(shape, generator=draw, dtype=torch.float64)


def _ask(layer: Any, probe: Any) -> Any:
    if probe is None:
        return None
    try:
        answer = layer(probe)
    except (RuntimeError, ValueError, TypeError, NotImplementedError):  # it wants something else, such as a mask
        return None
    return answer.double() if hasattr(answer, "double") else None
