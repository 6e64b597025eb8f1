"""Why and when a run ended, in one sentence with the way on."""

import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hfterm.errors import one_line
from hfterm.processes import boot_time
from hfterm.text import redact

# Exit codes of a run that was asked to stop.
_STOPPED_BY = {130: "interrupted by Ctrl-C", 137: "killed on request", 143: "stopped by a signal"}


def sentence(name: str, state: str, status: Mapping[str, Any], *, resumable: bool = True) -> str | None:
    """The sentence for a run of this ``state`` and ``status.json``; None of one that is at work or done.

    ``resumable``: what is needed to go on is there.
    """
    told = {"failed": _failed, "stopped": _stopped, "lost": _lost}.get(state)
    if state == "lost" and status.get("state") == "queued":
        return f"lost before it began: its process {status.get('pid')} on {status.get('host')} is gone; start it anew"
    if state == "damaged":
        return "damaged: its run.json or status.json cannot be read; look into its folder, or remove it"
    if told is None:
        return None
    return told(status) + (f"; resume it with 'hfterm train resume {name}'" if resumable else "")


def when(moment: Any) -> str:
    """An ISO 8601 moment for reading, in UTC to the second: ``2026-11-23 08:12:03Z``."""
    try:
        return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    except (TypeError, ValueError):
        return "at an unknown time"


def _at(status: Mapping[str, Any]) -> str:
    step, most = status.get("step"), status.get("max_steps")
    if not isinstance(step, int):
        return "before its first step"
    return f"at step {step} of {most}" if isinstance(most, int) else f"at step {step}"


def _failed(status: Mapping[str, Any]) -> str:
    why = redact(one_line(status.get("error") or "no reason was written down"))
    return f"failed: {why} ({when(status.get('ended'))}, {_at(status)})"


def _stopped(status: Mapping[str, Any]) -> str:
    why = _STOPPED_BY.get(status.get("exit_code") or 0, "stopped")
    return f"{why} {when(status.get('ended'))}, {_at(status)}"


def _lost(status: Mapping[str, Any]) -> str:
    heartbeat, host = status.get("heartbeat"), status.get("host") or "an unknown machine"
    here = host == socket.gethostname()
    process = f"its process {status.get('pid')} on {host}"
    if not here:
        why = f"nothing is heard of {process}"
    elif _restarted_since(status.get("process_started")):
        why = f"{process} is gone: the machine was restarted"
    else:
        why = f"{process} is gone, killed or crashed"
    return f"lost: {why}; last sign of life {when(heartbeat)}, {_at(status)}"


def _restarted_since(started: Any) -> bool:
    boot = boot_time()
    return boot is not None and isinstance(started, int | float) and started < boot - 1
