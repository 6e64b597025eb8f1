"""The devices as a table for reading: made to fit eight GPUs into 80 by 24 characters."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hfterm.monitor.devices import Device
from hfterm.text import human_bytes, sanitize

BAR_CELLS = 8
NAME_CELLS = 28
GIB = 1 << 30
# From these shares of use on, a value is shown in these colours.
SHADES = ((0.9, "red"), (0.6, "yellow"), (0.0, "green"))


def table(
    devices: Sequence[Device], *, width: int = 80, ascii_only: bool = False, environ: Mapping[str, str] = os.environ
) -> Any:
    """A rich renderable of a survey's devices, ``width`` characters wide at most; what fits least is left out."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    columns = _columns(devices, ascii_only)
    for spare in ("clock", "cores", "load", "bar", "power", "temp"):
        if sum(2 + max(len(title), *map(len, cells)) for title, _, cells, _ in columns.values()) - 2 <= width:
            break
        columns.pop(spare, None)
    grid = Table(
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False,
        caption_justify="left", caption_style="dim",
    )  # fmt: skip
    for title, right, _, _ in columns.values():
        grid.add_column(title, justify="right" if right else "left", no_wrap=True, overflow="ellipsis")
    for i, device in enumerate(devices):
        cells = [Text(cells[i], style=style(device) if style else "") for _, _, cells, style in columns.values()]
        grid.add_row(*cells, style="dim" if device.get("visible") is False else "")
    if captions := _captions(devices, environ):
        grid.caption = Text("\n".join(captions))
    return grid


_OfDevice = Callable[[Device], str]
# A column: its title, whether it stands right, its cells, and the style of a device's cell.
_Column = tuple[str, bool, list[str], _OfDevice | None]


def _columns(devices: Sequence[Device], ascii_only: bool) -> dict[str, _Column]:
    def column(title: str, right: bool, cell: _OfDevice, style: _OfDevice | None = None) -> _Column:
        return title, right, [cell(d) for d in devices], style

    cpu = devices[0]["kind"] == "cpu"
    columns = {
        "device": column("" if cpu else "GPU", not cpu, lambda d: str(d["device"])),
        "name": column("name", False, _name),
        "util": column("util", True, lambda d: _unit(d["utilization"], "%"), _busy_style),
        "bar": column("", False, lambda d: bar(_share(d), ascii_only), lambda d: _shade(_share(d) or 0)),
        "memory": column("memory", True, lambda d: fraction(d["memory_used"], d["memory_total"])),
    }
    if cpu:
        columns["cores"] = column("cores", True, _cores)
        columns["load"] = column("load", True, lambda d: " ".join(f"{x:.2f}" for x in d["load"] or ()) or "-")
        return columns
    degree = " C" if ascii_only else "°C"
    columns["temp"] = column("temp", True, lambda d: _unit(d["temperature"], degree), _heat_style)
    columns["power"] = column("power", True, _power)
    columns["clock"] = column("clock", True, lambda d: _unit(d["clock"], " MHz"))
    return columns


def _busy_style(device: Device) -> str:
    return _shade((device["utilization"] or 0) / 100)


def _heat_style(device: Device) -> str:
    return "red" if (device["temperature"] or 0) >= 85 else ""


def _share(device: Device) -> float | None:
    used, total = device["memory_used"], device["memory_total"]
    return used / total if total and used is not None else None


def _cores(device: Device) -> str:
    cores, threads = device["cores"], device["threads"]
    return str(cores) if cores == threads else f"{cores} ({threads} threads)"


def _power(device: Device) -> str:
    if device["power"] is not None and device["power_limit"]:
        return f"{device['power']:.0f}/{device['power_limit']:.0f} W"
    return _unit(device["power"], " W")


def _name(device: Device) -> str:
    if device.get("error"):
        return "(cannot be read)"
    name = sanitize(str(device["name"] or "?"), cell=True).removeprefix("NVIDIA ")
    name = name if len(name) <= NAME_CELLS else name[: NAME_CELLS - 3] + "..."
    if device.get("mig") is not None:
        name = "  " + name.rpartition("MIG ")[2]
    return f"{name} (hidden)" if device.get("visible") is False else name


def _captions(devices: Sequence[Device], environ: Mapping[str, str]) -> list[str]:
    lines = [f"GPU {d['device']}: {d['error']}" for d in devices if d.get("error")]
    facts = sorted({f"{d['kind'].upper()} driver {d['driver']}" for d in devices if d.get("driver")})
    if any(d.get("visible") is False for d in devices):
        names = ("CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES")
        facts += [f"{name}={sanitize(environ[name], cell=True)}" for name in names if name in environ]
    return lines + ([", ".join(facts)] if facts else [])


def _unit(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:.0f}{unit}"


def fraction(used: int | None, total: int | None) -> str:
    """``61.2/80.0 GiB``."""
    if used is None or total is None:
        return "-" if total is None else f"?/{human_bytes(total)}"
    return f"{used / GIB:.1f}/{total / GIB:.1f} GiB"


def bar(share: float | None, ascii_only: bool = False, cells: int = BAR_CELLS) -> str:
    """A share between 0 and 1 as a bar, to an eighth of a cell."""
    if share is None:
        return ""
    eighths = round(min(max(share, 0.0), 1.0) * cells * 8)
    if ascii_only:
        full = round(eighths / 8)
        return "#" * full + "." * (cells - full)
    full, part = divmod(eighths, 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[part] if part else "") + "·" * (cells - full - bool(part))


def _shade(share: float) -> str:
    return next(colour for least, colour in SHADES if share >= least)
