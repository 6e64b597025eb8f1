"""One line at the bottom to type in: what to search for, the number of a row."""

from typing import ClassVar

from textual.message import Message
from textual.widgets import Input

from hfterm.dashboard.viewer.row_table import RowTable
from hfterm.dashboard.widgets.line_input import LineInput


class AskLine(LineInput):
    """Asks for a ``what`` (search or goto); Enter gives it, Esc leaves it."""

    SIGNS: ClassVar[dict[str, str]] = {"search": "/", "goto": ":"}
    HINTS: ClassVar[dict[str, str]] = {"search": "text, or: where SQL condition", "goto": "row number, or 50%"}

    class Given(Message):
        """Something was typed."""

        def __init__(self, what: str, text: str) -> None:
            super().__init__()
            self.what, self.text = what, text

    DEFAULT_CSS = "AskLine { display: none; &.-asking { display: block; } }"

    def __init__(self) -> None:
        super().__init__(compact=True)
        self.what = "search"

    def begin(self, what: str) -> None:
        """Ask for it. The line has been there: what is typed next comes to it, however fast."""
        self.what, self.SIGN, self.value = what, self.SIGNS[what], ""
        self.placeholder = self.HINTS[what]
        self.add_class("-asking")
        self.screen.set_focus(self)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand it over."""
        event.stop()
        text = self.value.strip()
        self.action_close()
        self.post_message(self.Given(self.what, text))

    def on_blur(self) -> None:
        """Something else is done."""
        self.remove_class("-asking")

    def action_close(self) -> None:
        """Back to the rows."""
        self.remove_class("-asking")
        self.screen.set_focus(self.screen.query_one(RowTable))
