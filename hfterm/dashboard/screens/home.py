"""Home: the machine, the live run's loss and log, what needs an eye, what to do next."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from hfterm.dashboard.advice import advice
from hfterm.dashboard.screens.base import BaseScreen
from hfterm.dashboard.state import Topic
from hfterm.dashboard.widgets.devices import DevicePanel, DeviceStrip
from hfterm.dashboard.widgets.line_chart import LineChart
from hfterm.dashboard.widgets.log_view import LogView
from hfterm.dashboard.widgets.panel import Panel
from hfterm.dashboard.widgets.run_facts import RunFacts
from hfterm.text import sanitize

# The curve that Home shows: the first of these that the run logs.
CURVES = ("loss", "train_loss", "train/loss", "eval_loss")


class Next(Panel):
    """Alerts first, then what could be done."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("runs", "machine", "alerts")
    DEFAULT_CSS = "Next { height: 1fr; }"

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """A line or more each; in a low pane all alerts share one line."""
        state = self.hfterm.state
        sign = "!" if self.hfterm.ascii else "⚠"
        alerts = [
            Text(end="").append(f"{sign} {sanitize(alert.text, cell=True)}", style=self.shade(alert.level))
            for alert in state.alerts
        ]
        todo = []
        for item in advice(state):
            line = Text(end="").append(sanitize(item.do, cell=True), style=self.shade("accent"))
            todo.append(line.append(f"  {sanitize(item.why, cell=True)}"))
        self.border_title = Text("Alerts" if alerts else "Next")
        if len(alerts) + len(todo) > height:
            alerts = [Text("   ", end="").join(alerts)] if alerts else []
            lines = [*alerts, *todo]
        else:
            lines = [part for line in (*alerts, *todo) for part in line.wrap(self.app.console, width)]
        for line in lines:
            line.truncate(width, overflow="ellipsis")
            line.end = ""
        return lines[:height] or [Text("looking...", style=self.shade("dim"), end="")]


class HomeScreen(BaseScreen):
    """What one looks at first, and comes back to."""

    CSS_PATH = "home.tcss"
    TITLE = "Home"
    AUTO_FOCUS = "LineChart"

    def body(self) -> Iterable[Widget]:
        """Strip (narrow) or device panel, chart, facts, log."""
        yield DeviceStrip(classes="body strip")
        with Horizontal(classes="body top"):
            yield DevicePanel(id="devices")
            yield Next(id="next")
        with Vertical(classes="body rest"):
            yield LineChart("loss", id="loss")
            yield RunFacts()
            yield LogView("Log", id="log")

    def on_mount(self) -> None:
        """Follow the live run."""
        super().on_mount()
        self.hfterm.topics["runs"].subscribe(self, lambda _: self.show_run())

    def on_screen_resume(self) -> None:
        """Show what has changed meanwhile."""
        super().on_screen_resume()
        self.show_run()

    def show_run(self) -> None:
        """The live run, else the newest one."""
        if not self.is_current:
            return
        runs = self.hfterm.state.runs or []
        run = self.hfterm.state.live() or (runs[0] if runs else None)
        chart, log = self.query_one(LineChart), self.query_one(LogView)
        if run is None:
            chart.set_lines("loss", ())
            log.set_tail(None, "Log")
            return
        name = next((c for c in CURVES if c in run.series), next(iter(run.series), "loss"))
        lines = [(run.series[n], run.color + i, n) for i, n in enumerate((name, "eval_loss")) if n in run.series]
        chart.set_lines(f"{name} of {sanitize(run.name, cell=True)}", lines[: 1 if name == "eval_loss" else 2])
        log.set_tail(run.log, f"Log of {sanitize(run.name, cell=True)}")
