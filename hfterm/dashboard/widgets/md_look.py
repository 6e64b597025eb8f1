"""How Markdown looks: colours by role, the colours of code, and only signs that the terminal has."""

import dataclasses
import functools
import io
from collections.abc import Callable
from typing import Any

from rich.console import Console, ConsoleOptions
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

Shade = Callable[[Any], Style]

# More code than this in one piece is not coloured: the lexer would be felt.
COLOURED_CHARACTERS = 24_000


class Look:
    """A theme at hand, ready to draw with. ``key`` tells two apart."""

    def __init__(self, shade: Shade, *, ascii_only: bool = False, key: object = None) -> None:
        self.shade, self.ascii, self.key = shade, ascii_only, key
        # Written to nowhere: it only turns what is to be drawn into segments.
        self.console = Console(
            file=io.StringIO(), width=80, color_system="truecolor", force_terminal=True, legacy_windows=False,
            theme=Theme(_styles(shade)), _environ={},
        )  # fmt: skip
        self._options = dataclasses.replace(
            self.console.options, encoding="ascii" if ascii_only else "utf-8", height=None
        )

    def options(self, width: int) -> ConsoleOptions:
        """To draw ``width`` cells wide."""
        return self._options.update(width=max(1, width))

    @functools.cached_property
    def frame(self) -> "Frame":
        """What a code block is framed with."""
        return Frame(*"+-+|++") if self.ascii else Frame(*"╭─╮│╰╯")

    @functools.cached_property
    def _code(self) -> Any:
        """The colours of code."""
        from rich.syntax import ANSISyntaxTheme

        return ANSISyntaxTheme(_code_styles(self.shade))

    def code(self, code: str, language: str) -> Text:
        """Code in its colours; plain where the language is unknown or there is too much of it."""
        if not language or len(code) > COLOURED_CHARACTERS:
            return Text(code)
        return _coloured(self, code, language).copy()


class Frame:
    """Signs of a frame: corners, a line across, a line down."""

    def __init__(self, top_left: str, line: str, top_right: str, side: str, low_left: str, low_right: str) -> None:
        self.top_left, self.line, self.top_right = top_left, line, top_right
        self.side, self.low_left, self.low_right = side, low_left, low_right


@functools.lru_cache(maxsize=64)
def _coloured(look: Look, code: str, language: str) -> Text:
    from rich.syntax import Syntax

    found = Syntax(code, language, theme=look._code, background_color="default").highlight(code)
    found.rstrip()
    return found


def _styles(shade: Shade) -> dict[str, Style]:
    """Rich's names for the parts of Markdown."""
    bold, dim, accent = Style(bold=True), shade("dim"), shade("accent")
    return {
        "markdown.paragraph": Style(),
        "markdown.em": Style(italic=True),
        "markdown.strong": bold,
        "markdown.code": shade(5) + bold,
        "markdown.code_block": Style(),
        "markdown.block_quote": dim + Style(italic=True),
        "markdown.item": Style(),
        "markdown.item.bullet": accent,
        "markdown.item.number": accent,
        "markdown.hr": dim,
        "markdown.h1": accent + bold + Style(underline=True),
        "markdown.h2": accent + bold,
        "markdown.h3": bold,
        "markdown.h4": bold,
        "markdown.h5": bold + Style(italic=True),
        "markdown.h6": bold + Style(italic=True),
        "markdown.link": accent + Style(underline=True),
        "markdown.link_url": dim,
        "markdown.s": Style(strike=True),
        "markdown.table.border": dim,
        "markdown.table.header": bold,
    }


def _code_styles(shade: Shade) -> dict[tuple[str, ...], Style]:
    """Pygments' kinds of token (https://pygments.org/docs/tokens/); what is not named looks as its parent does."""
    name, bold = "Name", Style(bold=True)
    return {
        ("Comment",): shade("dim") + Style(italic=True),
        ("Keyword",): shade(3) + bold,
        ("Operator", "Word"): shade(3) + bold,
        ("Literal", "String"): shade("good"),
        ("Literal", "Number"): shade(1),
        (name, "Function"): shade("accent"),
        (name, "Class"): shade("accent") + bold,
        (name, "Builtin"): shade(5),
        (name, "Decorator"): shade(4),
        (name, "Tag"): shade("accent"),
        (name, "Attribute"): shade(5),
        (name, "Exception"): shade("bad"),
        ("Generic", "Deleted"): shade("bad"),
        ("Generic", "Inserted"): shade("good"),
        ("Generic", "Heading"): bold,
        ("Generic", "Strong"): bold,
        ("Generic", "Emph"): Style(italic=True),
    }
