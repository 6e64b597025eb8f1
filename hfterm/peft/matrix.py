"""Which method does which task, and merges: what came out when each was tried, by :mod:`hfterm.peft.trial`.

``matrix.json`` beside this file holds the outcome for one version of PEFT, told in it; ``python -m hfterm.peft.matrix >
hfterm/peft/matrix.json`` makes it again (a minute). Of another version of PEFT nothing is known until :func:`again`
has tried it here.
"""

import functools
import json
import re
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import apart
from hfterm.peft import kept

FILE = Path(__file__).with_name("matrix.json")
# What a try of these fails for is this machine, not the method.
_MACHINE = re.compile(r"CUDA|please install it|not compiled")


class Facts(NamedTuple):
    """What is known of a method. ``tasks`` trains, saves and comes back; ``merges`` those of them that merge exactly.

    ``fails`` and ``unmerged`` say why not, by task. ``tasks`` None: it could not be tried.
    """

    tasks: list[str] | None
    merges: list[str]
    fails: dict[str, str]
    unmerged: dict[str, str]

    @property
    def mergeable(self) -> bool | None:
        """True on every task, False on none, None: it depends on the model, or is not known."""
        return bool(self.merges) if bool(self.merges) != bool(self.unmerged) else None


def installed() -> str:
    """The installed version of PEFT."""
    return metadata.version("peft")


def of(method: str) -> Facts | None:
    """The facts of a method of the installed PEFT; None where that version was not tried."""
    found = _table(installed())
    row = (found or {}).get(method.lower().replace("-", "_"))
    return Facts(row.get("tasks"), row["merges"], row["fails"], row["unmerged"]) if row else None


def known() -> bool:
    """Whether the installed PEFT was tried."""
    return _table(installed()) is not None


@functools.cache
def _table(version: str) -> dict[str, Any] | None:
    for told in (_shipped(), kept.get("tried")):
        if told and told["versions"]["peft"] == version:
            methods: dict[str, Any] = told["methods"]
            return methods
    return None


def _shipped() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def again() -> None:
    """Try every method of the installed PEFT now, in a process of its own, and keep the outcome: a minute or two.

    Raises:
        HftermError: PEFT cannot be imported. MissingExtraError.
    """
    kept.versions()
    kept.put(kept.ask("hfterm.peft.matrix"), "tried")
    _table.cache_clear()


def measure() -> dict[str, Any]:
    """Try every method on every task."""
    import torch

    from hfterm.inference.quiet import hush
    from hfterm.peft import methods, trial

    hush()
    torch.set_num_threads(1)
    found: dict[str, Any] = {}
    for method in methods.names():
        outcomes = {task: trial.attempt(method, task) for task in trial.TASKS}
        trained = [task for task, one in outcomes.items() if not one.trains]
        fails = {task: one.trains for task, one in outcomes.items() if one.trains}
        found[method] = {
            "tasks": None if fails and all(_MACHINE.search(why) for why in fails.values()) else trained,
            "merges": [task for task in trained if not outcomes[task].merges],
            "fails": fails,
            "unmerged": {task: one.merges for task, one in outcomes.items() if one.learned and one.merges},
        }
    return {"versions": kept.versions(), "methods": found}


if __name__ == "__main__":
    apart.answer(measure)
