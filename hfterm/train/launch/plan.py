"""What a launch will do: how many processes, where, by which command, with which variables."""

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hfterm import extras
from hfterm.errors import NotFoundError, UsageError
from hfterm.processes import redact_command, redact_words
from hfterm.train.launch import devices, slurm
from hfterm.train.launch.child import CHILD, PLAIN
from hfterm.train.launch.settings import Settings, variables

# How long the processes may take to end once asked to: a checkpoint of a large model is slow to write.
GRACE_SECONDS = 300
_SECOND_PORT = 29400  # torchrun's own default of a rendezvous


@dataclass(frozen=True)
class Asked:
    """A launch as asked for. ``nnodes`` is a number or MIN:MAX, ``rdzv`` HOST[:PORT], ``gpus`` as ``--gpus``."""

    script: str
    args: tuple[str, ...] = ()
    module: bool = False
    nproc: int | None = None
    gpus: str | None = None
    nnodes: str | None = None
    node_rank: int | None = None
    rdzv: str | None = None
    settings: Settings = field(default_factory=Settings)
    config: Path | None = None
    max_restarts: int | None = None
    log_dir: Path | None = None
    # Run the script itself, not by way of what writes down its last words.
    bare: bool = False
    # Variables over those that are found; None: without that one.
    env: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """A launch as it will be. ``options`` are torchrun's; ``world`` is None where nodes may come and go."""

    asked: Asked
    nproc: int
    nodes: int
    world: int | None
    device: str
    options: tuple[str, ...]
    env: dict[str, str]

    @property
    def backend(self) -> str | None:
        """What the processes talk by; None for a single process that needs none."""
        if self.env.get(PLAIN) == "1":
            return None
        return {"cuda": "nccl", "xpu": "xccl"}.get(self.device, "gloo")

    def words(self) -> list[str]:
        """What comes after ``torchrun``: its options, then what it runs."""
        target = [*(["-m"] if self.asked.module else []), self.asked.script]
        if not self.asked.bare:
            target = ["-m", CHILD, *target]
        return [*self.options, *target, *self.asked.args]

    def command(self) -> list[str]:
        """The command that does the same by hand."""
        return [sys.executable, "-m", "torch.distributed.run", *self.words()]

    def facts(self) -> dict[str, Any]:
        """What a dry run prints."""
        shell = " ".join([*(f"{k}={shlex.quote(v)}" for k, v in self.env.items()), redact_command(self.command())])
        return {
            "processes": self.world,
            "per_node": self.nproc,
            "nodes": self.nodes,
            "device": self.device,
            "backend": self.backend,
            "env": self.env,
            "command": redact_words(self.command()),
            "shell": shell,
        }


def plan(asked: Asked, environ: Mapping[str, str] = os.environ) -> Plan:
    """Decide what was left open, from the machine, Slurm's environment and accelerate's config file.

    Raises:
        UsageError: options contradict each other or the machine. NotFoundError: no such script.
        CheckFailedError: what was asked for would silently not happen. MissingExtraError: torch is missing.
    """
    if not asked.module and not Path(asked.script).is_file():
        raise NotFoundError(f"no such script: {asked.script!r}", "for a module of Python give -m")
    extras.check("train", "torch")
    kind, count = devices.here()
    wanted = asked.gpus
    if wanted is None and asked.nproc is not None and count and kind in devices.VISIBLE:
        wanted = str(asked.nproc) if asked.nproc <= count else None
    if kind not in devices.VISIBLE:
        wanted = None if wanted in (None, "all") else wanted
    chosen = devices.choose(wanted, count)
    device = kind if chosen else "cpu"
    found, told = variables(asked.settings, device, asked.config)
    place = None if asked.nnodes or asked.rdzv else slurm.place(environ)
    least, most = _nodes(asked, told, place)
    nproc = asked.nproc or len(chosen) or _configured(told, most) or 1
    if chosen and nproc > len(chosen):
        raise UsageError(
            f"--nproc {nproc} needs as many GPUs, and there are {len(chosen)}",
            "give fewer, or --gpus none to use the CPU",
        )
    env = {**devices.visible(kind, chosen, count, environ), **found}
    if count and not chosen and kind in devices.VISIBLE:
        env[devices.VISIBLE[kind]] = ""
    world = nproc * most if least == most else None
    if asked.max_restarts or least != most:
        # With one store for all lives the processes of a second one may find the addresses of the first, and wait.
        env["TORCH_DISABLE_SHARE_RDZV_TCP_STORE"] = "1"
    if "OMP_NUM_THREADS" not in environ and nproc > 1:
        env["OMP_NUM_THREADS"] = str(max(1, devices.cores() // nproc) if device == "cpu" else 1)
    if world == 1 and not any(name in found for name in ("ACCELERATE_USE_DEEPSPEED", "ACCELERATE_USE_FSDP")):
        env[PLAIN] = "1"
    options = ("--nproc-per-node", str(nproc), *_group(asked, told, place, least, most, environ))
    options += ("--max-restarts", str(asked.max_restarts or 0), "--shutdown-timeout", str(GRACE_SECONDS))
    if asked.log_dir is not None:
        options += ("--log-dir", str(asked.log_dir), "--tee", "3")
    over = {**env, **asked.env}
    return Plan(asked, nproc, most, world, device, options, {k: v for k, v in sorted(over.items()) if v is not None})


def _nodes(asked: Asked, told: Mapping[str, Any], place: slurm.Place | None) -> tuple[int, int]:
    text = asked.nnodes or (str(place.nodes) if place else str(told.get("num_machines") or 1))
    low, _, high = text.partition(":")
    if not (text.isascii() and low.isdecimal() and (high or low).isdecimal()) or len(text) > 12:
        raise UsageError(f"--nnodes {text}: not a number of nodes, or MIN:MAX")
    least, most = int(low), int(high or low)
    if not 1 <= least <= most:
        raise UsageError(f"--nnodes {text}: at least 1, and MIN no more than MAX")
    return least, most


def _configured(told: Mapping[str, Any], nodes: int) -> int | None:
    """Processes a node by accelerate's config file, which counts those of all nodes."""
    total = told.get("num_processes")
    return max(1, total // nodes) if isinstance(total, int) and total > 0 else None


def _group(
    asked: Asked, told: Mapping[str, Any], place: slurm.Place | None, least: int, most: int, environ: Mapping[str, str]
) -> list[str]:
    """The options of torchrun for how the nodes find each other."""
    if most == 1:
        return ["--standalone", "--local-addr", "127.0.0.1"]
    host, rank, ident = asked.rdzv, asked.node_rank, "hfterm"
    if place is not None:
        host, rank, ident = f"{place.first}:{place.port}", place.rank, place.job
    elif host is None and told.get("main_process_ip"):
        host = f"{told['main_process_ip']}:{told.get('main_process_port') or _SECOND_PORT}"
        rank = told.get("machine_rank", 0) if rank is None else rank
    if host is None:
        raise UsageError(
            f"{most} nodes need a meeting point",
            "give --rdzv HOST:PORT of the first, the same on each, or --nodes FILE",
        )
    name, port = endpoint(host)
    if rank is not None and not 0 <= rank < most:
        raise UsageError(f"--node-rank {rank}: of {most} nodes the first is 0, the last {most - 1}")
    words = ["--nnodes", str(most) if least == most else f"{least}:{most}"]
    local = ["--local-addr", "127.0.0.1"] if name in ("localhost", "127.0.0.1") else []
    if rank is None or least != most or asked.max_restarts:
        return [*words, "--rdzv-backend", "c10d", "--rdzv-endpoint", f"{name}:{port}", "--rdzv-id", ident, *local]
    return [*words, "--node-rank", str(rank), "--master-addr", name, "--master-port", str(port), *local]


def endpoint(text: str) -> tuple[str, int]:
    """Host and port of HOST[:PORT].

    Raises:
        UsageError: the port is none.
    """
    host, colon, port = text.rpartition(":")
    if not colon:
        host, port = text, str(_SECOND_PORT)
    if not host or not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536):
        raise UsageError(f"--rdzv {text}: not HOST:PORT")
    return host, int(port)
