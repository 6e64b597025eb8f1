"""Clocks and processes: what tells a process that lives from one that is gone."""

import os
import re
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def now() -> str:
    """The time, ISO 8601 UTC to the millisecond."""
    return iso(datetime.now(UTC))


def iso(moment: datetime) -> str:
    """A moment (UTC) as text, ISO 8601 to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def process_start(pid: int) -> float | None:
    """When process ``pid`` began (unix seconds, to about a second), or None when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        if fields[0] in "ZX":  # ended, only not yet collected by its parent
            return None
        ticks = int(fields[19])
        boot = re.search(r"^btime (\d+)", Path("/proc/stat").read_text(), re.M)
        if boot:
            return int(boot[1]) + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        if Path("/proc/self/stat").exists():
            return None
    try:
        import psutil

        return float(psutil.Process(pid).create_time())
    except Exception:
        return None


def this_process() -> dict[str, Any]:
    """Who we are, as a status file keeps it: pid, process_started, host, heartbeat."""
    pid = os.getpid()
    return {"pid": pid, "process_started": process_start(pid), "host": socket.gethostname(), "heartbeat": now()}


def seconds_since(moment: str) -> float:
    """Seconds since an ISO 8601 moment; infinite when it cannot be read."""
    try:
        return (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    except (TypeError, ValueError):
        return float("inf")
