"""Rows with their images drawn, for terminals: by the terminal's own graphics, else in half blocks."""

import contextlib
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from hfterm.data.media import describe, images
from hfterm.data.media.errors import MediaError
from hfterm.data.rows import Rows
from hfterm.errors import MissingExtraError
from hfterm.text import human_bytes, readable, sanitize

# A picture has at most so many lines of the terminal.
MOST_LINES = 20


# Terminals that draw pixels (Kitty's protocol or Sixel), by what they set. Others print what they are asked.
_TERMS = ("xterm-kitty", "xterm-ghostty", "foot", "foot-extra", "mlterm", "wezterm", "contour")
_PROGRAMS = ("WezTerm", "iTerm.app", "ghostty", "mintty")


def has_graphics(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is one that can be asked how it draws pixels; within tmux and screen none is."""
    if environ.get("TMUX") or environ.get("STY"):
        return False
    known = environ.get("TERM") in _TERMS or environ.get("TERM_PROGRAM") in _PROGRAMS
    return known or bool(environ.get("KONSOLE_VERSION") or environ.get("KITTY_WINDOW_ID"))


def pictures(made: Rows, width: int, *, graphics: bool) -> Iterator[Any]:
    """What to print with rich: for each row its images, at most ``width`` cells wide, and a line about it.

    ``graphics``: as :func:`has_graphics`, and both ends are the terminal.

    Raises:
        UsageError, HftermError: the rows cannot be read. MissingExtraError: Pillow is not installed.
    """
    from rich.text import Text

    images.pillow()
    for number, row in enumerate(_rows(made), 1):
        words = []
        for name, value in row.items():
            values = [one for one in (value if isinstance(value, list) else [value]) if _is_value(one)]
            if not values:
                words.append(f"{name}: {readable(value)}")
            for one in values:
                with contextlib.suppress(MediaError, MissingExtraError):
                    if describe.kind(one) == "image":
                        yield drawn(images.decoded(one), width, graphics=graphics)
                words.append(f"{name}: {_caption(describe.described(one))}")
        yield Text(sanitize(f"{number}. {'; '.join(words)}", cell=True))


def _is_value(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"bytes", "path"}


def _rows(made: Rows) -> Iterator[dict[str, Any]]:
    """The rows as Python's values; what DuckDB has no such for, as JSON."""
    with made.tables() as tables, tables.errors(made.sources, made.about):
        query = made.query(tables.several(made.sources))
        said = made.con.execute(f"DESCRIBE {query}").fetchall()
        names = [row[0] for row in said]
        cursor = made.con.execute(query)
        while (row := cursor.fetchone()) is not None:
            yield dict(zip(names, row, strict=True))


def _caption(what: dict[str, Any]) -> str:
    size = f"{what['width']}x{what['height']}" if "width" in what else None
    rate = f"{what['sampling_rate']} Hz" if "sampling_rate" in what else None
    long = f"{what['seconds']:.2f} s" if "seconds" in what else None
    weight = human_bytes(what["bytes"]) if what["bytes"] is not None else None
    words = (what["path"], what.get("format"), size, what.get("mode"), rate, long, weight, what.get("error"))
    return " ".join(str(word) for word in words if word)


def drawn(image: Any, width: int, *, graphics: bool) -> Any:
    """An image for rich to print, no wider than ``width`` cells and its own pixels, and ``MOST_LINES`` high."""
    wide, high = image.size
    scale = min(1.0, width / wide, MOST_LINES * 2 / high)
    cells = max(1, round(wide * scale)), max(1, round(high * scale))
    if graphics:
        logging.getLogger("textual_image").setLevel(logging.CRITICAL)  # it tells of each question not answered
        with contextlib.suppress(ImportError):
            from textual_image.renderable import Image

            return Image(image.convert("RGBA"), width=cells[0], height=max(1, (cells[1] + 1) // 2))
    return half_blocks(image.convert("RGB").resize(cells))


def half_blocks(image: Any) -> Any:
    """An RGB image as a text, two pixels a cell: the upper one's colour is the block's, the lower one's its ground."""
    from rich.style import Style
    from rich.text import Text

    wide, high = image.size
    made = Text(no_wrap=True, end="")
    for top in range(0, high, 2):
        for left in range(wide):
            upper = "#{:02x}{:02x}{:02x}".format(*image.getpixel((left, top)))
            lower = "#{:02x}{:02x}{:02x}".format(*image.getpixel((left, top + 1))) if top + 1 < high else None
            made.append("\u2580", Style(color=upper, bgcolor=lower))
        made.append("\n")
    return made
