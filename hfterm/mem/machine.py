"""The GPUs that a plan is for: as told in words, or those of this machine."""

import re
from dataclasses import dataclass

from hfterm.errors import UsageError

_WORDS = re.compile(r"(?:(\d+)\s*[x*]\s*)?(\d+(?:\.\d+)?)\s*([mgt])(i?b)?", re.IGNORECASE)
_POWERS = {"m": 2, "g": 3, "t": 4}
HERE = ("here", "this machine", "auto")


@dataclass(frozen=True)
class Gpus:
    """``count`` GPUs of ``each`` bytes; ``host`` bytes of main memory beside them, None where it is not known."""

    count: int
    each: int
    host: int | None = None
    name: str | None = None

    def __str__(self) -> str:
        return f"{self.count}x{self.each / 2**30:.4g}G"


def parse(text: str, host: str | None = None) -> Gpus:
    """Read ``4x80G``, ``80G`` or ``here``. 80G are 80 GiB, as nvidia-smi counts; 80GB are 10^9 bytes each.

    Raises:
        UsageError: it is none of these, or this machine has no GPU.
    """
    if text.strip().lower() in HERE:
        found = here()
        if found is None:
            raise UsageError("this machine has no GPU", "say for which to plan, such as --gpus 4x80G")
        return found if host is None else Gpus(found.count, found.each, size(host), found.name)
    match = _WORDS.fullmatch(text.strip())
    if not match or not int(match[1] or 1) or not float(match[2]):
        raise UsageError(f"--gpus {text}: not a number of GPUs and their memory", "write 80G, 4x80G, or here")
    return Gpus(int(match[1] or 1), _bytes(match[2], match[3], match[4]), size(host) if host else None)


def size(text: str) -> int:
    """Bytes of ``64G`` (GiB) or ``64GB`` (10^9 bytes).

    Raises:
        UsageError: it is neither.
    """
    match = _WORDS.fullmatch(text.strip())
    if not match or match[1] or not float(match[2]):
        raise UsageError(f"not an amount of memory: {text!r}", "write 64G (GiB) or 64GB (10^9 bytes)")
    return _bytes(match[2], match[3], match[4])


def _bytes(number: str, unit: str, b: str | None) -> int:
    base = 1000 if (b or "").lower() == "b" else 1024
    return round(float(number) * float(base ** _POWERS[unit.lower()]))


def here() -> Gpus | None:
    """The GPUs of this machine that a program may see; of several sizes the smallest counts. None: there is none."""
    import psutil

    from hfterm.monitor.survey import survey

    seen = [g for g in survey(cpu_interval=None).gpus if g.get("visible") is not False and g.get("memory_total")]
    whole = [g for g in seen if g.get("mig") is None] or seen
    if not whole:
        return None
    least = min(whole, key=lambda g: int(g["memory_total"]))
    return Gpus(len(whole), int(least["memory_total"]), int(psutil.virtual_memory().total), least.get("name"))
