"""On how many processes a run of ours trains, and how they share the model, from its recipe."""

import json
import os
from dataclasses import dataclass, field
from typing import Any

from hfterm.errors import CheckFailedError, UsageError
from hfterm.train.launch import devices
from hfterm.train.launch.settings import Settings, parse_offload

# Set for the processes of a run: what the one that started them decided, from the whole machine.
TOLD = "HFTERM_LAUNCH_SHAPE"


@dataclass(frozen=True)
class Shape:
    """``processes`` on ``device`` ("cpu", "cuda", ...). ``apart``: in processes of their own, not in this one."""

    processes: int = 1
    device: str | None = None
    gpus: str | None = None
    settings: Settings = field(default_factory=Settings)
    max_restarts: int = 0
    apart: bool = False

    def facts(self) -> dict[str, Any]:
        """For ``run.json`` and a dry run."""
        how = self.settings
        return {
            "processes": self.processes,
            **({"zero": how.zero, "offload": list(how.offload)} if how.zero else {}),
            **({"fsdp": True, "offload": list(how.offload)} if how.fsdp else {}),
            **({"max_restarts": self.max_restarts} if self.max_restarts else {}),
        }


def shape(recipe: Any) -> Shape:
    """What the fields ``launch gpus nproc zero offload fsdp max_restarts`` of a recipe mean on this machine.

    Raises:
        UsageError: they contradict each other, or the machine. CheckFailedError: it would silently not happen.
    """
    zero = recipe.zero or (2 if recipe.launch == "deepspeed" else None)
    how = Settings(None, zero, parse_offload(recipe.offload), recipe.fsdp)
    how.check()
    if told := os.environ.get(TOLD):
        return told_shape(told)
    if recipe.launch == "deepspeed" and how.fsdp:
        raise UsageError("--launch deepspeed and --fsdp exclude each other")
    several = bool(recipe.gpus or recipe.nproc or zero or how.fsdp or recipe.max_restarts)
    if not several and recipe.launch in ("auto", "none"):
        return Shape()
    if recipe.launch == "none":
        raise UsageError("--launch none is one process; --gpus, --nproc, --zero, --fsdp and --max-restarts need more")
    if ":" in recipe.device:
        raise UsageError(f"--device {recipe.device} names one; for several give --gpus", "such as --gpus 0,1")
    kind, count = devices.here()
    if recipe.device in ("cpu", "mps"):
        kind, count = recipe.device, 0
    wanted = recipe.gpus or (str(recipe.nproc or 1) if count else "none")
    chosen = devices.choose(wanted if kind in devices.VISIBLE else recipe.gpus or "none", count)
    device = kind if chosen else "cpu"
    if device == "cpu" and how.fsdp:
        raise CheckFailedError(
            "FSDP was asked for, but accelerate leaves it out on a CPU and says nothing",
            "leave it out, use --zero, or a machine with GPUs",
        )
    processes = recipe.nproc or len(chosen) or 1
    if chosen and processes != len(chosen):
        raise UsageError(f"--nproc {processes} and --gpus {recipe.gpus}: one process a GPU", "give one of the two")
    apart = processes > 1 or bool(zero or how.fsdp or recipe.max_restarts) or recipe.launch != "auto"
    return Shape(
        processes, device, ",".join(map(str, chosen)) + "," if chosen else "none", how, recipe.max_restarts, apart
    )


def told_shape(text: str) -> Shape:
    """A shape from its fields as JSON."""
    fields = json.loads(text)
    how = {**fields["settings"], "offload": tuple(fields["settings"]["offload"])}
    return Shape(**{**fields, "settings": Settings(**how)})
