"""Clocks and processes: what tells a process that lives from one that is gone."""

import contextlib
import os
import re
import shlex
import socket
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hfterm.text import redact

# Two readings of when one process began differ by less: the clock may have been set in between.
SAME_START_SECONDS = 3.0
# The inode of the first PID namespace (PROC_PID_INIT_INO in Linux's proc_ns.h).
_FIRST_PID_NAMESPACE = 0xEFFFFFFC

_SECRET_WORDS = {
    "token",
    "key",
    "apikey",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "auth",
    "credential",
    "credentials",
}
# Words that look secret but never are: tokenizers' and trainers' settings.
_HARMLESS = re.compile(r"(?i)(bos|eos|pad|unk|mask|cls|sep|image|special)[-_]token|(primary|sort|sig|text)[-_]key")


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
        if boot := boot_time():
            return boot + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        if Path("/proc/self/stat").exists():
            return None
    try:
        import psutil

        return float(psutil.Process(pid).create_time())
    except Exception:
        return None


def boot_time() -> float | None:
    """When this machine was started (unix seconds); None where that cannot be told cheaply."""
    with contextlib.suppress(OSError, ValueError), open("/proc/stat", "rb") as stream:
        for line in stream:
            if line.startswith(b"btime "):
                return float(line.split()[1])
    return None


def is_alive(pid: Any, started: float | None = None) -> bool:
    """Whether process ``pid`` lives and is the one that began at ``started`` (None: whichever has the number)."""
    began = process_start(pid) if isinstance(pid, int) and pid > 0 else None
    return began is not None and (started is None or abs(began - started) < SAME_START_SECONDS)


def numbered_apart() -> bool:
    """Whether processes are numbered otherwise here than on the machine itself, as in a container."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino != _FIRST_PID_NAMESPACE
    except OSError:
        return False


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


def redact_command(argv: Sequence[str]) -> str:
    """A command line as one would type it, with the values of ``--token``, ``API_KEY=`` and the like blanked out."""
    return redact(" ".join(word if word.endswith("***") else shlex.quote(word) for word in _blanked(argv)))


def redact_words(argv: Sequence[str]) -> list[str]:
    """The words of a command line, secrets blanked out as in :func:`redact_command`."""
    return [redact(word) for word in _blanked(argv)]


def _blanked(argv: Sequence[str]) -> list[str]:
    shown, hide_next = [], False
    for word in argv:
        name, equals, value = word.partition("=")
        if hide_next and not word.startswith("-"):
            word, hide_next = "***", False
        elif _is_secret(name):
            if equals and value:
                word = f"{name}=***"
            hide_next = name.startswith("-") and not equals
        else:
            hide_next = False
        shown.append(word)
    return shown


def _is_secret(name: str) -> bool:
    if _HARMLESS.search(name) or not re.fullmatch(r"--?[A-Za-z][\w.-]*|[A-Za-z_]\w*", name):
        return False
    return not _SECRET_WORDS.isdisjoint(re.split(r"[-_.]", name.lower().lstrip("-")))
