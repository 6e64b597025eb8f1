"""The GPUs as a list to choose from: all of them together, then a line each; parts under their GPU."""

import time
from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from hfterm.dashboard.state import Topic
from hfterm.dashboard.widgets.device_line import Layout, device_line, labels, layout, together
from hfterm.dashboard.widgets.devices import gpus_of, host_facts, titled
from hfterm.dashboard.widgets.meter import Meter, flow, worries
from hfterm.dashboard.widgets.virtual_list import Cell, VirtualList
from hfterm.monitor.devices import MAKERS, identity

# What of the screen the list takes at most: at 80x24 eight GPUs and all of them together.
SHARE = 0.46


class DeviceList(VirtualList):
    """``selected`` is the device that the cursor is on; None: all of them, which is the first line.

    A GPU that is no longer there stays in its place and says since when.
    """

    TOPICS: ClassVar[tuple[Topic, ...]] = ("machine",)
    EMPTY = "looking..."
    DEFAULT_CSS = "DeviceList { height: auto; }"

    class Selected(Message):
        """Another device, or all of them (None)."""

        def __init__(self, device: str | None) -> None:
            super().__init__()
            self.device = device

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.everything = True
        self._known: dict[str, dict[str, Any]] = {}
        self._layout: tuple[Any, Layout] | None = None
        self._title: Text | None = None

    @property
    def selected(self) -> str | None:
        """The chosen device's name; None: all."""
        return None if self.everything or self.current is None else str(self.current["device"])

    @property
    def _chosen(self) -> str | None:
        """What the chosen device is known by; None: all."""
        return None if self.everything or self.current is None else identity(self.current)

    @property
    def count(self) -> int:
        """How many devices there are, parts too, with those that the filter hides."""
        return len(self._all)

    @property
    def shown_device(self) -> dict[str, Any] | None:
        """The record to show more of: the chosen device's, or all GPUs' together; None: there is none."""
        if not self._all:
            return None
        found: dict[str, Any] = self._all[0] if len(self._all) == 1 else together(self._all)
        return found if self.everything else self.current

    # Rows.

    def key(self, row: Any) -> str:
        """What the device is known by, whatever it is called."""
        return identity(row)

    def cells(self, row: Any) -> Sequence[Cell]:
        """Not used: a line is painted at once."""
        return ()

    def words(self, row: Any) -> str:
        """Number, name, identity."""
        return f"{row['device']} {row.get('name') or ''} {row.get('uuid') or ''}"

    def changed(self, topic: Topic) -> None:
        """The machine was looked at."""
        self.look()

    def look(self) -> None:
        """Show the devices as they are now."""
        sample = self.hfterm.state.machine
        if sample is None:
            return
        before = self._chosen
        self.set_rows(self._with_gone(gpus_of(sample), sample.time))
        if before != self._chosen:  # it is no longer there
            self.select(None)
        self._entitle()

    def _with_gone(self, devices: list[dict[str, Any]], moment: float) -> list[dict[str, Any]]:
        """The devices, and whole GPUs that were there before."""
        here = {identity(d) for d in devices}
        for device in devices:
            if device.get("mig") is None:
                self._known[identity(device)] = device
        gone = []
        for name, device in self._known.items():
            if name in here:
                continue
            if not device.get("gone"):
                since = time.strftime("%H:%M:%S", time.localtime(moment))
                kept = {field: device.get(field) for field in ("device", "kind", "index", "mig", "uuid", "name")}
                device = {**dict.fromkeys(device), **kept, "gone": since, "error": f"gone since {since}"}
                self._known[name] = device
            gone.append(device)
        return sorted([*devices, *gone], key=order) if gone else devices

    def _arrange(self) -> None:
        super()._arrange()
        size = Size(0, len(self.rows) + self._head)
        if self.virtual_size != size:
            self.virtual_size = size

    def get_content_height(self, container: Any, viewport: Any, width: int) -> int:
        """As high as it is long, but less than half of the screen."""
        room = int(viewport.height * SHARE) - self.gutter.height
        return max(1, min(max(1, len(self.rows)) + self._head, room))

    @property
    def _head(self) -> int:
        """Lines over the devices: one for all of them, unless there is but one."""
        return 0 if len(self._all) == 1 else 1

    # Painting.

    def _inner(self) -> int:
        return max(1, self.scrollable_content_region.width - 2)

    def _found(self) -> Layout:
        rows = [together(self._all), *self._all]
        seen = [(row["device"], row.get("name"), row.get("visible"), worries(row)) for row in rows]
        key = (self._inner(), seen)
        if self._layout is None or self._layout[0] != key:
            self._layout = key, layout(rows, self._inner())
        return self._layout[1]

    def _entitle(self) -> None:
        """In the border: what stands over the columns."""
        title = titled(self, "GPUs", labels(self._found()), self._inner()) if self._all else Text("GPUs")
        if self._title is None or title != self._title or title.spans != self._title.spans:
            self.border_title = self._title = title

    def below(self) -> Text:
        """In the lower border: how the host is, unless a filter is to be told of, or the host has a pane."""
        sample = self.hfterm.state.machine
        if self.filter or sample is None or {"-wide", "-tall"} <= self.screen.classes:
            return super().below()
        return flow(host_facts(Meter(self), sample.host, bars=False), self._inner() - 2, 1)[0]

    def on_resize(self) -> None:
        """What stands over the columns moves with them."""
        self._arrange()
        self._entitle()

    def on_focus(self) -> None:
        """The title has the border's colour."""
        self._entitle()

    def on_blur(self) -> None:
        """Likewise."""
        self._entitle()

    def render_line(self, y: int) -> Strip:
        """All GPUs together, then one a line."""
        width, head = self.scrollable_content_region.width, self._head
        if not self._all:
            return self._strip(Text(f" {self.EMPTY}" if not y else "", style=self.shade("dim"), end=""), width)
        if head and y == 0:
            return self._device(together(self._all), width, self.everything)
        n = self.scroll_offset.y + y - head
        if n >= len(self.rows):
            text = "  no match" if n == 0 == len(self.rows) else ""
            return self._strip(Text(text, style=self.shade("dim"), end=""), width)
        here = n == self._cursor and (not self.everything or not head)
        return self._device(self.rows[n], width, here)

    def _device(self, device: dict[str, Any], width: int, here: bool) -> Strip:
        found, history = self._found(), self.hfterm.state.history
        trend: Sequence[float | None] = ()
        if history is not None and found.spark:
            trend = trend_of(history, device, self._all, "utilization", found.spark * 2)
        line = Text(" ", no_wrap=True, end="")
        line.append_text(device_line(Meter(self), device, found, width - 2, trend))
        line.pad_right(max(0, width - line.cell_len))
        if here and self.has_focus:
            line = self.under_cursor(line)
        elif here:
            line.stylize("bold")
        return self._strip(line, width)

    def under_cursor(self, line: Text) -> Text:
        """In one colour: reversed, the others would be patches."""
        return Text(line.plain, style=self.shade("select"), no_wrap=True, end="")

    # Moving.

    def select(self, device: str | None) -> None:
        """Choose a device by its name, or what it is known by; None: all."""
        n = next((i for i, row in enumerate(self.rows) if device in (row["device"], identity(row))), None)
        self.everything = n is None
        self.move_to(n or 0)
        self._tell()

    def step(self, by: int) -> None:
        """Go on to the next device or the one before; before the first are all."""
        at = (-1 if self.everything else self._cursor) + by
        at = min(max(-1, at), len(self.rows) - 1)
        self.select(identity(self.rows[at]) if at >= 0 else None)

    def _tell(self) -> None:
        self.post_message(self.Selected(self.selected))
        self.repaint()

    def action_down(self) -> None:
        """The next device."""
        self.step(1)

    def action_up(self) -> None:
        """The device before; before the first: all."""
        self.step(-1)

    def action_first(self) -> None:
        """All."""
        self.select(None)

    def action_last(self) -> None:
        """The last device."""
        self.step(len(self.rows))

    def action_page_down(self) -> None:
        """One page down."""
        self.step(self.page)

    def action_page_up(self) -> None:
        """One page up."""
        self.step(-self.page)

    def action_choose(self) -> None:
        """Choose this device only, or all again."""
        if self.current is not None:
            self.everything = not self.everything
            self._tell()

    def action_mark(self) -> None:
        """Likewise."""
        self.action_choose()

    def action_mark_all(self) -> None:
        """All devices."""
        self.select(None)

    def on_click(self, event: events.Click) -> None:
        """Choose what the mouse is on."""
        y = event.y - self.gutter.top
        n = self.scroll_offset.y + y - self._head
        if self._head and y == 0:
            self.select(None)
        elif 0 <= n < len(self.rows):
            self.select(identity(self.rows[n]))

    def to_copy(self) -> tuple[str, Any]:
        """The record, or all of them."""
        rows = list(self._all) if self.everything else [self.current]
        texts = ["\t".join(str(row.get(f)) for f in COPIED if row.get(f) is not None) for row in rows if row]
        return "\n".join(texts), rows if self.everything else rows[0]


# What of a device is copied as text.
COPIED = ("device", "name", "uuid", "utilization", "memory_used", "memory_total", "temperature", "power", "error")


def order(device: Any) -> tuple[int, int, int]:
    """Devices by kind and number, parts after their GPU."""
    mig, kind = device.get("mig"), device.get("kind")
    return (
        tuple(MAKERS).index(kind) if kind in MAKERS else len(MAKERS),
        int(device.get("index") or 0),
        -1 if mig is None else int(mig),
    )


def trend_of(
    history: Any, device: dict[str, Any], devices: Sequence[dict[str, Any]], field: str, count: int
) -> list[float | None]:
    """A device's trend; for all together the mean of the whole GPUs' (power: the sum, temperature: the highest)."""
    if device["kind"] != "all":
        found: list[float | None] = history.trend(identity(device), field, count)
        return found
    trends = [history.trend(identity(d), field, count) for d in devices if d.get("mig") is None]
    joined: list[float | None] = []
    for moment in zip(*trends, strict=True):
        known = [value for value in moment if value is not None]
        if not known:
            joined.append(None)
        elif field == "temperature":
            joined.append(max(known))
        else:
            joined.append(sum(known) / (1 if field == "power" else len(known)))
    return joined
