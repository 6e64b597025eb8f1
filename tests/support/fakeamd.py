"""A module that stands in for ``amdsmi``, with two GPUs and the answers that its reference documents."""

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
