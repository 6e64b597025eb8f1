"""Clocks and processes: what tells a process that lives from one that is gone."""

import contextlib
import os
import re
import socket
import sys
from collections.abc import Iterable
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


def environment(libraries: Iterable[str]) -> dict[str, Any]:
    """What a result depends on: our command line, versions, and the git commit of the current folder."""
    import platform
    import subprocess
    from importlib import metadata

    versions = {"python": platform.python_version()}
    for name in ("hfterm", *libraries):
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    facts: dict[str, Any] = {"command": list(sys.argv), "cwd": str(Path.cwd()), "versions": versions}
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        asked = ["git", "rev-parse", "HEAD"]
        found = subprocess.run(asked, capture_output=True, text=True, timeout=5, stdin=subprocess.DEVNULL)
        if found.returncode == 0:
            facts["git_commit"] = found.stdout.strip()
    return facts
