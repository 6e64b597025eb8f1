"""The CPU and memory as a record, by psutil; what a container may use of them, by cgroup files.

Source of the cgroup files: the Linux kernel's "Control Group v2" and "Memory Resource Controller".
"""

import contextlib
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from hfterm.monitor.devices import Device

CGROUP = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")


def record(interval: float | None = 0.1) -> Device:
    """The CPU and memory: ``memory_total`` is the container's limit where that is lower than the machine's.

    ``utilization`` is in percent of all cores, over ``interval`` seconds (None: since the last call).
    """
    import psutil

    free = psutil.virtual_memory()
    used, total = memory(free)
    try:
        load = [round(x, 2) for x in psutil.getloadavg()]
    except OSError:
        load = None
    return {
        "device": "cpu",
        "kind": "cpu",
        "name": cpu_name(),
        "cores": psutil.cpu_count(logical=False) or psutil.cpu_count(),
        "threads": psutil.cpu_count(),
        "utilization": psutil.cpu_percent(interval),
        "memory_used": used,
        "memory_total": total,
        "memory_free": min(total - used, free.available),
        "load": load,
    }


def memory(virtual: Any) -> tuple[int, int]:
    """Used and total bytes, from what psutil says of the machine: the container's where its limit is lower."""
    total, used = int(virtual.total), int(virtual.total - virtual.available)
    limit, in_use = memory_limit()
    return (min(limit, in_use or 0), limit) if limit is not None and limit < total else (used, total)


def cpu_name() -> str:
    """The processor's name as its maker calls it, else the architecture."""
    if sys.platform == "darwin":
        done = subprocess.run(["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True)
        return done.stdout.strip() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                return " ".join(value.split())
    except OSError:
        pass
    return platform.processor() or platform.machine() or "CPU"


def _folders(controller: str, root: Path, membership: Path) -> list[Path]:
    """The control group of this process and those above it that exist under ``root``, version 2 then version 1."""
    folders: list[Path] = []
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        lines = []
    for line in sorted([*lines, "0::/", f"1:{controller}:/"]):
        _, controllers, path = line.split(":", 2)
        if controllers == "" or controller in controllers.split(","):
            base = root / controller if controllers else root
            inner = base / path.strip("/")
            folders += [f for f in (inner, *inner.parents) if f.is_relative_to(base)]
    return [f for f in dict.fromkeys(folders) if f.is_dir()]


def memory_limit(root: Path = CGROUP, membership: Path = MEMBERSHIP) -> tuple[int | None, int | None]:
    """The lowest memory limit on this process, and what is used of it but for the page cache: bytes, None: no limit."""
    lowest: tuple[int | None, int | None] = (None, None)
    for folder in _folders("memory", root, membership):
        for limit, usage, cache in (
            ("memory.max", "memory.current", "inactive_file"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ):
            bound = _number(folder / limit)
            # Version 1 says "no limit" by a huge number.
            if bound is not None and bound < min(lowest[0] or 1 << 60, 1 << 60):
                stat = _stat(folder / "memory.stat")
                lowest = bound, max(0, (_number(folder / usage) or 0) - stat.get(cache, 0))
    return lowest


def cpu_limit(root: Path = CGROUP, membership: Path = MEMBERSHIP) -> float | None:
    """How many CPUs' worth of time this process gets; None: no limit."""
    return _cpu_bound(root, membership)[0]


def cpu_seconds(root: Path = CGROUP, membership: Path = MEMBERSHIP) -> float | None:
    """CPU seconds used so far under the limit of :func:`cpu_limit`, by all that share it; None: no limit."""
    folder = _cpu_bound(root, membership)[1]
    if folder is None:
        return None
    microseconds = _stat(folder / "cpu.stat").get("usage_usec")
    nanoseconds = _number(folder / "cpuacct.usage")
    return microseconds / 1e6 if microseconds is not None else None if nanoseconds is None else nanoseconds / 1e9


def _cpu_bound(root: Path, membership: Path) -> tuple[float | None, Path | None]:
    """The lowest limit, in CPUs, and the folder that sets it."""
    lowest: tuple[float | None, Path | None] = (None, None)
    for folder in _folders("cpu", root, membership):
        limits = []
        with contextlib.suppress(OSError, ValueError):
            quota, period = (folder / "cpu.max").read_text().split()
            limits += [] if quota == "max" else [int(quota) / int(period)]
        quota_us, period_us = _number(folder / "cpu.cfs_quota_us"), _number(folder / "cpu.cfs_period_us")
        if quota_us and period_us and quota_us > 0:
            limits.append(quota_us / period_us)
        if limits and min(limits) < (lowest[0] or float("inf")):
            lowest = min(limits), folder
    return lowest


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _stat(path: Path) -> dict[str, Any]:
    try:
        rows = (line.split() for line in path.read_text().splitlines())
        return {row[0]: int(row[1]) for row in rows if len(row) == 2}
    except (OSError, ValueError):
        return {}
