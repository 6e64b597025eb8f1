"""Commands that were started here: which, how they ended, what they wrote."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.screen import ModalScreen

from hfterm.dashboard.widgets.key_bar import KeyBar
from hfterm.dashboard.widgets.log_view import LogView
from hfterm.dashboard.widgets.virtual_list import Cell, Column, VirtualList
from hfterm.errors import HftermError
from hfterm.text import sanitize

if TYPE_CHECKING:
    from hfterm.dashboard.app import HftermApp
    from hfterm.jobs import Job

ROLES = {"running": "good", "failed": "bad", "lost": "warn", "done": "dim"}


class JobList(VirtualList):
    """The jobs, newest first."""

    COLUMNS = (
        Column("state", 8, sort=lambda row: row["state"]),
        Column("command", sort=lambda row: row["title"]),
        Column("exit", 4, right=True, spare=2),
        Column("started", 16, spare=1, sort=lambda row: row["started"]),
    )
    EMPTY = "no commands yet: type : and one"

    def key(self, row: Any) -> str:
        """The job's id."""
        return str(row["id"])

    def cells(self, row: Any) -> Sequence[Cell]:
        """State, command, exit code, start."""
        code = "" if row["exit_code"] is None else str(row["exit_code"])
        return [
            (row["state"], ROLES.get(row["state"], "plain")),
            (sanitize(row["title"], cell=True), "plain"),
            (code, "bad" if code not in ("", "0") else "dim"),
            ((row["started"] or "")[:16].replace("T", " "), "dim"),
        ]

    def to_copy(self) -> tuple[str, Any]:
        """The command line."""
        return (f"hfterm {self.current['title']}", self.current) if self.current else ("", None)


class JobsScreen(ModalScreen[None]):
    """The list above, the chosen one's output below."""

    BINDINGS: ClassVar[Any] = [
        ("escape,q", "dismiss", "close"),
        ("x", "stop", "stop"),
        ("d", "remove", "forget"),
    ]
    DEFAULT_CSS = """
    JobsScreen { layout: vertical; background: $background; }
    JobsScreen JobList { height: 1fr; }
    JobsScreen LogView { height: 2fr; }
    """

    def __init__(self, job_id: str | None = None) -> None:
        super().__init__()
        self._wanted = job_id
        self._jobs: dict[str, Job] = {}

    @property
    def hfterm(self) -> "HftermApp":
        """The app."""
        return cast("HftermApp", self.app)

    def compose(self) -> ComposeResult:
        """List, output, keys."""
        jobs = JobList(id="jobs")
        jobs.border_title = "Commands"
        yield jobs
        yield LogView("Output", id="output")
        yield KeyBar()

    def on_mount(self) -> None:
        """Look twice a second: these are small files of our own."""
        self.set_class(self.hfterm.ascii, "-ascii")
        self.look()
        if self._wanted:
            self.query_one(LogView).focus()
        self.set_interval(0.5, self.look)

    def look(self) -> None:
        """Read the jobs and what they wrote."""
        from hfterm import jobs

        self._jobs = {job.id: job for job in jobs.all_jobs()}
        listed = self.query_one(JobList)
        listed.set_rows([job.describe() for job in self._jobs.values()])
        if self._wanted is not None:
            row = next((i for i, r in enumerate(listed.rows) if r["id"] == self._wanted), None)
            if row is not None:
                listed.move_to(row)
                self._wanted = None
        self.show_output()

    def show_output(self) -> None:
        """The output of the one under the cursor."""
        from hfterm.tracking.tail import LogTail

        row, view = self.query_one(JobList).current, self.query_one(LogView)
        if row is None:
            view.set_tail(None, "Output")
            return
        path = self._jobs[row["id"]].out
        if view.tail is None or view.tail.path != path:
            view.set_tail(LogTail(path), f"Output of {sanitize(row['title'], cell=True)}")
        else:
            view.look()

    def on_virtual_list_moved(self) -> None:
        """Another job."""
        self.show_output()

    def on_virtual_list_chosen(self) -> None:
        """Read its output."""
        self.query_one(LogView).focus()

    def to_copy(self) -> tuple[str, Any]:
        """What the focused pane gives."""
        give = getattr(self.focused, "to_copy", None)
        found: tuple[str, Any] = give() if give else ("", None)
        return found

    def action_stop(self) -> None:
        """Ask the job to end, as Ctrl-C's elder brother SIGTERM does."""
        row = self.query_one(JobList).current
        if row is not None and self.hfterm.allowed("stop a command"):
            try:
                self._jobs[row["id"]].stop()
                self.hfterm.say(f"asked 'hfterm {row['title']}' to end")
            except HftermError as exc:
                self.hfterm.fail(exc)

    def action_remove(self) -> None:
        """Forget jobs that have ended."""
        if not self.hfterm.allowed("forget commands"):
            return
        for row in self.query_one(JobList).chosen():
            try:
                self._jobs[row["id"]].remove()
            except HftermError as exc:
                self.hfterm.fail(exc)
        self.look()
