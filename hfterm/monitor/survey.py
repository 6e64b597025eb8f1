"""The devices of this machine as records: every GPU, or the CPU and memory where there is none."""

import os
from collections.abc import Mapping

from hfterm.monitor import amd, host, nvidia
from hfterm.monitor.devices import Survey, tell_apart


def survey(environ: Mapping[str, str] = os.environ, *, cpu_interval: float | None = 0.1) -> Survey:
    """Every NVIDIA and AMD GPU; when there is none, one record of the CPU and memory.

    ``cpu_interval`` is how long the CPU is watched to tell its utilization, in seconds; None measures
    since the last call.

    Raises:
        HftermError: the NVIDIA driver and its library do not work together.
        AccessError: this user may not talk to the driver.
    """
    found = nvidia.read(environ)
    result = Survey(found.devices + amd.devices(environ), found.notes)
    tell_apart(result.devices)
    return result if result.devices else Survey([host.record(cpu_interval)], found.notes)
