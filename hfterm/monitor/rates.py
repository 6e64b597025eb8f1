"""How busy the machine around the GPUs is: CPU, memory, disks and network, as rates between two looks."""

import contextlib
import shutil
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import paths
from hfterm.monitor import host

# Networks of containers and virtual machines: what goes through them goes through a real one too, or nowhere.
VIRTUAL_NETWORKS = ("lo", "veth", "docker", "br-", "virbr", "cni", "flannel", "cali", "vnet", "tap", "tun", "wg")
# A full disk is news, but asking a network disk every second is not worth it.
DISK_SPACE_SECONDS = 5.0


@dataclass(frozen=True)
class HostSample:
    """The machine, or what a container may use of it. None: not known (yet: rates need two looks).

    ``cpu`` and ``per_core`` are percent, ``cpu`` of ``cores`` (whole or, in a container, parts of one);
    ``load`` the averages over 1, 5 and 15 minutes; sizes are bytes, rates bytes a second, ``uptime`` seconds.
    ``disk_free`` and ``disk_total`` are of the file system where hfterm keeps its runs.
    """

    name: str
    cpu: float | None
    cores: float
    per_core: tuple[float, ...]
    load: tuple[float, ...] | None
    memory_used: int | None
    memory_total: int | None
    swap_used: int | None
    swap_total: int | None
    disk_read: float | None
    disk_write: float | None
    net_received: float | None
    net_sent: float | None
    disk_free: int | None
    disk_total: int | None
    uptime: float | None


class HostRates:
    """Looks at the host again and again; ``clock`` gives seconds that only go forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        # Said once a field that a container lacks, in the middle of whatever the terminal shows.
        warnings.filterwarnings("ignore", message=".*couldn't be determined", category=RuntimeWarning)
        self._clock = clock
        self._name = host.cpu_name()
        self._before: dict[str, tuple[float, float]] = {}
        self._cores_before: list[tuple[float, float]] = []
        self._space: tuple[int | None, int | None] = (None, None)
        self._space_due = float("-inf")

    def look(self) -> HostSample:
        """One look. Costs about a millisecond, waits for nothing, raises nothing for what the system refuses."""
        import psutil

        moment = self._clock()
        per_core = self._per_core()
        limit = host.cpu_limit()
        cores = float(len(per_core) or psutil.cpu_count() or 1)
        cpu = round(sum(per_core) / len(per_core), 1) if per_core else None
        if limit is not None and limit < cores:
            cores = round(limit, 2)
            used = self._rate("cpu", moment, host.cpu_seconds())
            cpu = None if used is None else round(min(100.0, 100 * used / limit), 1)
        memory, swap = _ask("virtual_memory"), _ask("swap_memory")
        memory_used, memory_total = host.memory(memory) if memory else (None, None)
        disk, received, sent = _ask("disk_io_counters"), *_network()
        boot = _ask("boot_time")
        self._look_at_space(moment)
        return HostSample(
            name=self._name,
            cpu=cpu,
            cores=cores,
            per_core=tuple(per_core),
            load=_load(),
            memory_used=memory_used,
            memory_total=memory_total,
            swap_used=swap.used if swap else None,
            swap_total=swap.total if swap else None,
            disk_read=self._rate("read", moment, disk.read_bytes if disk else None),
            disk_write=self._rate("write", moment, disk.write_bytes if disk else None),
            net_received=self._rate("received", moment, received),
            net_sent=self._rate("sent", moment, sent),
            disk_free=self._space[0],
            disk_total=self._space[1],
            uptime=max(0.0, time.time() - boot) if boot else None,
        )

    def _per_core(self) -> list[float]:
        """Percent of each core since the last look; none in the first."""
        now = [_times(times) for times in _ask("cpu_times", True) or ()]
        before, self._cores_before = self._cores_before, now
        if len(before) != len(now):  # the first look, or a core was switched on or off
            return []
        shares = []
        for (total, idle), (total_before, idle_before) in zip(now, before, strict=True):
            passed = total - total_before
            busy = passed - max(0.0, idle - idle_before)
            shares.append(round(min(100.0, max(0.0, 100 * busy / passed)), 1) if passed > 0 else 0.0)
        return shares

    def _rate(self, name: str, moment: float, count: float | None) -> float | None:
        """How fast a counter grows; None in the first look, and when it began anew."""
        if count is None:
            self._before.pop(name, None)
            return None
        then, before = self._before.get(name, (moment, count))
        self._before[name] = (moment, count)
        return None if moment <= then or count < before else (count - before) / (moment - then)

    def _look_at_space(self, moment: float) -> None:
        if moment < self._space_due:
            return
        self._space_due = moment + DISK_SPACE_SECONDS
        self._space = (None, None)
        with contextlib.suppress(OSError):
            usage = shutil.disk_usage(_existing(paths.state_dir()))
            self._space = (usage.free, usage.total)


def _existing(folder: Path) -> Path:
    folder = folder.absolute()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _ask(name: str, *args: Any) -> Any:
    """What psutil answers; None when this system does not tell (a container without /proc/diskstats)."""
    import psutil

    try:
        return getattr(psutil, name)(*args)
    except (OSError, RuntimeError, NotImplementedError, psutil.Error, ValueError, IndexError):
        return None


def _times(times: Any) -> tuple[float, float]:
    """All and idle seconds of a core; a guest's are in the user's already."""
    guest = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    return sum(times) - guest, times.idle + getattr(times, "iowait", 0.0)


def _load() -> tuple[float, ...] | None:
    found = _ask("getloadavg")
    return tuple(round(x, 2) for x in found) if found else None


def _network() -> tuple[float | None, float | None]:
    """Bytes received and sent through real network cards, since the machine was started."""
    cards = _ask("net_io_counters", True) or {}
    real = [card for name, card in cards.items() if not name.startswith(VIRTUAL_NETWORKS)]
    if not real:
        return None, None
    return sum(card.bytes_recv for card in real), sum(card.bytes_sent for card in real)
