"""The viewer: rows by their number, a search that runs beside, one record whole."""

import threading
import time
from typing import Any, ClassVar

from textual import events

from hfterm.dashboard.app import HftermApp, Options
from hfterm.dashboard.screens.help import HelpScreen
from hfterm.dashboard.sources import Sources
from hfterm.dashboard.terminal import Terminal
from hfterm.dashboard.viewer import view_keys
from hfterm.dashboard.viewer.ask_line import AskLine
from hfterm.dashboard.viewer.help_screen import ViewHelp
from hfterm.dashboard.viewer.record_screen import RecordScreen
from hfterm.dashboard.viewer.row_table import RowTable
from hfterm.dashboard.viewer.view_screen import ViewScreen
from hfterm.data.pages import Pages
from hfterm.errors import HftermError, UsageError
from hfterm.text import to_json

_LOOK_SECONDS = 0.2
_WHERE = "where "


class _Nothing:
    """The dashboard's sources, of which a viewer has none."""

    def poll(self) -> Any:
        """Nothing."""
        return None


class ViewerApp(HftermApp, inherit_bindings=False):
    """Shows the rows of :class:`hfterm.data.pages.Pages`, which the caller opens and closes."""

    TITLE = "hfterm data view"
    CSS_PATH = "../app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[Any] = [
        *view_keys.bindings(tuple(key for key in view_keys.KEYS if "(" in key.action)),
        ("ctrl+c", "help_quit", ""),
    ]
    MODES: ClassVar[Any] = {}

    def __init__(self, pages: Pages, title: str, terminal: Terminal, *, theme: str = "auto", **kwargs: Any) -> None:
        nothing: Any = _Nothing()
        super().__init__(Sources(nothing, nothing, nothing), Options(theme=theme), terminal, **kwargs)
        self.pages = pages
        self.table = RowTable(title, lambda: pages.rows, pages.row)
        self.searched = ""
        self._searching: threading.Event | None = None
        self._goto: int | None = None
        self._known = -1

    async def on_mount(self, event: events.Mount | None = None) -> None:  # type: ignore[override]
        """Show the table, and look how many rows there are."""
        if event is not None:
            event.prevent_default()  # the dashboard's own first screen
        await self.push_screen(ViewScreen(self.table, ascii_only=self.ascii))
        self.set_interval(_LOOK_SECONDS, self.look)
        self.look()

    def on_unmount(self) -> None:
        """A search ends."""
        self._stop()
        super().on_unmount()

    def look(self) -> None:
        """See whether there are more rows by now."""
        if self.said_until and time.monotonic() >= self.said_until:
            self.tell("clock")
        rows, done = self.pages.rows, self.pages.done
        if (rows, done) == (self._known, self.table.done):
            return
        if done and not self.table.done and self.pages.problem:
            if not rows:
                self.exit(1)  # the caller says why
            self.say(self.pages.problem, "bad")
        self._known = rows
        self.table.grown(done)
        if self._goto is not None and (self._goto < rows or done):
            self._go(self._goto)

    # What the keys want.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A sign that asks for something is a sign like others where one types, and nothing over a record."""
        return action != "ask" or (isinstance(self.screen, ViewScreen) and not isinstance(self.focused, AskLine))

    def action_ask(self, what: str) -> None:
        """Ask what to search for, or for a row's number."""
        self.screen.query_one(AskLine).begin(what)

    def on_row_table_wanted(self, message: RowTable.Wanted) -> None:
        """Do it."""
        what = message.what
        if what == "open" and self.pages.rows:
            self.push_screen(RecordScreen())
        elif what in ("next", "previous"):
            self.search_on(backwards=what == "previous")
        elif what == "copy":
            self.copy_record()
        elif what == "stop":
            self.table.follow, self._goto = False, None
            if self._stop():
                self.say("stopped")

    def on_ask_line_given(self, message: AskLine.Given) -> None:
        """Go to a row, or search."""
        if message.what == "goto":
            if message.text:
                self.goto(message.text)
            return
        self.searched = message.text or self.searched
        self.search_on(backwards=False, here=True)

    def goto(self, text: str) -> None:
        """Go to a row by its number (from 1), or to a share of them."""
        digits = text.replace(",", "").replace("_", "")
        if text in ("q", "quit"):
            self.exit(0)
        elif digits.endswith("%") and digits[:-1].isdecimal():
            self._go(min(100, int(digits[:-1])) * max(0, self.pages.rows - 1) // 100)
        elif digits.isdecimal() and len(digits) < 19:
            self._go(max(0, int(digits) - 1))
        else:
            self.say(f"not a row's number: {text}", "warn")

    def _go(self, number: int) -> None:
        rows = self.pages.rows
        self._goto = None
        if number < rows:
            self.table.show(number)
        elif self.pages.done:
            self.table.show(rows - 1)
            self.say(f"there are {rows:,} rows", "warn")
        else:
            self._goto = number
            self.say(f"looking for row {number + 1:,}; Esc stops")

    # Searching.

    def search_on(self, *, backwards: bool, here: bool = False) -> None:
        """Go to the next row that holds what is searched for; ``here``: this one may be it."""
        if not self.searched:
            self.say("nothing to search for yet: press /", "warn")
            return
        self._stop()
        condition = self.searched[len(_WHERE) :] if self.searched.lower().startswith(_WHERE) else ""
        self.table.needle = "" if condition else self.searched
        start = self.table.cursor + (0 if here else -1 if backwards else 1)
        self._searching = stop = threading.Event()
        self.say("searching; Esc stops")

        def work() -> None:
            said = [time.monotonic()]

            def tell(number: int) -> None:
                if time.monotonic() - said[0] > _LOOK_SECONDS:
                    said[0] = time.monotonic()
                    self.call_from_thread(self.say, f"searching, row {number:,} of {self.pages.rows:,}; Esc stops")

            try:
                if condition:
                    self.pages.condition(condition)
                found = self.pages.find(
                    start,
                    text="" if condition else self.searched,
                    condition=condition,
                    backwards=backwards,
                    stop=stop.is_set,
                    tell=tell,
                )
            except (HftermError, OSError, ValueError) as exc:
                self._told(stop, None, exc if isinstance(exc, HftermError) else UsageError(str(exc)), backwards)
            else:
                self._told(stop, found, None, backwards)

        self.run_worker(work, thread=True, exit_on_error=True)

    def _told(self, stop: threading.Event, found: int | None, error: HftermError | None, backwards: bool) -> None:
        if not stop.is_set() and self.is_running:
            self.call_from_thread(self._found, stop, found, error, backwards)

    def _found(self, stop: threading.Event, found: int | None, error: HftermError | None, backwards: bool) -> None:
        if stop.is_set():
            return
        self._searching = None
        if error is not None:
            self.fail(error)
        elif found is None:
            self.say(f"not found {'above' if backwards else 'below'}: {self.searched}", "warn")
        else:
            self.table.show(found)
            self.say(f"found in row {found + 1:,}; n searches on", "good")
        self.table.repaint()

    def _stop(self) -> bool:
        """End a search; whether there was one."""
        if self._searching is None:
            return False
        self._searching.set()
        self._searching = None
        return True

    # Others.

    def copy_record(self) -> None:
        """Copy the record under the cursor as JSON."""
        row = self.table.row(self.table.cursor) if self.pages.rows else None
        if row is None:
            self.say("nothing to copy here", "warn")
        else:
            self.copy_text(row.text if row.why and not row.value else to_json(row.value, indent=2))

    def action_help(self) -> None:
        """Explain the keys."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(ViewHelp(self.screen))

    def action_help_quit(self) -> None:
        """Ctrl-C ends a search, and says how to quit."""
        self.say("stopped" if self._stop() else "q quits")
