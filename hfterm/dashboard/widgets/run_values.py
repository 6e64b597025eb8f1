"""Every metric in a line: the newest values of the runs that are compared, or those at the cursor of the charts."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from hfterm.dashboard.widgets.line_chart import Sight, number
from hfterm.dashboard.widgets.panel import Panel
from hfterm.text import sanitize

if TYPE_CHECKING:
    from hfterm.tracking.followed import Followed

COLUMN = 9


class RunValues(Panel, can_focus=False):
    """One run: value, lowest, highest. Several: a value each, in their colours, as many as there is room for.

    It is as high as its lines; the sheet says up to where.
    """

    def __init__(self, sight: Sight, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sight = sight
        self._runs: Sequence[tuple[Followed, str]] = ()
        self._metrics: Sequence[str] = ()
        self._shown: Hashable = None
        self._height = 0

    def show(self, runs: "Sequence[tuple[Followed, str]]", metrics: Sequence[str]) -> None:
        """These runs, the last one first; these metrics."""
        self._runs, self._metrics = runs[::-1], metrics
        if (height := len(metrics) + 1 + self.gutter.height) != self._height:
            self._height = self.styles.height = height
        shown = tuple((run.key, letter, len(run.series), run.step) for run, letter in runs), tuple(metrics)
        if shown != self._shown:
            self._shown = shown
            self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """A line a metric under the titles."""
        cursor = self.sight.cursor
        self.entitle(Text("Values"), Text("newest" if cursor is None else f"at step {number(cursor, 15)}"))
        if not self._runs:
            return []
        alone = len(self._runs) == 1
        columns = max(1, min(3 if alone else len(self._runs), (width - 12) // COLUMN))
        room = width - columns * COLUMN
        lines = [self._titles_line(columns, room)]
        for metric in self._metrics[: height - 1]:
            name = sanitize(metric, cell=True)
            if cell_len(name) > room - 1:
                name = name[: max(0, room - 2)] + ("~" if self.hfterm.ascii else "…")
            line = Text(set_cell_size(name, room), no_wrap=True, end="")
            for value, role in self._values(metric, columns, alone):
                line.append(f"{value:>{COLUMN}}", style=self.shade(role) if role != "plain" else "")
            lines.append(line)
        if len(self._metrics) > height - 1 > 0:
            more = len(self._metrics) - height + 2
            lines[-1] = Text(f"{more} more", style=self.shade("dim"), end="")
        return lines

    def _titles_line(self, columns: int, room: int) -> Text:
        line = Text(" " * room, no_wrap=True, end="")
        if len(self._runs) == 1:
            for title in ("value", "min", "max")[:columns]:
                line.append(f"{title:>{COLUMN}}", style=self.shade("dim"))
            return line
        dots = "~" if self.hfterm.ascii else "…"
        ends = told_apart([sanitize(run.name, cell=True) for run, _ in self._runs[:columns]], COLUMN - 2, dots)
        for (run, letter), text in zip(self._runs[:columns], ends, strict=True):
            text = letter if self.hfterm.terminal.colors == "none" else text
            line.append(" " * max(1, COLUMN - cell_len(text)) + text, style=self.shade(run.color))
        return line

    def _values(self, metric: str, columns: int, alone: bool) -> list[tuple[str, str | int]]:
        found: list[tuple[str, str | int]] = []
        for run, _ in self._runs[:columns]:
            series = run.series.get(metric)
            if series is None or not len(series):
                found.append(("-", "dim"))
                continue
            point = (0.0, series.last) if self.sight.cursor is None else series.at(self.sight.cursor)
            found.append(("-" if point is None else number(point[1]), "plain" if alone else run.color))
            if alone:
                found += [("-" if x != x else number(x), "dim") for x in (series.low, series.high)]
        return found[:columns]


def told_apart(names: Sequence[str], width: int, dots: str) -> list[str]:
    """Names of at most ``width`` signs that still differ: their ends, else their beginnings, else some of both."""
    found: list[str] = []
    for head in (0, width - 1, width // 2):
        tail = width - 1 - head
        found = [n if len(n) <= width else n[:head] + dots + (n[-tail:] if tail else "") for n in names]
        if len(set(found)) == len(set(names)):
            break
    return found
