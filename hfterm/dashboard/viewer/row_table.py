"""The rows on the screen: as many as there are lines, under the names of their columns, with a cursor."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message

from hfterm.dashboard.viewer import view_keys
from hfterm.dashboard.viewer.cells import GAP, cut, is_number, layout, shown
from hfterm.dashboard.widgets.panel import Panel
from hfterm.data.page_lines import Found
from hfterm.errors import HftermError, one_line
from hfterm.text import sanitize

_WIDEST = 200


class RowTable(Panel):
    """Rows of a source by their number; ``rows`` tells how many there are, ``read`` gives one."""

    BINDINGS: ClassVar[Any] = view_keys.bindings(
        tuple(key for key in view_keys.KEYS if not set(key.action) & set(".("))
    )

    class Wanted(Message):
        """Something the app does: ``open``, ``next``, ``previous``, ``copy``, ``stop``."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self, title: str, rows: Callable[[], int], read: Callable[[int], Found | None]) -> None:
        super().__init__()
        self.title, self._rows, self._read = title, rows, read
        self.cursor = self.top = self.first_column = 0
        self.done, self.follow = False, False
        self.needle = ""
        self._names: dict[str, int] = {}  # and how wide they have been so far

    # What is shown.

    def row(self, number: int) -> Found | None:
        """A row; what cannot be read says so in its place."""
        try:
            return self._read(number)
        except (HftermError, OSError, ValueError) as exc:
            return Found({}, f"cannot be read: {one_line(exc)}")

    @property
    def page(self) -> int:
        """Rows on the screen."""
        return max(1, self.content_size.height - 1)

    def move_to(self, number: int) -> None:
        """Put the cursor on a row."""
        self.follow = False
        self._move(number)

    def _move(self, number: int) -> None:
        self.cursor = max(0, min(number, self._rows() - 1))
        self.top = max(min(self.top, self.cursor), self.cursor - self.page + 1)
        self.repaint()

    def show(self, number: int) -> None:
        """Put the cursor on a row, a third down where that is not on the screen."""
        if not self.top <= number < self.top + self.page:
            self.top = max(0, number - self.page // 3)
        self.move_to(number)

    def grown(self, done: bool) -> None:
        """There may be more rows, or all are known."""
        self.done = done
        if self.follow:
            self._move(self._rows() - 1)
            self.follow = not done
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """The names, and rows from the top one on."""
        total = self._rows()
        self.top = max(0, min(self.top, total - 1, self.cursor))
        if self.cursor >= self.top + max(1, height - 1):
            self.top = self.cursor - max(1, height - 1) + 1
        rows = [(n, self.row(n)) for n in range(self.top, min(total, self.top + max(1, height - 1)))]
        self._measure([row for _, row in rows if row])
        numbers = len(f"{min(total, self.top + height):,}")
        names = list(self._names)
        self.first_column = min(self.first_column, max(0, len(names) - 1))
        there = names[self.first_column :]
        widths = layout([self._names[name] for name in there], max(1, width - numbers - GAP)) if there else []
        self._entitle(total, len(widths), len(names))
        if not total:
            said = "no rows" if self.done else "looking for rows..."
            return [Text(said, style=self.shade("dim"), end="")]
        there = there[: len(widths)]
        right = {name for name in there if any(row and is_number(row.value.get(name)) for _, row in rows)}
        header = self._header(there, widths, numbers, right)
        if self.outer_size.height == self.content_size.height:  # without a border that tells the place
            place = f" {self.cursor + 1:,}/{total:,}"
            header = Text.assemble(header[: max(0, width - len(place))], end="")
            header.append(" " * (width - header.cell_len - len(place)) + place, style=self.shade("dim"))
        lines = [header]
        lines += [self._line(n, row, there, widths, numbers, width) for n, row in rows if row is not None]
        return lines

    def _entitle(self, total: int, count: int, columns: int) -> None:
        of = f"{total:,}" if self.done else f"{total:,}+"
        said = f"row {self.cursor + 1:,} of {of}" if total else ""
        if columns > count:
            last = self.first_column + count
            span = f"{self.first_column + 1}-{last}" if count > 1 else str(last)
            said += f", column{'s' * (count > 1)} {span} of {columns}"
        self.entitle(Text(sanitize(self.title, cell=True)), Text(said))

    def _measure(self, rows: Sequence[Found]) -> None:
        """Columns only grow wider, and new ones come last: what is on the screen does not jump about."""
        for row in rows:
            for name, value in row.value.items():
                text = shown(value)[0]
                before = self._names.get(name) or cell_len(sanitize(name, cell=True))
                self._names[name] = max(before, min(_WIDEST, cell_len(text)))

    def _header(self, names: Sequence[str], widths: Sequence[int], numbers: int, right: set[str]) -> Text:
        line = Text(" " * numbers, no_wrap=True, end="")
        for name, width in zip(names, widths, strict=True):
            text = cut(sanitize(name, cell=True), width, self.hfterm.ascii)
            pad = " " * (width - cell_len(text))
            line.append(" " * GAP + (pad + text if name in right else text + pad), style=self.shade("title"))
        return line

    def _line(self, n: int, row: Found, names: Sequence[str], widths: Sequence[int], numbers: int, width: int) -> Text:
        line = Text(f"{n + 1:>{numbers},}", style=self.shade("dim"), no_wrap=True, end="")
        if row.why and not row.value:
            said = f"{row.why}: {row.text[:width]}" if row.text else row.why
            line.append(" " * GAP + cut(sanitize(said, cell=True), max(1, width - numbers - GAP), self.hfterm.ascii),
                        style=self.shade("bad"))  # fmt: skip
        else:
            for name, room in zip(names, widths, strict=True):
                text, role = shown(row.value[name]) if name in row.value else ("", "dim")
                text = cut(text, room, self.hfterm.ascii)
                pad = " " * (room - cell_len(text))
                right = is_number(row.value.get(name))
                style = self.shade("bad" if row.why else role)
                line.append(" " * GAP)
                line.append(
                    pad + text if right else text + pad, style=style if role != "plain" or row.why else "default"
                )
        if self.needle and self.needle.isprintable():
            self._mark(line, numbers)
        if n == self.cursor:
            plain = line.plain + " " * max(0, width - line.cell_len)
            return Text(plain, style=self.shade("select"), no_wrap=True, end="")
        return line

    def _mark(self, line: Text, start: int) -> None:
        """Underline what was searched for."""
        plain, needle = line.plain.lower(), self.needle.lower()
        if len(plain) != len(line.plain):
            return  # of some letters the small ones are longer
        at = plain.find(needle, start)
        while at >= 0:
            line.stylize("underline bold", at, at + len(needle))
            at = plain.find(needle, at + len(needle))

    # Keys.

    def action_down(self) -> None:
        """One row down."""
        self.move_to(self.cursor + 1)

    def action_up(self) -> None:
        """One row up."""
        self.move_to(self.cursor - 1)

    def action_page_down(self) -> None:
        """One page down."""
        self.top = max(0, min(self.top + self.page, self._rows() - self.page))
        self.move_to(self.cursor + self.page)

    def action_page_up(self) -> None:
        """One page up."""
        self.top = max(0, self.top - self.page)
        self.move_to(self.cursor - self.page)

    def action_first(self) -> None:
        """First row."""
        self.move_to(0)

    def action_last(self) -> None:
        """Last row; while they are still looked for, on to the end."""
        self.move_to(self._rows() - 1)
        self.follow = not self.done

    def action_right(self) -> None:
        """One column on."""
        self.first_column = min(self.first_column + 1, max(0, len(self._names) - 1))
        self.repaint()

    def action_left(self) -> None:
        """One column back."""
        self.first_column = max(0, self.first_column - 1)
        self.repaint()

    def action_open(self) -> None:
        """The whole record."""
        self.post_message(self.Wanted("open"))

    def action_next_hit(self) -> None:
        """Search on."""
        self.post_message(self.Wanted("next"))

    def action_previous_hit(self) -> None:
        """Search back."""
        self.post_message(self.Wanted("previous"))

    def action_copy_record(self) -> None:
        """Copy the record."""
        self.post_message(self.Wanted("copy"))

    def action_stop(self) -> None:
        """Stop what is going on."""
        self.post_message(self.Wanted("stop"))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three rows down."""
        event.stop()
        self.move_to(self.cursor + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three rows up."""
        event.stop()
        self.move_to(self.cursor - 3)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; twice opens the record."""
        y = event.y - self.gutter.top
        if y >= 1 and self.top + y - 1 < self._rows():
            self.move_to(self.top + y - 1)
            if event.chain == 2:
                self.action_open()
