"""Line charts of series in cells of a terminal: rows of text with roles, for whoever gives the roles colours.

A column of dots shows everything between the lowest and the highest value logged there (as M4 does, Jugel et al.,
"M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014), so a noisy curve looks as noisy as it is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from hfterm.tracking.axis import NARROWEST, Axis, nice
from hfterm.tracking.glyphs import glyphs as named
from hfterm.tracking.raster import Raster, Role, Span
from hfterm.tracking.series import LARGEST_STEP, Column, Series
from hfterm.tracking.smooth import smooth as smoothed

# With fewer columns there is no room for labels beside the lines; with fewer rows none below them.
NARROW = 20
LOW = 6
NO_DATA, NOT_POSITIVE = "nothing logged here", "nothing above zero to show on a log axis"


class _Line(NamedTuple):
    series: Series
    colour: int
    columns: list[Column | None]  # of dots


class Axes(NamedTuple):
    """Both axes of a picture. Hand them to the next one, and they stay while the data fit."""

    x: Axis
    y: Axis


@dataclass(frozen=True)
class Picture:
    """A chart: ``rows`` of spans (text, role), each row exactly as wide as asked for.

    A role is "axis", "label" or "cursor", a line's colour index, or (index, "dim") for the raw values under a
    smoothed line. ``cursor_values`` has for each line the logged point nearest to the cursor as (step, value);
    None without a cursor and where the line has none.
    """

    rows: list[list[Span]]
    axis: Axes
    cursor_values: list[tuple[float, float] | None]


def draw(
    lines: Sequence[tuple[Series, int]],
    width: int,
    height: int,
    *,
    glyphs: str = "braille",
    log_y: bool = False,
    smooth: float = 0.0,
    start: float | None = None,
    end: float | None = None,
    cursor: float | None = None,
    axis: Axes | None = None,
    hold: bool = False,
) -> Picture:
    """Draw series, each with a colour index; in a cell that lines share the later one gives the colour.

    Args:
        lines: what to draw.
        width: columns, at least 1.
        height: rows, at least 1; axes are left out where there is no room.
        glyphs: "braille", "blocks" or "ascii".
        log_y: a logarithmic y axis; values that are not positive leave gaps.
        smooth: weight of a moving average from 0 to 1 (see :mod:`hfterm.tracking.smooth`), drawn over the raw values.
        start: first step shown; the default is the first one logged.
        end: last step shown; the default is a little after the last one logged.
        cursor: a step to mark.
        axis: the axes of the picture before.
        hold: draw with these axes whatever the data, as in pictures to be compared.

    Raises:
        UsageError: no such glyphs.
    """
    found = named(glyphs)
    width, height = max(1, width), max(1, height)
    below = 0 if height < LOW or width < NARROW else 1 if height < LOW + 2 else 2
    high = height - below
    held = axis if hold else None
    x = held.x if held else _x_axis(lines, start, end, max(2, width // 14), axis.x if axis else None)
    seen = held.y if held else _y_axis(lines, x, width * found.across, high, log_y, axis.y if axis else None)
    y = seen or Axis(1.0, 10.0, (), (), log_y)  # nothing to see
    beside = max(map(len, y.labels), default=0) + 1 if width >= NARROW and seen else 0
    if beside > width // 2:
        beside = 0
    raster = Raster(width - beside, high, found)
    drawn = [_Line(series, colour, series.digest(raster.across, x.low, x.high)) for series, colour in lines]
    for line in drawn:
        _draw_raw(raster, line, x, y, faint=smooth > 0)
    if smooth > 0:
        for line in drawn:
            _draw_smooth(raster, line, x, y, smooth)
    mark = None
    if cursor is not None and x.low <= cursor <= x.high:
        mark = _dot_column(x, cursor, raster.across) // found.across
    rows = list(raster.rows(mark))
    if seen is None:
        rows = _said(rows, NOT_POSITIVE if log_y and any(map(len, (s for s, _ in lines))) else NO_DATA, width)
    if beside:
        rows = [[*gutter, *row] for gutter, row in zip(_gutter(y, raster, beside), rows, strict=True)]
    if below:
        rows += _steps(x, raster, beside, below, width)
    values = [series.at(cursor) if cursor is not None else None for series, _ in lines]
    return Picture(rows, Axes(x, y), values)


def _x_axis(
    lines: Sequence[tuple[Series, int]], start: float | None, end: float | None, count: int, previous: Axis | None
) -> Axis:
    """The steps shown: just as asked for, else what was logged with a little room to grow."""
    logged = [series for series, _ in lines if series.first_step <= series.last_step]
    low = start if start is not None else min((s.first_step for s in logged), default=0.0)
    high = end if end is not None else max((s.last_step for s in logged), default=low + 1)
    low, high = (max(-LARGEST_STEP, min(LARGEST_STEP, step)) for step in (low, high))
    high = max(high, low + max(1.0, abs(low) * NARROWEST)) if end is None or high <= low else high
    axis = nice(low, high, count, previous=previous if start is None and end is None else None, parts=5)
    axis = axis._replace(low=axis.low if start is None else low, high=axis.high if end is None else high)
    whole = all(series.whole for series in logged)
    kept = [
        (tick, label)
        for tick, label in zip(axis.ticks, axis.labels, strict=True)
        if axis.low <= tick <= axis.high and not (whole and tick != int(tick))
    ]
    if len(kept) < len(axis.ticks) and whole:
        kept = [(tick, f"{tick:.12g}") for tick, _ in kept]
    return axis._replace(ticks=tuple(t for t, _ in kept), labels=tuple(label for _, label in kept))


def _y_axis(
    lines: Sequence[tuple[Series, int]], x: Axis, across: int, rows: int, log: bool, previous: Axis | None
) -> Axis | None:
    """The values in sight; None when there are none."""
    low, high = _range(lines, x, across, log)
    ticks = max(2, min(6, round(rows / 2.5)))
    return nice(low, high, ticks, log, previous, parts=2) if low <= high else None


def _range(lines: Sequence[tuple[Series, int]], x: Axis, across: int, log: bool) -> tuple[float, float]:
    """Lowest and highest value to show; the lowest is above the highest when there is none."""
    low, high = math.inf, -math.inf
    for series, _ in lines:
        if x.low <= series.first_step and series.last_step <= x.high and (series.low > 0 or not log):
            points = [series.low, series.high]
        else:
            columns = [c for c in series.digest(across, x.low, x.high) if c and c.points]
            points = [value for column in columns for value in (column.low, column.high)]
        if not points:
            points = [point[1] for point in (series.before(x.low), series.after(x.high)) if point]
            points = points if len(points) == 2 else []
        shown = [value for value in points if value == value and (value > 0 or not log)]
        low, high = min(low, *shown, math.inf), max(high, *shown, -math.inf)
    return low, high


def _dot_column(x: Axis, step: float, across: int) -> int:
    """The column of dots that a step falls into, as :meth:`Series.digest` counts them."""
    place = x.place(step) * across
    return min(across - 1, int(place)) if 0 <= place <= across else math.floor(max(-1e6, min(1e6, place)))


def _draw_raw(raster: Raster, line: _Line, x: Axis, y: Axis, *, faint: bool) -> None:
    """The line through all columns, and from the points beside the picture."""
    points: list[tuple[int, float, float] | None] = []  # column, top, bottom; None for a gap
    bottom = raster.down - 1

    def add(column: int, low: float, high: float) -> None:
        if y.log and high <= 0:
            points.append(None)
        else:
            points.append((column, (1 - y.place(high)) * bottom, min(1e5, (1 - y.place(low)) * bottom)))

    if neighbour := line.series.before(x.low):
        add(_dot_column(x, neighbour[0], raster.across), neighbour[1], neighbour[1])
    for j, column in enumerate(line.columns):
        if column and column.points:
            add(j, column.low, column.high)
        elif column:
            points.append(None)
    if neighbour := line.series.after(x.high):
        add(_dot_column(x, neighbour[0], raster.across), neighbour[1], neighbour[1])
    for point in points:
        if point:
            raster.line(point[0], point[1], point[0], point[2], line.colour, faint=faint)
    for one, two in pairwise(points):
        if one and two and not (two[0] - one[0] == 1 and one[1] <= two[2] and two[1] <= one[2]):
            # From the end that lies nearer.
            leave = min(max((two[1] + two[2]) / 2, one[1]), one[2])
            raster.line(one[0], leave, two[0], min(max(leave, two[1]), two[2]), line.colour, faint=faint)


def _draw_smooth(raster: Raster, line: _Line, x: Axis, y: Axis, weight: float) -> None:
    """The line through the smoothed values."""
    series = line.series
    before: list[Column | None] = []
    if len(series) and series.first_step < x.low:
        before = series.digest(raster.across, series.first_step, math.nextafter(x.low, -math.inf))
    values = smoothed(line.columns, weight, len(series), before)
    bottom = raster.down - 1
    points = [
        (j, (1 - y.place(value)) * bottom)
        for j, value in enumerate(values)
        if value is not None and (value > 0 or not y.log)
    ]
    for (x0, y0), (x1, y1) in pairwise(points):
        raster.line(x0, y0, x1, y1, line.colour)
    if len(points) == 1:
        raster.line(*points[0], *points[0], line.colour)


def _gutter(y: Axis, raster: Raster, beside: int) -> list[list[Span]]:
    """The y axis with its labels, row by row."""
    at: dict[int, str] = {}
    for tick, label in zip(y.ticks, y.labels, strict=True):
        at[math.floor((1 - y.place(tick)) * (raster.down - 1) + 0.5) // raster.glyphs.down] = label
    signs = raster.glyphs
    return [
        [(at.get(row, "").rjust(beside - 1), "label"), (signs.tick if row in at else signs.vertical, "axis")]
        for row in range(raster.height)
    ]


def _steps(x: Axis, raster: Raster, beside: int, below: int, width: int) -> list[list[Span]]:
    """The x axis: a line with ticks where there is room, and the labels."""
    signs = raster.glyphs
    line = [signs.horizontal] * raster.width
    text = [" "] * width
    free = 0
    for tick, label in zip(x.ticks, x.labels, strict=True):
        column = _dot_column(x, tick, raster.across) // signs.across
        line[column] = signs.step
        begin = max(0, min(beside + column - len(label) // 2, width - len(label)))
        if begin >= free and begin + len(label) <= width:
            text[begin : begin + len(label)] = label
            free = begin + len(label) + 1
    labels: list[Span] = [("".join(text), "label")]
    if below == 1:
        return [labels]
    corner = " " * (beside - 1) + signs.corner if beside else ""
    return [[(corner + "".join(line), "axis")], labels]


def _said(rows: list[list[Span]], text: str, width: int) -> list[list[Span]]:
    """Put a text in the middle of an empty picture."""
    role: Role = "label"
    rows[len(rows) // 2] = [(text[:width].center(width), role)]
    return rows
