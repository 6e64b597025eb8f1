"""The NAME argument of the commands that read runs."""

import sys

from hfterm.errors import UsageError
from hfterm.output import is_terminal


def one_name(name: str | None) -> str:
    """The run a user names; left out (or ``-``), the one name on standard input.

    Raises:
        UsageError: there is none, or several.
    """
    if name and name != "-":
        return name
    if not name and is_terminal(sys.stdin):
        raise UsageError("no run named", "see 'hfterm train ls'")
    names = [line.strip() for line in sys.stdin if line.strip()]
    if len(names) != 1:
        raise UsageError(f"one run is wanted, standard input names {len(names) or 'none'}", "see 'hfterm train ls'")
    return names[0]
