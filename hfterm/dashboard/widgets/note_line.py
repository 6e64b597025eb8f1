"""One line at the bottom to write a note in."""

from collections.abc import Callable

from textual.widgets import Input

from hfterm.dashboard.widgets.line_input import LineInput


class NoteLine(LineInput):
    """Enter hands the text to ``then``, Esc changes nothing; the focus goes back to where it was."""

    def __init__(self, text: str, placeholder: str, then: Callable[[str], None]) -> None:
        super().__init__(text, placeholder=placeholder, compact=True, select_on_focus=False)
        self._then = then

    def on_mount(self) -> None:
        """Take the focus."""
        self._before = self.screen.focused
        self.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand the text over."""
        event.stop()
        self.action_close()
        self._then(self.value)

    def action_close(self) -> None:
        """Give the focus back."""
        if self._before is not None:
            self._before.focus()
        self.remove()
