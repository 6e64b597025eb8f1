"""Blocks of Markdown as lines of a screen, and where the code in them lies.

What reads Markdown is imported when there is some to draw: an empty chat opens without it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from textual.strip import Strip

from hfterm.chat.blocks import Block
from hfterm.dashboard.widgets.md_look import Look

if TYPE_CHECKING:
    from hfterm.dashboard.widgets.md_elements import Shape

# Lines of prose longer than this are hard to read.
WIDEST = 120


class CodeAt(NamedTuple):
    """A code block in a drawn block: its lines from ``first`` to ``last``, its sides at ``left`` and ``right - 1``."""

    language: str
    code: str
    first: int
    last: int
    left: int
    right: int


class Drawn(NamedTuple):
    """A block as lines."""

    lines: list[Strip]
    codes: tuple[CodeAt, ...] = ()


def draw(block: Block, width: int, look: Look, number: int = 1) -> Drawn:
    """A block, ``width`` cells wide at most; ``number`` is that of its first piece of code."""
    width = min(width, WIDEST)
    if block.kind in ("html", "blank"):
        return Drawn(draw_text(block.text, width, look))
    from hfterm.dashboard.widgets.md_elements import ChatMarkdown

    markdown = ChatMarkdown(block.text, look, number)
    lines = look.console.render_lines(markdown, look.options(width), pad=False)
    strips = [Strip(line) for line in _stripped(lines)]
    return Drawn(strips, _found(strips, markdown.codes))


def draw_rows(table: str, width: int, look: Look, shape: "Shape") -> list[Strip]:
    """A part of a long table: its titles and some of its rows, in the shape of the whole."""
    from hfterm.dashboard.widgets.md_elements import ChatMarkdown

    lines = look.console.render_lines(
        ChatMarkdown(table, look, shape=shape), look.options(min(width, WIDEST)), pad=False
    )
    return [Strip(line) for line in _stripped(lines)]


def draw_text(text: str, width: int, look: Look) -> list[Strip]:
    """Text as it was written, wrapped."""
    from hfterm.dashboard.widgets.md_elements import plain

    lines = plain(text).wrap(look.console, max(1, min(width, WIDEST)))
    for line in lines:
        line.end = ""
    return [Strip(line.render(look.console)) for line in lines]


def draw_code(code: str, language: str, title: str, width: int, look: Look, *, top: bool, bottom: bool) -> list[Strip]:
    """A part of a code block that is still growing."""
    from hfterm.dashboard.widgets.md_elements import framed, plain

    return [
        Strip(line)
        for line in framed(look, plain(code).plain, language, title, min(width, WIDEST), top=top, bottom=bottom)
    ]


def _stripped(lines: Sequence[list[Segment]]) -> Sequence[list[Segment]]:
    """Without blank lines at the ends."""
    filled = [n for n, line in enumerate(lines) if any(s.text.strip() for s in line)]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _found(strips: Sequence[Strip], codes: Sequence[tuple[str, str]]) -> tuple[CodeAt, ...]:
    """Where each piece of code lies, by the marks in its frame."""
    if not codes:
        return ()
    from hfterm.dashboard.widgets.md_elements import MARK

    at: dict[int, list[int]] = {}
    for y, strip in enumerate(strips):
        x = 0
        for segment in strip:
            style = segment.style
            if style is not None and style._meta is not None and (index := style.meta.get(MARK)) is not None:
                found = at.setdefault(index, [y, y, x, x])
                found[1], found[2] = y, min(found[2], x)
                found[3] = max(found[3], x + segment.cell_length)
            x += segment.cell_length
    return tuple(CodeAt(*codes[index], *found) for index, found in sorted(at.items()))
