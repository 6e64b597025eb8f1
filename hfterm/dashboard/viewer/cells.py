"""Values as they stand in one line, and how wide columns are."""

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size

from hfterm.dashboard.widgets.long_table import fitted
from hfterm.text import human_bytes, sanitize, to_json

# No more of a value is looked at for one line.
MOST_CHARACTERS = 400
# A column is at first no wider, so that others have room beside it.
WIDE = 32
GAP = 2


def shown(value: Any) -> tuple[str, str]:
    """A value in one line, and its role; control characters are visible."""
    if value is None:
        return "null", "dim"
    if isinstance(value, bytes):
        return f"<{human_bytes(len(value))}>", "dim"
    if isinstance(value, float) and len(repr(value)) > 10:
        return f"{value:.6g}", "plain"
    text = value[:MOST_CHARACTERS] if isinstance(value, str) else to_json(_short(value))[:MOST_CHARACTERS]
    if isinstance(value, str) or not text.startswith('"'):
        return sanitize(text, cell=True), "plain"
    return sanitize(text.strip('"'), cell=True), "plain"  # a time, a decimal number


def _short(value: Any, depth: int = 0) -> Any:
    """A nested value, without what no line has room for."""
    if isinstance(value, bytes):
        return f"<{human_bytes(len(value))}>"
    if isinstance(value, str):
        return value[:MOST_CHARACTERS]
    if isinstance(value, dict):
        return {str(key): _short(one, depth + 1) for key, one in list(value.items())[:50]} if depth < 8 else "..."
    if isinstance(value, list | tuple):
        return [_short(one, depth + 1) for one in list(value)[:50]] if depth < 8 else "..."
    return value


def is_number(value: Any) -> bool:
    """Whether it stands at its column's right."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def cut(text: str, width: int, ascii_only: bool) -> str:
    """A text in so many cells, its end marked where it goes on."""
    if cell_len(text) <= width:
        return text
    dots = "~" if ascii_only else "…"
    return set_cell_size(text, max(0, width - 1)) + dots if width > 1 else set_cell_size(text, width)


def layout(widths: Sequence[int], room: int) -> list[int]:
    """The widths of as many columns, from the first on, as have room; at least one."""
    count, used = 0, 0
    for width in widths:
        used += min(max(1, width), WIDE) + (GAP if count else 0)
        if used > room and count:
            break
        count += 1
    return fitted(list(widths[:count]), max(1, room - GAP * (count - 1)))
