"""Clocks and processes: what tells a process that lives from one that is gone."""

import contextlib
import os
import re
import shlex
import socket
import sys
from collections.abc import Iterable, Mapping, Sequence
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
    "authorization",
    "credential",
    "credentials",
}
# A name before its value in an object: JSON, JSON in a string of JSON (its quotes escaped), as Python or YAML write it.
_NAME = re.compile(
    r"""(?:(?P<mark>\\{0,15}["'])|(?<=[{,])\s{0,8})(?P<name>[A-Za-z_][\w.-]{0,80})(?(mark)(?P=mark))\s{0,8}:\s{0,8}"""
)
_MARK = re.compile(r"""\\{0,15}["']""")
_QUOTED = {'"': re.compile(r'"(?:\\.|[^"\\])*"?', re.DOTALL), "'": re.compile(r"'(?:\\.|[^'\\])*'?", re.DOTALL)}
_BARE = re.compile(r"[^\s,}\]]*")
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


def redact_object(value: Any) -> Any:
    """``value`` with tokens and passwords blanked out, at any depth."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        secret = re.compile(r"(?i)((hub|hf|access|auth)_token|password|secret|api_?key)$")
        return {
            k: "***" if v and isinstance(v, str) and secret.search(str(k)) else redact_object(v)
            for k, v in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact_object(v) for v in value]
    return value


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
        shown.append(_without_secrets(word) if "{" in word and ":" in word else word)
    return shown


def _is_secret(name: str) -> bool:
    if _HARMLESS.search(name) or not re.fullmatch(r"--?[A-Za-z][\w.-]*|[A-Za-z_]\w*", name):
        return False
    return _says_secret(name.lstrip("-"))


def _says_secret(name: str) -> bool:
    """Whether a name has a word for a secret: ``hub_token``, ``api-key``, ``apiKey``."""
    return not _SECRET_WORDS.isdisjoint(re.split(r"[-_.]", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()))


def _without_secrets(word: str) -> str:
    """A word that may hold JSON, whole or cut off, with the values of secret names blanked out."""
    parts, at = list[str](), 0
    while (found := _NAME.search(word, at)) is not None:
        begin, end = found.end(), found.end()
        if _says_secret(found["name"]) and not _HARMLESS.search(found["name"]):
            end = _value_end(word, begin, found["name"])
        mark = _MARK.match(word, begin, end)
        quote = mark[0] if mark else ""
        parts += [word[at:begin], f"{quote}***{quote}" if end > begin else ""]
        at = max(end, found.end())
    return "".join([*parts, word[at:]])


def _value_end(word: str, at: int, name: str) -> int:
    """Where the value at ``at`` ends: a text in quotes, a list up to its first end, a bare word. ``at`` where it is
    none to hide: an object (its own names say), a number, true or null.
    """
    if (mark := _MARK.match(word, at)) is not None:
        if (quoted := _QUOTED.get(mark[0])) is not None and (found := quoted.match(word, at)) is not None:
            return found.end()
        end = word.find(mark[0], mark.end())
        return len(word) if end < 0 else end + len(mark[0])
    if word.startswith("{", at):
        return at
    if word.startswith("[", at):
        end = word.find("]", at)
        return len(word) if end < 0 else end + 1
    bare = _BARE.match(word, at)
    text = bare[0] if bare is not None else ""
    if text.casefold() in ("true", "false", "null", "none") or (
        text.replace(".", "").isdecimal() and "pass" not in name.casefold()
    ):
        return at
    return at + len(text)
