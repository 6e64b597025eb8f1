"""An answer in Markdown, cut into blocks while it still grows.

A finished block never changes again, so a screen draws it once; only the unfinished tail is drawn anew as
it grows. What a block is, the CommonMark parser says that also draws them (with tables), so fences inside
fences, in lists and in quotations are understood as they will be shown. The items of a list are blocks of
their own: a long list does not wait for its end.
"""

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_KINDS = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "blockquote_open": "quote",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
    "hr": "rule",
    "html_block": "html",
}
# What a blank line ends for good. Lists, indented code and some HTML may go on behind one.
_ENDED_BY_BLANK = ("paragraph", "table", "quote")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`\n]*(?:\n|\Z))|~{3,})")
_BLANK_LINES = re.compile(r"(?:[ \t\r]*\n)+")
_BLANK_LINE = re.compile(r"^[ \t\r]*\n", re.M)
# Lines that go on with a table whatever they hold; the same with the blank lines that end it.
_ROWS_ONLY = re.compile(r"(?: {0,3}\|[^\n]*\n)+")
_ROWS = re.compile(r"(?P<rows>(?: {0,3}\|[^\n]*\n)*)(?:[ \t\r]*\n)+")
_LONG = 600
# As the parser counts lines.
_LINE_END = re.compile(r"\r\n|\r|\n")


class Block(NamedTuple):
    """A stretch of the answer. ``kind`` is one of ``paragraph heading list quote table code rule html``.

    ``text`` is its source, without blank lines around it. ``language`` is what a fence names, for code.
    ``joins``: it is a further item of the list above.
    """

    kind: str
    text: str
    language: str = ""
    joins: bool = False


class Code(NamedTuple):
    """A piece of code in an answer, without its fence and indentation."""

    language: str
    code: str


class Splitter:
    """Cuts a growing answer: give it the pieces, take the finished blocks.

    ``tail`` is the text that belongs to no finished block yet; ``tail_kind`` (``blank`` at first) and
    ``tail_language`` say what it looks like, ``tail_begin`` where in it that begins, ``tail_joins`` that it goes on
    with the list above.
    """

    def __init__(self) -> None:
        self.tail = ""
        self.tail_kind, self.tail_language, self.tail_joins = "blank", "", False
        self.tail_begin = 0
        self._looked = 0  # so much of the tail was parsed; a line's end

    def feed(self, piece: str) -> list[Block]:
        """Take more of the answer; the blocks that it finishes, often none."""
        self.tail += piece
        lines = self.tail.rfind("\n") + 1
        if lines <= self._looked:
            if self.tail_kind == "blank" and not self.tail.isspace():
                self._look_at_tail()
            return []
        if self._goes_on(lines):
            return []
        if self.tail_kind == "table" and (table := _ROWS.match(self.tail, self._begin(), lines)) is not None:
            # A long table is not parsed again only to learn that it ends.
            block = Block("table", self.tail[self.tail_begin : table.end("rows")].rstrip())
            self.tail, self._looked, self.tail_begin = self.tail[table.end() :], 0, 0
            self.tail_kind, self.tail_language, self.tail_joins = "blank", "", False
            return [block, *self.feed("")]
        found = self._joined(_spans(self.tail[:lines]))
        growing, begin = None, 0
        if found and not _is_finished(found[-1], self.tail[:lines]):
            span = found.pop()
            growing, begin = span.block, span.end - len(span.block.text)
        if found:
            cut = found[-1].end
            cut = match.end() if (match := _BLANK_LINES.match(self.tail, cut)) else cut
            self.tail, begin = self.tail[cut:], begin - cut
        self.tail_begin = max(0, begin)
        self._looked = self.tail.rfind("\n") + 1
        self.tail_joins = growing is not None and growing.joins
        if growing is None:
            self._look_at_tail()
        else:
            self.tail_kind, self.tail_language = growing.kind, growing.language
        return [span.block for span in found]

    def finish(self) -> list[Block]:
        """The answer has ended: what is left, as blocks."""
        blocks = [span.block for span in self._joined(_spans(self.tail))]
        self.tail, self._looked, self.tail_begin = "", 0, 0
        self.tail_kind, self.tail_language, self.tail_joins = "blank", "", False
        return blocks

    def _joined(self, spans: "list[_Span]") -> "list[_Span]":
        """The blocks of the tail; the first may go on with the list above."""
        if spans and self.tail_joins and spans[0].block.kind == "list":
            spans[0] = spans[0]._replace(block=spans[0].block._replace(joins=True))
        return spans

    def _look_at_tail(self) -> None:
        spans = self._joined(_spans(self.tail))
        block = spans[0].block if spans else Block("blank", "")
        self.tail_kind, self.tail_language = block.kind, block.language

    def _begin(self) -> int:
        """Where the first line begins that was not parsed as a whole."""
        return self.tail.rfind("\n", 0, self._looked) + 1

    def _goes_on(self, lines: int) -> bool:
        """Whether the new lines surely belong to the block that the tail is: nothing to parse then."""
        begin = self._begin()
        if self.tail_kind == "table" and _ROWS_ONLY.fullmatch(self.tail, begin, lines):
            self._looked = lines
            return True
        if self.tail_kind == "code" and (opening := _FENCE.match(self.tail)):
            closing = re.compile(_closing(opening[1]) + r"\r?$", re.M)
            within = closing.search(self.tail, max(begin, self.tail.index("\n") + 1), lines) is None
            self._looked = lines if within else self._looked
            return within
        # A block that is long already is parsed again at a blank line only, or when it has grown by a quarter.
        return (
            lines > _LONG
            and self.tail_kind != "blank"
            and lines < self._looked * 1.25
            and not _BLANK_LINE.search(self.tail, begin, lines)
        )


def split(text: str) -> list[Block]:
    """A whole answer in blocks."""
    return [span.block for span in _spans(text)]


def code_blocks(text: str) -> list[Code]:
    """The code in an answer, fenced or indented, in lists and quotations too, in order."""
    return [
        Code(_language(token), token.content.removesuffix("\n"))
        for token in _parser().parse(text)
        if token.type in ("fence", "code_block")
    ]


class _Span(NamedTuple):
    """A block, and where its source ends."""

    block: Block
    end: int


@functools.cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # The inline rules would cost most of the time, and a block's extent does not depend on them.
    return MarkdownIt("commonmark").enable("table").disable("inline")


def _language(token: "Token") -> str:
    return (token.info.split() or [""])[0] if token.type == "fence" else ""


def _spans(text: str) -> list[_Span]:
    """The blocks at the top level and the items of the lists there."""
    starts = [0, *(match.end() for match in _LINE_END.finditer(text)), len(text)]
    spans = []
    for token, joins in _outermost(_parser().parse(text)):
        assert token.map is not None
        begin, end = starts[token.map[0]], starts[token.map[1]]
        source = text[begin:end].rstrip()
        kind = _KINDS.get(token.type, "list")
        spans.append(_Span(Block(kind, source, _language(token), joins), begin + len(source)))
    return spans


def _outermost(tokens: "list[Token]") -> "Iterator[tuple[Token, bool]]":
    """The tokens that begin a block, each with whether it joins the list above."""
    joins = False
    for token in tokens:
        if token.level == 0 and token.type in _KINDS:
            joins = False
            if _KINDS[token.type] != "list":
                yield token, False
        elif token.level == 1 and token.type == "list_item_open":
            yield token, joins
            joins = True


def _closing(mark: str) -> str:
    """A line that closes the fence ``mark`` opened."""
    return rf"^ {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*"


def _is_finished(span: _Span, lines: str) -> bool:
    """Whether the last block of the whole lines so far can grow no more."""
    kind, source = span.block.kind, span.block.text
    if kind in ("heading", "rule"):
        return True
    if kind == "code":
        opening = _FENCE.match(source)
        _, _, rest = source.partition("\n")
        return opening is not None and bool(rest) and bool(re.fullmatch(_closing(opening[1]), rest.rpartition("\n")[2]))
    return kind in _ENDED_BY_BLANK and lines.count("\n", span.end) > 1
