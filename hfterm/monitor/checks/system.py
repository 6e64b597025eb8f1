"""Memory, processors and the limits that a container or shell sets."""

import os
from pathlib import Path

from hfterm.monitor import host
from hfterm.monitor.checks import Check
from hfterm.text import human_bytes

GROUP = "System"
LITTLE_MEMORY = 4 << 30
LITTLE_SHARED = 1 << 30
FEW_FILES = 1024


def checks() -> list[Check]:
    """Rows of this subject."""
    return [_memory(), _processors(), *_files(), *_shared()]


def _memory() -> Check:
    now = host.record(interval=None)
    limit, _ = host.memory_limit()
    value = f"{human_bytes(now['memory_free'])} free of {human_bytes(now['memory_total'])}"
    detail = "a limit of the container or job" if limit == now["memory_total"] else None
    if now["memory_free"] < LITTLE_MEMORY:
        return Check(GROUP, "memory", "warn", value, detail, "close other programs, or choose small models")
    return Check(GROUP, "memory", "ok", value, detail)


def _processors() -> Check:
    import psutil

    total, limit = psutil.cpu_count() or 1, host.cpu_limit()
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else total
    if limit is not None and limit < usable:
        detail = f"the container or job gets the time of {limit:g}"
        return Check(GROUP, "processors", "info", f"{usable}", detail, f"export OMP_NUM_THREADS={max(1, round(limit))}")
    bound = f"of {total}, by this process's affinity" if usable < total else None
    return Check(GROUP, "processors", "ok", str(usable), bound)


def _files() -> list[Check]:
    try:
        import resource
    except ImportError:
        return []
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    value = "unlimited" if soft == resource.RLIM_INFINITY else str(soft)
    if soft != resource.RLIM_INFINITY and soft < FEW_FILES:
        more = "unlimited" if hard == resource.RLIM_INFINITY else hard
        return [Check(GROUP, "open files", "warn", value, "large data sets and servers need more", f"ulimit -n {more}")]
    return [Check(GROUP, "open files", "ok", value)]


def _shared(path: Path = Path("/dev/shm")) -> list[Check]:
    try:
        disk = os.statvfs(path)
    except OSError:
        return []
    size = disk.f_blocks * disk.f_frsize
    if size < LITTLE_SHARED:
        detail = "data loaders with several workers need more"
        return [
            Check(GROUP, "shared memory", "warn", human_bytes(size), detail, "start the container with --shm-size=8g")
        ]
    return [Check(GROUP, "shared memory", "ok", human_bytes(size))]
