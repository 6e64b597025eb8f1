"""A question over the screen, answered with one key."""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from hfterm.dashboard.widgets.panel import Panel
from hfterm.text import sanitize

# Wider lines of words are hard to read.
WIDEST = 76


class Choice(NamedTuple):
    """An answer: ``key`` as it is typed, ``label`` what it does, ``role`` its colour; the answer is ``key``."""

    key: str
    label: str
    role: str = "accent"


class Question(Panel):
    """The box: details, then a line a choice."""

    DEFAULT_CSS = "Question { width: auto; height: auto; background: $background; }"

    def __init__(self, title: str, details: Sequence[str], choices: Sequence[Choice]) -> None:
        super().__init__()
        self._details, self._choices = [sanitize(detail, cell=True) for detail in details], choices
        self._title = sanitize(title, cell=True)
        self._keys_at: dict[int, str] = {}

    def get_content_width(self, container: Any, viewport: Any) -> int:
        """As wide as its longest line, within reason."""
        texts = [self._title, *self._details, *(f"{choice.key}  {choice.label}" for choice in self._choices)]
        return int(max(1, min(WIDEST, container.width, max(map(cell_len, texts)) + 2)))

    def get_content_height(self, container: Any, viewport: Any, width: int) -> int:
        """As high as its lines, within the screen."""
        return int(max(1, min(len(self._lines(width)), container.height)))

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """The lines; where there is no room for all, the choices stay, a line each."""
        self.entitle(Text(self._title), Text("Esc: no"))
        lines = self._lines(width)
        if len(lines) > height:
            lines = self._choice_lines()
        return lines

    def _lines(self, width: int) -> list[Text]:
        lines: list[Text] = []
        for detail in self._details:
            lines += Text(detail, end="").wrap(self.app.console, max(1, width))
        if lines:
            lines.append(Text("", end=""))
        for line in lines:
            line.end = ""
        return self._choice_lines(lines, width)

    def _choice_lines(self, above: Sequence[Text] = (), width: int = 10_000) -> list[Text]:
        lines, self._keys_at = list(above), {}
        for choice in self._choices:
            line = Text(f"{choice.key}", style=self.shade(choice.role), end="")
            line.append(f"  {sanitize(choice.label, cell=True)}", style="not bold default")
            for part in line.wrap(self.app.console, max(1, width)):
                part.end = ""
                self._keys_at[len(lines)] = choice.key
                lines.append(part)
        return lines

    def on_click(self, event: events.Click) -> None:
        """A click on a choice is the choice."""
        if key := self._keys_at.get(event.y - self.gutter.top):
            self.screen.dismiss(key)


class Ask(ModalScreen[str | None]):
    """Asks; the result is the key of the choice, or None.

    Nothing is chosen by Enter: what destroys takes a deliberate key.
    """

    # The rule for all modal screens is the app's, which only a screen's own sheet outweighs.
    CSS = "Ask { align: center middle; background: transparent; }"
    BINDINGS: ClassVar[Any] = [("escape", "dismiss", "no")]

    def __init__(self, question: str, choices: Sequence[Choice | tuple[str, str]], details: Sequence[str] = ()) -> None:
        super().__init__()
        self.choices = [Choice(*choice) for choice in choices]
        self.question, self.details = question, details

    def compose(self) -> ComposeResult:
        """The box."""
        yield Question(self.question, self.details, self.choices)

    def key_labels(self) -> list[tuple[str, str]]:
        """What the last line tells."""
        return [*((choice.key, sanitize(choice.label, cell=True)) for choice in self.choices), ("Esc", "no")]

    def on_mount(self) -> None:
        """Borders of signs that the terminal has."""
        self.set_class(self.app.ascii, "-ascii")  # type: ignore[attr-defined]

    def on_key(self, event: events.Key) -> None:
        """A choice's key chooses; other keys do nothing here, least of all what they do below."""
        if event.key in ("escape", "ctrl+q", "ctrl+c"):
            return
        event.stop()
        event.prevent_default()
        if any(event.character == choice.key or event.key == choice.key for choice in self.choices):
            self.dismiss(event.character if event.character and event.is_printable else event.key)
        elif event.character in ("q", "n"):
            self.dismiss(None)
