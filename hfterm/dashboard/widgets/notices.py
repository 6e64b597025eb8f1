"""What is wrong with the drivers, and what is worth knowing about how the machine was looked at."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text

from hfterm.dashboard.state import Topic
from hfterm.dashboard.widgets.panel import Lines
from hfterm.text import sanitize

# Lines of one thing; a longer one ends in dots.
MOST_LINES = 2


class Notices(Lines):
    """Errors first; not there at all when there is nothing to say."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("machine", "alerts", "clock")
    DEFAULT_CSS = "Notices { height: auto; max-height: 6; padding: 0 1; }"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._said: list[tuple[str, str]] = []

    def get_content_height(self, container: Any, viewport: Any, width: int) -> int:
        """As many lines as there is to say."""
        return len(self._wrapped(width))

    def changed(self, topic: Topic) -> None:
        """Paint, and make room, only when something else is said."""
        said = self.things()
        if said != self._said:
            self._said = said
            self.refresh(layout=True)
            self.repaint()

    def things(self) -> list[tuple[str, str]]:
        """What is said, each with its role."""
        state = self.hfterm.state
        found = []
        if problem := state.problems.get("machine"):
            old = "; what is shown is what was seen last" if state.machine is not None else ""
            found.append((f"{problem}{old}", "bad"))
        if state.machine is not None:
            found += [(state.machine.error, "bad")] if state.machine.error else []
            found += [(note, "dim") for note in state.machine.notes]
        return found

    def _wrapped(self, width: int) -> list[Text]:
        lines: list[Text] = []
        dots = "..." if self.hfterm.ascii else "…"
        short = self.screen.has_class("-short")
        for text, role in self._said or self.things():
            parts = Text(sanitize(text, cell=True), style=self.shade(role), end="").wrap(
                self.app.console, max(1, width)
            )
            most = 1 if short and role == "dim" else MOST_LINES
            kept = list(parts[:most])
            if len(parts) > most:
                kept[-1].rstrip()
                kept[-1].truncate(max(0, width - len(dots)))
                kept[-1].append(dots)
            lines += kept
        for line in lines:
            line.end = ""
        return lines

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """The lines."""
        return self._wrapped(width)
