"""Markdown for a screen: as rich draws it, but code is framed and numbered, and nothing is hidden or steers."""

import functools
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import BlockQuote as RichQuote
from rich.markdown import Heading, ListElement, ListItem, Markdown, MarkdownElement, TableElement
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text, TextType

from hfterm.text import sanitize

if TYPE_CHECKING:
    from rich.markdown import MarkdownContext

    from hfterm.dashboard.widgets.md_look import Look

TAB = 4
# Narrower than this a frame would leave no room for the code.
NARROWEST_FRAME = 12
# The key of a frame's number in its style's meta: where the block lies is found by it.
MARK = "code"


@functools.cache
def _parser() -> MarkdownIt:
    # HTML is shown as it was written: a model that writes vector<int> means it.
    return MarkdownIt("commonmark", {"html": False}).enable("strikethrough").enable("table")


class Shape(NamedTuple):
    """How a part of a long table is drawn: the columns' widths in cells, and whether its titles stand above."""

    widths: Sequence[int]
    titled: bool


class ChatMarkdown(Markdown):
    """A piece of Markdown. ``codes`` are the language and text of its code blocks, in order; ``first`` numbers them.

    ``shape``: it is a part of a table.
    """

    def __init__(self, text: str, look: "Look", first: int = 1, *, shape: Shape | None = None) -> None:
        super().__init__("", hyperlinks=False)
        self.inlines = {"em", "strong", "code", "s", "link", "link_url"}
        self.look, self.first, self.shape = look, first, shape
        self.codes: list[tuple[str, str]] = []
        self.parsed = list(_readable(_parser().parse(text)))


def _readable(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens with all they hold made visible: links with their address, pictures by their words."""
    for token in tokens:
        if token.type == "softbreak":
            token.type = "hardbreak"  # a model breaks a line where it means to
        elif token.type == "image":
            src = sanitize(str(token.attrs.get("src", "")), cell=True)
            yield _text(f"[{sanitize(token.content, cell=True) or 'image'}]")
            yield from _styled("link_url", f" ({src})")
            continue
        token.content = sanitize(token.content, cell=token.type == "text")
        if token.children:
            token.children = list(_linked(list(_readable(token.children))))
        yield token


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    href, shown = "", ""
    for token in tokens:
        if token.type == "link_open":
            href, shown = sanitize(str(token.attrs.get("href", "")), cell=True), ""
            yield Token("style_open", "link", 1)
        elif token.type == "link_close":
            yield Token("style_close", "link", -1)
            if href.removeprefix("mailto:") != shown:
                yield from _styled("link_url", f" ({href})")
        else:
            shown += token.content
            yield token


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _styled(tag: str, content: str) -> Iterator[Token]:
    yield Token("style_open", tag, 1)
    yield _text(content)
    yield Token("style_close", tag, -1)


class Code(MarkdownElement):
    """A block of code in a frame with its number and language."""

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> "Code":
        """Note it, so that it can be found and copied."""
        assert isinstance(markdown, ChatMarkdown)
        language = sanitize((token.info.split() or [""])[0], cell=True) if token.type == "fence" else ""
        element = cls()
        element.look, element.language = markdown.look, language
        element.index = len(markdown.codes)
        element.number = markdown.first + element.index
        element.code = token.content.removesuffix("\n")
        markdown.codes.append((language, element.code))
        return element

    look: "Look"
    language: str
    code: str
    index: int
    number: int

    def on_text(self, context: "MarkdownContext", text: TextType) -> None:
        """The text is known already."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        mark = Style(meta={MARK: self.index})
        title = f"{self.number} {self.language}".strip()
        for line in framed(self.look, self.code, self.language, title, options.max_width, mark=mark):
            yield from line
            yield Segment.line()


def framed(
    look: "Look",
    code: str,
    language: str,
    title: str,
    width: int,
    *,
    mark: Style | None = None,
    top: bool = True,
    bottom: bool = True,
) -> Iterator[list[Segment]]:
    """The lines of a code block in a frame of ``width`` cells; long lines are folded.

    ``mark`` is added to the style of the frame's sides; without ``top`` or ``bottom`` it is a part of a longer block.
    """
    frame, side = look.frame, look.shade("dim") + (mark or Style())
    inner = width - 4 if width >= NARROWEST_FRAME else width
    if top and inner < width:
        shown = set_cell_size(title, min(cell_len(title), inner - 2))
        rest = width - cell_len(shown) - 5
        yield [
            Segment(f"{frame.top_left}{frame.line} ", side),
            Segment(shown, look.shade("label") + (mark or Style())),
            Segment(f" {frame.line * rest}{frame.top_right}", side),
        ]
    for line in look.code(code.expandtabs(TAB), language).split("\n", allow_blank=True) or [Text()]:
        for part in folded(line, inner):
            part.end = ""
            segments = list(part.render(look.console))
            if inner == width:
                yield segments
                continue
            blank = " " * (inner - part.cell_len)
            yield [Segment(f"{frame.side} ", side), *segments, Segment(blank), Segment(f" {frame.side}", side)]
    if bottom and inner < width:
        yield [Segment(f"{frame.low_left}{frame.line * (width - 2)}{frame.low_right}", side)]


def folded(line: Text, width: int) -> list[Text]:
    """A line cut into lines of at most ``width`` cells, where they are full: code keeps its blanks."""
    if line.cell_len <= width:
        return [line]
    ends = list(accumulate(len(part) for part in chop_cells(line.plain, max(2, width))))
    return list(line.divide(ends[:-1]))


class LeftHeading(Heading):
    """A heading on the left, without a box."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        yield self.text


class Quote(RichQuote):
    """A quotation with a bar that every terminal has."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(
            self.elements, options.update(width=max(1, options.max_width - 2)), style=self.style
        )
        bar = Segment("| " if options.ascii_only else "▌ ", self.style)
        for line in lines:
            yield bar
            yield from line
            yield Segment.line()


class Rule(MarkdownElement):
    """A line across."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        sign = "-" if options.ascii_only else "─"
        yield Segment(sign * options.max_width, console.get_style("markdown.hr"))
        yield Segment.line()


class Items(ListElement):
    """A list; numbers are as wide in every part of it, for its items are drawn one by one."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        numbered = self.list_type != "bullet_list_open"
        style = console.get_style("markdown.item.number" if numbered else "markdown.item.bullet")
        dot = "*" if options.ascii_only else "•"
        for n, item in enumerate(self.items, 1 if self.list_start is None else self.list_start):
            sign = f"{n:>2}. " if numbered else f" {dot} "
            lines = console.render_lines(
                item.elements, options.update(width=max(1, options.max_width - len(sign))), style=item.style
            )
            for i, line in enumerate(lines or [[]]):
                yield Segment(" " * len(sign) if i else sign, style)
                yield from line
                yield Segment.line()


class OpenTable(TableElement):
    """A table with a line under its titles and none around."""

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> "OpenTable":
        """Note its shape."""
        assert isinstance(markdown, ChatMarkdown)
        element = cls()
        element.shape = markdown.shape
        return element

    shape: Shape | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich import box

        sign = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True) if options.ascii_only else None
        table = Table(
            box=sign or box.SIMPLE_HEAD, pad_edge=False, show_edge=False, border_style="markdown.table.border",
            header_style="markdown.table.header", show_header=self.shape is None or self.shape.titled,
        )  # fmt: skip
        widths = iter(self.shape.widths if self.shape else ())
        if self.header is not None and self.header.row is not None:
            for cell in self.header.row.cells:
                table.add_column(
                    cell.content, justify=cell.content.justify or "left", overflow="fold", width=next(widths, None)
                )
        for row in self.body.rows if self.body is not None else ():
            table.add_row(*(cell.content for cell in row.cells))
        yield table


ChatMarkdown.elements = {
    **Markdown.elements,
    "fence": Code,
    "code_block": Code,
    "heading_open": LeftHeading,
    "blockquote_open": Quote,
    "hr": Rule,
    "bullet_list_open": Items,
    "ordered_list_open": Items,
    "list_item_open": ListItem,
    "table_open": OpenTable,
}


def plain(text: str) -> Text:
    """Text as it is, without what could steer the terminal."""
    return Text(sanitize(text).expandtabs(TAB))
