"""On how many processes a run of ours trains, and how they share the model, from its recipe."""

import json
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from hfterm.errors import CheckFailedError, NotFoundError, UsageError
from hfterm.train.launch import devices, hosts, slurm
from hfterm.train.launch.settings import Settings, parse_offload
from hfterm.train.recipe import Recipe

R = TypeVar("R", bound=Recipe)
# Set for the processes of a run: what the one that started them decided, from the whole machine.
TOLD = "HFTERM_LAUNCH_SHAPE"
# As --nodes: this machine alone, whatever Slurm says.
ALONE = "none"


@dataclass(frozen=True)
class Shape:
    """``processes`` on ``device`` ("cpu", "cuda", ...). ``apart``: in processes of their own, not in this one.

    ``processes`` counts those of all ``nodes``. ``hosts`` is the file that names the nodes; without one several are
    those of a Slurm job.
    """

    processes: int = 1
    device: str | None = None
    gpus: str | None = None
    settings: Settings = field(default_factory=Settings)
    max_restarts: int = 0
    apart: bool = False
    nodes: int = 1
    hosts: str | None = None
    # Whether the CPU was asked for; else there is no GPU here.
    on_cpu: bool = False

    @property
    def per_node(self) -> int:
        """Processes on each node."""
        return self.processes // self.nodes

    @property
    def elsewhere(self) -> bool:
        """Whether processes run on other machines than this."""
        return self.nodes > 1 or self.hosts is not None

    def facts(self) -> dict[str, Any]:
        """For ``run.json`` and a dry run."""
        how = self.settings
        return {
            "processes": self.processes,
            **({"nodes": self.nodes} if self.nodes > 1 else {}),
            **({"zero": how.zero, "offload": list(how.offload)} if how.zero else {}),
            **({"fsdp": True, "offload": list(how.offload)} if how.fsdp else {}),
            **({"max_restarts": self.max_restarts} if self.max_restarts else {}),
        }


def shape(recipe: Any) -> Shape:
    """What the fields ``launch gpus nproc nodes zero offload fsdp max_restarts`` of a recipe mean on this machine.

    Raises:
        UsageError: they contradict each other, or the machine. CheckFailedError: it would silently not happen.
        NotFoundError, ConfigError: there is no such file of hosts, or it is wrong.
    """
    zero = recipe.zero or (2 if recipe.launch == "deepspeed" else None)
    how = Settings(None, zero, parse_offload(recipe.offload), recipe.fsdp)
    how.check()
    if told := os.environ.get(TOLD):
        return told_shape(told)
    if recipe.launch == "deepspeed" and how.fsdp:
        raise UsageError("--launch deepspeed and --fsdp exclude each other")
    named, nodes, slots = _nodes(recipe)
    several = bool(recipe.gpus or recipe.nproc or zero or how.fsdp or recipe.max_restarts or named or nodes > 1)
    if not several and recipe.launch in ("auto", "none"):
        return Shape()
    if recipe.launch == "none":
        raise UsageError(
            "--launch none is one process; --gpus, --nproc, --nodes, --zero, --fsdp and --max-restarts need more"
        )
    if ":" in recipe.device:
        raise UsageError(f"--device {recipe.device} names one; for several give --gpus", "such as --gpus 0,1")
    kind, count = devices.here()
    if recipe.device in ("cpu", "mps"):
        kind, count = recipe.device, 0
    usual = recipe.nproc or slots or ("all" if nodes > 1 else 1)
    wanted = recipe.gpus or (str(usual) if count else "none")
    chosen = devices.choose(wanted if kind in devices.VISIBLE else recipe.gpus or "none", count)
    device = kind if chosen else "cpu"
    if device == "cpu" and how.fsdp:
        raise CheckFailedError(
            "FSDP was asked for, but accelerate leaves it out on a CPU and says nothing",
            "leave it out, use --zero, or a machine with GPUs",
        )
    processes = recipe.nproc or len(chosen) or slots or 1
    if chosen and processes != len(chosen):
        raise UsageError(f"--nproc {processes} and --gpus {recipe.gpus}: one process a GPU", "give one of the two")
    apart = processes > 1 or bool(zero or how.fsdp or recipe.max_restarts) or recipe.launch != "auto"
    visible = ",".join(map(str, chosen)) + "," if chosen else "none"
    apart = apart or nodes > 1 or named is not None
    on_cpu = recipe.device == "cpu" or recipe.gpus == "none"
    return Shape(processes * nodes, device, visible, how, recipe.max_restarts, apart, nodes, named, on_cpu)


def in_slurm(recipe: Any) -> slurm.Place | None:
    """Where Slurm put this process, if the recipe leaves the nodes to Slurm; None also in a job of one node.

    Raises:
        UsageError: the job has several nodes, and this was not started on each of them.
    """
    if recipe.nodes is not None or recipe.launch == "none":
        return None
    try:
        return slurm.place()
    except UsageError as exc:
        exc.hint = f"{(exc.hint or '').partition(', or give --nnodes')[0]}, or give --nodes {ALONE} for this one alone"
        raise


def placed(recipe: R) -> R:
    """The recipe with its file of hosts by an absolute path: a run is resumed from any folder."""
    if recipe.nodes is None or recipe.nodes == ALONE:
        return recipe
    return replace(recipe, nodes=str(Path(recipe.nodes).expanduser().absolute()))


def _nodes(recipe: Any) -> tuple[str | None, int, int | None]:
    """The file of hosts, how many nodes there are, and how many processes each takes by that file."""
    if recipe.nodes is None or recipe.nodes == ALONE:
        place = in_slurm(recipe)
        return None, place.nodes if place else 1, None
    if not Path(recipe.nodes).is_file():
        raise NotFoundError(f"no such file: '{recipe.nodes}'", "--nodes names a file of hosts: NAME slots=N on a line")
    found = hosts.read(Path(recipe.nodes))
    return recipe.nodes, len(found), found[0].slots


def told_shape(text: str) -> Shape:
    """A shape from its fields as JSON."""
    fields = json.loads(text)
    how = {**fields["settings"], "offload": tuple(fields["settings"]["offload"])}
    return Shape(**{**fields, "settings": Settings(**how)})
