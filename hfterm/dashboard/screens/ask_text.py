"""A question over the screen, answered with a line of text."""

from collections.abc import Callable
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from hfterm.errors import HftermError
from hfterm.text import sanitize


class AskText(ModalScreen[str | None]):
    """The result is the text, or None. ``check`` raises an HftermError on a text that cannot be used."""

    CSS = """
    AskText { align: center middle; background: transparent; }
    AskText Vertical {
        width: 76; max-width: 96%; height: auto; border: round $border; background: $background; padding: 0 1;
        border-title-color: $foreground; border-subtitle-color: $dim;
    }
    AskText.-ascii Vertical { border: ascii $border; }
    AskText Input { border: none; padding: 0; height: 1; background: $background; }
    AskText Static { height: auto; color: $dim; }
    AskText Static.-wrong { color: $error; }
    """
    BINDINGS: ClassVar[Any] = [("escape", "dismiss", "close")]

    def __init__(
        self, question: str, text: str = "", hint: str = "", check: Callable[[str], None] | None = None
    ) -> None:
        super().__init__()
        self.question, self.text, self.hint, self.check = question, text, hint, check

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical() as box:
            box.border_title = Text(sanitize(self.question, cell=True))
            box.border_subtitle = Text("Enter takes it, Esc leaves")
            yield Input(self.text, compact=True, select_on_focus=False)
            yield Static(Text(sanitize(self.hint, cell=True)))

    def on_mount(self) -> None:
        """Borders of signs that the terminal has."""
        self.set_class(self.app.ascii, "-ascii")  # type: ignore[attr-defined]

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong may be right now."""
        event.stop()
        self._say(self.hint, wrong=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, if it can be used."""
        event.stop()
        try:
            if self.check is not None:
                self.check(event.value)
        except HftermError as exc:
            self._say(str(exc), wrong=True)
            return
        self.dismiss(event.value)

    def _say(self, text: str, *, wrong: bool) -> None:
        line = self.query_one(Static)
        line.set_class(wrong, "-wrong")
        line.update(Text(sanitize(text, cell=True)))
