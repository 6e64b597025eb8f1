"""What the installed PEFT can do: every method, what it is, what it is for, whether it merges and whether it runs here.

What PEFT's classes tell is read once for each set of versions, by a process of its own; what nothing tells (tasks,
merging) was tried, see :mod:`hfterm.peft.matrix`.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hfterm import extras
from hfterm.peft import kept, matrix, methods, read

# LoRA on weights that are loaded in 4 bits: not a setting of PEFT's, but known as a method.
QLORA = {
    "method": "qlora",
    "about": "LoRA on weights that are kept in 4 bits: --peft lora --load-in 4bit",
    "settings": {"load_in": "4bit"},
    "paper": "https://huggingface.co/papers/2305.14314",
    "untrainable": None,
}
Say = Callable[[str], None]


def ls(say: Say | None = None) -> Iterator[dict[str, Any]]:
    """A row a method of the installed PEFT, and a row a variant of LoRA; sorted by name.

    ``tasks`` None: not known for this version; ``merge`` None: it depends on the model, or is not known; ``runs``:
    whether hfterm train takes it on this machine, and ``why`` not; ``settings``: what tells a variant from LoRA, and
    the numbers among the method's own settings, with their defaults. ``say`` is told when PEFT must be read first.

    Raises:
        MissingExtraError: no PEFT. HftermError: it cannot be imported.
    """
    rows = [*_told(say)["rows"], QLORA]
    for row in sorted(rows, key=lambda row: str(row["method"])):
        yield _row(row)


def of(name: str, say: Say | None = None) -> dict[str, Any]:
    """The row of one method.

    Raises:
        UsageError: there is none. MissingExtraError, HftermError.
    """
    wanted = _name(name, say)
    return next(row for row in ls(say) if row["method"] == wanted)


def settings(name: str, say: Say | None = None) -> Iterator[dict[str, Any]]:
    """A row a setting of a method (setting, type, default, help): its own first, then those that all methods share.

    Raises:
        UsageError: no such method. MissingExtraError: no PEFT. HftermError: it cannot be imported.
    """
    if "peft.mapping" in sys.modules and not kept.path("methods", _sources()).is_file():
        yield from read.settings(name)  # whoever has it at hand need not wait for a process
        return
    wanted = _name(name, say)
    yield from _told(say)["settings"]["lora" if wanted == "qlora" else wanted]


def names(say: Say | None = None) -> list[str]:
    """Every method that can be named after ``--peft``.

    Raises:
        MissingExtraError: no PEFT. HftermError: it cannot be imported.
    """
    return [row["method"] for row in _told(say)["rows"]]


def _name(name: str, say: Say | None) -> str:
    wanted, every = name.lower().replace("-", "_"), [*names(say), "qlora"]
    if wanted not in every:
        raise methods.unknown(name, every)
    return wanted


def _sources() -> str:
    files = [Path(module.__file__ or "") for module in (read, methods)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _told(say: Say | None) -> dict[str, Any]:
    extras.check("peft", "peft", "torch", "transformers")
    found: dict[str, Any] | None = kept.get("methods", _sources())
    if found is None:
        if say:
            say(f"reading PEFT {kept.versions()['peft']}; once, it takes some seconds")
        found = kept.ask("hfterm.peft.read")
        kept.put(found, "methods", _sources())
    return found


def _row(told: dict[str, Any]) -> dict[str, Any]:
    name = told["method"]
    facts = matrix.of("lora" if name == "qlora" else name)
    why = told["untrainable"] or methods.lacking(name)
    return {
        "method": name,
        "about": told["about"],
        "tasks": facts.tasks if facts else None,
        "merge": facts.mergeable if facts else None,
        "runs": why is None,
        "why": why,
        "settings": told["settings"],
        "paper": told["paper"],
    }
