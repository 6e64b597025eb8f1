"""The machine around the GPUs, or instead of them: processor, memory, disk and network with their trends."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text

from hfterm.dashboard.state import Topic
from hfterm.dashboard.widgets.devices import host_lines
from hfterm.dashboard.widgets.meter import MIB, Meter, fill_role, flow, load_role, of_total, portion, size
from hfterm.dashboard.widgets.panel import Panel
from hfterm.dashboard.widgets.trend import beside, block, round_size, widths
from hfterm.monitor.history import HOST
from hfterm.text import human_seconds, sanitize
from hfterm.tracking.glyphs import GLYPHS

# What stands around a core's bar: its number, how busy it is, blanks.
CORE_WORDS = 10
# From which height on there is room for curves.
LEAST_CURVES = 6


class HostPanel(Panel):
    """Four parts in two columns or in one row; a few words each where it is small."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("machine",)

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """Processor and memory over disk and network; side by side where it is wide."""
        state = self.hfterm.state
        if state.machine is None:
            self.entitle(Text("Machine"))
            return [Text("looking...", style=self.shade("dim"), end="")]
        host = state.machine.host
        up = f"  up {human_seconds(host.uptime)}" if host.uptime else ""
        self.entitle(Text(f"{sanitize(host.name, cell=True)}{up}"))
        if height < LEAST_CURVES or width < 56 or state.history is None:
            return host_lines(self, width)[:height]
        across = 4 if width >= 150 or height < 7 else 2
        wide = widths(width, across, 3)
        if across == 4:
            return beside([part(self, host, cells, height) for part, cells in zip(PARTS, wide, strict=True)], wide, 3)
        over = height - (height - 1) // 2
        upper = beside([part(self, host, cells, over) for part, cells in zip(PARTS[:2], wide, strict=True)], wide, 3)
        below = [part(self, host, cells, height - over) for part, cells in zip(PARTS[2:], wide, strict=True)]
        return upper + beside(below, wide, 3)

    def trend(self, field: str, cells: int) -> list[float | None]:
        """The host's newest values, two a cell."""
        history = self.hfterm.state.history
        return history.trend(HOST, field, cells * 2) if history is not None else []


def processor(panel: HostPanel, host: Any, width: int, height: int) -> list[Text]:
    """How busy, the load, the cores, the trend."""
    meter = Meter(panel)
    busy = "-" if host.cpu is None else f"{host.cpu:.0f}%"
    load = "load " + " ".join(f"{x:.1f}" for x in host.load) if host.load else ""
    cores = core_lines(meter, host.per_core, width, (height - 1) * 3 // 5)
    lines = block(meter, "CPU", f"{busy} of {host.cores:g}", panel.trend("cpu", width), width, height - len(cores),
                  scale=load, color=2)  # fmt: skip
    return lines + cores


def core_lines(meter: Meter, per_core: Sequence[float], width: int, most: int) -> list[Text]:
    """A bar a core in ``most`` lines at most; where there are too many, a sign each."""
    if not per_core or most < 1:
        return []
    for cells in (8, 5, 3):
        across = max(1, (width + 1) // (cells + CORE_WORDS))
        needed = -(-len(per_core) // across)
        if needed <= most:
            return [_cores(meter, list(enumerate(per_core))[row::needed], cells, width) for row in range(needed)]
    signs = GLYPHS["ascii" if meter.ascii else "blocks"].levels
    text = "".join(signs[min(len(signs) - 1, int(busy / 100 * len(signs)))] for busy in per_core)
    label = "cores " if len(text) + 6 <= width else ""
    rows = [text[at : at + width] for at in range(0, len(text), width)][:most]
    lines = [Text("", end="").append(label, style=meter.shade("dim"))] + [Text("", end="") for _ in rows[1:]]
    return [line.append(row, style=meter.shade(2)) for line, row in zip(lines, rows, strict=True)]


def _cores(meter: Meter, cores: Sequence[tuple[int, float]], cells: int, width: int) -> Text:
    line = Text(no_wrap=True, end="")
    for core, busy in cores:
        line.append(f"{core:>3} ", style=meter.shade("dim"))
        meter.bar(line, busy / 100, cells, load_role(busy / 100))
        meter.number(line, f"{busy:.0f}%", 5)
        line.append(" ")
    line.truncate(width)
    return line


def memory(panel: HostPanel, host: Any, width: int, height: int) -> list[Text]:
    """What is used, swap, the trend."""
    meter, share = Meter(panel), portion(host.memory_used, host.memory_total)
    swap = f"swap {of_total(host.swap_used, host.swap_total)}" if host.swap_total else "no swap"
    role = fill_role(share) if (share or 0) >= 0.94 else "plain"
    percent = "" if share is None else f"  {100 * share:.0f}%"
    value = of_total(host.memory_used, host.memory_total) + percent
    return block(
        meter, "memory", value, panel.trend("memory", width), width, height, scale=swap, color=0, value_role=role
    )


def disk(panel: HostPanel, host: Any, width: int, height: int) -> list[Text]:
    """What is free, what is read and written."""
    meter = Meter(panel)
    free, total = host.disk_free, host.disk_total
    used = portion(total - free, total) if free is not None and total else None
    facts = [meter.fact("disk", f"{size(free)} free of {size(total)}", "plain" if (used or 0) < 0.95 else "bad")]
    return _pair(panel, facts, ("read", "disk_read", host.disk_read), ("write", "disk_write", host.disk_write),
                 width, height)  # fmt: skip


def network(panel: HostPanel, host: Any, width: int, height: int) -> list[Text]:
    """What is received and sent."""
    facts = [Meter(panel).fact("network", "")]
    return _pair(panel, facts, ("in", "net_received", host.net_received), ("out", "net_sent", host.net_sent),
                 width, height)  # fmt: skip


_Flow = tuple[str, str, float | None]


def _pair(panel: HostPanel, facts: list[Text], one: _Flow, other: _Flow, width: int, height: int) -> list[Text]:
    """Two rates on the same scale, side by side; in two lines only words."""
    meter, wide = Meter(panel), widths(width, 2)
    if height < 3:
        return flow([*facts, *(meter.fact(title, f"{size(value)}/s") for title, _, value in (one, other))], width)
    trends = [panel.trend(field, cells) for (_, field, _), cells in zip((one, other), wide, strict=True)]
    top = round_size([value for trend in trends for value in trend], MIB)
    blocks = [
        block(meter, title, "-" if value is None else f"{size(value)}/s", trend, cells, height - 1, high=top,
              scale=f"of {size(top)}", color=color)
        for (title, _, value), trend, cells, color in zip((one, other), trends, wide, (5, 3), strict=True)
    ]  # fmt: skip
    return [flow(facts, width, 1)[0], *beside(blocks, wide)]


PARTS = (processor, memory, disk, network)
