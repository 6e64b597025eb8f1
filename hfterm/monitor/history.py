"""What the last minutes were like: the newest values of every device and of the host, in constant memory."""

from array import array
from collections.abc import Mapping
from typing import Any

from hfterm.monitor.devices import identity
from hfterm.monitor.machine import MachineSample

HOST = "host"
# Of a device: percent (memory as a share of its own), watts, degrees Celsius.
DEVICE_FIELDS = ("utilization", "memory", "power", "temperature")
# Of the host: percent, then bytes a second.
HOST_FIELDS = ("cpu", "memory", "swap", "disk_read", "disk_write", "net_received", "net_sent")
_NOTHING = float("nan")


class History:
    """The newest ``keep`` samples. A device that vanishes keeps its past, with gaps, until that is over."""

    def __init__(self, keep: int = 600) -> None:
        self.keep = max(1, keep)
        self._count = 0
        self._series: dict[tuple[str, str], array[float]] = {}
        # The number of the sample in which a device was last seen.
        self._seen: dict[str, int] = {}

    def __len__(self) -> int:
        """How many samples are kept."""
        return min(self._count, self.keep)

    def add(self, sample: MachineSample) -> None:
        """Keep what ``sample`` says, and let go of the oldest."""
        values = {(HOST, name): value for name, value in _of_host(sample).items()}
        for device in sample.devices:
            if device.get("stale"):
                continue
            name = identity(device)
            self._seen[name] = self._count
            values |= {(name, field): value for field, value in _of_device(device).items()}
        for name in [n for n, seen in self._seen.items() if self._count - seen >= self.keep]:
            del self._seen[name]
            for field in DEVICE_FIELDS:
                self._series.pop((name, field), None)
        for key in values.keys() - self._series.keys():
            self._series[key] = array("f", [_NOTHING]) * self.keep
        place = self._count % self.keep
        for key, series in self._series.items():
            value = values.get(key)
            series[place] = _NOTHING if value is None else value
        self._count += 1

    def trend(self, device: str, field: str, count: int) -> list[float | None]:
        """The newest ``count`` values, the newest last; None where nothing is known.

        ``device`` is a record's :func:`~hfterm.monitor.devices.identity` with a field of ``DEVICE_FIELDS``, or
        ``HOST`` with one of ``HOST_FIELDS``. Figures of old (``stale``) are no samples: they leave a gap.
        Always ``count`` long: what was before the first sample is None.
        """
        have = max(0, min(count, len(self)))
        series = self._series.get((device, field))
        if series is None:
            return [None] * count
        found: list[float | None] = [None] * (count - have)
        for number in range(self._count - have, self._count):
            value = series[number % self.keep]
            found.append(value if value == value else None)
        return found


def _of_device(device: Mapping[str, Any]) -> dict[str, float | None]:
    return {
        "utilization": device.get("utilization"),
        "memory": share(device.get("memory_used"), device.get("memory_total")),
        "power": device.get("power"),
        "temperature": device.get("temperature"),
    }


def _of_host(sample: MachineSample) -> dict[str, float | None]:
    host = sample.host
    return {
        "cpu": host.cpu,
        "memory": share(host.memory_used, host.memory_total),
        "swap": share(host.swap_used, host.swap_total),
        "disk_read": host.disk_read,
        "disk_write": host.disk_write,
        "net_received": host.net_received,
        "net_sent": host.net_sent,
    }


def share(used: float | None, total: float | None) -> float | None:
    """``used`` of ``total`` in percent; None when either is not known, or there is nothing to use."""
    return 100 * used / total if used is not None and total else None
