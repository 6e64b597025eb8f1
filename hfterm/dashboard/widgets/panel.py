"""A bordered pane that paints its lines itself: one function from what is known and a size to text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from rich.segment import Segment
from rich.text import Text
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBarRender
from textual.strip import Strip
from textual.widget import Widget

from hfterm.dashboard.state import Topic

if TYPE_CHECKING:
    from rich.console import Console
    from rich.style import Style

    from hfterm.dashboard.app import HftermApp


def segments(line: Text, console: "Console") -> list[Segment]:
    """A line's segments. ``Text.render`` alone forgets the style of a text that has no spans."""
    if line.style and not line.spans:
        return [Segment(line.plain, console.get_style(line.style))]
    return list(line.render(console))


class PlainBar(ScrollBarRender):
    """A scroll bar of whole cells, for terminals that have no parts of blocks."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "]


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
        if self.hfterm.ascii and isinstance(self, ScrollView):
            self.vertical_scrollbar.renderer = PlainBar  # type: ignore[misc]
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

    def strips(self, width: int, height: int) -> list[Strip]:
        """The painted lines as Textual takes them."""
        console, style = self.app.console, self.rich_style  # getting that takes longer than a line
        lines = self.paint(width, height)[:height]
        return [Strip(segments(line, console)).adjust_cell_length(width).apply_style(style) for line in lines]

    def repaint(self) -> None:
        """Paint again, with the layout as it is."""
        self._painted = None
        super().repaint()

    def render_line(self, y: int) -> Strip:
        """One line, from the last painting."""
        width, strips = self._painting()
        return strips[y] if y < len(strips) else Strip.blank(width, self.rich_style)

    def _painting(self) -> tuple[int, list[Strip]]:
        """The width, and the lines, painted when they have to be."""
        size = (self.content_size.width, self.content_size.height)
        if self._painted is None or self._painted[0] != size:
            self._painted = size, self.strips(*size)[: size[1]] if min(size) > 0 else []
        return size[0], self._painted[1]


class Panel(Lines, can_focus=True):
    """A bordered pane; its border's colour shows the focus, its title what it holds."""

    # The rule for terminals without lines begins at the screen, not at this widget.
    SCOPED_CSS = False
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

    # While titles are set in painting, which needs no other painting for that.
    _entitling = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._titles: tuple[Text, Text] | None = None

    def entitle(self, title: Text, subtitle: Text | None = None) -> None:
        """Set what the border says; :meth:`paint` may call it."""
        titles = title, subtitle or Text()
        room = max(1, self.outer_size.width - 6)
        for text in titles if self.hfterm.ascii else ():
            if text.cell_len > room:  # Textual would end it with a sign that the terminal may not have
                text.truncate(room - 1)
                text.append("~")
        if self._titles is None or any(a != b or a.spans != b.spans for a, b in zip(titles, self._titles, strict=True)):
            self._titles = titles
            self.border_title, self.border_subtitle = titles

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """As Textual's, but for titles that are set in painting."""
        if self._entitling:
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint before the border is drawn: it is to say what painting finds."""
        self._entitling = True
        self._painting()
        self._entitling = False
        return super().render_lines(crop)
