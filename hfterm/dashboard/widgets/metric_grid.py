"""The metrics of some runs as charts side by side, in pages."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from textual import events
from textual.message import Message
from textual.widget import Widget

from hfterm.dashboard import keys
from hfterm.dashboard.run_words import ordered
from hfterm.dashboard.widgets.line_chart import Curve, LineChart, Sight
from hfterm.text import sanitize

if TYPE_CHECKING:
    from hfterm.tracking.followed import Followed

# Cells that a chart needs to be worth looking at; where there is one row of charts they are wider.
WIDTH, HEIGHT, WIDTH_ALONE = 36, 9, 60
MOST = 16
# More runs than these are a tangle.
MOST_RUNS = 16


def shape(width: int, height: int, count: int) -> tuple[int, int]:
    """Columns and rows of charts for ``count`` metrics: as many as fit, as large as can be."""
    rows = max(1, height // HEIGHT)
    columns = max(1, width // (WIDTH if rows > 1 else WIDTH_ALONE))
    wanted = max(1, min(count, columns * rows, MOST))
    fits = [(c, r) for c in range(1, columns + 1) for r in range(1, rows + 1) if c * r >= wanted]
    # The least empty places, then charts that are about four times as many cells wide as high.
    return min(fits, key=lambda cr: (cr[0] * cr[1], abs(math.log(width / cr[0] / (height / cr[1]) / 4))))


class MetricGrid(Widget):
    """Charts that share a sight; a filter chooses metrics, keys turn the pages, Enter shows one alone."""

    BINDINGS: ClassVar[Any] = keys.bindings("grid")
    DEFAULT_CSS = "MetricGrid { layout: grid; grid-size: 1 1; }"

    class Turned(Message):
        """Other metrics are shown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sight = Sight()
        self.filter = ""
        self.alone = False
        self.metrics: list[str] = []
        self._test: Callable[[str], bool] | None = None
        self._runs: Sequence[tuple[Followed, str]] = ()
        self._known: tuple[Any, ...] = ()
        self._first = 0
        self._shape = (1, 1)
        self._focused: str | None = None
        self._charts: list[LineChart] = []

    # What is shown.

    def show(self, runs: "Sequence[tuple[Followed, str]]") -> None:
        """Draw these runs, each with the letter that stands for it; the last one on top."""
        self._runs = runs[-MOST_RUNS:]
        known = self.filter, tuple((run.key, len(run.series)) for run, _ in self._runs)
        if known != self._known:
            self._known = known
            names = ordered(name for run, _ in reversed(self._runs) for name in list(run.series))
            self.metrics = [name for name in names if self._test is None or self._test(name)]
            self._arrange()
        self._draw()

    def set_filter(self, text: str) -> None:
        """Show only the metrics that match.

        Raises:
            UsageError: a bad regular expression.
        """
        from hfterm.tracking.select import matcher

        self._test = matcher(text) if text else None
        self.filter, self._first = text, 0
        self.show(self._runs)

    @property
    def places(self) -> int:
        """Charts on a page."""
        return self._shape[0] * self._shape[1]

    def words(self) -> str:
        """Which metrics are shown: ``1-6 of 14``."""
        count = len(self.metrics)
        if count <= self.places:
            return f"{count} metric{'s' * (count != 1)}" if count else ""
        last = min(count, self._first + self.places)
        return f"{self._first + 1}{f'-{last}' if last > self._first + 1 else ''} of {count} metrics"

    def on_resize(self, event: events.Resize) -> None:
        """More or fewer charts fit."""
        self._arrange()
        self._draw()

    def _arrange(self) -> None:
        size = self.size
        self._shape = (1, 1) if self.alone else shape(max(1, size.width), max(1, size.height), len(self.metrics))
        self._first = max(0, min(self._first, len(self.metrics) - 1)) // self.places * self.places
        columns, rows = self._shape
        if (self.styles.grid_size_columns, self.styles.grid_size_rows) != self._shape:
            self.styles.grid_size_columns, self.styles.grid_size_rows = columns, rows
        missing = self.places - len(self._charts)
        if missing > 0:
            new = [LineChart(sight=self.sight) for _ in range(missing)]
            self._charts += new
            self.mount(*new)
        shown = max(1, min(self.places, len(self.metrics) - self._first))
        for place, chart in enumerate(self._charts):
            chart.display = place < shown
            # The last one takes what its row has left.
            span = columns - place % columns if place == shown - 1 else 1
            if (chart.styles.column_span or 1) != span:
                chart.styles.column_span = span
        self.post_message(self.Turned())

    def _draw(self) -> None:
        for place, chart in enumerate(self._charts[: self.places]):
            at = self._first + place
            name = self.metrics[at] if at < len(self.metrics) else ""
            curves = [
                Curve(run.series[name], run.color, sanitize(run.name, cell=True), letter)
                for run, letter in self._runs if name in run.series
            ]  # fmt: skip
            chart.set_lines(sanitize(name, cell=True), curves)
            if not curves and place == 0:
                unread = any(run.step and not run.series for run, _ in self._runs)
                words = "reading..." if unread else "nothing logged yet" if self._runs else ""
                chart.say(f"no metric matches {self.filter}" if self.filter else words)

    def on_line_chart_looked(self, message: LineChart.Looked) -> None:
        """What one chart reads, all read."""
        for chart in self._charts:
            if chart is not message.chart and chart.display:
                chart.repaint()

    # Focus.

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the chart that had it last, else the first."""
        shown = self.metrics[self._first : self._first + self.places]
        place = shown.index(self._focused) if self._focused in shown else 0
        if place < len(self._charts):
            self._charts[place].focus(scroll_visible)
        return self

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remember where one was."""
        if isinstance(event.widget, LineChart):
            self._focused = event.widget.metric

    @property
    def _place(self) -> int | None:
        focused = self.screen.focused
        return self._charts.index(focused) if isinstance(focused, LineChart) and focused in self._charts else None

    # Keys.

    def _turn(self, first: int, place: int | None = None) -> None:
        """Show the page with metric ``first``, and focus a place of it."""
        here = self._place
        self._first = max(0, first)
        self._arrange()
        self._draw()
        place = here if place is None else place
        if place is not None:
            shown = max(1, min(self.places, len(self.metrics) - self._first))
            self._charts[min(place, shown - 1)].focus()
            self._focused = self._charts[min(place, shown - 1)].metric

    def _step(self, by: int) -> None:
        if (place := self._place) is None:
            return
        at = self._first + place + by
        if not 0 <= at < len(self.metrics):
            return
        if self._first <= at < self._first + self.places:
            self._charts[at - self._first].focus()
        else:
            self._turn(at, at % self.places)

    def action_down(self) -> None:
        """The chart below."""
        self._step(self._shape[0])

    def action_up(self) -> None:
        """The chart above."""
        self._step(-self._shape[0])

    def action_page_down(self) -> None:
        """The next page of metrics."""
        if self._first + self.places < len(self.metrics):
            self._turn(self._first + self.places)

    def action_page_up(self) -> None:
        """The page before."""
        self._turn(self._first - self.places)

    def action_first(self) -> None:
        """The first page."""
        self._turn(0)

    def action_last(self) -> None:
        """The last page."""
        self._turn(len(self.metrics) - 1)

    def action_alone(self) -> None:
        """Show the focused metric alone, or all again."""
        place = self._place
        at = self._first + place if place is not None else self._first
        self.alone = not self.alone
        self._first = at
        self._arrange()
        self._turn(at, at % self.places)
