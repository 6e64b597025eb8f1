"""A grid of cells that lines are drawn on, dot by dot."""

import math
from collections.abc import Iterator
from functools import lru_cache

from hfterm.tracking.glyphs import Glyphs

# The colour of a line's index; the same, faint; or a name ("axis", "label", "cursor").
Role = int | tuple[int, str] | str
Span = tuple[str, Role]


class Raster:
    """``width`` x ``height`` cells, empty; dot (0, 0) is at the top left.

    Bright lines cover faint ones in a cell; of equals the one drawn later gives the cell its colour.
    """

    def __init__(self, width: int, height: int, glyphs: Glyphs) -> None:
        self.width, self.height, self.glyphs = width, height, glyphs
        self.across, self.down = width * glyphs.across, height * glyphs.down
        self._masks = _masks(glyphs)
        self._bright, self._faint = [0] * (width * height), [0] * (width * height)
        self._colour: list[Role] = [0] * (width * height)
        self._faint_colour: list[Role] = [0] * (width * height)

    def stroke(self, x: int, top: int, bottom: int, colour: int, *, faint: bool = False) -> None:
        """A vertical line of dots from ``top`` to ``bottom`` (both drawn), clipped."""
        if top > bottom:
            top, bottom = bottom, top
        top, bottom = max(0, top), min(self.down - 1, bottom)
        if not 0 <= x < self.across or top > bottom:
            return
        bits, colours = (self._faint, self._faint_colour) if faint else (self._bright, self._colour)
        role: Role = (colour, "dim") if faint else colour
        down = self.glyphs.down
        column, side = divmod(x, self.glyphs.across)
        first, last = top // down, bottom // down
        for row in range(first, last + 1):
            mask = self._masks[side][top % down if row == first else 0][bottom % down if row == last else down - 1]
            at = row * self.width + column
            bits[at] |= mask
            colours[at] = role

    def line(self, x0: int, y0: float, x1: int, y1: float, colour: int, *, faint: bool = False) -> None:
        """A straight line without holes, clipped; ``x0`` is not right of ``x1``."""
        if x0 == x1:
            self.stroke(x0, _dot(y0), _dot(y1), colour, faint=faint)
            return
        slope = (y1 - y0) / (x1 - x0)
        for x in range(max(x0, 0), min(x1, self.across - 1) + 1):
            before, behind = max(float(x0), x - 0.5), min(float(x1), x + 0.5)
            self.stroke(x, _dot(y0 + slope * (before - x0)), _dot(y0 + slope * (behind - x0)), colour, faint=faint)

    def rows(self, cursor: int | None = None) -> Iterator[list[Span]]:
        """The rows as spans; ``cursor`` is a column of cells to mark where it is empty."""
        signs = self.glyphs.signs
        role: Role | None
        new: Role | None
        for row in range(self.height):
            spans: list[Span] = []
            text, role = "", None
            for at in range(row * self.width, (row + 1) * self.width):
                if self._bright[at]:
                    sign, new = signs[self._bright[at]], self._colour[at]
                elif self._faint[at]:
                    sign, new = signs[self._faint[at]], self._faint_colour[at]
                elif cursor is not None and at % self.width == cursor:
                    sign, new = self.glyphs.vertical, "cursor"
                else:
                    sign, new = " ", "axis" if role in (None, "cursor") else role
                if new != role and role is not None:
                    spans.append((text, role))
                    text = ""
                text, role = text + sign, new
            spans.append((text, role if role is not None else "axis"))
            yield spans


@lru_cache
def _masks(glyphs: Glyphs) -> list[list[list[int]]]:
    """The bits of a vertical stretch within a cell: by side, first dot and last dot."""
    every = range(glyphs.down)
    return [[[sum(side[top : bottom + 1]) for bottom in every] for top in every] for side in glyphs.bits]


def _dot(y: float) -> int:
    """The dot that a height falls on; one far out stays outside."""
    if math.isnan(y):
        return -1
    return math.floor(max(-1e6, min(1e6, y)) + 0.5)
