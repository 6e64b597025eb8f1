"""The records of a run's data, as every method reads them."""

from collections.abc import Iterator

from hfterm import records
from hfterm.progress import Task
from hfterm.records import BadRecord, Record
from hfterm.train.data import DataFile
from hfterm.train.recipe import Recipe


def read(data: DataFile, recipe: Recipe, task: Task, bad: list[BadRecord]) -> Iterator[Record]:
    """The records of ``data`` in order, counted on ``task``; with ``recipe.skip_bad`` unreadable ones go to ``bad``.

    Raises:
        BadRecord: a record cannot be read. HftermError: the file cannot.
    """
    try:
        for count, row in enumerate(records.read(data.path, skip_bad=recipe.skip_bad, on_bad=bad.append), 1):
            yield row
            task.update(count)
    except BadRecord as exc:
        # The file may be a copy with another name: say the user's.
        exc.message = exc.message.replace(str(data.path), data.name)
        raise
