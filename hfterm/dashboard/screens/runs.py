"""Runs: the list, and the chosen run's charts, log, configuration and checkpoints; others to compare with."""

import string
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from hfterm.dashboard import keys, run_words
from hfterm.dashboard.deeds import Deeds
from hfterm.dashboard.errands import Errands
from hfterm.dashboard.screens.base import BaseScreen
from hfterm.dashboard.widgets.checkpoint_list import CheckpointList
from hfterm.dashboard.widgets.devices import DeviceStrip
from hfterm.dashboard.widgets.line_chart import LineChart
from hfterm.dashboard.widgets.log_view import LogPeek, LogView
from hfterm.dashboard.widgets.metric_grid import MetricGrid
from hfterm.dashboard.widgets.run_head import Known, RunHead
from hfterm.dashboard.widgets.run_list import RunList
from hfterm.dashboard.widgets.run_values import RunValues
from hfterm.dashboard.widgets.text_view import TextView
from hfterm.dashboard.widgets.view_tabs import ViewTabs
from hfterm.dashboard.widgets.virtual_list import VirtualList
from hfterm.errors import HftermError, one_line, translate
from hfterm.text import readable, redact, sanitize

if TYPE_CHECKING:
    from hfterm.tracking.followed import Followed

VIEWS = ("Charts", "Log", "Configuration", "Checkpoints")
PANES = ("#charts", "#log", "#settings", "#saved")
# Files beside the metrics are looked at this often (in looks at the runs) while the run is at work.
LOOKS = 3


class RunsScreen(BaseScreen):
    """The list on the left, or on top where it is narrow; the run under the cursor beside it."""

    CSS_PATH = "runs.tcss"
    TITLE = "Runs"
    AUTO_FOCUS = "RunList"
    BINDINGS: ClassVar[Any] = keys.bindings("runs")
    HELP = (
        "Space marks runs: their curves are drawn with those of the run under the cursor, in the colours of the list."
    )

    class Learned(Message):
        """The thread has read what files say about a run: facts, settings, checkpoints (None: not asked for)."""

        def __init__(
            self, known: Known, settings: Sequence[tuple[str, Any]] | None, saved: Sequence[dict[str, Any]] | None
        ) -> None:
            super().__init__()
            self.known, self.settings, self.saved = known, settings, saved

    def __init__(self) -> None:
        super().__init__()
        self.view = VIEWS[0]
        self._known: Known | None = None
        self._settings: Sequence[tuple[str, Any]] = ()
        # The run that is shown; what was read of it, and when that is to be read again.
        self._key: str | None = None
        self._chosen: str | None = None
        self._asked: tuple[Any, ...] = ()
        self._looks = 0
        self._names: dict[str, str] = {}
        # Runs that are to be deleted here, and those of them that are gone.
        self._expected: set[str] = set()
        self._deleted: set[str] = set()
        self._errands = Errands("run")

    def body(self) -> Iterable[Widget]:
        """Devices in a line; the list; head, tabs, views."""
        yield DeviceStrip(classes="body strip")
        charts = MetricGrid(id="charts")
        with Vertical(classes="body panes"):
            with Vertical(id="left"):
                yield RunList(id="runs")
                yield RunValues(charts.sight, id="values")
                yield LogPeek(id="peek")
            with Vertical(id="detail"):
                yield RunHead()
                yield ViewTabs(VIEWS)
                yield charts
                yield LogView("Log", id="log")
                yield TextView(id="settings")
                yield CheckpointList(id="saved")

    def on_mount(self) -> None:
        """Follow the runs."""
        self.deeds = Deeds(self, self.look_again, self._expected)
        self.query_one(RunList).border_title = "Runs"
        self.query_one(TextView).border_title = "Configuration"
        self.query_one(CheckpointList).border_title = "Checkpoints"
        self.hfterm.topics["runs"].subscribe(self, lambda _: self.show_runs())
        self._switch(VIEWS[0])

    def on_unmount(self) -> None:
        """Read no more."""
        self._errands.end()

    def on_screen_resume(self) -> None:
        """Show what has changed meanwhile."""
        self.show_runs()

    # What is shown.

    @property
    def run_(self) -> "Followed | None":
        """The run under the cursor."""
        found: Followed | None = self.query_one(RunList).current
        return found

    def show_runs(self) -> None:
        """The newest state of all runs."""
        runs = self.hfterm.state.runs
        if runs is None or not self.is_mounted:
            return
        listed = self.query_one(RunList)
        names = {run.key: run.name for run in runs if not run.gone}
        gone = [name for key, name in self._names.items() if key not in names and key not in self._expected]
        if gone and self.is_current:
            more = f" and {len(gone) - 3} more" if len(gone) > 3 else ""
            self.hfterm.say(f"{', '.join(gone[:3])}{more}: the files are gone", "warn")
        self._names = names
        self._expected.difference_update(self._deleted & names.keys())  # another of that name
        self._expected.intersection_update(run.key for run in runs)
        self._deleted = self._expected - names.keys()
        shown = [run for run in runs if run.key not in self._deleted]
        listed.marked &= {run.key for run in shown}
        listed.set_rows(shown)
        self._go_to_chosen()
        listed.fit()
        self._looks += 1
        if self.is_current:
            self.show_run()

    def _go_to_chosen(self) -> None:
        """Put the cursor on the run that was chosen elsewhere, at first on the one at work."""
        listed, state = self.query_one(RunList), self.hfterm.state
        live = state.live() if self._key is None else None
        wanted = live.key if live else state.run_key if state.run_key != self._chosen else None
        self._chosen = state.run_key
        if wanted is None:
            return
        if listed.filter and all(run.key != wanted for run in listed.rows):
            listed.set_filter("")
        row = next((n for n, run in enumerate(listed.rows) if run.key == wanted), None)
        if row is not None:
            listed.move_to(row)

    def show_run(self) -> None:
        """The run under the cursor, and those it is compared with."""
        listed, run = self.query_one(RunList), self.run_
        if run is None or run.key != self._key:
            if run is not None and not run.series:
                self.hfterm.pump.now()  # what nobody has asked for yet is read by the next look
            self._key, self._known, self._asked, self._settings = run.key if run else None, None, (), ()
            self.query_one(TextView).set_lines([])
            self.query_one(CheckpointList).set_rows([])
        drawn = self._drawn()
        letters = {one.key: letter for one, letter in drawn}
        if letters != listed.drawn:
            listed.drawn = letters
            listed.repaint()
        self.query_one(RunHead).show(run, self._known)
        grid = self.query_one(MetricGrid)
        grid.show(drawn)
        self.query_one(RunValues).show(drawn, grid.metrics)
        peek = self.query_one("#peek", LogView)
        peek.set_class(self.view == "Log", "-shown-large")
        log = self.query_one("#log", LogView) if self.view == "Log" else peek
        log.set_tail(run.log if run else None, f"Log of {sanitize(run.name, cell=True)}" if run else "Log")
        self._say_view()
        self._learn(run)

    def _drawn(self) -> "list[tuple[Followed, str]]":
        """The marked runs and, last, the one under the cursor, each with a letter."""
        listed, run = self.query_one(RunList), self.run_
        if run is None:
            return []
        runs = [one for one in self.hfterm.state.runs or () if one.key in listed.marked and one.key != run.key]
        letters = string.ascii_lowercase + string.ascii_uppercase
        return [(one, letters[n % len(letters)]) for n, one in enumerate([*runs, run])]

    def _say_view(self) -> None:
        words = ""
        if self.view == "Charts":
            grid = self.query_one(MetricGrid)
            words = f"/{grid.filter}  {grid.words()}" if grid.filter else grid.words()
        self.query_one(ViewTabs).show(self.view, words)

    # What files say, read in a thread.

    def _learn(self, run: "Followed | None") -> None:
        if run is None:
            return
        settled = run.state not in ("queued", "running", "live", "idle")
        asked = run.key, self.view, run.state, run.gone, 0 if settled else self._looks // LOOKS
        if asked == self._asked or self._errands.busy:
            return
        self._asked = asked
        view, known = self.view, self._known
        self._errands.ask(lambda newer: self._read(run, view, known))

    def _read(self, run: "Followed", view: str, before: Known | None) -> None:
        settings = saved = None
        try:
            known = Known(run.key, run.summary(), run.note(), run.ending(), run.problem)
            settings = run.configuration() if view == "Configuration" else None
            saved = run.checkpoints() if view == "Checkpoints" else None
        except Exception as exc:
            # What a run's files hold can be anything; the run before the eyes stays.
            error = translate(exc) or HftermError(f"{type(exc).__name__}: {one_line(exc)}")
            known = Known(run.key, before.summary if before else {}, error=redact(error.message))
        if self.is_running:
            self.post_message(self.Learned(known, settings, saved))

    def on_runs_screen_learned(self, message: Learned) -> None:
        """Show it, if the run is still the one shown."""
        run = self.run_
        if run is None or run.key != message.known.key:
            return
        self._known = message.known
        self.query_one(RunHead).show(run, self._known)
        if message.settings is not None and message.settings != self._settings:
            self._settings = message.settings
            self.query_one(TextView).set_lines(_setting_lines(message.settings, self.hfterm.shade("accent")))
        if message.saved is not None:
            saved = self.query_one(CheckpointList)
            saved.reference = run_words.reference(run) or ""
            saved.set_rows(sorted(message.saved, key=lambda row: -(row["step"] or 0)))

    def look_again(self) -> None:
        """Something was done: look at the runs and the files now."""
        self._asked = ()
        self.hfterm.pump.now()

    # Events.

    def on_virtual_list_moved(self, message: VirtualList.Moved) -> None:
        """Another run."""
        if isinstance(message.list, RunList):
            self.show_run()

    def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """Go to the run's view."""
        if isinstance(message.list, RunList):
            self._pane().focus()

    def on_run_list_marked(self) -> None:
        """Other runs to compare."""
        self.show_run()

    def on_metric_grid_turned(self) -> None:
        """Other metrics are shown."""
        self._say_view()

    def on_line_chart_looked(self) -> None:
        """The cursor is at another step."""
        self.query_one(RunValues).repaint()

    def on_view_tabs_picked(self, message: ViewTabs.Picked) -> None:
        """A tab was clicked."""
        self._switch(message.view)

    # Views.

    def _pane(self) -> Widget:
        return self.query_one(PANES[VIEWS.index(self.view)])

    def _switch(self, view: str) -> None:
        inside = self.focused is not None and self.query_one("#detail") in self.focused.ancestors
        if self.maximized is not None:
            self.minimize()
        self.view = view
        for pane, name in zip(PANES, VIEWS, strict=True):
            self.query_one(pane).display = name == view
        self.show_run()
        if inside:
            self._pane().focus()

    def action_next_view(self) -> None:
        """Charts, log, configuration, checkpoints."""
        self._switch(VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)])

    def action_previous_view(self) -> None:
        """The same backwards."""
        self._switch(VIEWS[VIEWS.index(self.view) - 1])

    def filter_target(self) -> Any:
        """In a chart ``/`` chooses metrics."""
        return self.query_one(MetricGrid) if isinstance(self.focused, LineChart) else super().filter_target()

    def to_copy(self) -> tuple[str, Any]:
        """What the focused pane gives; the configuration as an object."""
        text, value = super().to_copy()
        return text, dict(self._settings) if isinstance(self.focused, TextView) else value

    def action_back(self) -> None:
        """Undo the innermost: zoom, a filter, a metric alone; then to the list, then home."""
        grid, target = self.query_one(MetricGrid), self.filter_target()
        inside = self.focused is not None and self.query_one("#detail") in self.focused.ancestors
        if self.maximized is None and not (target is not None and target.filter) and inside:
            if grid.alone and isinstance(self.focused, LineChart):
                grid.action_alone()
            else:
                self.query_one(RunList).focus()
        else:
            super().action_back()

    # Deeds.

    def action_stop(self) -> None:
        """Stop the run under the cursor."""
        if run := self.run_:
            self.deeds.stop(run)

    def action_resume(self) -> None:
        """Resume the run under the cursor."""
        if run := self.run_:
            self.deeds.resume(run)

    def action_delete(self) -> None:
        """Delete the run under the cursor, or the marked ones."""
        if run := self.run_:
            marked = self.query_one(RunList).marked
            self.deeds.delete(run, [one for one in self.hfterm.state.runs or () if one.key in marked])

    def action_note(self) -> None:
        """Write a note on the run under the cursor."""
        if run := self.run_:
            self.deeds.note(run)

    def action_pin(self) -> None:
        """Keep the run on Home, or let the newest be there."""
        if run := self.run_:
            state = self.hfterm.state
            pinned = state.run_key == run.key
            state.run_key = self._chosen = None if pinned else run.key
            self.hfterm.say("Home shows the newest run at work" if pinned else f"Home shows {run.name}")
            self.hfterm.tell("runs")

    def action_chat(self) -> None:
        """Chat with the run's model, or the checkpoint under the cursor."""
        run, saved = self.run_, self.query_one(CheckpointList)
        if run is None:
            return
        if self.view == "Checkpoints" and saved.has_focus and saved.current is not None:
            model = saved.refer(saved.current)
        elif reference := run_words.reference(run):
            model = reference if run.state == "done" else f"{reference}@last"
        else:
            model = str(run.path)
        self.hfterm.chat_with(model)


def _setting_lines(settings: "Sequence[tuple[str, Any]]", style: Any) -> list[Text]:
    """Names and values in two columns."""
    width = min(32, max((len(name) for name, _ in settings), default=0))
    lines = []
    for name, value in settings:
        line = Text(sanitize(name, cell=True).ljust(width), style=style, end="")
        lines.append(line.append("  " + sanitize(redact(readable(value)), cell=True), style="not bold default"))
    return lines
