"""What every screen has: the first and the last line, a body, a filter, a summary for tiny terminals."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from hfterm.dashboard.state import Topic
from hfterm.dashboard.widgets.devices import host_lines
from hfterm.dashboard.widgets.key_bar import KeyBar
from hfterm.dashboard.widgets.line_input import FilterBar
from hfterm.dashboard.widgets.panel import Lines
from hfterm.dashboard.widgets.top_bar import TopBar
from hfterm.text import human_bytes, human_seconds, sanitize

if TYPE_CHECKING:
    from hfterm.dashboard.app import HftermApp


class Summary(Lines):
    """All that matters in a few words, where the terminal is too small for panes."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("machine", "runs", "alerts")
    DEFAULT_CSS = "Summary { display: none; height: 1fr; } .-tiny Summary, .-flat Summary { display: block; }"

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """Alerts, the live run, then a line a device, and the host."""
        state, lines = self.hfterm.state, []
        lines += [Text(sanitize(a.text, cell=True), style=self.shade(a.level), end="") for a in state.alerts]
        if run := state.live():
            of = f"/{run.max_steps}" if run.max_steps else ""
            loss = f" loss {run.loss:.4g}" if run.loss is not None else ""
            eta = f" ETA {human_seconds(run.eta)}" if run.eta is not None else ""
            lines.append(Text(sanitize(run.name, cell=True)[: max(0, width)], end=""))
            lines.append(Text(f"{run.step or 0}{of}{loss}{eta}", style=self.shade("good"), end=""))
        for d in state.machine.devices if state.machine else ():
            busy = "-" if d["utilization"] is None else f"{d['utilization']:.0f}%"
            used = human_bytes(d["memory_used"])
            lines.append(Text(f"{'' if d['kind'] == 'cpu' else 'GPU '}{d['device']} {busy} {used}", end=""))
        lines += host_lines(self, width)
        return lines or [Text("looking...", style=self.shade("dim"), end="")]


class BaseScreen(Screen[None]):
    """A numbered screen. A subclass gives :meth:`body`, and the samplers it ``NEEDS``."""

    NEEDS: ClassVar[tuple[str, ...]] = ("machine", "runs")
    AUTO_FOCUS = "*"
    ALLOW_IN_MAXIMIZED_VIEW = "TopBar, KeyBar, LineInput"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (48, "-narrow"), (100, "-normal"), (180, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (12, "-short"), (32, "-tall")]  # noqa: RUF012
    DEFAULT_CSS = """
    BaseScreen { layout: vertical; }
    BaseScreen.-tiny .body, BaseScreen.-flat .body { display: none; }
    """

    @property
    def hfterm(self) -> "HftermApp":
        """The app."""
        return cast("HftermApp", self.app)

    def body(self) -> Iterable[Widget]:
        """The widgets between the first and the last line; each should have the class ``body`` or lie in one."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """First line, body, summary, last line."""
        yield TopBar()
        yield from self.body()
        yield Summary()
        yield KeyBar()

    def on_mount(self) -> None:
        """Borders of signs that the terminal has."""
        self.set_class(self.hfterm.ascii, "-ascii")

    def on_screen_resume(self) -> None:
        """Show what has changed meanwhile."""
        # The first frame first: what the sources import would hold it up.
        self.call_after_refresh(self.hfterm.look_at, self.NEEDS)
        for widget in self.query(Lines):
            widget.repaint()

    def on_screen_suspend(self) -> None:
        """Below a question the last line tells the question's keys."""
        self.query_one(KeyBar).repaint()

    # What the keys of the app do on a screen.

    def filter_target(self) -> Any:
        """What ``/`` filters: the focused pane, else the screen's first that can be filtered."""
        focused = self.focused
        if focused is not None and hasattr(focused, "set_filter"):
            return focused
        return next((w for w in self.query("*") if hasattr(w, "set_filter") and w.display), None)

    def action_filter(self) -> None:
        """Open the filter line."""
        target = self.filter_target()
        if target is None:
            self.app.notify("nothing to filter here", severity="warning")
            return
        bar = FilterBar(target, target.filter)
        self.mount(bar)
        bar.focus()

    def action_zoom(self) -> None:
        """Give the focused pane the whole screen, or take it back."""
        if self.maximized is not None:
            self.minimize()
        elif self.focused is not None:
            self.maximize(self.focused, container=False)

    def action_back(self) -> None:
        """Undo the innermost: zoom, then a filter; on the last level say how to quit."""
        target = self.filter_target()
        if self.maximized is not None:
            self.minimize()
        elif target is not None and target.filter:
            target.set_filter("")
        elif self.hfterm.current_mode != "home":
            self.hfterm.action_goto("home")
        else:
            self.hfterm.say("Q quits; runs and jobs go on")

    def to_copy(self) -> tuple[str, Any]:
        """What ``c`` and ``C`` copy: text, and an object for JSON. Nothing: empty text."""
        focused = self.focused
        if focused is not None and hasattr(focused, "to_copy"):
            found: tuple[str, Any] = focused.to_copy()
            return found
        return "", None
