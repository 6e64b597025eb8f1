"""A bordered pane that paints its lines itself: one function from what is known and a size to text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.text import Text
from textual.strip import Strip
from textual.widget import Widget

from hfterm.dashboard.state import Topic

if TYPE_CHECKING:
    from rich.style import Style

    from hfterm.dashboard.app import HftermApp


class Base(Widget):
    """What all widgets here share: the app by its type, colours by role, and being told when a topic changes."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ()

    @property
    def hfterm(self) -> "HftermApp":
        """The app."""
        return cast("HftermApp", self.app)

    def shade(self, role: str | int | tuple[int, str]) -> "Style":
        """The style of a role, see :func:`hfterm.dashboard.shades.style`."""
        style: Style = self.hfterm.shade(role)
        return style

    def on_mount(self) -> None:
        """Listen to the topics."""
        for topic in self.TOPICS:
            self.hfterm.topics[topic].subscribe(self, self._told)

    def _told(self, topic: Any) -> None:
        if self.screen.is_current or self.screen in self.app.screen_stack:
            self.changed(topic)

    def changed(self, topic: Topic) -> None:
        """Something this widget shows has changed (also called when its screen comes back)."""
        self.repaint()

    def repaint(self) -> None:
        """Paint again, with the layout as it is."""
        self.refresh(layout=False)


class Lines(Base):
    """A widget whose lines come from :meth:`paint`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._painted: tuple[tuple[int, int], list[Strip]] | None = None

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """The lines to show in ``width`` by ``height`` cells; what is missing stays blank, what is too much is cut."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Paint again, with the layout as it is."""
        self._painted = None
        super().repaint()

    def render_line(self, y: int) -> Strip:
        """One line, from the last painting."""
        size = (self.content_size.width, self.content_size.height)
        if self._painted is None or self._painted[0] != size:
            console = self.app.console
            lines = self.paint(*size)[: size[1]] if min(size) > 0 else []
            self._painted = (
                size,
                [
                    Strip(line.render(console)).adjust_cell_length(size[0]).apply_style(self.rich_style)
                    for line in lines
                ],
            )
        lines_ = self._painted[1]
        return lines_[y] if y < len(lines_) else Strip.blank(size[0], self.rich_style)


class Panel(Lines, can_focus=True):
    """A bordered pane; its border's colour shows the focus, its title what it holds."""

    DEFAULT_CSS = """
    Panel {
        border: round $border-blurred;
        border-title-color: $foreground;
        border-subtitle-color: $dim;
        padding: 0 1;
        &:focus { border: round $border; border-title-style: bold; }
    }
    .-ascii Panel { border: ascii $border-blurred; &:focus { border: ascii $border; } }
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._titles: tuple[Text, Text] | None = None

    def entitle(self, title: Text, subtitle: Text | None = None) -> None:
        """Set what the border says, while painting too: Textual would paint twice for words that stay the same."""
        titles = title, subtitle or Text()
        if self._titles is None or any(a != b or a.spans != b.spans for a, b in zip(titles, self._titles, strict=True)):
            self._titles = titles
            self.border_title, self.border_subtitle = titles
