"""The saved conversations, last used first; ``/`` searches in all that was said."""

import datetime
from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.message import Message

from hfterm.dashboard import keys
from hfterm.dashboard.widgets.message import short_model
from hfterm.dashboard.widgets.virtual_list import Cell, Column, VirtualList
from hfterm.text import sanitize


class SessionList(VirtualList):
    """Rows are :class:`hfterm.chat.store.SessionRow`. The screen searches, for the texts are in the store."""

    COLUMNS = (
        Column("conversation", sort=lambda row: row.title.casefold()),
        Column("model", 20, spare=2, sort=lambda row: row.model),
        Column("used", 4, right=True, spare=1, sort=lambda row: row.updated),
    )
    EMPTY = "none yet"
    BINDINGS: ClassVar[Any] = keys.bindings("chats")
    DEFAULT_CSS = "SessionList { width: 1fr; }"

    class Search(Message):
        """Other words are searched."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    open_id: str | None = None

    def key(self, row: Any) -> str:
        """The conversation's id."""
        return str(row.id)

    def cells(self, row: Any) -> Sequence[Cell]:
        """Title, model, when."""
        return [
            (sanitize(row.title, cell=True) or "-", "accent" if row.id == self.open_id else "plain"),
            (short_model(row.model), "dim"),
            (age(row.updated, self.hfterm.sources.clock() if not self.hfterm.sources.pretend else None), "dim"),
        ]

    def set_filter(self, text: str) -> None:
        """Search for words; the rows come later."""
        if text != self.filter:
            self.filter = text
            self.post_message(self.Search(text))

    def _arrange(self) -> None:
        # The rows are those found already.
        text, self.filter = self.filter, ""
        super()._arrange()
        self.filter = text
        self.border_subtitle = Text(f"{len(self.rows)} found  /{text}" if text else "")

    def to_copy(self) -> tuple[str, Any]:
        """The conversation's id."""
        row = self.current
        return (row.id, row._asdict()) if row is not None else ("", None)


def age(moment: str, now: float | None = None) -> str:
    """How long ago a moment in ISO 8601 was, in one unit: ``now 5m 3h 2d 7w 4y``."""
    try:
        then = datetime.datetime.fromisoformat(moment)
    except ValueError:
        return ""
    today = datetime.datetime.now(datetime.UTC) if now is None else datetime.datetime.fromtimestamp(now, datetime.UTC)
    seconds = max(0.0, (today - then).total_seconds())
    if seconds < 60:
        return "now"
    for unit, size, limit in (("m", 60, 60), ("h", 3600, 48), ("d", 86400, 14), ("w", 604800, 104)):
        if seconds < size * limit:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds / 31557600:.0f}y"
