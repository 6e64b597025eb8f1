"""The viewer's one screen: rows, a line to type in, the keys."""

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.screen import Screen

from hfterm.dashboard.viewer import view_keys
from hfterm.dashboard.viewer.ask_line import AskLine
from hfterm.dashboard.viewer.row_table import RowTable
from hfterm.dashboard.widgets.key_bar import KeyBar


class ViewScreen(Screen[None]):
    """Shows a table that the app gives."""

    BINDINGS: ClassVar[Any] = view_keys.bindings(tuple(key for key in view_keys.KEYS if key.action.startswith("app.")))
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (10, "-roomy")]  # noqa: RUF012
    DEFAULT_CSS = """
    ViewScreen { layout: vertical; }
    ViewScreen RowTable { height: 1fr; }
    ViewScreen.-flat RowTable, ViewScreen.-flat RowTable:focus { border: none; padding: 0; }
    """

    def __init__(self, table: RowTable, *, ascii_only: bool) -> None:
        super().__init__()
        self.table, self._ascii = table, ascii_only

    def compose(self) -> ComposeResult:
        """Rows above keys, over which the line to type in comes."""
        yield self.table
        yield KeyBar()
        yield AskLine()

    def on_mount(self) -> None:
        """Borders of signs that the terminal has."""
        self.set_class(self._ascii, "-ascii")
        self.table.focus()
