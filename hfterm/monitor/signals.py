"""Send a signal to a process that was seen on a screen: to that one, never to another that has its number by now."""

import contextlib
import os
import signal

from hfterm.errors import AccessError, NotFoundError, UsageError
from hfterm.processes import is_alive, numbered_apart

# What each asks for, in the words of a menu.
SIGNALS = {
    "INT": "interrupt, as Ctrl-C does",
    "TERM": "end; a training run saves a checkpoint first",
    "KILL": "end at once; nothing is saved",
}


def send(pid: int, name: str, *, started: float | None) -> None:
    """Send ``INT``, ``TERM`` or ``KILL`` to process ``pid``, which began at ``started`` (unix seconds, None: unknown).

    Raises:
        UsageError: another signal. AccessError: not permitted, or not to be stopped from here.
        NotFoundError: the process has ended, or cannot be seen from here.
    """
    if name not in SIGNALS:
        raise UsageError(f"no such signal {name!r}", f"choose from {', '.join(SIGNALS)}")
    if pid <= 1:
        raise AccessError(f"process {pid} runs the whole machine or container; hfterm does not stop it")
    if pid == os.getpid():
        raise AccessError(f"process {pid} is hfterm itself", "press Q to quit")
    number = getattr(signal, f"SIG{name}")
    try:
        if not hasattr(os, "pidfd_open"):
            _check(pid, started)
            os.kill(pid, number)
            return
        # A handle on the process, so that its number cannot pass to another between the check and the signal.
        handle = os.pidfd_open(pid)
        try:
            _check(pid, started)
            signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)
    except ProcessLookupError:
        raise _gone(pid) from None
    except PermissionError:
        raise AccessError(f"not permitted: process {pid} is {_owner(pid)}", "ask them, or use sudo") from None


def _check(pid: int, started: float | None) -> None:
    if not is_alive(pid):
        raise _gone(pid)
    if not is_alive(pid, started):
        raise NotFoundError(f"process {pid} has ended; its number belongs to another process now")


def _gone(pid: int) -> NotFoundError:
    if numbered_apart():
        return NotFoundError(
            f"no process {pid} in this container: it has ended, or it runs outside", "stop it on the machine itself"
        )
    return NotFoundError(f"no process {pid}: it has ended")


def _owner(pid: int) -> str:
    import psutil

    with contextlib.suppress(psutil.Error, OSError, KeyError):
        return f"{psutil.Process(pid).username()}'s"
    return "somebody else's"
