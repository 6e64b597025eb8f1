"""The NAME arguments of the commands that read runs."""

import sys
from collections.abc import Sequence

from hfterm.errors import UsageError
from hfterm.output import is_terminal


def one_name(name: str | None) -> str:
    """The run a user names; left out (or ``-``), the one name on standard input.

    Raises:
        UsageError: there is none, or several.
    """
    if name and name != "-":
        return name
    names = _piped(name == "-")
    if len(names) != 1:
        raise UsageError(f"one run is wanted, standard input names {len(names) or 'none'}", "see 'hfterm train ls'")
    return names[0]


def several_names(names: Sequence[str]) -> list[str]:
    """The runs a user names, each once; left out (and for a ``-``), those on standard input, one a line.

    Raises:
        UsageError: there is none.
    """
    found = [n for name in names for n in (_piped(True) if name == "-" else [name])] if names else _piped(False)
    if not found:
        raise UsageError("standard input names no run", "see 'hfterm train ls'")
    return list(dict.fromkeys(name.removeprefix("run:") for name in found))


def _piped(asked: bool) -> list[str]:
    if not asked and is_terminal(sys.stdin):
        raise UsageError("no run named", "see 'hfterm train ls'")
    return [line.strip() for line in sys.stdin if line.strip()]
