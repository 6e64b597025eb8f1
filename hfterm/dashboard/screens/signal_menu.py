"""Which signal to which processes, chosen by its letter; then what came of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen

from hfterm.dashboard.widgets.panel import Lines
from hfterm.dashboard.widgets.process_list import UNSEEN
from hfterm.dashboard.widgets.virtual_list import Cell, Column, VirtualList
from hfterm.errors import HftermError
from hfterm.monitor.signals import SIGNALS, send
from hfterm.processes import is_alive
from hfterm.text import sanitize

if TYPE_CHECKING:
    from hfterm.dashboard.app import HftermApp

LETTERS = {"INT": "i", "TERM": "t", "KILL": "k"}
ROLES = {"INT": "accent", "TERM": "warn", "KILL": "bad"}
ENDED = "has ended"
# What of the screen the box takes at most, and the lines of the choices with the blank above them.
SHARE, CHOICES = 0.9, 6


class Targets(VirtualList, can_focus=False):
    """The processes, and what became of each."""

    COLUMNS = (Column("pid", 7, right=True), Column("user", 9), Column("command"))
    DEFAULT_CSS = "Targets { height: auto; border: none; padding: 0; &:focus { border: none; } }"

    def __init__(self, rows: Sequence[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.targets = rows
        self.results: dict[int, tuple[str, str]] = {}

    def get_content_height(self, container: Any, viewport: Any, width: int) -> int:
        """As high as it is long, but the choices stay on the screen."""
        return max(2, min(len(self.rows) + 1, int(viewport.height * SHARE) - CHOICES - 2))

    def key(self, row: Any) -> int:
        """The process's number."""
        return int(row["pid"])

    def cells(self, row: Any) -> Sequence[Cell]:
        """Number, user, command; once something was sent what came of it."""
        return [
            (str(row["pid"]), "plain"),
            (sanitize(row["user"] or "?", cell=True), "plain"),
            (sanitize(row["command"] or UNSEEN, cell=True), "plain" if row["command"] else "dim"),
            self.results.get(row["pid"], ("", "plain")),
        ][: len(self.COLUMNS)]

    def note(self, results: dict[int, tuple[str, str]]) -> None:
        """Write beside each what became of it."""
        self.results |= results
        self.set_columns((*Targets.COLUMNS, Column("result")))
        self.repaint()


class Choices(Lines):
    """The letters and what they do."""

    DEFAULT_CSS = "Choices { height: 5; margin: 1 0 0 0; }"

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """A line a signal."""
        lines = []
        for name, what in SIGNALS.items():
            line = Text("", end="").append(f" {LETTERS[name]} ", style=self.shade("select"))
            line.append(f" {name:<5}", style=self.shade(ROLES[name])).append(what)
            lines.append(line)
        return [*lines, Text("", end=""), Text("").append("Esc leaves", style=self.shade("dim"))]


class SignalMenu(ModalScreen[None]):
    """Nothing is sent but by a signal's letter, and only to the very processes that are listed."""

    CSS = "SignalMenu { align: center middle; background: transparent; }"
    BINDINGS: ClassVar[Any] = [
        ("escape,q,x", "dismiss", "leave"),
        *((letter, f"send('{name}')", name) for name, letter in LETTERS.items()),
        ("down", "scroll(1)", "down"),
        ("up", "scroll(-1)", "up"),
        ("pagedown", "scroll(10)", "page down"),
        ("pageup", "scroll(-10)", "page up"),
    ]
    DEFAULT_CSS = """
    SignalMenu #box {
        width: 90%; max-width: 110; height: auto; max-height: 90%; padding: 0 1;
        border: round $border; border-title-color: $foreground; background: $background;
    }
    SignalMenu.-ascii #box { border: ascii $border; }
    SignalMenu.-ascii Targets { border: none; }
    """

    class Done(Message):
        """What became of processes: pid to words and their role."""

        def __init__(self, results: dict[int, tuple[str, str]]) -> None:
            super().__init__()
            self.results = results

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        super().__init__()
        # One that is on several GPUs gets its signal once.
        self.rows = list({row["pid"]: row for row in rows}.values())
        self._sent = False

    @property
    def hfterm(self) -> "HftermApp":
        """The app."""
        return cast("HftermApp", self.app)

    def compose(self) -> ComposeResult:
        """The processes, the choices."""
        many = len(self.rows)
        with Vertical(id="box") as box:
            box.border_title = Text(f"Send a signal to {f'{many} processes' if many != 1 else 'this process'}")
            yield Targets(self.rows)
            yield Choices()

    def on_mount(self) -> None:
        """Show who is meant."""
        self.set_class(self.hfterm.ascii, "-ascii")
        self.query_one(Targets).set_rows(self.rows)
        self.set_interval(0.5, self.follow)

    def action_scroll(self, by: int) -> None:
        """Show more of the processes."""
        self.query_one(Targets).scroll_relative(y=by, animate=False)

    def action_send(self, name: str) -> None:
        """Send it to all that are still there."""
        results = self.query_one(Targets).results
        self._sent = True
        self.send(name, [row for row in self.rows if results.get(row["pid"], ("",))[0] != ENDED])

    @work(thread=True, group="signals")
    def send(self, name: str, rows: Sequence[dict[str, Any]]) -> None:
        """Send, one after the other; each tells what came of it."""
        results: dict[int, tuple[str, str]] = {}
        for row in rows:
            pid = row["pid"]
            try:
                if row["started"] is None:
                    # Its number may be another process's here.
                    results[pid] = "not sent: unknown from here", "bad"
                    continue
                send(pid, name, started=row["started"])
                results[pid] = f"{name} sent", "good"
            except HftermError as exc:
                results[pid] = f"not sent: {exc}", "bad"
        self.post_message(self.Done(results))

    def follow(self) -> None:
        """See what becomes of those that got a signal."""
        if self._sent:
            self.look()

    @work(thread=True, exclusive=True, group="look")
    def look(self) -> None:
        """Which of them have ended."""
        gone = [r["pid"] for r in self.rows if r["started"] is not None and not is_alive(r["pid"], r["started"])]
        self.post_message(self.Done(dict.fromkeys(gone, (ENDED, "dim"))))

    def on_signal_menu_done(self, message: Done) -> None:
        """Write it beside each; say it in one line too."""
        targets = self.query_one(Targets)
        fresh = {pid: result for pid, result in message.results.items() if targets.results.get(pid) != result}
        if not fresh:
            return
        targets.note(fresh)
        bad = [
            f"{text} ({pid})" if str(pid) not in text else text for pid, (text, role) in fresh.items() if role == "bad"
        ]
        if bad:
            more = f", and {len(bad) - 1} more" if len(bad) > 1 else ""
            self.hfterm.say(f"{bad[0]}{more}", "bad")

    def to_copy(self) -> tuple[str, Any]:
        """Who is meant, and what came of it."""
        results = self.query_one(Targets).results
        rows = [
            {"pid": r["pid"], "command": r["command"], "result": results.get(r["pid"], ("",))[0]} for r in self.rows
        ]
        return "\n".join("\t".join(str(v) for v in row.values()) for row in rows), rows
