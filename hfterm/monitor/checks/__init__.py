"""The checks of ``hfterm doctor``, one module a subject.

A check is a function that returns :class:`Check` rows. It may take its time but never asks, prints or
raises for what it finds: a problem is a row with a remedy.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["ok", "info", "warn", "fail"]


@dataclass(frozen=True)
class Check:
    """One finding. ``fail`` stops hfterm from working, ``warn`` some of it, ``info`` is good to know."""

    group: str
    name: str
    status: Status
    value: str | None = None
    detail: str | None = None
    remedy: str | None = None

    def record(self) -> dict[str, Any]:
        """The check as plain data."""
        return asdict(self)
