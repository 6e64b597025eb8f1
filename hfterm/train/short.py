"""Short of memory: what of a run's settings would help, and by how much."""

from typing import Any

from hfterm.errors import OutOfMemoryError
from hfterm.runs import Run
from hfterm.train.methods.base import Prepared

MOST_HINTS = 3


def advised(error: OutOfMemoryError, run: Run, prepared: Prepared) -> OutOfMemoryError:
    """The error with hints for this run, the ones that cost least time first; as it is before the model was loaded."""
    from hfterm.mem import advise

    begun = [event for event in run.events() if event.get("event") == "begin" and event.get("parameters")]
    if not begun:
        return error
    recipe, shape = prepared.recipe, prepared.shape
    held, capacity = _device(prepared.device)
    hints = advise(
        parameters=begun[-1]["parameters"],
        trainable=begun[-1]["trainable_parameters"],
        batch=recipe.per_device_train_batch_size,
        length=getattr(recipe, "max_length", None),
        dtype=prepared.dtype,
        used=held,
        capacity=capacity,
        gpus=shape.processes if prepared.device != "cpu" else 1,
        checkpointing=recipe.gradient_checkpointing,
        zero=shape.settings.zero or 0,
        offload=bool(shape.settings.offload),
        bits=int(recipe.load_in[0]) if recipe.load_in else None,
    )
    if hints:
        error.hint = f"try, one after the other: {'; '.join(hints[:MOST_HINTS])}; 'hfterm train plan' predicts more"
    return error


def _device(device: str) -> tuple[int | None, int | None]:
    """Bytes that torch held at most, and bytes that the device has; None where it is the machine's own memory."""
    if not device.startswith("cuda"):
        return None, None
    import torch

    where: Any = torch.device(device)
    return int(torch.cuda.max_memory_allocated(where)), int(torch.cuda.get_device_properties(where).total_memory)
