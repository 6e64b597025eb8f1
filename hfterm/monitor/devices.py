"""What is said of a device: the record of a GPU, and what a look at the machine gives."""

from dataclasses import dataclass, field
from typing import Any

Device = dict[str, Any]

# The fields of a GPU's record, in order. What a driver cannot say is None.
FIELDS = (
    "device",  # "0"; "0:1" for the second MIG device of GPU 0; "cpu"
    "kind",  # nvidia, amd, cpu
    "index",  # of the physical GPU, in PCI bus order
    "mig",  # index of the MIG device in it
    "uuid",
    "name",
    "utilization",  # percent
    "memory_used",  # bytes, likewise the next two
    "memory_total",
    "memory_free",
    "temperature",  # degrees Celsius
    "power",  # watts, likewise the limit
    "power_limit",
    "clock",  # MHz, of the processors
    "clock_memory",  # MHz
    "fan",  # percent of its full speed; None also where there is none
    "throttle",  # what holds the clocks back, a list of words
    "ecc_errors",  # memory errors that could not be corrected, since the driver was loaded
    "driver",  # its version
    "visible",  # whether CUDA_VISIBLE_DEVICES (AMD: HIP_ or ROCR_VISIBLE_DEVICES) lets a program see it
    "error",  # why the GPU cannot be read
)


@dataclass
class Survey:
    """The devices found, and what is worth saying about how they were found."""

    devices: list[Device]
    notes: list[str] = field(default_factory=list)

    @property
    def gpus(self) -> list[Device]:
        """The GPUs alone."""
        return [d for d in self.devices if d["kind"] != "cpu"]


def gpu_record(**known: Any) -> Device:
    """A GPU's record with every field, None where nothing is known."""
    return {name: known.get(name) for name in FIELDS}
