"""AMD GPUs. There is no AMD driver to be had here: a small module stands in for ``amdsmi``, with the answers
that its reference documents, so this shows only that we read those answers right.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

STAND_IN = """
import enum

class AmdSmiException(Exception): ...
class AmdSmiMemoryType(enum.IntEnum): VRAM = 0
class AmdSmiTemperatureType(enum.IntEnum): EDGE = 0; HOTSPOT = 1
class AmdSmiTemperatureMetric(enum.IntEnum): CURRENT = 0
class AmdSmiClkType(enum.IntEnum): GFX = 1; MEM = 2

def amdsmi_init(): {init}
def amdsmi_get_processor_handles(): return ["first", "second"]
def amdsmi_get_gpu_memory_total(handle, kind): return 192 << 30
def amdsmi_get_gpu_memory_usage(handle, kind): return 3 << 30
def amdsmi_get_gpu_asic_info(handle): return {{"market_name": "AMD Instinct MI300X"}}
def amdsmi_get_gpu_device_uuid(handle): return "2bff74a1-0000-1000-80bf-" + handle
def amdsmi_get_gpu_activity(handle): return {{"gfx_activity": 12 if handle == "first" else "N/A"}}
def amdsmi_get_power_info(handle): return {{"current_socket_power": "N/A", "average_socket_power": 140}}
def amdsmi_get_power_cap_info(handle): return {{"power_cap": 750000000}}
def amdsmi_get_temp_metric(handle, sensor, metric):
    if handle == "second": raise AmdSmiException("not supported")
    return 45000 if sensor is AmdSmiTemperatureType.HOTSPOT else 40000
def amdsmi_get_clock_info(handle, kind): return {{"clk": 2100 if kind is AmdSmiClkType.GFX else 1300}}
def amdsmi_get_gpu_driver_info(handle): return {{"driver_version": "6.12.12"}}
def amdsmi_get_gpu_process_list(handle):
    return [{{"pid": 4242, "mem": 7, "memory_usage": {{"vram_mem": 1 << 30}}}}] if handle == "first" else []
"""


def read(folder: Path, code: str, **settings: str) -> object:
    (folder / "amdsmi.py").write_text(STAND_IN.format(init=settings.pop("init", "pass")))
    program = f"import json; from hfterm.monitor import amd; print(json.dumps({code}))"
    env = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", **settings}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_records(tmp_path: Path) -> None:
    first, second = read(tmp_path, "amd.devices()", HIP_VISIBLE_DEVICES="0")
    assert first == {
        "device": "0",
        "kind": "amd",
        "index": 0,
        "mig": None,
        "uuid": "2bff74a1-0000-1000-80bf-first",
        "name": "AMD Instinct MI300X",
        "utilization": 12,
        "memory_used": 3 << 30,
        "memory_total": 192 << 30,
        "memory_free": 189 << 30,
        "temperature": 45.0,
        "power": 140.0,
        "power_limit": 750.0,
        "clock": 2100,
        "clock_memory": 1300,
        "fan": None,
        "throttle": None,
        "ecc_errors": None,
        "driver": "6.12.12",
        "visible": True,
        "error": None,
    }
    assert (second["utilization"], second["temperature"], second["visible"]) == (None, None, False)


def test_processes(tmp_path: Path) -> None:
    assert read(tmp_path, "amd.processes()") == [{"gpu": "0", "pid": 4242, "memory": 1 << 30, "utilization": None}]


@pytest.mark.parametrize("init", ["raise AmdSmiException('no driver')", "print('noise'); raise KeyError('x')"])
def test_no_driver_is_no_gpu(tmp_path: Path, init: str) -> None:
    assert read(tmp_path, "[amd.devices(), amd.processes()]", init=init) == [[], []]
