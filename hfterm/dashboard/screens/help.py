"""The ``?`` page: the keys that work where one was, then those that work everywhere."""

from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.screen import ModalScreen, Screen

from hfterm.dashboard import keys
from hfterm.dashboard.widgets.text_view import TextView


class HelpScreen(ModalScreen[None]):
    """Made from the key table and the bindings in force."""

    BINDINGS: ClassVar[Any] = [("escape,q,question_mark", "dismiss", "close")]

    def __init__(self, about: "Screen[Any]") -> None:
        super().__init__()
        self.about = about

    def compose(self) -> ComposeResult:
        """One page."""
        view = TextView(id="help")
        view.border_title = "Keys"
        view.note = "q closes"
        yield view

    def on_mount(self) -> None:
        """Fill the page."""
        self.set_class(self.app.ascii, "-ascii")  # type: ignore[attr-defined]
        self.query_one(TextView).set_lines(self._lines())

    def _lines(self) -> list[Text]:
        app: Any = self.app
        here = {active.binding.id for active in self.about.active_bindings.values()}
        groups = {key.group for key in keys.all_keys() if key.id in here}
        lines: list[Text] = []
        for group in sorted(keys.GROUPS, key=lambda g: (g == "app", list(keys.GROUPS).index(g))):
            if group not in groups:
                continue
            lines.append(Text(keys.GROUPS[group], style=app.shade("title"), end=""))
            for key in keys.all_keys():
                if key.group != group:
                    continue
                shown = keys.shown(app.keys_of(key.id) or key.keys)
                shown = keys.ascii_shown(shown) if app.ascii else shown
                line = Text("  ", end="")
                line.append(f"{shown:<14}", style=app.shade("accent"))
                line.append(f" {key.help}")
                lines.append(line)
            lines.append(Text("", end=""))
        return lines
