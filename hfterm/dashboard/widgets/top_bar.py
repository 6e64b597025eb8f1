"""The first line: the screens by number, the live run, alerts, the link and the time."""

import time
from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text

from hfterm.dashboard.screens.table import SCREENS
from hfterm.dashboard.state import Topic
from hfterm.dashboard.widgets.panel import Lines
from hfterm.text import human_seconds, sanitize


class TopBar(Lines):
    """What is the same on every screen; the least important goes first where it is narrow."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("runs", "alerts", "clock")
    DEFAULT_CSS = "TopBar { dock: top; height: 1; }"

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """Tabs on the left, facts on the right."""
        here = self.app.current_mode
        left = Text(no_wrap=True, end="")
        for n, entry in enumerate(SCREENS, 1):
            left.append(f" {n} {entry.title} ", style=self.shade("select" if entry.name == here else "plain"))
        room = width - left.cell_len
        facts = self._facts()
        while facts and sum(cell_len(text) + 2 for text, _ in facts) > room:
            facts.pop(0)
        right = Text("  ", end="").join(Text(text, style=self.shade(role), end="") for text, role in facts)
        left.append(" " * max(0, room - right.cell_len))
        left.append(right)
        return [left]

    def _facts(self) -> list[tuple[str, str]]:
        """Text and role, the least important first."""
        app, state = self.hfterm, self.hfterm.state
        facts = [(app.host, "dim")]
        if app.sources.pretend:
            facts.append(("demo", "warn"))
        if app.readonly:
            facts.append(("read-only", "dim"))
        if delay := app.link_delay():
            facts.append((f"link {delay:.0f} ms", "warn" if delay > 250 else "dim"))
        if run := state.live():
            facts.append((sanitize(run.name, cell=True)[:24], "plain"))
            words = [("*" if app.ascii else "●") + f" {run.step or 0}"]
            if run.max_steps:
                words = [("*" if app.ascii else "●") + f" {run.step or 0}/{run.max_steps}"]
                words.append(f"{100 * (run.step or 0) / run.max_steps:.0f}%")
            if run.eta is not None:
                words.append(f"ETA {human_seconds(run.eta)}")
            facts.append((" ".join(words), "good"))
        bad = sum(alert.level == "bad" for alert in state.alerts)
        if state.alerts:
            sign = "!" if app.ascii else "⚠"
            facts.append((f"{sign} {len(state.alerts)}", "bad" if bad else "warn"))
        facts.append((time.strftime("%H:%M", time.localtime(app.sources.clock())) + " ", "plain"))
        return facts
