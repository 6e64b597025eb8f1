"""One record, whole: each field under its name, long texts wrapped, nested values indented."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.screen import ModalScreen

from hfterm.dashboard.viewer import view_keys
from hfterm.dashboard.widgets.key_bar import KeyBar
from hfterm.dashboard.widgets.text_view import TextView
from hfterm.data.page_lines import Found
from hfterm.text import human_bytes, sanitize, to_json, whole

if TYPE_CHECKING:
    from hfterm.dashboard.viewer.view_app import ViewerApp

# No more of one value is wrapped: laying out more would hold the screen up.
MOST_CHARACTERS = 200_000
# So long a value may stand beside its name.
_SHORT = 60


class RecordScreen(ModalScreen[None]):
    """The record under the cursor of a table."""

    BINDINGS: ClassVar[Any] = view_keys.bindings(view_keys.RECORD_KEYS)
    DEFAULT_CSS = "RecordScreen { layout: vertical; } RecordScreen TextView { height: 1fr; }"

    @property
    def viewer(self) -> "ViewerApp":
        """The app."""
        return cast("ViewerApp", self.app)

    def compose(self) -> ComposeResult:
        """The page, and the keys."""
        yield TextView()
        yield KeyBar()

    def on_mount(self) -> None:
        """Show it."""
        self.set_class(self.viewer.ascii, "-ascii")
        self.show()

    def show(self) -> None:
        """Show the record under the cursor."""
        table, view = self.viewer.table, self.query_one(TextView)
        row = table.row(table.cursor)
        view.border_title = Text(f"row {table.cursor + 1:,} of {self.viewer.pages.rows:,}")
        view.set_lines(self.lines(row) if row else [])
        view.scroll_home(animate=False)

    def lines(self, row: Found) -> list[Text]:
        """A record's lines."""
        lines: list[Text] = []
        if row.why:
            lines += [
                Text(f"this row {sanitize(row.why, cell=True)}", style=self.viewer.shade("bad"), end=""),
                Text(""),
            ]
            lines += _body(row.text)
        wide = max((len(name) for name in row.value), default=0)
        for name, value in row.value.items():
            label = Text(sanitize(name, cell=True), style=self.viewer.shade("accent"), end="")
            body = _body(_pretty(value))
            short = len(body) == 1 and body[0].cell_len <= _SHORT and wide <= 24
            if short:
                lines.append(Text.assemble(label, " " * (wide + 2 - label.cell_len), body[0], end=""))
            else:
                lines += [label, *(Text("  ", end="").append_text(line) for line in body)]
        return lines or [Text("an empty object", style=self.viewer.shade("dim"), end="")]

    def action_next(self) -> None:
        """The next record."""
        self.viewer.table.move_to(self.viewer.table.cursor + 1)
        self.show()

    def action_previous(self) -> None:
        """The record before."""
        self.viewer.table.move_to(self.viewer.table.cursor - 1)
        self.show()

    def action_copy_record(self) -> None:
        """Copy it as JSON."""
        self.viewer.copy_record()
        self.query_one(KeyBar).repaint()

    def action_close(self) -> None:
        """Back to the rows."""
        self.dismiss()


def _pretty(value: Any) -> str:
    if isinstance(value, bytes):
        return f"<{human_bytes(len(value))}>"
    if isinstance(value, str):
        return value
    value = _sized(value)
    text = to_json(value)
    if isinstance(value, list | dict) and len(text) > _SHORT:
        text = to_json(value, indent=2)
    return text.strip('"') if "\n" not in text and not isinstance(value, list | dict) else text


def _sized(value: Any) -> Any:
    """A nested value with sizes in place of bytes."""
    if isinstance(value, bytes):
        return f"<{human_bytes(len(value))}>"
    if isinstance(value, dict):
        return {str(key): _sized(one) for key, one in value.items()}
    return [_sized(one) for one in value] if isinstance(value, list | tuple) else value


def _body(text: str) -> list[Text]:
    more = len(text) - MOST_CHARACTERS
    lines = sanitize(whole(text[:MOST_CHARACTERS]).replace("\r\n", "\n")).expandtabs(4).split("\n")
    return [Text(line, end="") for line in lines] + (
        [Text(f"... and {more:,} characters more", end="")] if more > 0 else []
    )
