"""CSV and TSV logs: a header, one row a step, empty cells where nothing was logged."""

import csv

from hfterm.tracking.readers.lines import LineReader
from hfterm.tracking.readers.reader import STEPS, TIMES, Point, column, moment


class CsvReader(LineReader):
    """Columns of numbers by the header's names; the delimiter is the one that the header has most of."""

    kind = "csv"

    def _begin(self) -> None:
        super()._begin()
        self._header: list[str] = []
        self._delimiter = ","
        self._step: str | None = None
        self._time: str | None = None

    def line(self, line: bytes, count: int) -> list[Point]:
        """See :meth:`LineReader.line`."""
        text = line.decode("utf-8-sig", "replace").strip("\r\n")
        if not text.strip():
            return []
        if not self._header:
            self._delimiter = max("\t,;|", key=text.count)
            cells = self._cells(text)
            numeric = all(_value(cell) is not None for cell in cells)
            self._header = [f"column {n}" for n in range(1, len(cells) + 1)] if numeric else cells
            self._step, self._time = column(self._header, STEPS), column(self._header, TIMES)
            self._only = {self._step, self._time} >= {n for n in self._header if n.lower() != "value"}
            if not numeric:
                return []
        cells = self._cells(text)
        if cells == self._header:
            return []
        row = dict(zip(self._header, cells, strict=False))
        step = _value(row.get(self._step, "")) if self._step else None
        time = moment(row.get(self._time, "")) if self._time else None
        at = step if step is not None else float(count)
        points: list[Point] = []
        for key, cell in row.items():
            value = _value(cell)
            if value is None or key == self._step or key.lower() == "epoch" or (key == self._time and time is not None):
                continue
            # TensorBoard's own download has the columns "Wall time", "Step" and "Value".
            if name := self.names(self.path.stem if self._only and key.lower() == "value" else key):
                points.append((name, at, value, time))
        return points

    def _cells(self, text: str) -> list[str]:
        try:
            return [cell.strip() for cell in next(csv.reader([text], delimiter=self._delimiter), [])]
        except csv.Error:
            return []


def _value(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
