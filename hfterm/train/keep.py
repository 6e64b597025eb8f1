"""Which checkpoints stay: the policy behind ``--keep``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hfterm.errors import UsageError

DEFAULT = "best,2"
_HINT = "give best, last, a number of newest ones, every:STEPS, or all, with commas between"


@dataclass(frozen=True)
class Keep:
    """Which checkpoints stay: the ``newest`` ones (at least one: a run goes on from it), the best, each at a
    multiple of ``every`` steps, or all.
    """

    newest: int = 1
    best: bool = False
    every: int | None = None
    all: bool = False

    def stay(self, steps: Iterable[int], best: int | None) -> set[int]:
        """The steps whose checkpoints stay; ``best`` is the step of the best one."""
        ordered = sorted(steps)
        if self.all:
            return set(ordered)
        stay = set(ordered[-self.newest :])
        if self.best and best is not None:
            stay.add(best)
        if self.every is not None:
            stay.update(step for step in ordered if step % self.every == 0)
        return stay & set(ordered)


def parse(text: str) -> Keep:
    """The policy that words mean, such as ``best,3``.

    Raises:
        UsageError: a word is none of them.
    """
    newest, best, every, everything = 1, False, None, False
    words = [word.strip().lower() for word in str(text).split(",")]
    for word in words:
        if word == "best":
            best = True
        elif word == "all":
            everything = True
        elif word.isascii() and word.isdecimal() and int(word) > 0:
            newest = max(newest, int(word))
        elif (match := re.fullmatch(r"every:0*([1-9][0-9]*)", word)) and every is None:
            every = int(match[1])
        elif word != "last":
            raise UsageError(f"--keep {text}: cannot keep {word!r}", _HINT)
    return Keep(newest, best, every, everything)
