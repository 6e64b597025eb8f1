"""Where one writes to the model: several lines, sent by Enter, earlier ones at the arrow keys."""

import enum
import re
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.binding import Binding
from textual.message import Message
from textual.widgets import TextArea

from hfterm.dashboard import keys

# What is pasted may hold anything; line ends and tabs are text.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class _Keys(enum.StrEnum):
    """As Textual's own; it does not know what terminals send for alt+Enter that speak no newer protocol."""

    ALT_ENTER = "alt+enter"


if isinstance(ANSI_SEQUENCES_KEYS, dict):
    ANSI_SEQUENCES_KEYS.setdefault("\x1b\r", (_Keys.ALT_ENTER,))


class Prompt(TextArea):
    """A box that grows with its text.

    ``sent`` holds what was sent, newest last. ``up`` in the first line and ``down`` in the last go through it.
    """

    BINDINGS: ClassVar[Any] = [*keys.bindings("prompt"), Binding("ctrl+z", "app.suspend_process", show=False)]
    SCOPED_CSS = False
    DEFAULT_CSS = """
    Prompt {
        height: auto; min-height: 3; max-height: 10; border: round $border-blurred; padding: 0 1;
        background: $background; scrollbar-size-vertical: 1;
        border-title-color: $foreground; border-subtitle-color: $dim;
        &:focus { border: round $border; border-title-style: bold; background-tint: initial; }
    }
    Prompt .text-area--placeholder { color: $dim; }
    .-short Prompt { max-height: 7; }
    .-ascii Prompt { border: ascii $border-blurred; &:focus { border: ascii $border; } }
    """

    class Sent(Message):
        """Enter was pressed on a text (one that is not empty, unless ``sends_empty``)."""

        def __init__(self, prompt: "Prompt", text: str) -> None:
            super().__init__()
            self.prompt, self.text = prompt, text

        @property
        def control(self) -> "Prompt":
            """The box."""
            return self.prompt

    class Left(Message):
        """Esc was pressed."""

    class Written(Message):
        """The first character was written."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(soft_wrap=True, highlight_cursor_line=False, show_line_numbers=False, **kwargs)
        self.cursor_blink = False  # every blink would go over the wire
        self.sent: list[str] = []
        self.sends_empty = False
        self._at: int | None = None  # which of those sent is shown
        self._draft = ""

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Whether a key is text here; Textual does not know the character of every key's name."""
        return key == "slash" or super().check_consume_key(key, character)

    def entitle(self, title: str, subtitle: str = "") -> None:
        """Set what the border says."""
        self.border_title, self.border_subtitle = Text(title), Text(subtitle)

    def write(self, text: str) -> None:
        """Put this in, the cursor behind it."""
        self.load_text(text)
        self.move_cursor(self.document.end)
        self._at = None

    def remember(self, text: str) -> None:
        """Add to what was sent."""
        if text.strip() and text not in self.sent[-1:]:
            self.sent.append(text)

    def action_send(self) -> None:
        """Send what is written; it stays until it is taken."""
        if self.text.strip() or self.sends_empty:
            self.post_message(self.Sent(self, self.text))

    def action_newline(self) -> None:
        """A new line at the cursor."""
        start, end = self.selection
        self._replace_via_keyboard("\n", start, end)

    def action_leave(self) -> None:
        """To the keys of the screen."""
        self.post_message(self.Left())

    def action_cursor_up(self, select: bool = False) -> None:
        """One line up; above the first, the text sent before."""
        if not select and self._at_edge(top=True) and self._recall(-1):
            return
        super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """One line down; below the last, the text sent after."""
        if not select and self._at is not None and self._at_edge(top=False) and self._recall(1):
            return
        super().action_cursor_down(select)

    def _at_edge(self, *, top: bool) -> bool:
        """Whether the cursor is in the first or last line as it is shown."""
        y = self.wrapped_document.location_to_offset(self.cursor_location).y
        return y == 0 if top else y == self.wrapped_document.height - 1

    def _recall(self, step: int) -> bool:
        here = len(self.sent) if self._at is None else self._at
        there = here + step
        if not 0 <= there <= len(self.sent):
            return False
        if self._at is None:
            self._draft = self.text
        self.write(self._draft if there == len(self.sent) else self.sent[there])
        self._at = None if there == len(self.sent) else there
        return True

    async def _on_key(self, event: events.Key) -> None:
        """Enter would be a new line to the box, and as a priority binding be ahead of what was typed before it."""
        for name in ("send", "newline", "leave"):
            wanted = self.app.keys_of(f"prompt.{name}") or keys.TABLE[f"prompt.{name}"].keys  # type: ignore[attr-defined]
            if event.key in wanted.split(","):
                event.stop()
                event.prevent_default()
                getattr(self, f"action_{name}")()

    async def _on_paste(self, event: events.Paste) -> None:
        """Text in several lines stays so; what could steer a terminal goes. The box's own handler puts it in."""
        event.text = _CONTROL.sub("", event.text.replace("\r\n", "\n").replace("\r", "\n"))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The model may begin to load while one writes."""
        event.stop()
        if self.text:
            self.post_message(self.Written())
