"""NVIDIA GPUs through NVML, by nvidia-ml-py (module ``pynvml``).

Source: NVML API Reference. The library is opened once and kept open: opening costs up to a second.
"""

import functools
import os
import time
from collections.abc import Mapping
from typing import Any

from hfterm.errors import AccessError, HftermError, one_line
from hfterm.monitor import visible
from hfterm.monitor.devices import Device, Survey, gpu_record

SM, MEMORY = 0, 2  # nvmlClockType_t
GPU_SENSOR = 0  # nvmlTemperatureSensors_t
UNCORRECTED, SINCE_START = 1, 0  # nvmlMemoryErrorType_t, nvmlEccCounterType_t

# nvmlClocksEventReasons: what holds the clocks back, in words. Bit 0 (nothing to do) is no reason to tell.
THROTTLE = {
    0x002: "clocks set by hand",
    0x004: "power limit",
    0x008: "hardware slowdown",
    0x010: "in step with another GPU",
    0x020: "warm",
    0x040: "too hot",
    0x080: "power brake",
    0x100: "display",
}
# How far back a process's utilization is asked for: the driver samples several times a second.
BUSY_SECONDS = 2.0

NOT_LOADED = (
    "NVIDIA's library is installed but its driver does not run: load it with 'sudo modprobe nvidia', "
    "or start the container with '--gpus all'"
)


class NoNvidia(Exception):
    """There is no NVIDIA GPU here, ``note`` says why where that is worth saying."""

    def __init__(self, note: str | None = None) -> None:
        super().__init__(note)
        self.note = note


@functools.cache
def nvml() -> Any:
    """The opened library, the module ``pynvml``.

    Raises:
        NoNvidia: no library, or no driver running.
        HftermError: the driver and the library do not work together.
        AccessError: not permitted.
    """
    try:
        import pynvml
    except ImportError as exc:
        raise NoNvidia from exc
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as exc:
        _cannot_open(pynvml, exc)
    return pynvml


def _cannot_open(pynvml: Any, exc: Any) -> None:
    if exc.value in (pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, pynvml.NVML_ERROR_FUNCTION_NOT_FOUND):
        raise NoNvidia from exc
    if exc.value == pynvml.NVML_ERROR_DRIVER_NOT_LOADED:
        raise NoNvidia(NOT_LOADED) from exc
    if exc.value == pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH:
        raise HftermError(
            "the NVIDIA driver and its library are of different versions, as after an update",
            "reboot, or reload the driver: sudo rmmod nvidia_uvm nvidia && sudo modprobe nvidia",
        ) from exc
    if exc.value == pynvml.NVML_ERROR_NO_PERMISSION:
        raise AccessError(
            "not permitted to talk to the NVIDIA driver", "check the permissions of /dev/nvidia* and the container's"
        ) from exc
    raise broken(exc) from exc


def reopen() -> None:
    """Let go of the library, so that the next call opens it anew: after an update or reset of the driver."""
    if nvml.cache_info().currsize:
        ask(nvml(), "nvmlShutdown")
    nvml.cache_clear()


def broken(exc: Exception) -> HftermError:
    """The error for a driver that answers with one nobody expects."""
    return HftermError(f"the NVIDIA driver fails: {one_line(exc)}", "see 'nvidia-smi' and 'sudo dmesg | grep -i nvrm'")


def ask(pynvml: Any, name: str, *args: Any) -> Any:
    """What the driver answers to a call; None when it does not support it."""
    try:
        return getattr(pynvml, name)(*args)
    except (pynvml.NVMLError, pynvml.NVMLLibraryMismatchError, AttributeError, UnicodeDecodeError):
        return None


def read(environ: Mapping[str, str] = os.environ) -> Survey:
    """Every GPU and MIG device; none at all where there is no NVIDIA driver.

    Raises:
        HftermError: the driver fails. AccessError: not permitted.
    """
    try:
        pynvml = nvml()
    except NoNvidia as exc:
        return Survey([], [exc.note] if exc.note else [])
    driver = ask(pynvml, "nvmlSystemGetDriverVersion")
    try:
        count = pynvml.nvmlDeviceGetCount()
    except pynvml.NVMLError as exc:
        raise broken(exc) from exc
    found = []
    for index in range(count):
        try:
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
        except pynvml.NVMLError as exc:
            found.append(
                gpu_record(device=str(index), kind="nvidia", index=index, driver=driver, error=_lost(pynvml, exc))
            )
            continue
        found.append(_device(pynvml, handle, index, None, driver))
        found.extend(_device(pynvml, part, index, i, driver) for i, part in mig_handles(pynvml, handle))
    visible.mark(found, visible.setting(environ, visible.NVIDIA))
    return Survey(found)


def _lost(pynvml: Any, exc: Any) -> str:
    if exc.value in (pynvml.NVML_ERROR_GPU_IS_LOST, pynvml.NVML_ERROR_RESET_REQUIRED):
        return f"{one_line(exc)}: stop its programs, then 'sudo nvidia-smi --gpu-reset' or reboot"
    if exc.value == pynvml.NVML_ERROR_NO_PERMISSION:
        return "not permitted: check the permissions of /dev/nvidia*"
    return one_line(exc)


def mig_handles(pynvml: Any, handle: Any) -> list[tuple[int, Any]]:
    """The MIG devices of a GPU with their indices; none where MIG is off or unknown."""
    mode = ask(pynvml, "nvmlDeviceGetMigMode", handle)
    if not mode or not mode[0]:
        return []
    slots = ask(pynvml, "nvmlDeviceGetMaxMigDeviceCount", handle) or 0
    parts = ((i, ask(pynvml, "nvmlDeviceGetMigDeviceHandleByIndex", handle, i)) for i in range(slots))
    return [(i, part) for i, part in parts if part is not None]


def _device(pynvml: Any, handle: Any, index: int, mig: int | None, driver: str | None) -> Device:
    def value(name: str, *args: Any) -> Any:
        return ask(pynvml, name, handle, *args)

    # The second form tells what the driver keeps for itself apart from what programs use.
    memory = value("nvmlDeviceGetMemoryInfo", pynvml.nvmlMemory_v2) or value("nvmlDeviceGetMemoryInfo")
    busy = value("nvmlDeviceGetUtilizationRates")
    temperature = value("nvmlDeviceGetTemperatureV", GPU_SENSOR)
    if temperature is None:  # drivers before 570
        temperature = value("nvmlDeviceGetTemperature", GPU_SENSOR)
    name = value("nvmlDeviceGetName")
    error = None
    if name is None and memory is None:
        try:
            pynvml.nvmlDeviceGetName(handle)
        except pynvml.NVMLError as exc:
            error = _lost(pynvml, exc)
    return gpu_record(
        device=str(index) if mig is None else f"{index}:{mig}",
        kind="nvidia",
        index=index,
        mig=mig,
        uuid=value("nvmlDeviceGetUUID"),
        name=name,
        utilization=busy.gpu if busy else None,
        memory_used=memory.used if memory else None,
        memory_total=memory.total if memory else None,
        memory_free=memory.free if memory else None,
        temperature=temperature,
        power=_watts(value("nvmlDeviceGetPowerUsage")),
        power_limit=_watts(value("nvmlDeviceGetEnforcedPowerLimit")),
        clock=value("nvmlDeviceGetClockInfo", SM),
        clock_memory=value("nvmlDeviceGetClockInfo", MEMORY),
        fan=value("nvmlDeviceGetFanSpeed"),
        throttle=_throttle(pynvml, handle),
        ecc_errors=value("nvmlDeviceGetTotalEccErrors", UNCORRECTED, SINCE_START),
        driver=driver,
        error=error,
    )


def _throttle(pynvml: Any, handle: Any) -> list[str] | None:
    reasons = ask(pynvml, "nvmlDeviceGetCurrentClocksEventReasons", handle)
    if reasons is None:  # drivers before 535
        reasons = ask(pynvml, "nvmlDeviceGetCurrentClocksThrottleReasons", handle)
    return None if reasons is None else [words for bit, words in THROTTLE.items() if reasons & bit]


def _watts(milliwatts: int | None) -> float | None:
    return None if milliwatts is None else milliwatts / 1000


def processes() -> list[dict[str, Any]]:
    """Processes as ``kind`` ("nvidia"), ``gpu`` (a record's ``device``), ``pid``, ``memory`` (bytes or None),
    ``utilization`` (percent of the GPU's processors, None where the driver does not tell); one for each GPU used.

    Raises:
        HftermError: the driver fails. AccessError: not permitted.
    """
    try:
        pynvml = nvml()
    except NoNvidia:
        return []
    found = []
    for index in range(ask(pynvml, "nvmlDeviceGetCount") or 0):
        handle = ask(pynvml, "nvmlDeviceGetHandleByIndex", index)
        if handle is None:
            continue
        parts = [(f"{index}:{i}", part) for i, part in mig_handles(pynvml, handle)]
        for name, part in parts or [(str(index), handle)]:
            used: dict[int, int | None] = {}
            for kind in ("Compute", "Graphics"):
                for process in _running(pynvml, kind, part):
                    used[process.pid] = max(used.get(process.pid) or 0, process.usedGpuMemory or 0) or None
            busy = _busy(pynvml, part) if used else None
            for pid, memory in used.items():
                share = None if busy is None else busy.get(pid, 0)
                found.append({"kind": "nvidia", "gpu": name, "pid": pid, "memory": memory, "utilization": share})
    return found


def _busy(pynvml: Any, handle: Any) -> dict[int, int] | None:
    """Percent of the processors by pid, in each process's newest sample; None where the driver does not tell."""
    since = int((time.time() - BUSY_SECONDS) * 1e6)
    try:
        samples = pynvml.nvmlDeviceGetProcessUtilization(handle, since)
    except pynvml.NVMLError as exc:
        # No sample is an error of its own, or success with none, which the client takes for an error too.
        return {} if exc.value in (pynvml.NVML_ERROR_NOT_FOUND, pynvml.NVML_SUCCESS) else None
    except (pynvml.NVMLLibraryMismatchError, AttributeError):
        return None
    newest = sorted(samples, key=lambda sample: sample.timeStamp)
    return {sample.pid: sample.smUtil for sample in newest if sample.smUtil <= 100}


def _running(pynvml: Any, kind: str, handle: Any) -> list[Any]:
    for version in ("_v3", "_v2"):
        found = ask(pynvml, f"nvmlDeviceGet{kind}RunningProcesses{version}", handle)
        if found is not None:
            return list(found)
    return []
