"""A file of hosts, one a line: ``node1 slots=8``; what it says of a launch on them."""

import re
from dataclasses import dataclass
from pathlib import Path

from hfterm.errors import ConfigError

# A name or address, a user before it; nothing that ssh would take for an option.
_HOST = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?(?:[A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.%]+\])")
_LOCAL = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Host:
    """One machine. ``slots``: how many processes it takes; None: as many as it has GPUs."""

    name: str
    slots: int | None = None

    @property
    def address(self) -> str:
        """Its name without the user."""
        return self.name.rpartition("@")[2].strip("[]")


def read(path: Path) -> list[Host]:
    """The hosts of a file as mpirun and DeepSpeed write it: ``NAME [slots=N]``, ``#`` begins a comment.

    Raises:
        OSError: it cannot be read. ConfigError: it holds no host, or a line is wrong.
    """
    found: list[Host] = []
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as exc:
        raise ConfigError(f"cannot read {path}: it is not text") from exc
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        slots = None
        for word in words[1:]:
            key, _, value = word.partition("=")
            if key not in ("slots", "max_slots", "max-slots") or not (value.isascii() and value.isdecimal()):
                raise ConfigError(f"{path}, line {number}: {word!r} is not slots=N")
            slots = int(value) if key == "slots" else slots
        if not _HOST.fullmatch(words[0]):
            raise ConfigError(f"{path}, line {number}: {words[0]!r} is no host name")
        if slots == 0:
            raise ConfigError(f"{path}, line {number}: a host with no slots takes no processes", "leave the line out")
        if words[0] in (host.name for host in found) and words[0] not in _LOCAL:
            raise ConfigError(f"{path}, line {number}: {words[0]} is named twice", "give slots=N once")
        found.append(Host(words[0], slots))
    if not found:
        raise ConfigError(f"{path} names no host", "write one a line: NAME slots=N")
    if len({host.slots for host in found}) > 1:
        raise ConfigError(f"{path}: every host needs the same number of slots", "the processes are shared out evenly")
    return found
