"""A list of any length: only the rows on the screen are made into text."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hfterm.dashboard import keys
from hfterm.dashboard.widgets.panel import Base, segments
from hfterm.tracking.select import matcher

Cell = tuple[str, str | int]


class Column(NamedTuple):
    """A column. ``width`` 0 takes what is left; ``spare``: the highest goes first where it is narrow (0: never)."""

    title: str
    width: int = 0
    right: bool = False
    spare: int = 0
    # What the rows are sorted by; None: not by this column.
    sort: Callable[[Any], Any] | None = None


class VirtualList(ScrollView, Base, can_focus=True, inherit_bindings=False):
    """Rows under column titles, with a cursor, marks, an order and a filter.

    A subclass gives ``COLUMNS``, :meth:`cells`, :meth:`key` and what else it wants to differ.
    """

    COLUMNS: tuple[Column, ...] = ()
    EMPTY = "nothing here"
    # Whether the cursor is moved from another widget, which has the focus.
    LED = False
    BINDINGS: ClassVar[Any] = keys.bindings("list")
    # The rule for terminals without lines begins at the screen, not at this widget.
    SCOPED_CSS = False
    DEFAULT_CSS = """
    VirtualList {
        border: round $border-blurred;
        border-title-color: $foreground;
        border-subtitle-color: $dim;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        &:focus { border: round $border; border-title-style: bold; }
    }
    .-ascii VirtualList { border: ascii $border-blurred; &:focus { border: ascii $border; } }
    """

    class Chosen(Message):
        """Enter was pressed on a row."""

        def __init__(self, sender: "VirtualList", row: Any) -> None:
            super().__init__()
            self.list, self.row = sender, row

        @property
        def control(self) -> "VirtualList":
            """The list."""
            return self.list

    class Moved(Message):
        """The cursor is on another row (None: there is none)."""

        def __init__(self, sender: "VirtualList", row: Any) -> None:
            super().__init__()
            self.list, self.row = sender, row

        @property
        def control(self) -> "VirtualList":
            """The list."""
            return self.list

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._all: Sequence[Any] = ()
        self.rows: Sequence[Any] = ()
        self.marked: set[Hashable] = set()
        self.filter = ""
        self.sorted_by: int | None = None
        self.descending = False
        self._cursor = 0
        self._cursor_key: Hashable = None
        self._columns: tuple[int, list[tuple[int, int]]] = (0, [])
        self._below = Text("")

    # What a subclass says.

    def cells(self, row: Any) -> Sequence[Cell]:
        """A row's text and role for each of ``COLUMNS``."""
        raise NotImplementedError

    def key(self, row: Any) -> Hashable:
        """What makes a row the same row after the next look."""
        return id(row)

    def words(self, row: Any) -> str:
        """What the filter looks at."""
        return " ".join(text for text, _ in self.cells(row))

    # Columns and rows.

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show these columns from now on; the order stays with its column, if that is still there."""
        if columns == self.COLUMNS:
            return
        by = self.COLUMNS[self.sorted_by].title if self.sorted_by is not None else None
        self.COLUMNS, self._columns = tuple(columns), (0, [])
        self.sorted_by = next((i for i, c in enumerate(columns) if c.sort and c.title == by), None)
        self._arrange()

    def below(self) -> Text:
        """What the lower border says: the filter, and how many rows it lets through."""
        return Text(f"{len(self.rows)} of {len(self._all)}  /{self.filter}" if self.filter else "")

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show these; the cursor and the marks stay with their rows."""
        self._all = rows
        self._arrange()

    def set_filter(self, text: str) -> None:
        """Show only the rows that match (see :func:`hfterm.tracking.select.matcher`); empty: all.

        Raises:
            UsageError: a bad regular expression.
        """
        matcher(text)
        self.filter = text
        self._arrange()

    @property
    def current(self) -> Any:
        """The row under the cursor; None when there is none."""
        return self.rows[self._cursor] if 0 <= self._cursor < len(self.rows) else None

    def chosen(self) -> list[Any]:
        """The marked rows, else the one under the cursor."""
        marked = [row for row in self._all if self.key(row) in self.marked] if self.marked else []
        return marked or ([self.current] if self.current is not None else [])

    def _arrange(self) -> None:
        rows = self._all
        if self.filter:
            test = matcher(self.filter)
            rows = [row for row in rows if test(self.words(row))]
        if self.sorted_by is not None and (by := self.COLUMNS[self.sorted_by].sort):
            known = [(by(row), row) for row in rows]
            some = sorted((pair for pair in known if pair[0] is not None), key=lambda pair: pair[0],
                          reverse=self.descending)  # fmt: skip
            rows = [row for _, row in some] + [row for value, row in known if value is None]
        self.rows = rows
        if self._cursor_key is not None:
            here = self.current
            if here is None or self.key(here) != self._cursor_key:
                self._cursor = next((i for i, row in enumerate(rows) if self.key(row) == self._cursor_key),
                                    min(self._cursor, max(0, len(rows) - 1)))  # fmt: skip
        self._cursor = min(self._cursor, max(0, len(rows) - 1))
        below = self.below()
        if below != self._below:  # Textual would paint anew for words that stay the same
            self.border_subtitle = self._below = below
        size = Size(0, len(rows) + 1)
        if self.virtual_size != size:
            self.virtual_size = size
        self._note_cursor()
        self.repaint()

    def _note_cursor(self) -> None:
        row = self.current
        key = self.key(row) if row is not None else None
        if key != self._cursor_key:
            self._cursor_key = key
            self.post_message(self.Moved(self, row))

    # Painting.

    def _layout_columns(self, width: int) -> list[tuple[int, int]]:
        """The columns that fit: (index, width), with one blank between."""
        if self._columns[0] == width and self._columns[1]:
            return self._columns[1]
        keep = list(range(len(self.COLUMNS)))

        def need() -> int:
            return sum((self.COLUMNS[i].width or 12) + 1 for i in keep) - 1 + 2

        for spare in sorted({c.spare for c in self.COLUMNS if c.spare}, reverse=True):
            if need() <= width:
                break
            keep = [i for i in keep if self.COLUMNS[i].spare != spare]
        flexible = [i for i in keep if not self.COLUMNS[i].width]
        left = max(0, width - 2 - sum(self.COLUMNS[i].width for i in keep) - (len(keep) - 1))
        widths = [(i, self.COLUMNS[i].width or max(4, left // len(flexible))) for i in keep]
        self._columns = width, widths
        return widths

    def _line(self, texts: Sequence[Cell], width: int, mark: str) -> Text:
        line = Text(mark + " ", no_wrap=True, end="")
        for n, (i, cells) in enumerate(self._layout_columns(width)):
            text, role = texts[i]
            if cell_len(text) > cells:
                dots = "~" if self.hfterm.ascii else "…"
                text = set_cell_size(text, max(0, cells - 1)) + dots if cells > 1 else set_cell_size(text, cells)
            pad = " " * (cells - cell_len(text))
            line.append((" " if n else "") + (pad + text if self.COLUMNS[i].right else text + pad),
                        style=self.shade(role) if role != "plain" else "")  # fmt: skip
        return line

    def _header(self, width: int) -> Text:
        up, down = ("^", "v") if self.hfterm.ascii else ("▲", "▼")
        arrow = down if self.descending else up
        titles = [c.title for c in self.COLUMNS]
        if (by := self.sorted_by) is not None:
            # The arrow stays where the title is as wide as its column.
            titles[by] = titles[by][: (self.COLUMNS[by].width or 99) - 1] + arrow
        return self._line([(title, "dim") for title in titles], width, " ")

    def render_line(self, y: int) -> Strip:
        """The titles stay in the first line, the rows move under them."""
        width = self.scrollable_content_region.width
        if y == 0:
            line = self._header(width)
        else:
            n = self.scroll_offset.y + y - 1
            if n >= len(self.rows):
                text = (self.EMPTY if not self._all else "no match") if n == 0 == len(self.rows) else ""
                return self._strip(Text(f"  {text}", style=self.shade("dim"), end=""), width)
            row = self.rows[n]
            line = self._line(self.cells(row), width, self._mark(self.key(row) in self.marked))
            if n == self._cursor and (self.has_focus or self.LED):
                line = self.under_cursor(line)
            elif n == self._cursor and self.can_focus:
                line.stylize("bold")
        return self._strip(line, width)

    def under_cursor(self, line: Text) -> Text:
        """The line as it is shown under the cursor: in one colour; reversed, the others would be patches."""
        return Text(line.plain, style=self.shade("select"), no_wrap=True, end="")

    def _mark(self, marked: bool) -> str:
        return ("*" if self.hfterm.ascii else "●") if marked else " "

    def _strip(self, line: Text, width: int) -> Strip:
        return Strip(segments(line, self.app.console)).adjust_cell_length(width).apply_style(self.rich_style)

    # Moving.

    def move_to(self, n: int) -> None:
        """Put the cursor on row ``n``, and show it."""
        self._cursor = min(max(0, n), max(0, len(self.rows) - 1))
        self.show_cursor()
        self._note_cursor()
        self.repaint()

    def show_cursor(self) -> None:
        """Scroll so that the cursor can be seen under the titles."""
        self.scroll_to_region(Region(0, self._cursor, 1, 2), animate=False, force=True)

    @property
    def page(self) -> int:
        """Rows on the screen."""
        return max(1, self.scrollable_content_region.height - 1)

    def action_down(self) -> None:
        """One row down."""
        self.move_to(self._cursor + 1)

    def action_up(self) -> None:
        """One row up."""
        self.move_to(self._cursor - 1)

    def action_first(self) -> None:
        """First row."""
        self.move_to(0)

    def action_last(self) -> None:
        """Last row."""
        self.move_to(len(self.rows) - 1)

    def action_page_down(self) -> None:
        """One page down."""
        self.move_to(self._cursor + self.page)

    def action_page_up(self) -> None:
        """One page up."""
        self.move_to(self._cursor - self.page)

    def action_choose(self) -> None:
        """Open the row."""
        if self.current is not None:
            self.post_message(self.Chosen(self, self.current))

    def action_mark(self) -> None:
        """Mark the row, or take its mark away, and go down."""
        if self.current is not None:
            self.marked ^= {self.key(self.current)}
            self.action_down()

    def action_mark_all(self) -> None:
        """Mark all rows shown, or none when all are."""
        shown = {self.key(row) for row in self.rows}
        self.marked = set() if shown <= self.marked else self.marked | shown
        self.repaint()

    def action_sort(self) -> None:
        """Sort by the next column that can; after the last one as they come."""
        order: list[int | None] = [None, *(i for i, c in enumerate(self.COLUMNS) if c.sort)]
        self.sorted_by = order[(order.index(self.sorted_by) + 1) % len(order)]
        self._arrange()

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.descending = not self.descending
        self._arrange()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; twice opens the row."""
        y = event.y - self.gutter.top
        if y >= 1 and (n := self.scroll_offset.y + y - 1) < len(self.rows):
            self.move_to(n)
            if event.chain == 2:
                self.action_choose()
