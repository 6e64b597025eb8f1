"""One line that says which views there are, and what the one shown is showing."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text
from textual import events
from textual.message import Message

from hfterm.dashboard.widgets.panel import Lines


class ViewTabs(Lines):
    """Names side by side, the chosen one marked; a key of the screen or a click chooses."""

    DEFAULT_CSS = "ViewTabs { height: 1; }"

    class Picked(Message):
        """A view was clicked."""

        def __init__(self, view: str) -> None:
            super().__init__()
            self.view = view

    def __init__(self, views: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._views, self._chosen, self._words = list(views), "", ""

    def show(self, chosen: str, words: str) -> None:
        """Mark a view; the words stand on the right."""
        if (chosen, words) != (self._chosen, self._words):
            self._chosen, self._words = chosen, words
            self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """One line."""
        line = Text(no_wrap=True, end="")
        plain = self.hfterm.terminal.colors == "none" or self.hfterm.ascii
        for view in self._views:
            chosen = view == self._chosen
            left, right = ("[", "]") if plain and chosen else (" ", " ")
            line.append(f"{left}{view}{right}", style=self.shade("select" if chosen else "dim"))
        words = Text(self._words, style=self.shade("dim"), end="")
        room = width - line.cell_len - 1
        if words.cell_len < room:
            line.append(" " * (room - words.cell_len)).append(words)
        return [line]

    def on_click(self, event: events.Click) -> None:
        """Choose the view under the mouse."""
        left = 0
        for view in self._views:
            left += len(view) + 2
            if event.x < left:
                self.post_message(self.Picked(view))
                return
