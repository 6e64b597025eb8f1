"""How an answer is drawn, checked in one place for every engine."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from hfterm.errors import UsageError

MAX_NEW_TOKENS = 512
# What the random generators of torch and of the servers take.
_MAX_SEED = 2**63 - 1


@dataclass(frozen=True)
class Sampling:
    """The defaults are greedy, so that scripts repeat.

    ``temperature`` 0 takes the likeliest token always; ``top_p`` is the share of the probability mass
    that tokens are drawn from; ``seed`` makes a drawn answer repeatable (None: another one each time).

    Raises:
        UsageError: a number is out of range.
    """

    max_new_tokens: int = MAX_NEW_TOKENS
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None

    def __post_init__(self) -> None:
        if not (self.temperature >= 0 and math.isfinite(self.temperature)):
            raise UsageError(f"temperature must be 0 or more, not {self.temperature:g}")
        if not 0 < self.top_p <= 1:
            raise UsageError(f"top_p must be above 0 and at most 1, not {self.top_p:g}")
        if self.max_new_tokens < 1:
            raise UsageError(f"max_new_tokens must be 1 or more, not {self.max_new_tokens}")
        if self.seed is not None and not 0 <= self.seed <= _MAX_SEED:
            raise UsageError(f"seed must be between 0 and {_MAX_SEED}, not {self.seed}")

    def as_dict(self) -> dict[str, Any]:
        """The numbers by name."""
        return asdict(self)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Sampling":
        """From numbers by name; names it does not know are passed over.

        Raises:
            UsageError: a number is out of range.
        """
        return cls(**{name: values[name] for name in NAMES if name in values})

    def changed(self, name: str, text: str) -> "Sampling":
        """The same with one number as a user types it: ``changed("temperature", "0.7")``, ``("seed", "none")``.

        Raises:
            UsageError: no such name, no number, or out of range.
        """
        name = name.strip().lower().lstrip("-").replace("-", "_")
        if name not in NAMES:
            raise UsageError(f"no such setting {name!r}", f"choose {', '.join(NAMES)}")
        text = text.strip()
        if name == "seed" and text.lower() in ("", "none", "off", "random"):
            return replace(self, seed=None)
        try:
            value = int(text) if name in ("max_new_tokens", "seed") else float(text)
        except ValueError:
            kind = "a whole number" if name in ("max_new_tokens", "seed") else "a number"
            raise UsageError(f"{name} must be {kind}, not {text!r}") from None
        changes: dict[str, Any] = {name: value}
        return replace(self, **changes)


NAMES = tuple(field.name for field in fields(Sampling))
