"""The devices, a line each, and the host under them; for narrow places all GPUs in one line."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rich.text import Text

from hfterm.dashboard.state import Topic
from hfterm.dashboard.widgets.device_line import device_line, labels, layout, old
from hfterm.dashboard.widgets.meter import (
    Meter,
    fill_role,
    flow,
    load_role,
    memory_share,
    of_total,
    portion,
    size,
)
from hfterm.dashboard.widgets.panel import Base, Lines, Panel
from hfterm.monitor.devices import identity
from hfterm.text import sanitize

# Lines that a strip takes at most.
MOST_STRIPS = 3


def titled(widget: Base, title: str, over: Sequence[tuple[int, str]], width: int) -> Text:
    """A border's title that goes on with what stands over the cells of the lines below.

    ``over`` counts cells from the first one inside the border's padding of one.
    """
    dash = "-" if widget.hfterm.ascii else "─"
    rule = widget.shade("accent" if widget.has_focus else "dim")
    line = Text(title)
    for start, text in over:
        start -= 1  # a border's title begins a cell to the right of what is inside
        if start < line.cell_len + 2 or start + len(text) + 1 > width - 2:
            continue
        line.append(" ")
        line.append(dash * (start - line.cell_len - 1), style=rule)
        line.append(f" {text}", style=widget.shade("dim"))
    return line


def gpus_of(sample: Any) -> list[dict[str, Any]]:
    """The GPUs of a look at the machine."""
    return [d for d in sample.devices if d["kind"] != "cpu"]


class DevicePanel(Panel):
    """Every device: utilization, memory, power, temperature, clocks and a trend, as far as the width allows."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("machine",)

    def on_focus(self) -> None:
        """The title has the border's colour."""
        self.repaint()

    def on_blur(self) -> None:
        """Likewise."""
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """A line a device; the host last."""
        state = self.hfterm.state
        sample = state.machine
        if sample is None:
            self.entitle(Text("Machine"))
            problem = state.problems.get("machine")
            text = sanitize(problem or "looking...", cell=True)
            return [Text(text, style=self.shade("bad" if problem else "dim"), end="")]
        gpus, host = gpus_of(sample), host_lines(self, width)
        if not gpus:
            self.entitle(Text("Machine"))
            return host
        if len(gpus) > height:
            gpus = [d for d in gpus if d.get("mig") is None]
        if len(gpus) > height:  # more GPUs than lines: all of them in short
            self.entitle(Text("GPUs"))
            return [*strips(self, gpus, width)][: height - 1] + host[:1]
        found, meter, history = layout(gpus, width), Meter(self), state.history
        self.entitle(titled(self, "GPUs", labels(found), width))
        lines = [
            device_line(
                meter, device, found, width,
                history.trend(identity(device), "utilization", found.spark * 2) if history else (),
            )
            for device in gpus
        ]  # fmt: skip
        return lines + host[: max(0, height - len(lines))]


class DeviceStrip(Lines):
    """All devices in as few lines as they take: never gone, however narrow it gets."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("machine",)
    DEFAULT_CSS = f"DeviceStrip {{ height: auto; max-height: {MOST_STRIPS}; padding: 0 0 0 1; }}"

    def get_content_height(self, container: Any, viewport: Any, width: int) -> int:
        """As many lines as the devices need."""
        return max(1, min(MOST_STRIPS, len(self._strips(width))))

    def changed(self, topic: Topic) -> None:
        """A device more may need a line more."""
        if self.get_content_height(None, None, self.content_size.width or 78) != self.content_size.height:
            self.refresh(layout=True)
        self.repaint()

    def _strips(self, width: int) -> list[Text]:
        sample = self.hfterm.state.machine
        if sample is None:
            return [Text("looking...", style=self.shade("dim"), end="")]
        gpus = gpus_of(sample)
        return strips(self, gpus, width) if gpus else host_lines(self, width)[:1]

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """GPUs side by side, or the host."""
        return self._strips(width)[:height]


def strips(widget: Base, gpus: Sequence[Mapping[str, Any]], width: int) -> list[Text]:
    """GPUs side by side, each as number, bar and percent; the memory of all at the end."""
    meter, whole = Meter(widget), [d for d in gpus if d.get("mig") is None]
    used = sum(d["memory_used"] or 0 for d in whole)
    total = sum(d["memory_total"] or 0 for d in whole)
    last = [meter.fact("mem", f"{100 * used / total:.0f}%", fill_role(used / total))] if total else []
    # Longer bars where that costs no line.
    for cells in (8, 6, 4, 3, 2):
        lines = flow([*(_strip(meter, device, cells) for device in whole), *last], width)
        if len(lines) == 1:
            break
    if len(lines) > MOST_STRIPS:
        rest = sum(line.plain.count("  ") + 1 for line in lines[MOST_STRIPS - 1 :])
        lines[MOST_STRIPS - 1 :] = [Text(f"{rest} more", style=widget.shade("dim"), end="")]
    return lines


def _strip(meter: Meter, device: Mapping[str, Any], cells: int) -> Text:
    one = Text("", end="").append(str(device["device"]), style=meter.shade("title"))
    busy, share = device.get("utilization"), memory_share(device)
    if device.get("error"):
        return one.append(" error", style=meter.shade("bad"))
    one.append(" ")
    if busy is None:  # cut up into parts, or a driver that does not tell: its memory then
        meter.bar(one, share, cells, fill_role(share))
        meter.number(one, "-" if share is None else f"m{100 * share:.0f}", 3)
    else:
        meter.bar(one, busy / 100, cells, load_role(busy / 100))
        meter.number(one, f"{busy:.0f}", 3)
    return old(one, meter.shade("dim")) if device.get("stale") else one


def host_lines(widget: Base, width: int) -> list[Text]:
    """The CPU and memory, then disk and network: one line where it is wide, else more."""
    sample = widget.hfterm.state.machine
    return flow(host_facts(Meter(widget), sample.host, bars=width >= 60), width) if sample is not None else []


def host_facts(meter: Meter, host: Any, *, bars: bool = True) -> list[Text]:
    """What is known of the host, each in a few words; the most important first."""
    cells, found = 6, []
    down, up = ("in", "out") if meter.ascii else ("↓", "↑")

    def fact(label: str) -> Text:
        found.append(meter.fact(label, ""))
        return found[-1]

    line, share = fact("CPU"), portion(host.cpu, 100)
    if bars:
        meter.bar(line, share, cells, load_role(share))
    line.append("   -" if host.cpu is None else f"{host.cpu:3.0f}%")
    line.append(f" of {host.cores:g}", style=meter.shade("dim"))
    if host.memory_total:
        line, share = fact("RAM"), portion(host.memory_used, host.memory_total)
        if bars:
            meter.bar(line, share, cells, fill_role(share))
            line.append(" ")
        line.append(of_total(host.memory_used, host.memory_total))
    if host.disk_free is not None:
        fact("disk").append(f"{size(host.disk_free)} free")
    if host.net_received is not None or host.net_sent is not None:
        fact("net").append(f"{down}{size(host.net_received):>5} {up}{size(host.net_sent):>5}")
    if host.disk_read is not None or host.disk_write is not None:
        fact("I/O").append(f"r{size(host.disk_read):>5} w{size(host.disk_write):>5}")
    if host.load:
        fact("load").append(" ".join(f"{x:.1f}" for x in host.load))
    if host.swap_total:
        fact("swap").append(of_total(host.swap_used, host.swap_total))
    return found
