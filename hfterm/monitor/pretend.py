"""A pretend machine with eight GPUs, for ``hfterm ui --demo``, pictures and tests: its clock decides what it says."""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hfterm.monitor.devices import Device, gpu_record
from hfterm.monitor.machine import MachineSample
from hfterm.monitor.rates import HostSample
from hfterm.processes import iso

GIB, MIB = 1 << 30, 1 << 20
RUN = "sft-llama-8b"
NAME, DRIVER = "NVIDIA H100 80GB HBM3", "570.86.15"
# As such a GPU has it: MiB of memory, of which the driver keeps some; watts; MHz.
TOTAL_MIB, RESERVED_MIB, LIMIT, CLOCK, CLOCK_MEMORY = 81559, 580, 700.0, 1980, 2619
# How long ago the run, the server and the notebook were begun, and the machine was started: seconds.
RUN_AGE, SERVER_AGE, NOTEBOOK_AGE, UPTIME = 3 * 3600 + 721, 2 * 86400 + 5400, 1260, 41 * 86400 + 7322
CORES = 128


def wave(moment: float, period: float, seed: float = 0.0) -> float:
    """Between 0 and 1: slow, with something quicker on it, never quite the same; the same for the same arguments."""
    x = moment / period + seed * 7.13
    slow, quick = math.sin(2 * math.pi * x), math.sin(2 * math.pi * (x * 3.7 + seed))
    return min(1.0, max(0.0, 0.5 + 0.36 * slow + 0.14 * quick))


class PretendMachine:
    """``gpus`` H100s: most train one run, then one serves, one belongs to a notebook; with ``mig`` the last is cut up.

    ``clock`` gives unix seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.time, gpus: int = 8, *, mig: bool = False) -> None:
        self._clock, self._gpus, self._mig = clock, gpus, mig
        self._began = clock()

    def poll(self) -> MachineSample:
        """What the machine is like now."""
        return self.at(self._clock())

    def at(self, moment: float) -> MachineSample:
        """What the machine is like at a moment (unix seconds)."""
        jobs = [self._job(index) for index in range(self._gpus)]
        devices: list[Device] = []
        for index, job in enumerate(jobs):
            cut = self._mig and index == self._gpus - 1
            devices.append(_gpu(index, "off" if cut else job, moment))
            devices += [_slice(index, i, moment) for i in range(2)] if cut else []
        return MachineSample(moment, devices, self._processes(jobs, devices, moment), _host(moment, jobs))

    def _job(self, index: int) -> str:
        return {1: "notebook", 2: "server"}.get(self._gpus - index, "run") if self._gpus > 2 else "run"

    def _processes(self, jobs: list[str], devices: list[Device], moment: float) -> list[dict[str, Any]]:
        rows = []
        for device in devices:
            index, job = device["index"], jobs[device["index"]]
            parts = device["mig"] is not None
            if device["memory_used"] is None or (not parts and self._mig and index == self._gpus - 1):
                continue
            facts = _people(job, index, device["mig"] or 0, self._began)
            share = {"run": 96.0, "server": 140.0, "notebook": 12.0}[job] + 30 * wave(moment, 41, index)
            rows.append(
                {
                    "kind": "nvidia",
                    "gpu": device["device"],
                    "pid": facts["pid"],
                    "memory": device["memory_used"] - RESERVED_MIB * MIB // (8 if parts else 1),
                    "utilization": None if parts else device["utilization"],
                    "user": facts["user"],
                    "command": facts["command"],
                    "since": iso(datetime.fromtimestamp(facts["started"], UTC)),
                    "started": facts["started"],
                    "run": RUN if job == "run" else None,
                    "cpu": round(share, 1),
                    "host_memory": int((9.5 if job == "run" else 4.2) * GIB),
                    "foreign": False,
                }
            )
        return rows


def _people(job: str, index: int, part: int, began: float) -> dict[str, Any]:
    """Whose process a GPU has, and what it is."""
    if job == "run":
        command = f"python -m hfterm train sft meta-llama/Llama-3.1-8B chats.jsonl --name {RUN}"
        return {"pid": 31337 + index, "user": "ada", "command": command, "started": began - RUN_AGE}
    if job == "server":
        command = "hfterm serve Qwen/Qwen3-8B --port 8000 --api-key ***"
        return {"pid": 28114, "user": "lin", "command": command, "started": began - SERVER_AGE}
    command = "python -m ipykernel_launcher -f kernel.json"
    return {"pid": 40790 + part, "user": "grace", "command": command, "started": began - NOTEBOOK_AGE}


def _gpu(index: int, job: str, moment: float) -> Device:
    """The record of a whole GPU that does ``job``; "off" is one that only carries MIG devices."""
    calm = wave(moment, 97, index)
    # Every so often all wait for a checkpoint to be written.
    saving = job == "run" and (moment % 240) < 6
    busy = {"run": 93 + 6 * calm, "server": 18 + 64 * wave(moment, 53, index), "notebook": 31 * max(0.0, calm - 0.6)}
    used = {"run": 72.1 + 1.4 * calm, "server": 46.3 + 9 * wave(moment, 611, 3), "notebook": 3.4, "off": 5.6}[job]
    utilization = 3.0 if saving else busy.get(job, 0.0)
    power = 71 + 6.05 * utilization + 14 * wave(moment, 19, index)
    memory = int(used * GIB)
    return gpu_record(
        device=str(index),
        kind="nvidia",
        index=index,
        uuid=f"GPU-7e57{index:04x}-0000-4000-8000-{index:012x}",
        name=NAME,
        utilization=None if job == "off" else round(utilization),
        memory_used=memory,
        memory_total=TOTAL_MIB * MIB,
        memory_free=(TOTAL_MIB - RESERVED_MIB) * MIB - memory,
        # Heat follows power some seconds later, and the last in the row of fans are warmer.
        temperature=round(29 + 0.052 * power + 0.8 * (index % 4) + 2 * wave(moment - 8, 97, index)),
        power=round(min(power, LIMIT), 1),
        power_limit=LIMIT,
        clock=round(CLOCK - 15 * (utilization > 90) * round(5 * calm)),
        clock_memory=CLOCK_MEMORY,
        throttle=["power limit"] if power > 0.97 * LIMIT else [],
        ecc_errors=0,
        driver=DRIVER,
        visible=True,
    )


def _slice(index: int, part: int, moment: float) -> Device:
    total = 40192 * MIB
    used = int((2.6 + 1.1 * part + 0.6 * wave(moment, 71, part)) * GIB)
    return gpu_record(
        device=f"{index}:{part}",
        kind="nvidia",
        index=index,
        mig=part,
        uuid=f"MIG-7e57{index:04x}-0000-5000-8000-{part:012x}",
        name=f"{NAME} MIG 3g.40gb",
        memory_used=used,
        memory_total=total,
        memory_free=total - used,
        driver=DRIVER,
        visible=True,
    )


def _host(moment: float, jobs: list[str]) -> HostSample:
    work = len(jobs) / 8
    per_core = tuple(
        round(100 * work * max(0.02, wave(moment, 31 + core % 7, core / 9) - (0.15 if core % 16 else -0.25)) * 0.45, 1)
        for core in range(CORES)
    )
    saving = (moment % 240) < 6
    return HostSample(
        name="AMD EPYC 9554 64-Core Processor",
        cpu=round(sum(per_core) / CORES, 1),
        cores=float(CORES),
        per_core=per_core,
        load=(round(24 + 6 * wave(moment, 61), 2), round(25 + 3 * wave(moment, 300), 2), 25.4),
        memory_used=int((212 + 18 * wave(moment, 173)) * GIB),
        memory_total=1511 * GIB,
        swap_used=0,
        swap_total=8 * GIB,
        disk_read=round(2e8 * wave(moment, 23, 1) ** 2),
        disk_write=round(2.6e9 + 4e8 * wave(moment, 5)) if saving else round(4e6 * wave(moment, 13, 2)),
        net_received=round(9e6 * wave(moment, 17, 3)),
        net_sent=round(3e6 * wave(moment, 29, 4)),
        disk_free=int(2.31e12),
        disk_total=int(7.68e12),
        uptime=UPTIME + moment % 86400,
    )
