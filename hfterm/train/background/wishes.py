"""What a user asks of a run beside its recipe: when it begins, what follows its end, where it lives."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from hfterm.errors import UsageError
from hfterm.runs import valid_name

# A trainer that is watched over finds its run's name here; its own options of this kind are then not for it.
VARIABLE = "_HFTERM_SUPERVISED"
# Set beside it where nobody is at a terminal: what has no files of its own writes to its run's log then.
APART = "_HFTERM_APART"


@dataclass(frozen=True)
class Wishes:
    """``after`` are runs that must be done, ``after_any`` runs that must have ended; ``when_free`` is an amount of
    memory (see :func:`hfterm.monitor.sizes.amount`) that each of ``gpus`` devices must have; ``notify`` a command
    line for the shell; ``retries`` how often a run that crashed is resumed.
    """

    detach: bool = False
    after: tuple[str, ...] = ()
    after_any: tuple[str, ...] = ()
    when_free: str | None = None
    gpus: int = 1
    notify: str | None = None
    retries: int = 0

    @property
    def any(self) -> bool:
        """Whether another process is to watch over the run."""
        return bool(self.detach or self.waits or self.notify or self.retries)

    @property
    def waits(self) -> bool:
        """Whether it does not begin at once."""
        return bool(self.after or self.after_any or self.when_free)

    def check(self, name: str) -> "Wishes":
        """These wishes with the names of runs as they are, for a run called ``name``.

        Raises:
            UsageError: a name could not be a run's, the run would wait for itself, or the amount is none.
        """
        if self.when_free is not None:
            from hfterm.monitor.sizes import amount

            amount(self.when_free)
        after, after_any = (tuple(dict.fromkeys(map(valid_name, those))) for those in (self.after, self.after_any))
        if name in (*after, *after_any):
            raise UsageError(f"run {name!r} cannot wait for itself")
        return Wishes(**{**asdict(self), "after": after, "after_any": after_any})


@dataclass(frozen=True)
class Order:
    """All that a supervisor needs: the run's name, method and model, the trainer's command line, the wishes.

    ``stdin`` is the file with the records that were piped in; None where there were none. ``again`` are words that
    come to the command line from the second life on, ``cwd`` is the folder it runs in (None: the current one).
    """

    name: str
    method: str
    model: str
    argv: tuple[str, ...]
    wishes: Wishes = field(default_factory=Wishes)
    stdin: str | None = None
    again: tuple[str, ...] = ("--resume",)
    cwd: str | None = None

    @property
    def command(self) -> tuple[str, ...]:
        """The command line as one would type it."""
        start = self.argv.index("hfterm") if "hfterm" in self.argv else 0
        return self.argv[start:]

    def to_text(self) -> str:
        """For a supervisor in another process. It may hold secrets: it is handed over in the environment alone."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "Order":
        """What :meth:`to_text` wrote."""
        values: dict[str, Any] = json.loads(text)
        wishes: dict[str, Any] = values.pop("wishes")
        wishes |= {key: tuple(wishes[key]) for key in ("after", "after_any")}
        words = {key: tuple(values[key]) for key in ("argv", "again")}
        return cls(**{**values, **words}, wishes=Wishes(**wishes))


def without(argv: Sequence[str], drop: Mapping[str, int], others: Mapping[str, int]) -> list[str]:
    """A command line without some options.

    ``drop`` and ``others`` have how many words follow each option (``--after``: 1, ``-d``: 0); words after ``--``
    are no options.
    """
    kept: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            return [*kept, word, *words]
        name, equals, _ = word.partition("=")
        if word.startswith("--") and (name in drop or name in others):
            values = [] if equals else [next(words, "") for _ in range({**others, **drop}[name])]
            kept += [] if name in drop else [word, *values]
        elif word.startswith("-") and len(word) > 1 and not word.startswith("--"):
            kept += _short(word, words, drop, others)
        else:
            kept.append(word)
    return kept


def _short(word: str, words: Any, drop: Mapping[str, int], others: Mapping[str, int]) -> list[str]:
    """What is left of a word of short options, with the word that the last of them takes."""
    left, letters = "", word[1:]
    for at, letter in enumerate(letters, 1):
        option = f"-{letter}"
        takes = {**others, **drop}.get(option, 0)
        if takes == 0:
            left += "" if option in drop else letter
            continue
        value = [letters[at:]] if letters[at:] else [next(words, "")]
        if option in drop:
            return [f"-{left}"] if left else []
        return [f"-{left}{letter}{value[0]}"] if letters[at:] else [f"-{left}{letter}", *value]
    return [f"-{left}"] if left else []
