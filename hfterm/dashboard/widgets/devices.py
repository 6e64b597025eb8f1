"""The devices, a line each, and the host under them; for narrow places all GPUs in one line."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text

from hfterm.dashboard.state import Topic
from hfterm.dashboard.widgets.panel import Lines, Panel
from hfterm.monitor.view import bar
from hfterm.text import human_bytes, sanitize

GIB = 1 << 30
# Degrees Celsius from which a GPU is shown as warm, then as hot.
WARM, HOT = 75, 85


def short_name(name: str | None) -> str:
    """``NVIDIA H100 80GB HBM3`` as ``H100``; a MIG device by its profile."""
    text = sanitize(name or "?", cell=True)
    if "MIG " in text:
        return text.rpartition("MIG ")[2]
    text = re.sub(r"(?i)\b(nvidia|amd|geforce|tesla|instinct|graphics|\d+ ?GB|HBM\d\w*|SXM\d?|PCIe|GPU)\b", "", text)
    return " ".join(text.split()) or "?"


def load_role(share: float | None) -> str:
    """How a share of use is shown: none is faint, much is good (a GPU is there to be used)."""
    return "dim" if share is None or share < 0.02 else "good" if share >= 0.5 else "warn" if share < 0.1 else "accent"


def fill_role(share: float | None) -> str:
    """How a share of memory is shown: nearly full is worth a look."""
    return "dim" if share is None else "bad" if share >= 0.97 else "warn" if share >= 0.9 else "accent"


def heat_role(celsius: float | None) -> str:
    """How a temperature is shown."""
    return "dim" if celsius is None else "bad" if celsius >= HOT else "warn" if celsius >= WARM else "plain"


def memory_share(device: dict[str, Any]) -> float | None:
    """Used memory over all memory."""
    used, total = device.get("memory_used"), device.get("memory_total")
    return used / total if used is not None and total else None


def rate(value: float | None) -> str:
    """Bytes a second for reading: ``1.2M``."""
    if value is None:
        return "-"
    for unit in ("B", "K", "M", "G"):
        if value < 1000 or unit == "G":
            return f"{value:.0f}{unit}" if unit == "B" or value >= 10 else f"{value:.1f}{unit}"
        value /= 1024
    raise AssertionError


class Meter:
    """Appends bars and numbers to a line, in the app's signs and colours."""

    def __init__(self, widget: Lines) -> None:
        self.shade = widget.shade
        self.ascii = widget.hfterm.ascii
        self.glyphs = widget.hfterm.terminal.glyphs

    def bar(self, line: Text, share: float | None, cells: int, role: str) -> None:
        """``▕███▌  ▏``, or ``[###..]``."""
        left, right = ("[", "]") if self.ascii else ("▕", "▏")
        text = (bar(share, self.ascii, cells) or "").replace("·", " ").ljust(cells)
        line.append(left, style=self.shade("dim")).append(text, style=self.shade(role))
        line.append(right, style=self.shade("dim"))

    def number(self, line: Text, text: str, width: int, role: str = "plain") -> None:
        """A number, to the right of its width."""
        line.append(f"{text:>{width}}", style=self.shade(role) if role != "plain" else "")

    def spark(self, line: Text, values: Sequence[float | None], width: int, role: str, high: float = 100) -> None:
        """A trend on a fixed scale."""
        from hfterm.tracking.spark import spark

        line.append(spark(values, width, low=0, high=high, glyphs=self.glyphs), style=self.shade(role))


class DevicePanel(Panel):
    """Every device: utilization, memory, power, temperature, clocks and a trend, as far as the width allows."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("machine",)

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """A line a device; the host last."""
        state = self.hfterm.state
        sample = state.machine
        if sample is None:
            self.border_title = Text("Machine")
            problem = state.problems.get("machine")
            return [Text(problem or "looking...", style=self.shade("bad" if problem else "dim"), end="")]
        gpus = [d for d in sample.devices if d["kind"] != "cpu"]
        self.border_title = Text("GPUs" if gpus else "Machine")
        lines = [self._device(device, width) for device in gpus]
        host = host_lines(self, width)
        if not gpus:
            return host
        if len(lines) + 1 > height:  # more GPUs than lines: all of them in short
            return [*strips(self, gpus, width)][: height - 1] + host[:1]
        return lines + host[: max(0, height - len(lines))]

    def _device(self, device: dict[str, Any], width: int) -> Text:
        meter, line = Meter(self), Text(no_wrap=True, end="")
        used, total, share = device["memory_used"], device["memory_total"], memory_share(device)
        line.append(f"{device['device']:<4}" if device.get("mig") is not None else f"{device['device']:<2}",
                    style=self.shade("title"))  # fmt: skip
        if device.get("error"):
            return line.append(" " + sanitize(device["error"], cell=True), style=self.shade("bad"))
        if width >= 58:
            line.append(f"{short_name(device['name'])[:8]:<8}", style=self.shade("dim"))
        cells = 6 if width < 64 else 8 if width < 90 else 12
        busy = device["utilization"]
        meter.bar(line, busy / 100 if busy is not None else None, cells, load_role((busy or 0) / 100))
        meter.number(line, "-" if busy is None else f"{busy:.0f}%", 4)
        line.append(" ")
        meter.bar(line, share, cells, fill_role(share))
        meter.number(line, "-" if used is None else f"{used / GIB:.1f}/{(total or 0) / GIB:.0f}G", 9)
        degree = "C" if self.hfterm.ascii else "°"
        hot, watts = device["temperature"], device["power"]
        meter.number(line, "-" if hot is None else f"{hot:.0f}{degree}", 5, heat_role(hot))
        if width >= 54:
            meter.number(line, "-" if watts is None else f"{watts:.0f}W", 5)
        if width >= 84:
            meter.number(line, "-" if device["clock"] is None else f"{device['clock']:.0f}MHz", 8, "dim")
        if (room := width - line.cell_len - 1) >= 6 and self.hfterm.state.history is not None:
            cells = min(room, 40)
            values = self.hfterm.state.history.trend(device["device"], "utilization", cells * 2)
            line.append(" ")
            meter.spark(line, values, cells, "accent")
        return line


class DeviceStrip(Lines):
    """All devices in as few lines as they take: never gone, however narrow it gets."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("machine",)
    DEFAULT_CSS = "DeviceStrip { height: auto; max-height: 3; padding: 0 1; }"

    def get_content_height(self, container: Any, viewport: Any, width: int) -> int:
        """As many lines as the devices need."""
        return max(1, min(3, len(self._strips(width))))

    def changed(self, topic: Topic) -> None:
        """A device more may need a line more."""
        wanted = max(1, min(3, len(self._strips(self.content_size.width or 78))))
        if wanted != self.content_size.height:
            self.refresh(layout=True)
        self.repaint()

    def _strips(self, width: int) -> list[Text]:
        sample = self.hfterm.state.machine
        if sample is None:
            return [Text("looking...", style=self.shade("dim"), end="")]
        gpus = [d for d in sample.devices if d["kind"] != "cpu"]
        return strips(self, gpus, width) if gpus else host_lines(self, width)[:1]

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """GPUs side by side, or the host."""
        return self._strips(width)[:height]


def strips(widget: Lines, gpus: Sequence[dict[str, Any]], width: int) -> list[Text]:
    """GPUs side by side, each as number, bar and percent; the memory of all at the end."""
    meter, lines = Meter(widget), [Text(no_wrap=True, end="")]
    cells = 2 if width < 100 else 5
    for device in gpus:
        one = Text(str(device["device"]), style=widget.shade("title"), end="")
        busy = device["utilization"]
        if device.get("error"):
            one.append(" error ", style=widget.shade("bad"))
        else:
            meter.bar(one, busy / 100 if busy is not None else None, cells, load_role((busy or 0) / 100))
            meter.number(one, "-" if busy is None else f"{busy:.0f}", 3)
        if lines[-1].cell_len + one.cell_len + 1 > width:
            lines.append(Text(no_wrap=True, end=""))
        lines[-1].append(one).append(" ")
    whole = [d for d in gpus if d.get("mig") is None]
    used = sum(d["memory_used"] or 0 for d in whole)
    total = sum(d["memory_total"] or 0 for d in whole)
    if total and lines[-1].cell_len + 8 <= width:
        share = used / total
        lines[-1].append(f"mem {100 * share:.0f}%", style=widget.shade(fill_role(share)))
    return lines


def host_lines(widget: Lines, width: int) -> list[Text]:
    """The CPU and memory, then disk and network: one line where it is wide, else more."""
    sample = widget.hfterm.state.machine
    if sample is None:
        return []
    host, meter = sample.host, Meter(widget)
    parts: list[Text] = []

    def part(title: str) -> Text:
        parts.append(Text(f"{title} ", style=widget.shade("dim"), end=""))
        return parts[-1]

    cells = 6 if width < 100 else 10
    line = part("CPU")
    meter.bar(line, (host.cpu or 0) / 100, cells, load_role((host.cpu or 0) / 100))
    line.append(f"{host.cpu or 0:3.0f}%")
    line.append(f" of {host.cores}" if host.cores else "", style=widget.shade("dim"))
    line = part("RAM")
    share = host.memory_used / host.memory_total if host.memory_total else None
    meter.bar(line, share, cells, fill_role(share))
    line.append(f" {host.memory_used / GIB:.1f}/{host.memory_total / GIB:.0f}G")
    if host.disk_free is not None:
        line = part("disk")
        line.append(f"{human_bytes(host.disk_free).replace('iB', '')} free")
    down, up = ("in", "out") if widget.hfterm.ascii else ("↓", "↑")
    line = part("net")
    line.append(f"{down}{rate(host.net_received):>5} {up}{rate(host.net_sent):>5}")
    line = part("I/O")
    line.append(f"{down}{rate(host.disk_read):>5} {up}{rate(host.disk_write):>5}")
    if host.load:
        line = part("load")
        line.append(" ".join(f"{x:.1f}" for x in host.load))
    if host.swap_total:
        line = part("swap")
        line.append(f"{host.swap_used / GIB:.1f}/{host.swap_total / GIB:.0f}G")
    lines = [Text(no_wrap=True, end="")]
    for one in parts:
        if lines[-1].cell_len and lines[-1].cell_len + one.cell_len + 2 > width:
            lines.append(Text(no_wrap=True, end=""))
        lines[-1].append("  " if lines[-1].cell_len else "").append(one)
    return lines
