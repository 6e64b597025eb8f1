"""What Slurm tells a process about its job: which node this is, of how many, and who is first."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from hfterm.errors import UsageError

# Two jobs that share a node get ports of their own; between 20000 and 30000 no service listens by default.
_FIRST_PORT, _PORTS = 20000, 10000
_MOST_NODES = 100_000


@dataclass(frozen=True)
class Place:
    """One node among those of a Slurm job step."""

    nodes: int
    rank: int
    first: str
    port: int
    job: str


def place(environ: Mapping[str, str] = os.environ) -> Place | None:
    """Where ``srun`` put this process; None outside Slurm, and in a job of one node.

    Raises:
        UsageError: the job has several nodes and this is not under srun, or srun started several tasks a node.
    """
    job = environ.get("SLURM_JOB_ID")
    if not job:
        return None
    step = environ.get("SLURM_STEP_NODELIST") if environ.get("SLURM_STEP_ID") else None
    nodes = _number(environ, "SLURM_STEP_NUM_NODES" if step else "SLURM_NNODES", 1)
    if nodes < 2:
        return None
    if not step:
        raise UsageError(
            f"job {job} has {nodes} nodes, and this runs on one of them only",
            "start it with 'srun --ntasks-per-node=1 hfterm ...', or give --nnodes 1",
        )
    if (tasks := _number(environ, "SLURM_STEP_NUM_TASKS", nodes)) != nodes:
        raise UsageError(
            f"srun started {tasks} tasks on {nodes} nodes; each node needs one, which starts the processes",
            "give srun --ntasks-per-node=1",
        )
    port = _FIRST_PORT + int(re.sub(r"\D", "", job) or "0") % _PORTS
    return Place(nodes, _number(environ, "SLURM_NODEID", 0), expand(step)[0], port, job)


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() else default


def expand(nodelist: str) -> list[str]:
    """The hosts of a node list as Slurm writes it: ``gpu[01-03,07],login1``.

    Raises:
        UsageError: it cannot be read.
    """
    hosts: list[str] = []
    for part in _parts(nodelist):
        made = [""]
        for text, ranges in re.findall(r"([^\[\]]+)|\[([^\[\]]*)\]", part):
            made = [head + tail for head in made for tail in ([text] if text else _ranges(ranges, nodelist))]
        hosts += [host for host in made if host]
        if len(hosts) > _MOST_NODES:
            break
    if not hosts or part_is_torn(nodelist):
        raise UsageError(f"cannot read Slurm's list of nodes {nodelist!r}", "give --nnodes, --node-rank and --rdzv")
    return hosts


def part_is_torn(nodelist: str) -> bool:
    """Whether a bracket of a node list is left open."""
    return nodelist.count("[") != nodelist.count("]")


def _parts(nodelist: str) -> list[str]:
    """Split at the commas outside brackets."""
    return [part for part in re.split(r",(?![^\[]*\])", nodelist.strip()) if part]


def _ranges(text: str, whole: str) -> list[str]:
    found: list[str] = []
    for word in text.split(","):
        low, _, high = word.partition("-")
        if not (low.isdecimal() and (high or low).isdecimal() and int(high or low) - int(low) < _MOST_NODES):
            raise UsageError(f"cannot read Slurm's list of nodes {whole!r}", "give --nnodes, --node-rank and --rdzv")
        found += [str(number).zfill(len(low)) for number in range(int(low), int(high or low) + 1)]
    return found
