"""Which model to talk to: those there are, a folder, a Hub id, or a server's address."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input

from hfterm.dashboard.widgets.virtual_list import Cell, Column, VirtualList
from hfterm.text import redact, sanitize

HINT = "words, a folder, a Hub id, run:NAME, http://HOST:PORT/v1#MODEL"


class ModelList(VirtualList):
    """Names; the last may be what was typed."""

    COLUMNS = (Column("model"), Column("what", 12, spare=1))
    LED = True
    EMPTY = "none found on this machine: type a Hub id or a server's address"

    def key(self, row: Any) -> str:
        """The name."""
        return str(row)

    def cells(self, row: Any) -> Sequence[Cell]:
        """Name and kind."""
        return [(redact(sanitize(row, cell=True)), "plain"), (kind(row), "dim")]


def kind(name: str) -> str:
    """What a name means, from its looks."""
    if name.startswith("run:"):
        return "run"
    if "://" in name:
        return "server"
    return "folder" if name.startswith((".", "/", "~")) or name.endswith("/") else "model"


class ModelPicker(ModalScreen[str | None]):
    """The result is a reference or URL, or None. ``find`` gives names for what was typed; it runs in a thread."""

    CSS = """
    ModelPicker { align: center middle; background: transparent; }
    ModelPicker Vertical {
        width: 84; max-width: 96%; height: 70%; min-height: 8; max-height: 100%;
        border: round $border; background: $background;
        border-title-color: $foreground; border-subtitle-color: $dim;
    }
    ModelPicker.-ascii Vertical { border: ascii $border; }
    ModelPicker Input { border: none; padding: 0 1; height: 1; background: $background; }
    ModelPicker ModelList { border: none; height: 1fr; }
    """
    BINDINGS: ClassVar[Any] = [
        Binding("escape", "dismiss", "close"),
        *(Binding(key, f"list('{key}')", show=False, priority=True) for key in ("up", "down", "pageup", "pagedown")),
        Binding("tab", "complete", show=False, priority=True),
    ]

    class Found(Message):
        """Names for what was typed."""

        def __init__(self, typed: str, names: list[str]) -> None:
            super().__init__()
            self.typed, self.names = typed, names

    def __init__(self, find: Callable[[str], list[str]], now: str = "", title: str = "Model") -> None:
        super().__init__()
        self.find, self.now, self.title_text = find, now, title

    def compose(self) -> ComposeResult:
        """A line to type in, the names under it."""
        with Vertical() as box:
            box.border_title = Text(sanitize(self.title_text, cell=True))
            box.border_subtitle = Text("Enter takes it, Tab completes, Esc leaves")
            yield Input(placeholder=HINT, compact=True)
            yield ModelList()

    def on_mount(self) -> None:
        """Look for names meanwhile."""
        self.set_class(self.app.ascii, "-ascii")  # type: ignore[attr-defined]
        self.query_one(ModelList).can_focus = False
        self._look("")

    @work(thread=True, exclusive=True)
    def _look(self, typed: str) -> None:
        self.post_message(self.Found(typed, self.find(typed)))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Others may fit."""
        event.stop()
        self._look(event.value.strip())

    def on_model_picker_found(self, event: Found) -> None:
        """Show those that fit, and what was typed as it is."""
        typed = self.query_one(Input).value.strip()
        if event.typed != typed:
            return
        words = typed.casefold().split()
        rows = [n for n in dict.fromkeys(event.names) if all(word in n.casefold() for word in words)]
        if typed in rows:
            rows.remove(typed)
            rows.insert(0, typed)
        elif typed:
            rows.append(typed)
        listed = self.query_one(ModelList)
        listed.set_rows(rows)
        listed.move_to(rows.index(self.now) if not typed and self.now in rows else 0)

    def action_list(self, key: str) -> None:
        """Move in the list while one types."""
        listed = self.query_one(ModelList)
        {"up": listed.action_up, "down": listed.action_down, "pageup": listed.action_page_up,
         "pagedown": listed.action_page_down}[key]()  # fmt: skip

    def action_complete(self) -> None:
        """Put the name under the cursor in the line."""
        row = self.query_one(ModelList).current
        if row is not None:
            line = self.query_one(Input)
            line.value = row
            line.cursor_position = len(row)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the one under the cursor."""
        event.stop()
        row = self.query_one(ModelList).current
        if row is not None:
            self.dismiss(row)

    def on_virtual_list_chosen(self, event: VirtualList.Chosen) -> None:
        """A double click."""
        self.dismiss(event.row)
