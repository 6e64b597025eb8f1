"""One metric of one or more runs as curves, read live."""

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.message import Message
from textual.strip import Strip

from hfterm.dashboard import keys
from hfterm.dashboard.widgets.panel import Panel

if TYPE_CHECKING:
    from hfterm.tracking.chart import Picture
    from hfterm.tracking.series import Series

SMOOTHINGS = (0.0, 0.6, 0.9, 0.97)
# Fewer steps than these are not zoomed into.
FEWEST_STEPS = 4.0
# A range that follows the newest step moves on by this part of itself: between two moves few cells change.
FOLLOW_PARTS = 8


class Curve(NamedTuple):
    """A line of a chart: what, which colour, whose; ``sign`` tells it from others where there are no colours."""

    series: "Series"
    color: int
    name: str
    sign: str = ""


@dataclass
class Sight:
    """How charts are looked at; charts that share one zoom, read and smooth together.

    ``span`` are the first and last step shown (None: all), ``cursor`` the step being read, ``log`` the metrics
    on a logarithmic axis. Without a cursor the span follows the newest step.
    """

    span: tuple[float, float] | None = None
    cursor: float | None = None
    smooth: float = 0.0
    log: set[str] = field(default_factory=set)


class LineChart(Panel):
    """Curves with a log axis, smoothing, a range of steps and a cursor that reads values."""

    BINDINGS: ClassVar[Any] = keys.bindings("chart")

    class Looked(Message):
        """The sight has changed: charts that share it paint anew."""

        def __init__(self, chart: "LineChart") -> None:
            super().__init__()
            self.chart = chart

        @property
        def control(self) -> "LineChart":
            """The chart."""
            return self.chart

    def __init__(self, title: str = "", sight: Sight | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.title = title
        self.curves: tuple[Curve, ...] = ()
        self.sight = sight or Sight()
        self._shown: Hashable = None
        self._picture: Picture | None = None
        self._drawn_in = (0, 0)
        self._left = 0
        self._empty = "no values yet"
        self._drawn: list[Curve] = []

    def set_lines(self, title: str, lines: "Iterable[tuple[Series, int, str] | Curve]") -> None:
        """Show these: series, colour number, name of the run. Nothing is painted while nothing has changed."""
        curves = tuple(Curve(*line) for line in lines)
        before, now = ([(c.series.name, c.name) for c in some] for some in (self.curves, curves))
        if (title, now) != (self.title, before):
            self._picture = None
        self.title, self.curves = title, curves
        shown = (
            title,
            tuple((id(c.series), *c[1:], len(c.series), c.series.last_step, repr(c.series.last)) for c in curves),
        )
        if shown != self._shown:
            self._shown = shown
            self.repaint()

    def say(self, words: str) -> None:
        """What to say while there is nothing to draw."""
        if words != self._empty:
            self._empty = words
            self.repaint()

    @property
    def metric(self) -> str:
        """The name of what is drawn."""
        return self.curves[0].series.name if self.curves else self.title

    @property
    def log_y(self) -> bool:
        """Whether the y axis is logarithmic."""
        return self.metric in self.sight.log

    def whole_span(self) -> tuple[float, float] | None:
        """First and last step of all curves."""
        some = [c.series for c in self.curves if len(c.series)]
        return (min(s.first_step for s in some), max(s.last_step for s in some)) if some else None

    def _range(self) -> tuple[float | None, float | None]:
        """The steps to draw; without a cursor a range follows the newest step, a part of itself at a time."""
        span, whole = self.sight.span, self.whole_span()
        if span is None or whole is None:
            return None, None
        if self.sight.cursor is not None:
            return span
        length = span[1] - span[0]
        end = math.ceil(whole[1] / length * FOLLOW_PARTS) * length / FOLLOW_PARTS
        return end - length, end

    # Painting.

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """The picture, or why there is none; in the border the name and the values."""
        picture = self._draw(width, height)
        if picture is None:
            return [Text(self._empty, style=self.shade("dim"), end="")]
        lines = []
        for row in picture.rows:
            line = Text(no_wrap=True, end="")
            for text, role in row:
                line.append(text, style=self.shade(role))
            lines.append(line)
        if self._signed:
            self._name_ends(lines, picture)
        return lines

    def strips(self, width: int, height: int) -> list[Strip]:
        """As :meth:`paint`, made at once of what the picture consists of: charts are most of what is painted."""
        picture = None if self._signed else self._draw(width, height)
        if picture is None:
            return super().strips(width, height)
        base = self.rich_style
        styles = {role: base + self.shade(role) for role in {role for row in picture.rows for _, role in row}}
        return [Strip([Segment(text, styles[role]) for text, role in row], width) for row in picture.rows]

    def _draw(self, width: int, height: int) -> "Picture | None":
        """The picture; None where there is nothing to draw."""
        curves = self._drawn = [curve for curve in self.curves if len(curve.series)]
        if not curves:
            self.entitle(self._title())
            return None
        from hfterm.tracking.chart import draw

        start, end = self._range()
        # While a curve grows the axes stay as long as they fit; in another size all is new anyway.
        size, self._drawn_in = self._drawn_in, (width, height)
        axis = self._picture.axis if self._picture and size == self._drawn_in else None
        picture = self._picture = draw(
            [(curve.series, curve.color) for curve in curves], width, height, glyphs=self.hfterm.terminal.glyphs,
            log_y=self.log_y, smooth=self.sight.smooth, start=start, end=end, cursor=self.sight.cursor, axis=axis,
        )  # fmt: skip
        gutter = picture.rows[0]
        self._left = len(gutter[0][0]) + 1 if len(gutter) > 1 and gutter[0][1] == "label" else 0
        self.entitle(self._title(), self._values(curves, width))
        return picture

    @property
    def _signed(self) -> bool:
        """Whether curves have their signs at their ends: where no colours tell them apart."""
        return len(self.curves) > 1 and self.hfterm.terminal.colors == "none"

    def _title(self) -> Text:
        text = Text(self.title)
        sight = self.sight
        words = [word for on, word in ((self.log_y, "log"), (sight.smooth, f"smooth {sight.smooth:g}")) if on]
        text.append("  " + ", ".join(words) if words else "", style=self.shade("dim"))
        if bad := sum(curve.series.bad for curve in self.curves):
            text.append(f"  {bad} NaN", style=self.shade("warn"))
        return text

    def _values(self, curves: Sequence[Curve], width: int) -> Text:
        """Each run's value at the cursor or its last one; with names where they fit."""
        points = self._points(curves)
        for longest, digits in ((40, 4), (16, 4), (0, 4), (0, 3)):
            line = self._legend(curves, points, longest, digits)
            if line.cell_len <= width - 2:
                return line
        # The last curve is the one before the eyes.
        return Text("...") + line[max(0, line.cell_len - max(1, width - 5)) :]

    def _points(self, curves: Sequence[Curve]) -> list[tuple[float, float] | None]:
        if self.sight.cursor is not None and self._picture is not None:
            return self._picture.cursor_values
        return [(curve.series.last_step, curve.series.last) for curve in curves]

    def _legend(
        self, curves: Sequence[Curve], points: Sequence[tuple[float, float] | None], longest: int, digits: int
    ) -> Text:
        line = Text()
        for curve, point in zip(curves, points, strict=False):
            line.append("  " if line else "")
            if len(curves) > 1:
                name = f"{curve.sign} " if curve.sign and self._signed else ""
                line.append(name + (f"{curve.name[:longest]} " if longest else ""), style=self.shade(curve.color))
            line.append("-" if point is None else number(point[1], digits), style=self.shade(curve.color))
        steps = {point[0] for point in points if point}
        if len(steps) == 1:
            line.append(f" @{number(steps.pop(), 15)}", style=self.shade("dim"))
        series = curves[0].series
        if len(curves) == 1 and longest == 40 and series.low == series.low and self.size.width >= 56:
            line = Text(f"min {number(series.low)}  max {number(series.high)}  ", style=self.shade("dim")).append(line)
        return line

    def _name_ends(self, lines: list[Text], picture: "Picture") -> None:
        """Put each curve's sign at its end: what colours say elsewhere."""
        x, y = picture.axis
        high = sum(len(row) > 1 and row[0][1] == "label" for row in picture.rows)
        across = lines[0].cell_len - self._left
        for curve in self._drawn if self._left else ():
            point = curve.series.at(min(curve.series.last_step, x.high))
            if not curve.sign or point is None or point[1] != point[1] or x.place(point[0]) < 0:
                continue
            row = round((1 - y.place(point[1])) * (high - 1)) if y.place(point[1]) > -1 else high
            column = self._left + min(across - 1, int(x.place(point[0]) * across))
            if 0 <= row < high:
                line = lines[row]
                lines[row] = line[:column] + Text(curve.sign, style=self.shade("strong"), end="") + line[column + 1 :]
                lines[row].end = ""

    def to_copy(self) -> tuple[str, Any]:
        """The values that the border shows."""
        curves = [curve for curve in self.curves if len(curve.series)]
        rows: list[dict[str, Any]] = [
            {"run": curve.name, "metric": curve.series.name, "step": point[0], "value": point[1]}
            for curve, point in zip(curves, self._points(curves), strict=False) if point
        ]  # fmt: skip
        return "\n".join(f"{r['run']}\t{r['metric']}\t{number(r['step'], 15)}\t{r['value']!r}" for r in rows), rows

    # Keys.

    def _looked(self) -> None:
        self.repaint()
        self.post_message(self.Looked(self))

    def action_log_axis(self) -> None:
        """Logarithmic or linear."""
        self.sight.log ^= {self.metric}
        self._picture = None
        self._looked()

    def action_smooth(self) -> None:
        """Smooth more, then not at all."""
        self.sight.smooth = SMOOTHINGS[(SMOOTHINGS.index(self.sight.smooth) + 1) % len(SMOOTHINGS)]
        self._looked()

    def _steps(self) -> tuple[float, float] | None:
        """The first and the last step that can be read now."""
        whole, (start, end) = self.whole_span(), self._range()
        if whole is None:
            return None
        low, high = max(whole[0], whole[0] if start is None else start), min(whole[1], whole[1] if end is None else end)
        return (low, high) if low <= high else None

    def _read(self, direction: int) -> None:
        """Move the cursor by a cell, or to the next logged step where a cell holds none."""
        span = self._steps()
        if span is None or self._picture is None:
            return
        sight = self.sight
        if sight.cursor is None:
            if direction < 0:
                self._hold(span[1])
            return
        x = self._picture.axis.x
        cell = (x.high - x.low) / max(1, self.content_size.width - self._left)
        found = []
        for curve in self.curves:
            aim = sight.cursor + direction * cell
            near = curve.series.at(aim)
            if near is None or (near[0] - sight.cursor) * direction <= 0:
                near = curve.series.after(sight.cursor) if direction > 0 else curve.series.before(sight.cursor)
            if near and span[0] <= near[0] <= span[1] and (near[0] - sight.cursor) * direction > 0:
                found.append(near[0])
        if found:
            self._hold(min(found) if direction > 0 else max(found))
        elif direction > 0:  # past the end: no cursor
            sight.cursor = None
            self._looked()

    def _hold(self, step: float) -> None:
        """Read at a step; a range that followed stays where it is now."""
        start, end = self._range()
        if self.sight.cursor is None and start is not None and end is not None:
            self.sight.span = start, end
        self.sight.cursor = step
        self._looked()

    def action_left(self) -> None:
        """Read to the left, from the newest step on."""
        self._read(-1)

    def action_right(self) -> None:
        """Read to the right; past the end the cursor goes away."""
        self._read(1)

    def _zoom(self, factor: float) -> None:
        whole, sight = self.whole_span(), self.sight
        if whole is None:
            return
        span = sight.span or whole
        length = max(FEWEST_STEPS, (span[1] - span[0]) * factor)
        if length >= whole[1] - whole[0]:
            sight.span = None
        elif sight.cursor is None:
            sight.span = whole[1] - length, whole[1]
        else:
            start = min(max(whole[0], sight.cursor - length / 2), whole[1] - length)
            sight.span = start, start + length
        self._looked()

    def action_zoom_in(self) -> None:
        """Half as many steps."""
        self._zoom(0.5)

    def action_zoom_out(self) -> None:
        """Twice as many steps."""
        self._zoom(2.0)

    def action_whole(self) -> None:
        """All steps, no cursor."""
        self.sight.span = self.sight.cursor = None
        self._looked()

    def on_click(self, event: events.Click) -> None:
        """Read where the mouse is."""
        span = self._steps()
        column = event.x - self.gutter.left - self._left
        width = self.content_size.width - self._left
        if span and self._picture and 0 <= column < width:
            x = self._picture.axis.x
            step = min(max(span[0], x.low + (column + 0.5) / width * (x.high - x.low)), span[1])
            near = self.curves[0].series.at(step)
            self._hold(near[0] if near and span[0] <= near[0] <= span[1] else step)


def number(value: float, digits: int = 4) -> str:
    """A value in few signs: ``1.482``, ``2e-5``."""
    text, mark, power = f"{value:.{digits}g}".partition("e")
    return f"{text}e{int(power)}" if mark else text
