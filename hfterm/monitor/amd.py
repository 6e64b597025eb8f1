"""AMD GPUs through ``amdsmi``, the Python library that comes with ROCm.

Source: AMD SMI Python API reference. Nothing here has met a real AMD GPU yet: it keeps to what the
documentation says, and takes every value that is missing, ``"N/A"`` or an error as unknown.
"""

import contextlib
import functools
import io
import os
from collections.abc import Callable, Mapping
from typing import Any

from hfterm.monitor import visible
from hfterm.monitor.devices import Device, gpu_record


@functools.cache
def smi() -> Any | None:
    """The opened library, None where there is none or no AMD driver runs."""
    try:
        # Without its shared library some versions print to stdout instead of raising.
        with contextlib.redirect_stdout(io.StringIO()):
            import amdsmi

            amdsmi.amdsmi_init()
    except Exception:  # it raises what its loader happens to: ImportError, OSError, KeyError, its own
        return None
    return amdsmi


def _ask(library: Any, name: str, *args: Any) -> Any:
    try:
        return getattr(library, name)(*args)
    except Exception:  # AmdSmiException, or an attribute that this version lacks
        return None


def _number(value: Any) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def devices(environ: Mapping[str, str] = os.environ) -> list[Device]:
    """Every AMD GPU."""
    library = smi()
    if library is None:
        return []
    found = [
        _device(library, handle, i) for i, handle in enumerate(_ask(library, "amdsmi_get_processor_handles") or [])
    ]
    visible.mark(found, visible.setting(environ, visible.AMD))
    return found


def _device(library: Any, handle: Any, index: int) -> Device:
    def table(name: str, *args: Any) -> dict[str, Any]:
        answer = _ask(library, name, handle, *args)
        return answer if isinstance(answer, dict) else {}

    def kind(enum: str, name: str) -> Any:
        return getattr(getattr(library, enum, None), name, None)

    vram = kind("AmdSmiMemoryType", "VRAM")
    total = _number(_ask(library, "amdsmi_get_gpu_memory_total", handle, vram))
    used = _number(_ask(library, "amdsmi_get_gpu_memory_usage", handle, vram))
    power = table("amdsmi_get_power_info")
    powers = [_number(power.get(n)) for n in ("socket_power", "current_socket_power", "average_socket_power")]
    name = table("amdsmi_get_gpu_asic_info").get("market_name")
    return gpu_record(
        device=str(index),
        kind="amd",
        index=index,
        uuid=_ask(library, "amdsmi_get_gpu_device_uuid", handle),
        name=None if name == "N/A" else name,
        utilization=_number(table("amdsmi_get_gpu_activity").get("gfx_activity")),
        memory_used=used,
        memory_total=total,
        memory_free=None if total is None or used is None else total - used,
        temperature=_temperature(library, handle, kind),
        power=next((float(p) for p in powers if p), None),
        power_limit=_watts(_number(table("amdsmi_get_power_cap_info").get("power_cap"))),
        clock=_number(table("amdsmi_get_clock_info", kind("AmdSmiClkType", "GFX")).get("clk")),
        clock_memory=_number(table("amdsmi_get_clock_info", kind("AmdSmiClkType", "MEM")).get("clk")),
        driver=table("amdsmi_get_gpu_driver_info").get("driver_version"),
    )


def _watts(microwatts: float | None) -> float | None:
    return None if microwatts is None else microwatts / 1e6


def _temperature(library: Any, handle: Any, kind: Callable[[str, str], Any]) -> float | None:
    now = kind("AmdSmiTemperatureMetric", "CURRENT")
    for sensor in ("HOTSPOT", "EDGE"):
        where = kind("AmdSmiTemperatureType", sensor)
        value = _number(_ask(library, "amdsmi_get_temp_metric", handle, where, now))
        if value:
            # Documented in thousandths of a degree; released versions answer in degrees.
            return float(value / 1000 if value > 1000 else value)
    return None


def processes() -> list[dict[str, Any]]:
    """Processes as ``kind`` ("amd"), ``gpu``, ``pid``, ``memory`` (bytes or None), ``utilization`` (None: not told)."""
    library = smi()
    if library is None:
        return []
    found = []
    for index, handle in enumerate(_ask(library, "amdsmi_get_processor_handles") or []):
        for row in _ask(library, "amdsmi_get_gpu_process_list", handle) or []:
            if isinstance(row, dict) and _number(row.get("pid")):
                memory = _number((row.get("memory_usage") or {}).get("vram_mem")) or _number(row.get("mem"))
                found.append(
                    {"kind": "amd", "gpu": str(index), "pid": row["pid"], "memory": memory, "utilization": None}
                )
    return found
