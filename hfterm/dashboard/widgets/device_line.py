"""A GPU in one line: what is shown of it in so many cells, and what stands over it."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text

from hfterm.dashboard.widgets.meter import (
    Meter,
    fill_role,
    heat_role,
    load_role,
    memory_share,
    of_total,
    portion,
    power_role,
    short_name,
    worries,
)
from hfterm.text import sanitize

ALL = "all"


class Layout(NamedTuple):
    """The cells of each part; 0: left out. ``cap``: whether the power's limit is shown."""

    id: int
    name: int
    bar: int
    cap: bool
    clock: int
    words: int
    spark: int


def layout(devices: Sequence[Mapping[str, Any]], width: int) -> Layout:
    """What fits: numbers first, then names, the power's limit, a trend, clocks, what holds them back."""
    ids = max((len(label(device)) for device in devices), default=1)
    cells = 4 if width < 64 else 8 if width < 90 else 12 if width < 150 else 16
    # Utilization, memory, temperature, power, a mark for worries; with the blanks before them.
    left = width - ids - (1 + cells + 5) - (2 + cells + 10) - 5 - 6 - 2
    names = max((cell_len(_name(device)) for device in devices), default=0)
    name = min(max(names, 4), 8 if width < 100 else 16) if left >= 9 else 0
    left -= name + 1 if name else 0
    cap = left >= 4
    left -= 4 if cap else 0
    clock = 9 if left >= 9 + 20 else 0
    left -= clock
    words = min(max((len(", ".join(worries(d))) for d in devices), default=0), 24, left - 18)
    words = words if words >= 10 else 0
    left -= words + 1 if words else 0
    return Layout(ids, name, cells, cap, clock, words, min(left - 1, 100) if left >= 6 else 0)


def label(device: Mapping[str, Any]) -> str:
    """The device's number; a part's a step to the right of its GPU's."""
    return (" " if device.get("mig") is not None else "") + sanitize(str(device["device"]), cell=True)


def _name(device: Mapping[str, Any], most: int = 16) -> str:
    """In ``most`` cells; that programs do not see it is said first."""
    name = short_name(device.get("name"))
    if device.get("visible") is False:
        name = f"{name} hidden" if cell_len(name) + 7 <= most else "hidden"
    return set_cell_size(name, min(most, cell_len(name)))


def _trouble(device: Mapping[str, Any], cells: int) -> str:
    """As many worries as fit, and how many more there are."""
    wrong = worries(device)
    for count in range(len(wrong), 0, -1):
        more = f" +{len(wrong) - count}" if count < len(wrong) else ""
        if len(text := ", ".join(wrong[:count]) + more) <= cells:
            return text
    return wrong[0][:cells] if wrong else ""


def labels(found: Layout) -> list[tuple[int, str]]:
    """What stands over the parts, each with the cell it begins at."""
    start = found.id + (found.name + 1 if found.name else 0) + 1
    memory = start + found.bar + 5 + 2
    heat = memory + found.bar + 10
    power = heat + 5 + (10 if found.cap else 6)
    over = [(start, "util"), (memory, "memory"), (heat + 1, "temp"), (power - 5, "power")]
    end = power + found.clock
    if found.clock:
        over.append((end - 3, "MHz"))
    if found.words:
        over.append((end + 2, "trouble"))
    if found.spark >= 8:
        over.append((end + 2 + (found.words + 1 if found.words else 0) + 1, "trend"))
    return over


def device_line(
    meter: Meter, device: Mapping[str, Any], found: Layout, width: int, trend: Sequence[float | None] = ()
) -> Text:
    """The line. ``trend`` is the utilization so far, two values a cell."""
    line = Text(no_wrap=True, end="")
    line.append(f"{label(device):<{found.id}}", style=meter.shade("title"))
    if device.get("error"):
        name = _name(device, found.name) if found.name and device.get("name") else ""
        line.append(f" {set_cell_size(name, found.name)}" if name else "", style=meter.shade("dim"))
        line.append(" " + sanitize(str(device["error"]), cell=True), style=meter.shade("bad"))
        line.truncate(width, overflow="crop" if meter.ascii else "ellipsis")
        return line
    if found.name:
        line.append(f" {set_cell_size(_name(device, found.name), found.name)}", style=meter.shade("dim"))
    busy, share = device.get("utilization"), memory_share(device)
    line.append(" ")
    meter.bar(line, portion(busy, 100), found.bar, load_role(portion(busy, 100)))
    meter.number(line, "-" if busy is None else f"{busy:.0f}%", 5)
    line.append("  ")
    meter.bar(line, share, found.bar, fill_role(share))
    meter.number(line, of_total(device.get("memory_used"), device.get("memory_total"), 9), 10)
    _numbers(meter, line, device, found)
    if found.spark:
        line.append(" ")
        meter.spark(line, trend, found.spark, "accent")
    return old(line, meter.shade("dim")) if device.get("stale") else line


def old(line: Text, faint: Style) -> Text:
    """Figures of old: all faint, so that nobody takes them for what is."""
    return Text(line.plain, style=faint, no_wrap=True, end="")


def _numbers(meter: Meter, line: Text, device: Mapping[str, Any], found: Layout) -> None:
    hot, watts, limit = device.get("temperature"), device.get("power"), device.get("power_limit")
    degree = "C" if meter.ascii else "°"
    meter.number(line, "-" if hot is None else f"{hot:.0f}{degree}", 5, heat_role(hot))
    power = "-" if watts is None else f"{watts:.0f}W"
    if found.cap and watts is not None and limit:
        power = f"{watts:.0f}/{limit:.0f}W"
        for places in (1, 0):
            if len(power) > 9:
                power = f"{watts / 1000:.{places}f}/{limit / 1000:.{places}f}kW"
    meter.number(line, power, 10 if found.cap else 6, power_role(portion(watts, limit)))
    if found.clock:
        clock, none = device.get("clock"), "" if device["kind"] == "all" else "-"
        meter.number(line, none if clock is None else f"{clock:.0f}", found.clock, "dim")
    if found.words:
        trouble = as_of(device["stale"]) if device.get("stale") else _trouble(device, found.words)
        line.append(f"  {trouble[: found.words]:<{found.words}} ", style=meter.shade("warn"))
    else:
        line.append(" ~" if device.get("stale") else " !" if worries(device) else "  ", style=meter.shade("bad"))


def together(devices: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All whole GPUs as one record: mean utilization, memory and power together, the highest temperature."""
    whole = [d for d in devices if d.get("mig") is None and not d.get("error")]

    def known(name: str) -> list[Any]:
        return [d[name] for d in whole if d.get(name) is not None]

    def total(name: str) -> Any:
        return sum(known(name)) if known(name) else None

    busy = known("utilization")
    count = sum(d.get("mig") is None for d in devices)
    return {
        "device": ALL,
        "kind": "all",
        "name": f"{count} GPU{'s' * (count != 1)}",
        "utilization": sum(busy) / len(busy) if busy else None,
        "memory_used": total("memory_used"),
        "memory_total": total("memory_total"),
        "temperature": max(known("temperature"), default=None),
        "power": total("power"),
        "power_limit": total("power_limit"),
        "stale": whole[0].get("stale") if whole and all(d.get("stale") for d in whole) else None,
    }


def as_of(moment: float) -> str:
    """Since when figures are old, a moment (unix seconds), in words."""
    return time.strftime("as of %H:%M:%S", time.localtime(moment))
