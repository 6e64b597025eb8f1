"""A trend in one row of cells, on a fixed scale."""

from collections.abc import Sequence

from hfterm.tracking.glyphs import glyphs as named


def spark(
    values: Sequence[float | None], width: int, low: float = 0, high: float = 100, glyphs: str = "braille"
) -> str:
    """The newest values in ``width`` cells, the newest on the right; blank for None, NaN and what is not there yet.

    Braille shows two values a cell in four heights, blocks one in eight, ASCII one in eight signs. Values beyond
    ``low`` and ``high`` are shown as if they were there; the lowest still shows a dot.
    """
    found = named(glyphs)
    each = 2 if found.paired else 1
    room = max(0, width * each)
    newest = values[-room:] if room else []
    heights = [0] * (room - len(newest)) + [_height(value, low, high, len(found.levels)) for value in newest]
    if not found.paired:
        return "".join(found.levels[height - 1] if height else " " for height in heights)
    fill = [[sum(side[4 - height :]) for height in range(5)] for side in found.bits]
    pairs = zip(heights[::2], heights[1::2], strict=True)
    return "".join(found.signs[fill[0][left] + fill[1][right]] for left, right in pairs)


def _height(value: float | None, low: float, high: float, levels: int) -> int:
    """From 1 to ``levels``; 0 for nothing."""
    if value is None or value != value:
        return 0
    if high <= low:
        return levels if value >= high else 1
    part = (min(high, max(low, value)) - low) / (high - low)
    return max(1, min(levels, round(part * levels)))
