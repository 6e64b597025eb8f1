"""The processes on the GPUs: whose, what, since when, and which training run."""

import re
import shlex
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hfterm.processes import iso
from hfterm.text import redact

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


def processes() -> list[dict[str, Any]]:
    """One record for each process and GPU it uses.

    ``gpu`` is a record's ``device``; ``memory`` is bytes of the GPU's memory; ``since`` ISO 8601 UTC; ``run``
    the name of the training run it belongs to. What this user may not see is None, as are the details
    of a process outside this container.

    Raises:
        HftermError: the driver fails. AccessError: not permitted.
    """
    from hfterm.monitor import amd, nvidia

    found = nvidia.processes() + amd.processes()
    runs = _runs() if found else {}
    return [{**row, **_details(row["pid"]), "run": _run_of(row["pid"], runs)} for row in found]


def _details(pid: int) -> dict[str, Any]:
    import psutil

    def get(name: str) -> Any:
        try:
            return getattr(process, name)()
        except (psutil.Error, OSError, KeyError):
            return None

    try:
        process = psutil.Process(pid)
    except psutil.Error:
        return {"user": None, "command": None, "since": None}
    argv, began = get("cmdline"), get("create_time")
    return {
        "user": get("username"),
        "command": redact_command(argv) if argv else get("name"),
        "since": iso(datetime.fromtimestamp(began, UTC)) if began else None,
    }


def redact_command(argv: Sequence[str]) -> str:
    """A command line as one would type it, with the values of ``--token``, ``API_KEY=`` and the like blanked out."""
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
        shown.append(word if word.endswith("***") else shlex.quote(word))
    return redact(" ".join(shown))


def _is_secret(name: str) -> bool:
    if _HARMLESS.search(name) or not re.fullmatch(r"--?[A-Za-z][\w.-]*|[A-Za-z_]\w*", name):
        return False
    return not _SECRET_WORDS.isdisjoint(re.split(r"[-_.]", name.lower().lstrip("-")))


def _runs() -> dict[int, str]:
    """Names of the runs at work on this machine, by the pid of their process."""
    from hfterm.runs import all_runs

    found = {}
    for run in all_runs():
        status = run.status()
        pid = status.get("pid")
        if isinstance(pid, int) and run.state(status) == "running":
            found[pid] = run.name
    return found


def _run_of(pid: int, runs: Mapping[int, str]) -> str | None:
    """The run of a process or of one of its ancestors (a launcher starts one worker for each GPU)."""
    import psutil

    if not runs:
        return None
    try:
        family = [pid, *(p.pid for p in psutil.Process(pid).parents())]
    except psutil.Error:
        family = [pid]
    return next((runs[p] for p in family if p in runs), None)
