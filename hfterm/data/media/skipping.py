"""Whether rows whose images or sounds cannot be read are left out, and who is told."""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

# Is told of a row that is left out: source, number (from 1), why, its name.
OnBad = Callable[[str, int, str, bytes], None]

_told: "WeakKeyDictionary[Any, OnBad]" = WeakKeyDictionary()


def skip_bad(con: Any, on_bad: OnBad) -> None:
    """From now on leave out such rows of the sources that this database reads."""
    _told[con] = on_bad


def skipping(con: Any) -> OnBad | None:
    """Who is told of rows left out; None: they are errors."""
    return _told.get(con)
