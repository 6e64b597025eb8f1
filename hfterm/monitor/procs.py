"""Processes: whose, what, since when, how busy, and which training run they belong to."""

import functools
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from hfterm.monitor.devices import tell_apart
from hfterm.monitor.holders import DEVICE_FILES, holds_gpu
from hfterm.processes import boot_time, iso, numbered_apart, redact_command

# How long a command line is taken for what it was (exec changes it), and the runs for where they were.
CARD_SECONDS = 10.0
RUNS_SECONDS = 4.0
PROC = Path("/proc")
OUTSIDE = "processes with unknown names run outside this container; their numbers are those of the machine"
UNCHECKED = "processes with a '?' may be others: it cannot be seen from here whether they have a GPU open"
_DETAILS = ("user", "command", "since", "started", "run", "cpu", "host_memory")


def processes() -> list[dict[str, Any]]:
    """One record for each process and GPU it uses.

    ``kind`` and ``gpu`` are a record's ``kind`` and ``device``; ``memory`` is bytes of the GPU's memory;
    ``utilization`` percent of the GPU's processors; ``since`` ISO 8601 UTC; ``run`` the name of the training run
    it belongs to; ``foreign`` as in :meth:`Details.on_gpu`. What this user may not see is None, as are the details
    of a process outside this container.

    Raises:
        HftermError: the driver fails. AccessError: not permitted.
    """
    from hfterm.monitor import amd, nvidia

    details = Details()
    shown = ("user", "command", "since", "run", "foreign")
    rows = nvidia.processes() + amd.processes()
    if others := amd.devices():
        tell_apart(nvidia.read().devices + others, rows)
    return [
        {**row, **{name: value for name, value in details.on_gpu(row["pid"]).items() if name in shown}} for row in rows
    ]


def warnings(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is worth saying of processes on GPUs: that some are not from here, or may not be."""
    seen = {row["foreign"] for row in rows}
    return [OUTSIDE] * (True in seen) + [UNCHECKED] * (None in seen)


class _Reading(NamedTuple):
    """``began`` is comparable only with itself; ``cpu`` is seconds of CPU time, ``memory`` bytes."""

    began: float
    parent: int
    cpu: float | None
    memory: int | None


class _Card:
    """What is kept of one process between looks."""

    def __init__(self, reading: _Reading, made: float) -> None:
        self.reading, self.made, self.read_at = reading, made, made
        self.round = -1
        self.cpu: float | None = None
        self.facts: dict[str, Any] | None = None
        self.asked = False
        self.holds: bool | None = None
        self.family: tuple[int, ...] = ()


class Details:
    """What there is to say of processes, remembered from look to look so that hundreds of them cost little.

    ``clock`` gives seconds that only go forward; ``apart``: whether processes are numbered otherwise here than on
    the machine (None: find out), and then whose device ``files`` a process must have open to be a GPU's.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        apart: bool | None = None,
        files: Sequence[str] = DEVICE_FILES,
    ) -> None:
        self._clock = clock
        self._apart, self._files = numbered_apart() if apart is None else apart, files
        self._cards: dict[int, _Card] = {}
        self._runs: dict[int, str] = {}
        self._runs_due = float("-inf")
        self._round = 0

    def begin(self) -> None:
        """Begin a new look: what was read in the last one is read again, and who was not asked for is forgotten."""
        self._cards = {pid: card for pid, card in self._cards.items() if card.round == self._round}
        self._round += 1

    def of(self, pid: int) -> dict[str, Any]:
        """``user``, ``command``, ``since``, ``started`` (the same as unix seconds), ``run``, ``cpu`` (percent of
        one core since the last look, None in the first), ``host_memory`` (bytes); all None of a process that
        cannot be seen from here.
        """
        card = self._card(pid)
        if card is None:
            return dict.fromkeys(_DETAILS)
        if card.facts is None or self._clock() - card.made > CARD_SECONDS:
            card.made = self._clock()
            card.facts = _facts(pid, card.reading)
            card.family = self._family(pid, card.reading)
            card.asked = False
        runs = self._runs_now()
        run = next((runs[p] for p in card.family if p in runs), None)
        return {**card.facts, "run": run, "cpu": card.cpu, "host_memory": card.reading.memory}

    def on_gpu(self, pid: int) -> dict[str, Any]:
        """As :meth:`of`, for a number that a GPU's driver names, and ``foreign``: whether that is a process outside
        this container, of which nothing is known, even if one here has its number; None: it could not be checked
        whether the one here is meant, and no run is said to be its.
        """
        found = self.of(pid)
        card = self._cards.get(pid) if found["started"] is not None else None
        if card is None:
            return {**found, "foreign": self._apart}
        if not card.asked:
            card.asked, card.holds = True, holds_gpu(pid, self._files) if self._apart else True
        if card.holds is False:
            return {**dict.fromkeys(_DETAILS), "foreign": True}
        return {**found, "foreign": False} if card.holds else {**found, "run": None, "foreign": None}

    def busiest(self, most: int) -> list[dict[str, Any]]:
        """The processes that use the CPU most, then those that use the most memory: ``pid`` and :meth:`of`.

        The kernel's own are left out.
        """
        found = [(pid, card) for pid in _pids() if (card := self._card(pid)) and card.reading.memory != 0]
        found.sort(key=lambda item: (-(item[1].cpu or 0.0), -(item[1].reading.memory or 0), item[0]))
        return [{"pid": pid, **self.of(pid)} for pid, _ in found[:most]]

    def _card(self, pid: int) -> _Card | None:
        card = self._cards.get(pid)
        if card is not None and card.round == self._round:
            return card
        reading, moment = _read(pid), self._clock()
        if reading is None:
            return None
        if card is None or card.reading.began != reading.began:
            card = self._cards[pid] = _Card(reading, moment)
        elif reading.cpu is not None and card.reading.cpu is not None and moment > card.read_at:
            card.cpu = round(max(0.0, 100 * (reading.cpu - card.reading.cpu) / (moment - card.read_at)), 1)
        card.reading, card.read_at, card.round = reading, moment, self._round
        return card

    def _family(self, pid: int, reading: _Reading) -> tuple[int, ...]:
        """The process and its ancestors, nearest first: a launcher starts one worker for each GPU."""
        family, above = [pid], reading.parent
        while above > 1 and above not in family:
            family.append(above)
            card = self._cards.get(above)
            known = card.reading if card is not None and card.round == self._round else _read(above)
            above = known.parent if known else 0
        return tuple(family)

    def _runs_now(self) -> dict[int, str]:
        if self._clock() >= self._runs_due:
            self._runs = _runs()
            self._runs_due = self._clock() + RUNS_SECONDS
        return self._runs


def _runs() -> dict[int, str]:
    """Names of the runs at work on this machine, by the pid of their process."""
    from hfterm import paths, runs

    found = {}
    for name in runs.names():
        run = runs.Run(name, paths.runs_dir() / name)
        status = run.status()
        pid = status.get("pid")
        if status.get("state") == "running" and isinstance(pid, int) and run.state(status) == "running":
            found[pid] = name
    return found


@functools.cache
def _has_proc() -> bool:
    return (PROC / "self" / "stat").exists()


@functools.cache
def _units() -> tuple[int, int]:
    return os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


def _pids() -> list[int]:
    import psutil

    return psutil.pids()


def _read(pid: int) -> _Reading | None:
    """One look at a process; None when there is none (any more). Fields of /proc/PID/stat: see proc(5)."""
    if not _has_proc():
        return _ask(pid)
    try:
        with open(f"/proc/{pid}/stat", "rb") as stream:
            fields = stream.read().rpartition(b")")[2].split()
        if fields[0] in b"ZX":
            return None
        ticks, page = _units()
        cpu = (int(fields[11]) + int(fields[12])) / ticks
        return _Reading(float(fields[19]), int(fields[1]), cpu, int(fields[21]) * page)
    except (OSError, ValueError, IndexError):
        return None


def _ask(pid: int) -> _Reading | None:
    """The same through psutil, where there is no /proc."""
    import psutil

    try:
        process = psutil.Process(pid)
        began, parent = process.create_time(), process.ppid()
    except (psutil.Error, OSError):
        return None
    try:
        times = process.cpu_times()
        return _Reading(began, parent, times.user + times.system, process.memory_info().rss)
    except (psutil.Error, OSError):  # somebody else's
        return _Reading(began, parent, None, None)


def _facts(pid: int, reading: _Reading) -> dict[str, Any]:
    import psutil

    def get(name: str) -> Any:
        try:
            return getattr(process, name)()
        except (psutil.Error, OSError, KeyError):
            return None

    try:
        process = psutil.Process(pid)
    except psutil.Error:
        return {"user": None, "command": None, "since": None, "started": None}
    argv, owner = get("cmdline"), get("uids")
    began = reading.began
    if _has_proc():
        began = (boot_time() or 0.0) + reading.began / _units()[0]
    return {
        "user": _user(owner.real) if owner else None,
        "command": redact_command(argv) if argv else get("name"),
        "since": iso(datetime.fromtimestamp(began, UTC)),
        "started": round(began, 3),
    }


@functools.cache
def _user(number: int) -> str:
    """A user's name; the number where it has none. Asked once: a directory service may be slow."""
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
