"""How much memory a user asks for, in words."""

import re
from dataclasses import dataclass

from hfterm.errors import UsageError
from hfterm.text import human_bytes

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?b)?", re.IGNORECASE)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


@dataclass(frozen=True)
class Amount:
    """An amount of a device's memory: ``bytes``, or a ``percent`` of what the device has."""

    bytes: int | None = None
    percent: float | None = None

    def of(self, total: int) -> int:
        """The amount in bytes on a device with ``total`` bytes."""
        return self.bytes if self.bytes is not None else round(total * (self.percent or 0) / 100)

    def __str__(self) -> str:
        return human_bytes(self.bytes) if self.bytes is not None else f"{self.percent:g} %"


def amount(text: str) -> Amount:
    """Read ``40G`` (40 GiB, as nvidia-smi counts; so do ``40GiB`` and ``40960M``), ``40GB`` (40e9 bytes), ``90%``.

    Raises:
        UsageError: it is none of these.
    """
    if match := _PERCENT.fullmatch(text.strip()):
        percent = float(match[1])
        if percent <= 100:
            return Amount(percent=percent)
    elif match := _SIZE.fullmatch(text.strip()):
        base = 1000 if match[2] and (match[3] or "").lower() == "b" else 1024
        return Amount(bytes=round(float(match[1]) * base ** _POWERS[match[2].lower()]))
    raise UsageError(f"not an amount of memory: {text!r}", "write 40G (GiB), 500M, 40GB (10^9 bytes) or 90%")
