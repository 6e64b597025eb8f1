"""All that may be shown of one process: its whole command line, its folder, its parent; never its environment."""

from collections.abc import Callable
from typing import Any

from hfterm.errors import NotFoundError
from hfterm.processes import is_alive, redact_command


def particulars(pid: int, started: float | None = None) -> dict[str, Any]:
    """Look at process ``pid``, the one that began at ``started`` (unix seconds; None: whichever has the number).

    ``command`` (the whole line, without secrets), ``cwd``, ``executable``, ``state`` (a word), ``threads``,
    ``cpu_seconds``, ``nice``, ``terminal``, ``parent`` (a pid) and ``parent_command``; None for what this user may
    not see.

    Raises:
        NotFoundError: it has ended, or cannot be seen from here.
    """
    import psutil

    try:
        process = psutil.Process(pid)
    except (psutil.Error, ValueError, OverflowError):
        raise _gone(pid) from None
    if not is_alive(pid, started):
        raise _gone(pid)
    with process.oneshot():
        times, argv = _ask(process.cpu_times), _ask(process.cmdline)
        parent = _ask(process.ppid)
        found = {
            "command": redact_command(argv) if argv else _ask(process.name),
            "cwd": _ask(process.cwd),
            "executable": _ask(process.exe) or None,
            "state": _ask(process.status),
            "threads": _ask(process.num_threads),
            "cpu_seconds": times.user + times.system if times else None,
            "nice": _ask(process.nice),
            "terminal": _ask(getattr(process, "terminal", lambda: None)),
            "parent": parent,
            "parent_command": _command(parent) if parent else None,
        }
    if found["state"] is None and not is_alive(pid, started):  # it has ended meanwhile
        raise _gone(pid)
    return found


def _gone(pid: int) -> NotFoundError:
    return NotFoundError(f"no process {pid} can be seen from here: it has ended, or it runs outside this container")


def _ask(call: Callable[[], Any]) -> Any:
    """What the system answers; None when it does not tell."""
    import psutil

    try:
        return call()
    except (psutil.Error, OSError, KeyError):
        return None


def _command(pid: int) -> str | None:
    import psutil

    try:
        process = psutil.Process(pid)
    except psutil.Error:
        return None
    argv = _ask(process.cmdline)
    return redact_command(argv) if argv else _ask(process.name)
