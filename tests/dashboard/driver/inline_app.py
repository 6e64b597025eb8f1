"""A Textual app below the prompt; ``--plain`` uses Textual's own driver, ``--keep`` leaves the last picture."""

import sys

from textual.app import App
from textual.widgets import Input, Label, Static

from hfterm.dashboard.driver.inline import InlineCells


class Small(App[None]):
    CSS = "Screen {height: auto; border: round $primary;} Static {height: auto; width: 100%;}"
    INLINE_PADDING = 1

    def compose(self):
        yield Label("count 0 漢字", id="count")
        yield Static("one line", id="body")
        yield Input(placeholder="type")

    def on_mount(self):
        self.number = 0
        self.query_one(Input).cursor_blink = False

    def on_input_changed(self, event):
        self.number += 1
        self.query_one(Label).update(f"count {self.number} 漢字")
        rows = len(event.value) if "-" not in event.value else 2
        self.query_one("#body", Static).update("\n".join(f"row {row} 😀 end" for row in range(rows)) or "nothing")

    def on_input_submitted(self):
        # The end comes once all that a key changed is painted.
        self.set_timer(0.3, lambda: self.call_after_refresh(self.exit))


class Cells(InlineCells, Small):
    pass


kind = Small if "--plain" in sys.argv else Cells
kind().run(inline=True, inline_no_clear="--keep" in sys.argv, mouse="--mouse" in sys.argv)
