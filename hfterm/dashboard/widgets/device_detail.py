"""The chosen device, or the host, in full: facts, and what the last minutes were like."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text

from hfterm.dashboard.state import Topic
from hfterm.dashboard.widgets.device_line import as_of
from hfterm.dashboard.widgets.device_list import trend_of
from hfterm.dashboard.widgets.devices import gpus_of
from hfterm.dashboard.widgets.meter import (
    HOT,
    Meter,
    fill_role,
    flow,
    heat_role,
    memory_share,
    of_total,
    portion,
    power_role,
    worries,
)
from hfterm.dashboard.widgets.panel import Panel
from hfterm.dashboard.widgets.trend import beside, block, widths
from hfterm.text import sanitize

# The top of the scale of temperatures.
HEAT_TOP = 100


class DeviceDetail(Panel):
    """``device`` is a record, or all GPUs' together; None: nothing is chosen."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("machine",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.device: dict[str, Any] | None = None

    def show(self, device: dict[str, Any] | None) -> None:
        """Show this one."""
        self.device = device
        self.repaint()

    def changed(self, topic: Topic) -> None:
        """Painted when the screen says which device it is now."""

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """A line or two of facts, then as many curves beside each other as fit."""
        device, sample = self.device, self.hfterm.state.machine
        if device is None or sample is None:
            self.entitle(Text("GPU"))
            return [Text("no GPU", style=self.shade("dim"), end="")]
        meter = Meter(self)
        every = f"newest on the right, one every {self.hfterm.interval:g} s"
        self.entitle(title_of(device), Text(every if width > 60 else ""))
        if device.get("error"):
            error = Text(sanitize(str(device["error"]), cell=True), style=self.shade("bad"), end="")
            return [*error.wrap(self.app.console, width)]
        lines = flow(facts(meter, device, gpus_of(sample)), width, 1 if height < 9 else 2)
        return lines + self._curves(meter, device, width, height - len(lines))

    def _curves(self, meter: Meter, device: dict[str, Any], width: int, height: int) -> list[Text]:
        history = self.hfterm.state.history
        if history is None or height < 2:
            return []
        across = 4 if (width >= 96 and height < 12) or height < 6 else 2
        rows, wide = 4 // across, widths(width, across)
        tall = height // rows
        state = self.hfterm.state
        devices = gpus_of(state.machine)
        busy, share = device.get("utilization"), memory_share(device)
        watts, limit, hot = device.get("power"), device.get("power_limit"), device.get("temperature")
        degree = " C" if meter.ascii else "°"
        used = of_total(device.get("memory_used"), device.get("memory_total"))
        part = "" if share is None else f"{100 * share:.0f}%"
        high = float(limit or 1000)
        curves = [
            ("utilization", "util", "-" if busy is None else f"{busy:.0f}%", 100.0, "100%", 2, "plain"),
            ("memory", "memory", used, 100.0, part, 0, told(fill_role(share))),
            ("power", "power", "-" if watts is None else f"{watts:.0f}W", high,
             f"{limit:.0f}W" if limit else "", 1, power_role(portion(watts, limit))),
            ("temperature", "temp", "-" if hot is None else f"{hot:.0f}{degree}", float(HEAT_TOP),
             f"{HOT}{degree} is hot", 4, heat_role(hot)),
        ]  # fmt: skip
        blocks = []
        for n, (field, title, value, top, scale, color, role) in enumerate(curves):
            cells = wide[n % across]
            values = trend_of(history, device, devices, field, cells * 2)
            blocks.append(
                block(meter, title, value, values, cells, tall, high=top, scale=scale, color=color, value_role=role)
            )
        lines: list[Text] = []
        for row in range(rows):
            lines += beside(blocks[row * across : (row + 1) * across], wide)
        return lines


def told(role: str) -> str:
    """The role of a number, which is coloured only when it needs an eye."""
    return role if role in ("warn", "bad") else "plain"


def title_of(device: dict[str, Any]) -> Text:
    """The border's title."""
    if device["kind"] == "all":
        return Text(f"All {device['name']}" + (f"  {as_of(device['stale'])}" if device.get("stale") else ""))
    name = sanitize(str(device.get("name") or ""), cell=True)
    since = f"  {as_of(device['stale'])}" if device.get("stale") else ""
    return Text(f"GPU {sanitize(str(device['device']), cell=True)}  {name}{since}")


def facts(meter: Meter, device: dict[str, Any], devices: Sequence[dict[str, Any]]) -> list[Text]:
    """What is known of a device beside its curves, the most important first."""
    if device["kind"] == "all":
        found = [meter.fact(f"GPU {d['device']}:", ", ".join(worries(d)), "warn") for d in devices if worries(d)]
        names: dict[str, int] = {}
        for one in devices:
            if one.get("mig") is None and one.get("name"):
                name = sanitize(str(one["name"]), cell=True)
                names[name] = names.get(name, 0) + 1
        found += [meter.fact(f"{count} x", name) for name, count in names.items()]
        drivers = sorted({str(d["driver"]) for d in devices if d.get("driver")})
        return found + [meter.fact("driver", sanitize(", ".join(drivers), cell=True))] * bool(drivers)
    found, reasons = [], device.get("throttle")
    if device.get("visible") is False:
        found.append(meter.fact("", "hidden from programs by *_VISIBLE_DEVICES", "warn"))
    if reasons is not None:
        held = meter.fact("clocks held back by", ", ".join(reasons), "warn" if worries(device) else "plain")
        found.append(held if reasons else meter.fact("clocks", "not held back", "dim"))
    if device.get("clock") is not None:
        memory = device.get("clock_memory")
        found.append(meter.fact("clock", f"{device['clock']:.0f} MHz"))
        if memory is not None:
            found.append(meter.fact("memory clock", f"{memory:.0f} MHz"))
    if device.get("fan") is not None:
        found.append(meter.fact("fan", f"{device['fan']:.0f}%"))
    if (errors := device.get("ecc_errors")) is not None:
        found.append(meter.fact("memory errors", str(errors), "bad" if errors else "dim"))
    if device.get("driver"):
        found.append(meter.fact("driver", sanitize(str(device["driver"]), cell=True), "dim"))
    if device.get("uuid"):
        found.append(meter.fact("", sanitize(str(device["uuid"]), cell=True), "dim"))
    return found
