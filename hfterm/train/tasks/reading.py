"""Records to examples: each is turned by a function that says what is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from hfterm.errors import HftermError
from hfterm.progress import Progress
from hfterm.records import BadRecord
from hfterm.train import rows
from hfterm.train.data import DataFile
from hfterm.train.places import Place

CHUNK = 1000


class Read:
    """Records that can be used, with their places, and how many cannot be."""

    def __init__(self) -> None:
        self.found: list[tuple[Place, Any]] = []
        self.bad = 0


def read(data: DataFile, recipe: Any, progress: Progress, turn: Callable[[Mapping[str, Any]], Any]) -> Read:
    """What ``turn`` makes of every record; with ``--skip-bad`` those that it raises an HftermError for are left out.

    Raises:
        BadRow: a record cannot be used. HftermError: the data cannot be read, or has no usable record.
    """
    read, unreadable = Read(), list[BadRecord]()
    with progress.task("reading records") as task:
        for number, row in enumerate(rows.read(data, recipe, task, unreadable), 1):
            place = Place(getattr(row, "source", data.name), getattr(row, "number", number))
            try:
                read.found.append((place, turn(row)))
            except HftermError as exc:
                if not recipe.skip_bad:
                    raise rows.BadRow(*place, exc.message, exc.hint) from exc
                read.bad += 1
    read.bad += len(unreadable)
    if not read.found:
        raise HftermError(f"{data.empty}: no record of it can be used")
    return read


def chunks(found: Sequence[Any]) -> Any:
    """Lists of items, short enough to be tokenized at once."""
    left = iter(found)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def column(row: Mapping[str, Any], names: Sequence[str], what: str) -> Any:
    """The value of the first of ``names`` that the record has.

    Raises:
        HftermError: it has none of them, or only empty ones.
    """
    for name in names:
        if row.get(name) is not None:
            return row[name]
    fields = ", ".join(map(repr, list(row)[:8])) or "no fields"
    raise HftermError(f"no {what} in it: the record has {fields}", f"name the column {names[0]!r}")


def text(value: Any, what: str) -> str:
    """A value that is text, or a number as CSV has them.

    Raises:
        HftermError: it is neither.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise HftermError(f"its {what} is no text")
