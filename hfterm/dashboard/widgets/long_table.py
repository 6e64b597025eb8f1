"""A table that is long, perhaps still being written: drawn some rows at a time, so that one row more costs as much
in the two thousandth as in the first.
"""

import re
from collections.abc import Sequence

from rich.cells import cell_len

from hfterm.dashboard.widgets.md_look import Look
from hfterm.dashboard.widgets.md_view import WIDEST, Drawn, draw_rows
from hfterm.dashboard.widgets.part import Part

# Rows that are drawn together; a table of fewer is drawn as a whole.
ROWS = 25
# Cells between two columns.
GAP = 3
_BAR = re.compile(r"(?<!\\)\|")
# What marks up a cell's text and is not shown.
_MARKS = str.maketrans("", "", "*`\\")


class LongTable:
    """Cuts a table into parts; all but the last stay as they are drawn while no column grows wider."""

    def __init__(self) -> None:
        self._head: list[str] = []
        self._done: list[Part] = []
        self._measured = 0
        self._columns: list[int] = []

    def parts(self, text: str, above: int) -> list[Part] | None:
        """What draws the table ``text``, of which more may come; None: it is not long."""
        lines = text.split("\n")
        if len(lines) <= ROWS + 2:
            return None
        if lines[:2] != self._head:
            self._head, self._done, self._measured = lines[:2], [], 0
            self._columns = [cell_len(cell) for cell in _cells(lines[0])]
        rows = lines[2:]
        columns = list(self._columns)
        for row in rows[self._measured :]:
            for n, cell in enumerate(_cells(row)[: len(columns)]):
                columns[n] = max(columns[n], cell_len(cell))
        self._measured = len(rows) - 1  # the last may still grow
        if columns != self._columns:
            self._columns = columns
            for done in self._done:
                done.forget()

        def part(n: int, chunk: Sequence[str]) -> Part:
            source = "\n".join([*self._head, *chunk])

            def make(width: int, look: Look) -> Drawn:
                from hfterm.dashboard.widgets.md_elements import Shape

                return Drawn(draw_rows(source, width, look, Shape(self._widths(width), titled=n == 0)))

            return Part(make, "\n".join(chunk), 0 if n else above)

        while len(rows) > (n := len(self._done)) * ROWS + ROWS:
            self._done.append(part(n, rows[n * ROWS : (n + 1) * ROWS]))
        return [*self._done, part(n, rows[n * ROWS :])]

    def _widths(self, width: int) -> list[int]:
        return fitted(self._columns, min(width, WIDEST) - GAP * (len(self._columns) - 1))


def _cells(row: str) -> list[str]:
    row = row.strip()
    cells = _BAR.split(row.removeprefix("|"))
    if row.endswith("|"):
        cells.pop()
    return [cell.strip().translate(_MARKS) for cell in cells]


def fitted(columns: Sequence[int], room: int) -> list[int]:
    """The columns' widths, together in ``room`` cells if they can be: the widest give way, no further than all to
    the same.
    """
    if sum(columns) <= room:
        return [max(1, width) for width in columns]
    found, left = [1] * len(columns), max(room, len(columns))
    for place, n in enumerate(sorted(range(len(columns)), key=lambda n: columns[n])):
        found[n] = max(1, min(columns[n], left // (len(columns) - place)))
        left -= found[n]
    return found
