"""A run's checkpoints, the newest first."""

from collections.abc import Sequence
from typing import Any

from hfterm.dashboard.widgets.virtual_list import Cell, Column, VirtualList
from hfterm.text import human_bytes, sanitize


class CheckpointList(VirtualList):
    """Step, size, whether it is whole and the best, where; rows as :meth:`Followed.checkpoints` gives them."""

    COLUMNS = (
        Column("step", 9, right=True, sort=lambda row: row["step"]),
        Column("size", 10, right=True, sort=lambda row: row["bytes"]),
        Column("state", 10),
        Column("reference", 30, spare=1),
        Column("folder", spare=2),
    )
    EMPTY = "no checkpoints yet"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # run:NAME of hfterm's own runs; others are named by their folders.
        self.reference = ""

    def key(self, row: dict[str, Any]) -> str:
        """The folder."""
        return str(row["path"])

    def refer(self, row: dict[str, Any]) -> str:
        """How commands name it."""
        return f"{self.reference}@{row['step']}" if self.reference and row["step"] is not None else str(row["path"])

    def cells(self, row: dict[str, Any]) -> Sequence[Cell]:
        """A line."""
        state = ("best", "good") if row["best"] else ("whole", "plain") if row["complete"] else ("torn", "bad")
        return [
            ("final" if row["step"] is None else str(row["step"]), "title"),
            (human_bytes(row["bytes"]), "plain"),
            state,
            (sanitize(self.refer(row), cell=True) if self.reference else "", "accent"),
            (sanitize(str(row["path"]), cell=True), "dim"),
        ]

    def to_copy(self) -> tuple[str, Any]:
        """References to the marked ones, or the one under the cursor."""
        rows = self.chosen()
        return "\n".join(self.refer(row) for row in rows), rows
