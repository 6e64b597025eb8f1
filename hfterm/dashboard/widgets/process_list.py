"""Processes: on the GPUs, or where there is none the busiest of the machine."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual import events

from hfterm.dashboard.widgets.meter import size
from hfterm.dashboard.widgets.virtual_list import Cell, Column, VirtualList
from hfterm.monitor.devices import MAKERS
from hfterm.text import human_seconds, sanitize

# Said instead of the name of a process that cannot be seen from here.
UNSEEN = "(not to be seen from here)"
OUTSIDE = "(outside this container)"


class Field(NamedTuple):
    """A column, and its cell of a row (the list is given for what a row alone does not tell)."""

    column: Column
    cell: Callable[["ProcessList", Any], Cell]


def place(gpu: str | None) -> tuple[int, int, int]:
    """A GPU's maker (where there are several), its number and its part's, to sort by; what is on none comes last."""
    found = re.fullmatch(r"(\D*)(\d+)(?::(\d+))?", str(gpu))
    if found is None:
        return len(MAKERS), 0, -1
    maker = next((n for n, short in enumerate(MAKERS.values()) if short == found[1]), 0)
    return maker, int(found[2]), int(found[3]) if found[3] else -1


def _percent(value: float | None, much: float | None = None) -> Cell:
    if value is None:
        return "-", "dim"
    return f"{value:.0f}%", "good" if much is not None and value >= much else "plain"


def _known(value: float | None, text: str) -> Cell:
    return (text, "plain" if value is not None else "dim")


def _command(shown: "ProcessList", row: Any) -> Cell:
    if row["command"] is None:
        return shown.unseen, "dim"
    command = sanitize(row["command"], cell=True)
    return (f"? {command}", "dim") if row.get("foreign", False) is None else (command, "plain")


def _elapsed(shown: "ProcessList", row: Any) -> float | None:
    began = row["started"]
    return None if began is None else max(0.0, shown.hfterm.sources.clock() - began)


def _user(row: Any) -> Cell:
    return ("?", "dim") if row["user"] is None else (sanitize(row["user"], cell=True), "plain")


def _text(name: str) -> Callable[[Any], Any]:
    return lambda row: (row[name] or "").casefold() or None


FIELDS = {
    "gpu": Field(Column("GPU", 4, sort=lambda row: place(row["gpu"])), lambda _, row: (str(row["gpu"]), "title")),
    "pid": Field(Column("pid", 7, right=True, sort=lambda row: row["pid"]), lambda _, row: (str(row["pid"]), "plain")),
    "user": Field(Column("user", 8, spare=1, sort=_text("user")), lambda _, row: _user(row)),
    "memory": Field(
        Column("memory", 6, right=True, sort=lambda row: row["memory"]),
        lambda _, row: _known(row["memory"], size(row["memory"])),
    ),
    "share": Field(
        Column("mem%", 5, right=True, spare=4, sort=lambda row: row.get("share")),
        lambda _, row: _percent(row.get("share")),
    ),
    "sm": Field(
        Column("SM%", 4, right=True, spare=2, sort=lambda row: row["utilization"]),
        lambda _, row: _percent(row["utilization"], 50),
    ),
    "cpu": Field(
        Column("CPU%", 5, right=True, spare=5, sort=lambda row: row["cpu"]), lambda _, row: _percent(row["cpu"])
    ),
    "ram": Field(
        Column("RAM", 6, right=True, spare=6, sort=lambda row: row["host_memory"]),
        lambda _, row: _known(row["host_memory"], size(row["host_memory"])),
    ),
    "time": Field(
        Column("time", 6, right=True, spare=3, sort=lambda row: None if row["started"] is None else -row["started"]),
        lambda shown, row: (human_seconds(_elapsed(shown, row)), "plain" if row["started"] is not None else "dim"),
    ),
    "run": Field(
        Column("run", 13, sort=_text("run")), lambda _, row: (sanitize(row["run"] or "", cell=True), "accent")
    ),
    "command": Field(Column("command", sort=_text("command")), _command),
}
ON_GPUS = ("gpu", "pid", "user", "memory", "share", "sm", "cpu", "ram", "time", "run", "command")
ON_HOST = ("pid", "user", "cpu", "ram", "time", "run", "command")


class ProcessList(VirtualList):
    """Rows as in :class:`hfterm.monitor.machine.MachineSample`, with ``share``: percent of the GPU's memory."""

    COLUMNS = tuple(FIELDS[name].column for name in ON_GPUS)
    EMPTY = "looking..."
    DEFAULT_CSS = "ProcessList { height: 1fr; min-height: 4; }"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unseen = UNSEEN
        self._fields: tuple[Field, ...] = tuple(FIELDS[name] for name in ON_GPUS)

    def show_rows(self, rows: Sequence[Any], names: Sequence[str]) -> None:
        """Show processes, each with the fields ``names``; without a run among them its column goes."""
        runs = any(row["run"] for row in rows)
        self._fields = tuple(FIELDS[name] for name in names if name != "run" or runs)
        wide = max((cell_len(str(row["gpu"])) for row in rows), default=0)
        columns = (field.column for field in self._fields)
        self.set_columns(tuple(c._replace(width=max(c.width, wide)) if c.title == "GPU" else c for c in columns))
        self.set_rows(rows)

    def key(self, row: Any) -> tuple[Any, ...]:
        """A process on a GPU; its start tells it from a later one with its number."""
        return row["gpu"], row["pid"], row["started"]

    def cells(self, row: Any) -> Sequence[Cell]:
        """One cell a field."""
        return [field.cell(self, row) for field in self._fields]

    def words(self, row: Any) -> str:
        """Where, who, what; not the numbers, which change."""
        return f"GPU{row['gpu']} {row['pid']} {row['user'] or '?'} {row['run'] or ''} {row['command'] or self.unseen}"

    def under_cursor(self, line: Text) -> Text:
        """In one colour: reversed, the others would be patches."""
        return Text(line.plain, style=self.shade("select"), no_wrap=True, end="")

    def action_sort(self) -> None:
        """Sort by the next column to be seen, numbers from the greatest on; after the last as they come."""
        shown = [i for i, _ in self._layout_columns(self.scrollable_content_region.width) if self.COLUMNS[i].sort]
        order: list[int | None] = [None, *shown]
        at = order.index(self.sorted_by) if self.sorted_by in order else 0
        self.sorted_by = order[(at + 1) % len(order)]
        self.descending = self.sorted_by is not None and self.COLUMNS[self.sorted_by].right
        self._arrange()

    def on_click(self, event: events.Click) -> None:
        """On a title: sort by it, and the other way round."""
        if event.y != self.gutter.top:
            super().on_click(event)
            return
        at = self.gutter.left + 2
        for n, width in self._layout_columns(self.scrollable_content_region.width):
            if at <= event.x < at + width and self.COLUMNS[n].sort:
                self.descending = not self.descending if n == self.sorted_by else self.COLUMNS[n].right
                self.sorted_by = n
                self._arrange()
            at += width + 1

    def to_copy(self) -> tuple[str, Any]:
        """The marked processes, else the one under the cursor: cells by tabs, and the records."""
        rows = self.chosen()
        if not rows:
            return "", None
        texts = ["\t".join(field.cell(self, row)[0] for field in self._fields) for row in rows]
        return "\n".join(texts), rows[0] if len(rows) == 1 else rows
