"""How a conversation is answered: the system prompt, and how tokens are drawn."""

from typing import Any, ClassVar, NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static, TextArea

from hfterm.dashboard.widgets.prompt import Prompt
from hfterm.errors import UsageError
from hfterm.inference.sampling import Sampling
from hfterm.text import sanitize

HELP = {
    "temperature": "0: the likeliest words; higher: livelier",
    "top_p": "the likeliest words of this share",
    "max_new_tokens": "end an answer after so many",
    "seed": "a number: repeatable; empty: new each time",
}


class ChatSettings(NamedTuple):
    """What was chosen; ``system`` is None when there is none."""

    system: str | None
    sampling: Sampling


class SettingsScreen(ModalScreen[ChatSettings | None]):
    """The result is what was chosen, or None."""

    CSS = """
    SettingsScreen { align: center middle; background: transparent; }
    SettingsScreen > VerticalScroll {
        width: 84; max-width: 96%; height: auto; max-height: 100%; border: round $border; background: $background;
        border-title-color: $foreground; border-subtitle-color: $dim; padding: 0 1; scrollbar-size-vertical: 1;
    }
    SettingsScreen.-ascii > VerticalScroll { border: ascii $border; }
    SettingsScreen Prompt { min-height: 4; max-height: 10; }
    SettingsScreen Horizontal { height: 1; }
    SettingsScreen Label { width: 15; }
    SettingsScreen Input { border: none; padding: 0; height: 1; width: 12; background: $background; }
    SettingsScreen Input:focus { background: $background; text-style: underline; }
    SettingsScreen .help { width: 1fr; color: $dim; padding: 0 0 0 2; height: 1; }
    SettingsScreen #wrong { color: $error; height: auto; }
    """
    BINDINGS: ClassVar[Any] = [
        Binding("escape", "dismiss", "close", priority=True),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, settings: ChatSettings) -> None:
        super().__init__()
        self.settings = settings

    def compose(self) -> ComposeResult:
        """The form."""
        values = self.settings.sampling.as_dict()
        with VerticalScroll(can_focus=False) as box:
            box.border_title = Text("System prompt and sampling")
            box.border_subtitle = Text("Enter keeps, Tab goes on, Esc leaves")
            yield Prompt(id="system", placeholder="how the model should behave")
            for name, help_text in HELP.items():
                with Horizontal():
                    yield Label(name)
                    value = values[name]
                    yield Input("" if value is None else f"{value:g}" if isinstance(value, float) else str(value),
                                id=name, compact=True)  # fmt: skip
                    yield Static(help_text, classes="help")
            yield Static("", id="wrong")

    def on_mount(self) -> None:
        """Fill it."""
        self.set_class(self.app.ascii, "-ascii")  # type: ignore[attr-defined]
        prompt = self.query_one(Prompt)
        prompt.entitle("System prompt", "M-Enter or ^j: new line")
        prompt.sends_empty = True
        prompt.write(self.settings.system or "")

    def on_prompt_sent(self, event: Prompt.Sent) -> None:
        """Enter in the box."""
        event.stop()
        self.keep()

    def on_prompt_written(self, event: Prompt.Written) -> None:
        """Nothing to load for this."""
        event.stop()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a line."""
        event.stop()
        self.keep()

    def keep(self) -> None:
        """Take what is there, or say what is wrong with it, and where."""
        sampling = self.settings.sampling
        for name in HELP:
            line = self.query_one(f"#{name}", Input)
            try:
                sampling = sampling.changed(name, line.value)
            except UsageError as exc:
                self.query_one("#wrong", Static).update(Text(sanitize(str(exc), cell=True)))
                line.focus()
                return
        system = self.query_one(TextArea).text.strip() or None
        self.dismiss(ChatSettings(system, sampling))
