"""What is really in force once a trainer stands: the libraries leave out settings without a word."""

import os
import socket
from typing import TYPE_CHECKING, Any

from hfterm.errors import CheckFailedError
from hfterm.train.launch.shape import Shape

if TYPE_CHECKING:
    from hfterm.train.together import Together


def found(trainer: Any, dtype: str, together: "Together") -> dict[str, Any]:
    """World size, backend, kind of distribution, dtypes, attention and effective batch, from the libraries' state.

    ``dtype`` is that of the arithmetic as prepared. ``weights`` is the dtype that the tuned weights are kept in.
    ``nodes`` counts the launchers whose processes met, ``hosts`` are their machines: all processes must call this.
    """
    import torch.distributed as group

    there = group.is_available() and group.is_initialized()
    arguments, state = trainer.args, trainer.accelerator.state
    tuned = next((p.dtype for p in trainer.model.parameters() if p.requires_grad), None)
    plugin = getattr(state, "deepspeed_plugin", None) if state.distributed_type.value == "DEEPSPEED" else None
    config = getattr(trainer.model, "config", None)
    met = dict(together.gather((os.environ.get("GROUP_RANK", "0"), socket.gethostname())))
    return {
        "world_size": group.get_world_size() if there else 1,
        **({"nodes": len(met), "hosts": [*met.values()]} if len(met) > 1 else {}),
        "backend": str(group.get_backend()) if there else None,
        "distributed_type": state.distributed_type.value,
        **({"zero_stage": plugin.zero_stage} if plugin is not None else {}),
        "dtype": dtype,
        "mixed_precision": str(state.mixed_precision),
        "weights": str(tuned).removeprefix("torch.") if tuned is not None else None,
        "attention": getattr(config, "_attn_implementation", None),
        "effective_batch": arguments.train_batch_size * arguments.gradient_accumulation_steps * arguments.world_size,
    }


def check(facts: dict[str, Any], shape: Shape, batch: int) -> None:
    """Compare what is with what was asked; ``batch`` is the effective batch asked for.

    Raises:
        CheckFailedError: they differ.
    """
    kind = "DEEPSPEED" if shape.settings.zero else "FSDP" if shape.settings.fsdp else None
    wrong: list[tuple[str, Any, Any]] = []
    if facts["world_size"] != shape.processes:
        wrong.append(("world size", shape.processes, facts["world_size"]))
    if (nodes := facts.get("nodes", 1)) != shape.nodes:
        wrong.append(("nodes", shape.nodes, nodes))
    if kind is not None and facts["distributed_type"] != kind:
        wrong.append(("distribution", kind, facts["distributed_type"]))
    if kind is None and facts["distributed_type"] in ("DEEPSPEED", "FSDP"):
        wrong.append(("distribution", "plain", facts["distributed_type"]))
    if kind == "DEEPSPEED" and facts.get("zero_stage") != shape.settings.zero:
        wrong.append(("ZeRO stage", shape.settings.zero, facts.get("zero_stage")))
    if facts["effective_batch"] != batch:
        wrong.append(("effective batch", batch, facts["effective_batch"]))
    low = {"bfloat16": "bf16", "float16": "fp16"}.get(facts["dtype"])
    if low and facts["mixed_precision"] != low and facts["weights"] != facts["dtype"]:
        wrong.append(("dtype", facts["dtype"], f"{facts['weights']}, mixed precision {facts['mixed_precision']}"))
    if low is None and facts["mixed_precision"] in ("bf16", "fp16", "fp8"):
        wrong.append(("dtype", facts["dtype"], f"mixed precision {facts['mixed_precision']}"))
    if wrong:
        what = "; ".join(f"{name} {asked} was asked for, and {is_now} is in force" for name, asked, is_now in wrong)
        raise CheckFailedError(what, "look for variables of accelerate, torchrun or Slurm in the environment")
