"""The GPU drivers, asked in a thread of their own: one that hangs takes nothing else down."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hfterm.errors import HftermError, one_line, translate
from hfterm.monitor.devices import Device, tell_apart

# Reading eight GPUs takes some 50 ms. A driver that needs longer than this is in trouble.
PATIENCE_SECONDS = 3.0
# Opening a driver that is not there costs as much as asking one that is.
LOOK_AGAIN_SECONDS = 10.0
# One that failed may be well again at any moment.
TRY_AGAIN_SECONDS = 2.0


@dataclass(frozen=True)
class Answer:
    """What the drivers said: GPUs, processes (``kind``, ``gpu``, ``pid``, ``memory``, ``utilization``), notes, what
    is wrong, and the makers whose driver ``failed``.

    Figures of old have ``stale``, the moment they are of (unix seconds): a failed driver's GPUs and processes as it
    told of them last.
    """

    devices: list[Device] = field(default_factory=list)
    processes: list[dict[str, Any]] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    error: str | None = None
    failed: tuple[str, ...] = ()


def read() -> Answer:
    """Ask every driver once; what one raises is the answer's ``error``."""
    from hfterm.monitor import amd, nvidia

    devices: list[Device] = []
    notes: list[str] = []
    rows: list[dict[str, Any]] = []
    error, failed = None, list[str]()
    try:
        found = nvidia.read()
        devices += found.devices
        notes += found.notes
        rows += nvidia.processes() if found.devices else []
    except Exception as exc:  # whatever a driver does, the rest of the machine is still worth showing
        error = _said(exc)
        failed.append("nvidia")
        nvidia.reopen()
    try:
        devices += amd.devices()
        rows += amd.processes()
    except Exception as exc:
        error = error or _said(exc)
        failed.append("amd")
    return Answer(devices, rows, tuple(notes), error, tuple(failed))


@dataclass(frozen=True)
class _Told:
    """What a maker's driver told when it was well."""

    time: float
    devices: list[Device]
    processes: list[dict[str, Any]]

    def old(self) -> tuple[list[Device], list[dict[str, Any]]]:
        """The same as figures of old; how busy a process keeps its GPU is nothing to show once it is old."""
        stale = {"stale": self.time}
        return [{**d, **stale} for d in self.devices], [{**p, **stale, "utilization": None} for p in self.processes]

    def when(self) -> str:
        """The time of day."""
        return time.strftime("%H:%M:%S", time.localtime(self.time))


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
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._patience, self._read, self._clock, self._wall = patience, read, clock, wall
        self._questions: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._asked: float | None = None
        self._last = Answer()
        self._good: dict[str, _Told] = {}
        self._rest_until = float("-inf")
        self._thread: threading.Thread | None = None

    def look(self) -> Answer:
        """The newest answer; while a driver hangs or fails an error, and what it told last (see :class:`Answer`)."""
        if self._asked is None:
            if self._clock() < self._rest_until:
                return self._last
            self._begin()
            wait = self._patience
        else:
            wait = 0.0  # it was waited for already
        try:
            found = self._answers.get(timeout=wait) if wait else self._answers.get_nowait()
        except queue.Empty:
            return self._silent()
        self._asked = None
        self._last = self._completed(found)
        if not found.devices:
            self._rest_until = self._clock() + (TRY_AGAIN_SECONDS if self._last.devices else LOOK_AGAIN_SECONDS)
        return self._last

    def _completed(self, found: Answer) -> Answer:
        """With what failed drivers told last; GPUs of several makers told apart."""
        moment = self._wall()
        for kind in {device["kind"] for device in found.devices} | (self._good.keys() - set(found.failed)):
            self._good[kind] = _Told(
                moment,
                [device for device in found.devices if device["kind"] == kind],
                [row for row in found.processes if row.get("kind") == kind],
            )
        devices, rows, error = list(found.devices), list(found.processes), found.error
        for kind in set(found.failed) - {device["kind"] for device in found.devices}:
            if (told := self._good.get(kind)) is not None and told.devices:
                old_devices, old_rows = told.old()
                devices += old_devices
                rows += old_rows
                error = f"{error}; its figures are from {told.when()}"
        tell_apart(devices, rows)
        return replace(found, devices=devices, processes=rows, error=error)

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
        devices, rows, since = list[Device](), list[dict[str, Any]](), ""
        for told in self._good.values():
            if told.devices:
                old_devices, old_rows = told.old()
                devices += old_devices
                rows += old_rows
                since = f"; figures are from {told.when()}"
        tell_apart(devices, rows)
        see = "see 'sudo dmesg | grep -i -e nvrm -e amdgpu'"
        error = f"the GPU driver has not answered for {seconds:.0f} s{since}; {see}"
        return Answer(devices, rows, self._last.notes, error)
