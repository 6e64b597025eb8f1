"""Wait until GPUs are free enough."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.monitor.devices import Device, Survey
from hfterm.monitor.sizes import Amount
from hfterm.monitor.survey import survey
from hfterm.text import human_bytes


def wait_free(
    free: Amount,
    gpus: int = 1,
    *,
    util_below: float | None = None,
    timeout: float | None = None,
    interval: float = 2.0,
    waiting: Callable[[str], Any] = lambda state: None,
    look: Callable[[], Survey] = survey,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Device]:
    """Records of ``gpus`` devices that each have ``free`` memory free, the freest first.

    Only devices that the visibility variables show count; a GPU cut into MIG devices counts as those. All are of
    one maker: no program uses others' together.
    ``util_below`` asks for a utilization under so many percent too. ``waiting`` is told once how things
    stand when nothing is free at once.

    Raises:
        NotFoundError: no GPU, or none visible. UsageError: no device here can ever satisfy this.
        HftermError: not free within ``timeout`` seconds (0: look once), or the driver fails.
    """
    started, told = clock(), False
    while True:
        devices = candidates(look())
        _possible(devices, free, gpus, util_below)
        chosen = _of_one_maker([d for d in devices if _is_free(d, free, util_below)], gpus)
        if chosen:
            return chosen
        left = None if timeout is None else timeout - (clock() - started)
        if left is not None and left <= 0:
            raise HftermError(
                f"no {_wanted(free, gpus, util_below)} within {timeout:g} s: {state(devices)}",
                "wait longer, ask for less, or see 'hfterm gpu procs'",
            )
        if not told:
            told = True
            waiting(f"waiting for {_wanted(free, gpus, util_below)}: {state(devices)}")
        sleep(interval if left is None else min(interval, left))


def candidates(found: Survey) -> list[Device]:
    """The GPUs and MIG devices a program could use.

    Raises:
        NotFoundError: none.
    """
    gpus = found.gpus
    if not gpus:
        raise NotFoundError("no GPU on this machine", found.notes[0] if found.notes else "see 'hfterm doctor'")
    shown = [d for d in gpus if d["visible"]]
    if not shown:
        raise NotFoundError(f"all {len(gpus)} GPUs are hidden", "unset CUDA_VISIBLE_DEVICES or list them in it")
    cut = {d["index"] for d in shown if d["mig"] is not None}
    return [d for d in shown if d["mig"] is not None or d["index"] not in cut]


def _of_one_maker(devices: list[Device], gpus: int) -> list[Device]:
    """The ``gpus`` freest, all of the maker that has the freest; none where no maker's are enough."""
    ordered = sorted(devices, key=lambda d: -(d["memory_free"] or 0))
    for kind in dict.fromkeys(d["kind"] for d in ordered):
        if len(alike := [d for d in ordered if d["kind"] == kind]) >= gpus:
            return alike[:gpus]
    return []


def _is_free(device: Device, free: Amount, util_below: float | None) -> bool:
    if device["memory_free"] is None or device["memory_free"] < free.of(device["memory_total"]):
        return False
    return util_below is None or (device["utilization"] is not None and device["utilization"] < util_below)


def _possible(devices: list[Device], free: Amount, gpus: int, util_below: float | None) -> None:
    """Refuse at once what no waiting can bring."""
    if not _of_one_maker(devices, gpus):
        most = max(len([d for d in devices if d["kind"] == kind]) for kind in {d["kind"] for d in devices})
        raise UsageError(f"{gpus} GPUs wanted, but there are only {most} {_alike(devices)}here")
    alive = [d for d in devices if not d["error"]]
    if not alive:
        raise HftermError(f"no GPU can be read: {devices[0]['error']}")
    sized = [d for d in alive if d["memory_total"] is not None]
    if not sized:
        raise HftermError("the driver does not tell how much memory these GPUs have")
    enough = [d for d in sized if d["memory_total"] >= free.of(d["memory_total"])]
    if not _of_one_maker(enough, gpus):
        largest = max(d["memory_total"] for d in sized)
        which = "no GPU here has" if not enough else f"only {len(enough)} of the GPUs {_alike(enough)}here have"
        raise UsageError(f"{which} {free} of memory (the largest has {human_bytes(largest)})", "ask for less")
    if util_below is not None and all(d["utilization"] is None for d in enough):
        raise UsageError("the driver does not tell these GPUs' utilization", "leave out --util-below")


def _alike(devices: list[Device]) -> str:
    """A word more where there are several makers' GPUs."""
    return "of one maker " if len({d["kind"] for d in devices}) > 1 else ""


def _wanted(free: Amount, gpus: int, util_below: float | None) -> str:
    busy = f" and under {util_below:g} % busy" if util_below is not None else ""
    return f"{gpus} GPU{'s' if gpus > 1 else ''} with {free} free{busy}"


def state(devices: list[Device], most: int = 4) -> str:
    """How free the freest devices are, in a few words."""
    ordered = sorted(devices, key=lambda d: -(d["memory_free"] or 0))
    parts = []
    for d in ordered[:most]:
        text = "unreadable" if d["error"] else f"{human_bytes(d['memory_free'])} free"
        if d["utilization"] is not None:
            text += f", {d['utilization']} % busy"
        parts.append(f"GPU {d['device']} {text}")
    if len(ordered) > most:
        parts.append(f"{len(ordered) - most} more have no more free")
    return "; ".join(parts)


def names(devices: list[Device], *, uuid: bool = False) -> str:
    """The devices as a value for ``CUDA_VISIBLE_DEVICES``: indices, or UUIDs (always for MIG devices)."""
    by_uuid = uuid or any(d["mig"] is not None for d in devices)
    return ",".join(str(d["uuid"] if by_uuid else d["index"]) for d in devices)


def order_matters(environ: Mapping[str, str], look: Callable[[], Survey] = survey) -> bool:
    """Whether CUDA may count the GPUs here otherwise than the driver does: of several kinds, the fastest first."""
    kinds = {d["name"] for d in look().gpus if d["mig"] is None}
    return environ.get("CUDA_DEVICE_ORDER") != "PCI_BUS_ID" and len(kinds) > 1
