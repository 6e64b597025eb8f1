"""One line at the bottom to type in: the filter and the command line."""

from typing import Any, ClassVar

from rich.segment import Segment
from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input

from hfterm.errors import UsageError


class LineInput(Input):
    """A one-line input with a prompt sign; Esc closes it."""

    SIGN = " "
    BINDINGS: ClassVar[Any] = [Binding("escape", "close", show=False)]
    DEFAULT_CSS = """
    LineInput {
        dock: bottom; height: 1; border: none; padding: 0 1; background: $background;
        &:focus { border: none; background-tint: initial; }
        &.-textual-compact { padding: 0 1; }
    }
    """

    def action_close(self) -> None:
        """Take the line away."""
        self.remove()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The sign stands where the padding is."""
        strips = super().render_lines(crop)
        if not strips or crop.x or crop.y or crop.width < 2:
            return strips
        sign = Segment(self.SIGN, self.app.shade("accent"))  # type: ignore[attr-defined]
        return [Strip.join([Strip([sign], 1), strips[0].crop(1, crop.width)]), *strips[1:]]


class FilterBar(LineInput):
    """Filters a pane while one types; Enter keeps the filter, Esc clears it."""

    SIGN = "/"

    class Filter(Message):
        """The filter's text has changed."""

        def __init__(self, target: Any, text: str) -> None:
            super().__init__()
            self.target, self.text = target, text

    def __init__(self, target: Any, text: str) -> None:
        super().__init__(text, placeholder="filter: words, glob*, /regex/, !without", compact=True)
        self.target = target

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as one types; a regular expression that is not finished yet waits."""
        event.stop()
        try:
            self.target.set_filter(self.value)
        except UsageError:
            self.add_class("-invalid")
        else:
            self.remove_class("-invalid")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep it, if it can be used."""
        event.stop()
        try:
            self.target.set_filter(self.value)
        except UsageError as exc:
            self.app.notify(str(exc), severity="error")
            return
        self.target.focus()
        self.remove()

    def action_close(self) -> None:
        """Show everything again."""
        self.target.set_filter("")
        self.target.focus()
        self.remove()
