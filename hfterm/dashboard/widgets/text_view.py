"""A page of lines to read: help, a configuration."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hfterm.dashboard import keys
from hfterm.dashboard.widgets.panel import Base, segments


class TextView(ScrollView, Base, can_focus=True):
    """Lines that scroll; only those on the screen are rendered."""

    BINDINGS: ClassVar[Any] = keys.bindings("text")
    # The rule for terminals without lines begins at the screen, not at this widget.
    SCOPED_CSS = False
    DEFAULT_CSS = """
    TextView {
        border: round $border-blurred; padding: 0 1; overflow-x: hidden; scrollbar-size-vertical: 1;
        border-title-color: $foreground; border-subtitle-color: $dim;
        &:focus { border: round $border; border-title-style: bold; }
    }
    .-ascii TextView { border: ascii $border-blurred; &:focus { border: ascii $border; } }
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._all: list[Text] = []
        self._lines: list[Text] = []
        self.filter = ""
        self.note = ""  # what the lower border says when nothing is filtered

    def set_lines(self, lines: Sequence[Text]) -> None:
        """Show these, wrapped to the width."""
        self._all = list(lines)
        self._wrap()

    def set_filter(self, text: str) -> None:
        """Show only lines that match."""
        from hfterm.tracking.select import matcher

        matcher(text)
        self.filter = text
        self._wrap()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._wrap()

    def _wrap(self) -> None:
        from hfterm.tracking.select import matcher

        width = max(1, self.scrollable_content_region.width)
        lines = self._all
        if self.filter:
            test = matcher(self.filter)
            lines = [line for line in lines if test(line.plain)]
        self.border_subtitle = Text(f"/{self.filter}" if self.filter else self.note)
        self._lines = [part for line in lines for part in (line.wrap(self.app.console, width) or [line])]
        self.virtual_size = Size(0, len(self._lines))
        self.repaint()

    def render_line(self, y: int) -> Strip:
        """One line of those in view."""
        width, n = self.scrollable_content_region.width, self.scroll_offset.y + y
        line = self._lines[n] if n < len(self._lines) else Text("", end="")
        line.end = ""
        return Strip(segments(line, self.app.console)).adjust_cell_length(width).apply_style(self.rich_style)

    def to_copy(self) -> tuple[str, Any]:
        """The whole page."""
        lines = [line.plain.rstrip() for line in self._all]
        return "\n".join(lines), lines

    def action_first(self) -> None:
        """To the beginning."""
        self.scroll_home(animate=False)

    def action_last(self) -> None:
        """To the end."""
        self.scroll_end(animate=False)

    def action_down(self) -> None:
        """A line down."""
        self.scroll_relative(y=1, animate=False)

    def action_up(self) -> None:
        """A line up."""
        self.scroll_relative(y=-1, animate=False)

    def action_page_down(self) -> None:
        """A page down."""
        self.scroll_relative(y=self.scrollable_content_region.height, animate=False)

    def action_page_up(self) -> None:
        """A page up."""
        self.scroll_relative(y=-self.scrollable_content_region.height, animate=False)
