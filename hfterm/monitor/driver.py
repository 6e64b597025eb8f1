"""The GPU drivers, asked in a thread of their own: one that hangs takes nothing else down."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hfterm.errors import HftermError, one_line, translate
from hfterm.monitor.devices import Device

# Reading eight GPUs takes some 50 ms. A driver that needs longer than this is in trouble.
PATIENCE_SECONDS = 3.0
# Opening a driver that is not there costs as much as asking one that is.
LOOK_AGAIN_SECONDS = 10.0
# What does not change by itself; the rest of a record is not to be shown once it is old.
LASTING = ("device", "kind", "index", "mig", "uuid", "name", "memory_total", "power_limit", "driver", "visible")


@dataclass(frozen=True)
class Answer:
    """What the drivers said: GPUs, processes (``gpu``, ``pid``, ``memory``, ``utilization``), notes, what is wrong."""

    devices: list[Device] = field(default_factory=list)
    processes: list[dict[str, Any]] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    error: str | None = None


def read() -> Answer:
    """Ask every driver once; what one raises is the answer's ``error``."""
    from hfterm.monitor import amd, nvidia

    devices: list[Device] = []
    notes: list[str] = []
    rows: list[dict[str, Any]] = []
    error = None
    try:
        found = nvidia.read()
        devices += found.devices
        notes += found.notes
        rows += nvidia.processes() if found.devices else []
    except Exception as exc:  # whatever a driver does, the rest of the machine is still worth showing
        error = _said(exc)
        nvidia.reopen()
    try:
        devices += amd.devices()
        rows += amd.processes()
    except Exception as exc:
        error = error or _said(exc)
    return Answer(devices, rows, tuple(notes), error)


def _said(exc: Exception) -> str:
    known = translate(exc)
    return str(known) if isinstance(known, HftermError) else f"{type(exc).__name__}: {one_line(exc)}"


class Driver:
    """Asks :func:`read` in a thread, and waits for it no longer than ``patience`` seconds."""

    def __init__(
        self,
        patience: float = PATIENCE_SECONDS,
        *,
        read: Callable[[], Answer] = read,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience, self._read, self._clock = patience, read, clock
        self._questions: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._asked: float | None = None
        self._last = Answer()
        self._rest_until = float("-inf")
        self._thread: threading.Thread | None = None

    def look(self) -> Answer:
        """The newest answer. While the driver hangs: the devices it had, without their readings, and an error."""
        if self._asked is None:
            if self._clock() < self._rest_until:
                return self._last
            self._begin()
            wait = self._patience
        else:
            wait = 0.0  # it was waited for already
        try:
            self._last = self._answers.get(timeout=wait) if wait else self._answers.get_nowait()
        except queue.Empty:
            return self._silent()
        self._asked = None
        if not self._last.devices:
            self._rest_until = self._clock() + LOOK_AGAIN_SECONDS
        return self._last

    def _begin(self) -> None:
        if self._thread is None:
            # A daemon: one stuck in the driver does not keep the program from ending.
            self._thread = threading.Thread(target=self._work, name="hfterm-gpu-driver", daemon=True)
            self._thread.start()
        self._asked = self._clock()
        self._questions.put(None)

    def _work(self) -> None:
        while True:
            self._questions.get()
            self._answers.put(self._read())

    def _silent(self) -> Answer:
        seconds = self._clock() - (self._asked or 0.0)
        devices = [
            {**dict.fromkeys(device), **{name: device.get(name) for name in LASTING}, "error": "no answer"}
            for device in self._last.devices
        ]
        error = f"the GPU driver has not answered for {seconds:.0f} s; see 'sudo dmesg | grep -i -e nvrm -e amdgpu'"
        return Answer(devices, [], self._last.notes, error)
