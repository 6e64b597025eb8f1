"""Numbers of a machine as a person reads them: bars, trends, short sizes, and which colour says what."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from hfterm.dashboard.widgets.panel import Base
from hfterm.monitor.view import bar
from hfterm.text import sanitize

GIB, MIB = 1 << 30, 1 << 20
# Degrees Celsius from which a GPU is shown as warm, then as hot.
WARM, HOT = 75, 85
# What of its power a GPU may use and be shown as any other.
NEAR_LIMIT = 0.98
# What holds clocks back without anything being wrong.
HARMLESS = ("power limit", "in step with another GPU", "display", "clocks set by hand")


def short_name(name: str | None) -> str:
    """``NVIDIA H100 80GB HBM3`` as ``H100``; a MIG device by its profile."""
    text = sanitize(name or "?", cell=True)
    if "MIG " in text:
        return text.rpartition("MIG ")[2]
    text = re.sub(r"(?i)\b(nvidia|amd|geforce|tesla|instinct|graphics|\d+ ?GB|HBM\d\w*|SXM\d?|PCIe|GPU)\b", "", text)
    return " ".join(text.split()) or "?"


def load_role(share: float | None) -> str:
    """How a share of use is shown: none is faint, much is good (a GPU is there to be used)."""
    return "dim" if share is None or share < 0.02 else "good" if share >= 0.5 else "accent"


def fill_role(share: float | None) -> str:
    """How a share of memory is shown: nearly full is worth a look, though training likes to fill it."""
    return "dim" if share is None else "bad" if share >= 0.97 else "warn" if share >= 0.94 else "accent"


def heat_role(celsius: float | None) -> str:
    """How a temperature is shown."""
    return "dim" if celsius is None else "bad" if celsius >= HOT else "warn" if celsius >= WARM else "plain"


def power_role(share: float | None) -> str:
    """How a share of the power that is allowed is shown."""
    return "dim" if share is None else "warn" if share >= NEAR_LIMIT else "plain"


def worries(device: Mapping[str, Any]) -> list[str]:
    """What of a device needs an eye, though it works: clocks held back by heat or hardware, memory errors."""
    found = [reason for reason in device.get("throttle") or () if reason not in HARMLESS]
    errors = device.get("ecc_errors")
    return found + ([f"{errors} memory error{'s' * (errors != 1)}"] if errors else [])


def portion(used: float | None, total: float | None) -> float | None:
    """Used over all; None when either is not known."""
    return used / total if used is not None and total else None


def memory_share(device: Mapping[str, Any]) -> float | None:
    """Used memory over all memory."""
    return portion(device.get("memory_used"), device.get("memory_total"))


def size(value: float | None) -> str:
    """Bytes in at most five characters: ``512B``, ``1.2M``, ``71.2G``; a dash for None."""
    if value is None:
        return "-"
    for unit in ("B", "K", "M", "G", "T"):
        if value < 999.5 or unit == "T":
            return f"{value:.0f}{unit}" if unit == "B" or value >= 99.95 else f"{value:.1f}{unit}"
        value /= 1024
    raise AssertionError


def of_total(used: float | None, total: float | None, most: int = 16) -> str:
    """Gibibytes used of all: ``71.2/80G``; tebibytes where that takes more than ``most`` cells; a dash for None."""
    if used is None:
        return "-"
    if total is None:
        return size(used)
    text = f"{used / GIB:.{0 if used >= 99.95 * GIB else 1}f}/{total / GIB:.0f}G"
    for places in (1, 0):
        if len(text) > most:
            text = f"{used / GIB / 1024:.{places}f}/{total / GIB / 1024:.{places}f}T"
    return text


class Meter:
    """Appends bars and numbers to a line, in the app's signs and colours."""

    def __init__(self, widget: Base) -> None:
        self.shade = widget.shade
        self.ascii = widget.hfterm.ascii
        self.glyphs = widget.hfterm.terminal.glyphs

    def bar(self, line: Text, share: float | None, cells: int, role: str) -> None:
        """``━━━╸──``, or ``███▌  `` where such signs are missing, or ``###...``: ``cells`` cells; blank for None."""
        if share is None:
            line.append(" " * cells)
            return
        if self.ascii:
            text = bar(share, True, cells)
            full = text.rstrip(".")
            line.append(full, style=self.shade(role)).append(text[len(full) :], style=self.shade("dim"))
        else:
            whole, half, empty = ("█", "▌", " ") if self.glyphs == "blocks" else ("━", "╸", "─")
            halves = round(min(1.0, max(0.0, share)) * cells * 2)
            text = whole * (halves // 2) + half * (halves % 2)
            line.append(text, style=self.shade(role))
            line.append(empty * (cells - len(text)), style=self.shade("dim"))

    def number(self, line: Text, text: str, width: int, role: str = "plain") -> None:
        """A number, to the right of its width."""
        line.append(f"{text:>{width}}", style=self.shade(role) if role != "plain" else "")

    def spark(self, line: Text, values: Sequence[float | None], width: int, role: str, high: float = 100) -> None:
        """A trend on a fixed scale."""
        from hfterm.tracking.spark import spark

        line.append(spark(values, width, low=0, high=high, glyphs=self.glyphs), style=self.shade(role))

    def fact(self, label: str, value: str, role: str = "plain") -> Text:
        """A faint label and its value."""
        text = Text(f"{label} ", style=self.shade("dim"), end="") if label else Text("", end="")
        base = Text("", end="").append_text(text)
        return base.append(value, style=self.shade(role) if role != "plain" else "")


def flow(facts: Sequence[Text], width: int, most: int | None = None) -> list[Text]:
    """Facts side by side, in as few lines as they fit (``most`` at most: what is too much is left out)."""
    lines = [Text(no_wrap=True, end="")]
    for fact in facts:
        if lines[-1].cell_len and lines[-1].cell_len + fact.cell_len + 2 > width:
            if most is not None and len(lines) >= most:
                continue
            lines.append(Text(no_wrap=True, end=""))
        lines[-1].append("  " if lines[-1].cell_len else "").append_text(fact)
    return lines
