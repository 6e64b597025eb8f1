"""Rows of Parquet files on the Hub by their numbers: only the row groups that hold them are read."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from typing import Any

from hfterm.data.rows import Rows
from hfterm.data.source import Source
from hfterm.data.table import Tables

# More are better read from files that are here.
MOST_ROWS = 10_000
_AT_ONCE = 8


def can_pick(sources: Sequence[Source], count: int) -> bool:
    """Whether so many rows can be read in place: all files are Parquet on the Hub."""
    paths = [path for source in sources for path in source.paths]
    parquet = all(source.format == "parquet" for source in sources)
    return 0 < count <= MOST_ROWS and bool(paths) and parquet and all(path.startswith("hf://") for path in paths)


class Picked(Rows):
    """The rows of some numbers (from 1), in their order; ``numbers`` makes a query for them of how many there are."""

    def __init__(self, con: Any, sources: Sequence[Source], numbers: Callable[[int], str], **how: Any) -> None:
        super().__init__(con, sources, lambda rows: rows, None, **how)
        self.numbers = numbers

    def tables(self) -> Tables:
        """As :meth:`hfterm.data.rows.Rows.tables`, of these rows alone.

        Raises:
            Damaged: a file is no Parquet. NotFoundError, AccessError, NetworkError.
        """
        made = super().tables()
        made.picks = self._picks()
        return made

    def _picks(self) -> Mapping[str, list[int]]:
        """The rows of each file, by their numbers in it (from 0)."""
        from hfterm.data.remote import footer

        files: list[Any] = [path for source in self.sources for path in source.paths]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            counts = [told.rows for told in pool.map(footer, files)]
        before = [0, *accumulate(counts)]
        found: dict[str, list[int]] = {}
        for (number,) in self.con.execute(self.numbers(before[-1])).fetchall():
            at = bisect_right(before, number - 1) - 1
            found.setdefault(str(files[at]), []).append(number - 1 - before[at])
        return found
