"""One process in full: its whole command line, where it runs, what it uses; never its environment."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import ModalScreen

from hfterm.dashboard.widgets.key_bar import KeyBar
from hfterm.dashboard.widgets.meter import portion
from hfterm.dashboard.widgets.text_view import TextView
from hfterm.errors import HftermError
from hfterm.text import human_bytes, human_seconds, sanitize

if TYPE_CHECKING:
    from hfterm.dashboard.app import HftermApp

# The labels' width.
LABEL = 12


class ProcessScreen(ModalScreen[str | None]):
    """The result is what to do next: ``signal``, ``run``, or None."""

    BINDINGS: ClassVar[Any] = [
        ("escape,q,i", "dismiss", "close"),
        ("x", "dismiss('signal')", "signal"),
        ("enter", "go", "its run"),
    ]
    DEFAULT_CSS = "ProcessScreen TextView { height: 1fr; }"

    class Found(Message):
        """What the system tells of the process, or why it does not."""

        def __init__(self, found: dict[str, Any], error: str | None) -> None:
            super().__init__()
            self.found, self.error = found, error

    def __init__(self, row: dict[str, Any]) -> None:
        super().__init__()
        self.row = row
        self.found: dict[str, Any] = {}
        self.error: str | None = None

    @property
    def hfterm(self) -> "HftermApp":
        """The app."""
        return cast("HftermApp", self.app)

    def compose(self) -> ComposeResult:
        """A page."""
        view = TextView(id="process")
        view.border_title = Text(f"Process {self.row['pid']}")
        yield view
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask the system; go on with each look at the machine."""
        self.set_class(self.hfterm.ascii, "-ascii")
        self.show()
        if self.row["started"] is None and not self.hfterm.sources.pretend:
            # Its number may be another process's here.
            self.error = "it runs outside this container: there is no more to be seen from here"
            self.show()
        elif not self.hfterm.sources.pretend:
            self.ask()
            self.hfterm.topics["machine"].subscribe(self, lambda _: self.ask())

    @work(thread=True, exclusive=True, group="process")
    def ask(self) -> None:
        """Read what the system tells; a folder on a network disk may take its time."""
        from hfterm.monitor.particulars import particulars

        try:
            self.post_message(self.Found(particulars(self.row["pid"], self.row["started"]), None))
        except HftermError as exc:
            self.post_message(self.Found({}, str(exc)))

    def on_process_screen_found(self, message: Found) -> None:
        """Show it; of one that has ended what was known stays."""
        self.found, self.error = message.found or self.found, message.error
        self.show()

    def rows(self) -> Sequence[dict[str, Any]]:
        """What the newest look says of the process, one row a GPU; when it has ended the last row."""
        sample = self.hfterm.state.machine
        same = [r for r in sample.processes if (r["pid"], r["started"]) == (self.row["pid"], self.row["started"])] \
            if sample else []  # fmt: skip
        if same:
            self.row = {**self.row, **same[0]}
        return same or [self.row]

    def show(self) -> None:
        """Write the page anew."""
        self.query_one(TextView).set_lines(self.lines())

    def lines(self) -> list[Text]:
        """A label and a value each."""
        rows, lines = self.rows(), []

        width = max(20, self.query_one(TextView).scrollable_content_region.width - LABEL)

        def fact(label: str, value: Any, role: str = "plain") -> None:
            """A long value goes on under itself."""
            if value in (None, ""):
                return
            for part in Text(sanitize(str(value), cell=True)).wrap(self.app.console, width):
                line = Text("", end="").append(f"{label:<{LABEL}}", style=self.hfterm.shade("dim"))
                lines.append(line.append(part.plain.rstrip(), style=self.hfterm.shade(role)))
                label = ""

        row, found = self.row, self.found
        if self.error:
            fact("", self.error, "warn")
        elif self.hfterm.sources.pretend:
            fact("", "a pretend process: there is no more to it than this", "dim")
        fact("command", found.get("command") or row["command"] or "cannot be seen from here")
        fact("folder", found.get("cwd"))
        fact("program", found.get("executable"))
        fact("run", f"{row['run']}   Enter goes there" if row["run"] else None, "accent")
        fact("user", row["user"] or "unknown")
        if row["started"] is not None:
            began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(row["started"]))
            ago = human_seconds(max(0.0, self.hfterm.sources.clock() - row["started"]))
            fact("running", f"{ago}, since {began}")
        fact("state", found.get("state"))
        for one in rows:
            if one["gpu"] is not None:
                part = portion(one["memory"], self._total(one["gpu"]))
                share = f", {100 * part:.0f}% of its memory" if part is not None else ""
                busy = f", {one['utilization']:.0f}% of its processors" if one["utilization"] is not None else ""
                fact(f"GPU {one['gpu']}", f"{human_bytes(one['memory'])}{share}{busy}")
        fact("CPU", None if row["cpu"] is None else f"{row['cpu']:.0f}% of a core")
        fact("CPU time", human_seconds(found["cpu_seconds"]) if found.get("cpu_seconds") is not None else None)
        fact("memory", None if row["host_memory"] is None else human_bytes(row["host_memory"]))
        fact("threads", found.get("threads"))
        fact("nice", found.get("nice") or None)
        fact("terminal", found.get("terminal"))
        if found.get("parent"):
            fact("parent", f"{found['parent']}  {found.get('parent_command') or ''}")
        return lines

    def _total(self, gpu: str) -> int | None:
        sample = self.hfterm.state.machine
        return next((d["memory_total"] for d in sample.devices if d["device"] == gpu), None) if sample else None

    def on_resize(self) -> None:
        """Long values are wrapped anew."""
        self.show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer the way to the run where there is one."""
        return action != "go" or bool(self.row["run"])

    def action_go(self) -> None:
        """To the run it belongs to."""
        if self.row["run"]:
            self.dismiss("run")

    def to_copy(self) -> tuple[str, Any]:
        """The page; the record and what the system tells."""
        known = {name: value for name, value in self.found.items() if value is not None}
        return "\n".join(line.plain.rstrip() for line in self.lines()), {**self.row, **known}
