"""One metric of one or more runs as curves, read live."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text

from hfterm.dashboard import keys
from hfterm.dashboard.widgets.panel import Panel

if TYPE_CHECKING:
    from hfterm.tracking.series import Series

SMOOTHINGS = (0.0, 0.6, 0.9, 0.97)
# Fewer steps than these are not zoomed into.
FEWEST_STEPS = 4.0


class LineChart(Panel):
    """Curves with a log axis, smoothing, a range of steps and a cursor that reads values."""

    BINDINGS: ClassVar[Any] = keys.bindings("chart")

    def __init__(self, title: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.title = title
        self.lines: Sequence[tuple[Series, int, str]] = ()
        self.log_y, self.smooth_ = False, 0.0
        self.cursor: float | None = None
        self.span: tuple[float, float] | None = None
        self._axis: Any = None

    def set_lines(self, title: str, lines: "Sequence[tuple[Series, int, str]]") -> None:
        """Show these: series, colour number, name of the run."""
        if title != self.title:
            self._axis, self.cursor = None, None
        self.title, self.lines = title, lines
        self.repaint()

    def whole_span(self) -> tuple[float, float] | None:
        """First and last step of all curves."""
        some = [s for s, _, _ in self.lines if len(s)]
        return (min(s.first_step for s in some), max(s.last_step for s in some)) if some else None

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """The picture; above it, in the border, the name and the value."""
        shown = [(series, color) for series, color, _ in self.lines if len(series)]
        self.border_title = Text(self.title + self._words())
        if not shown:
            self.border_subtitle = Text("")
            return [Text("no values yet", style=self.shade("dim"), end="")]
        from hfterm.tracking.chart import draw

        start, end = self.span or (None, None)
        if self.span and (whole := self.whole_span()) and self.cursor is None:
            # Without a cursor the range stays at the newest steps.
            start, end = whole[1] - (self.span[1] - self.span[0]), whole[1]
        picture = draw(
            shown, width, height, glyphs=self.hfterm.terminal.glyphs, log_y=self.log_y, smooth=self.smooth_,
            start=start, end=end, cursor=self.cursor, axis=self._axis,
        )  # fmt: skip
        self._axis = picture.axis
        self._values(picture)
        lines = []
        for row in picture.rows:
            line = Text(no_wrap=True, end="")
            for text, role in row:
                line.append(text, style=self.shade(role))
            lines.append(line)
        return lines

    def _words(self) -> str:
        words = [text for on, text in ((self.log_y, "log"), (self.smooth_, f"smooth {self.smooth_:g}")) if on]
        return "  " + ", ".join(words) if words else ""

    def _values(self, picture: Any) -> None:
        """Below, in the border: each run's value at the cursor or its last one."""
        line = Text()
        for n, (series, color, name) in enumerate(self.lines):
            if not len(series):
                continue
            value = series.last if self.cursor is None else _at(picture.cursor_values, n)
            step = series.last_step if self.cursor is None else self.cursor
            line.append("  " if line else "")
            line.append(f"{name} " if len(self.lines) > 1 else "", style=self.shade(color))
            line.append("-" if value is None else f"{value:.4g}", style=self.shade(color))
            if n == len(self.lines) - 1:
                line.append(f" @{step:.0f}", style=self.shade("dim"))
        self.border_subtitle = line

    def to_copy(self) -> tuple[str, Any]:
        """The last values."""
        rows = [
            {"run": name, "metric": series.name, "step": series.last_step, "value": series.last}
            for series, _, name in self.lines if len(series)
        ]  # fmt: skip
        return "\n".join(f"{r['run']}\t{r['metric']}\t{r['step']}\t{r['value']}" for r in rows), rows

    # Keys.

    def action_log_axis(self) -> None:
        """Logarithmic or linear."""
        self.log_y, self._axis = not self.log_y, None
        self.repaint()

    def action_smooth(self) -> None:
        """Smooth more, then not at all."""
        self.smooth_ = SMOOTHINGS[(SMOOTHINGS.index(self.smooth_) + 1) % len(SMOOTHINGS)]
        self.repaint()

    def _step(self, direction: int) -> None:
        span = self.span or self.whole_span()
        if span is None:
            return
        width = max(1, self.content_size.width - 8)
        here = span[1] if self.cursor is None else self.cursor
        self.cursor = min(max(span[0], here + direction * (span[1] - span[0]) / width), span[1])
        self.repaint()

    def action_left(self) -> None:
        """Read to the left."""
        self._step(-1)

    def action_right(self) -> None:
        """Read to the right; at the end the cursor goes away."""
        span = self.span or self.whole_span()
        if self.cursor is not None and span and self.cursor >= span[1]:
            self.cursor = None
            self.repaint()
        else:
            self._step(1)

    def _zoom(self, factor: float) -> None:
        whole = self.whole_span()
        if whole is None:
            return
        span = self.span or whole
        length = max(FEWEST_STEPS, (span[1] - span[0]) * factor)
        if length >= whole[1] - whole[0]:
            self.span = None
        elif self.cursor is None:
            self.span = whole[1] - length, whole[1]
        else:
            start = min(max(whole[0], self.cursor - length / 2), whole[1] - length)
            self.span = start, start + length
        self._axis = None
        self.repaint()

    def action_zoom_in(self) -> None:
        """Half as many steps."""
        self._zoom(0.5)

    def action_zoom_out(self) -> None:
        """Twice as many steps."""
        self._zoom(2.0)

    def action_whole(self) -> None:
        """All steps."""
        self.span = self.cursor = self._axis = None
        self.repaint()


def _at(values: Any, n: int) -> float | None:
    found: float | None = values[n] if values and n < len(values) else None
    return found
