"""One look at the whole machine, as the dashboard takes it every second: GPUs, processes, the host."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hfterm.monitor.devices import Device
from hfterm.monitor.driver import Driver
from hfterm.monitor.procs import Details, warnings
from hfterm.monitor.rates import HostRates, HostSample

# Processes shown where there is no GPU.
BUSIEST = 50


@dataclass(frozen=True)
class MachineSample:
    """A look at the machine.

    ``time`` is unix seconds. ``devices`` are GPUs, records as in :mod:`hfterm.monitor.devices`; none where there
    is no GPU. ``processes`` are those on the GPUs, one record for each GPU used, or where there is no GPU the
    busiest of the machine: ``kind`` and ``gpu`` (a record's ``kind`` and ``device``, or None), ``pid``, ``memory``
    (bytes of the GPU's), ``utilization`` (percent of the GPU's processors), and what
    :meth:`hfterm.monitor.procs.Details.on_gpu` tells: ``user``, ``command`` (without secrets), ``since``,
    ``started``, ``run``, ``cpu``, ``host_memory``, ``foreign``. Devices and processes whose driver fails are as they
    were last, with ``stale``: the moment (unix seconds) their figures are of.
    ``notes`` say what is worth knowing about how it was found, ``error`` what is wrong with a driver.
    """

    time: float
    devices: list[Device]
    processes: list[dict[str, Any]]
    host: HostSample
    notes: tuple[str, ...] = ()
    error: str | None = None


class Machine:
    """The machine we are on. ``clock`` gives unix seconds."""

    def __init__(self, clock: Callable[[], float] = time.time, *, driver: Driver | None = None) -> None:
        self._clock = clock
        self._driver = driver or Driver()
        self._details = Details()
        self._host = HostRates()

    def poll(self) -> MachineSample:
        """Look once. Waits some seconds at most, for a driver that hangs; raises nothing for what a driver does."""
        host = self._host.look()
        answer = self._driver.look()
        self._details.begin()
        if answer.devices:
            rows = [{**row, **self._details.on_gpu(row["pid"])} for row in answer.processes]
        else:
            unknown = {"kind": None, "gpu": None, "memory": None, "utilization": None}
            rows = [{**unknown, **row, "foreign": False} for row in self._details.busiest(BUSIEST)]
        notes = (*answer.notes, *warnings(rows))
        return MachineSample(self._clock(), answer.devices, rows, host, notes, answer.error)
