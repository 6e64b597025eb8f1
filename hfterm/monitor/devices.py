"""What is said of a device: the record of a GPU, and what a look at the machine gives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Device = dict[str, Any]

# The fields of a GPU's record, in order. What a driver cannot say is None.
FIELDS = (
    "device",  # "0"; "0:1" for the second MIG device of GPU 0; "nv0", "amd0" where both kinds are; "cpu"
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


# What stands before a GPU's number where GPUs of several makers are, which each number from 0.
MAKERS = {"nvidia": "nv", "amd": "amd"}


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


def identity(device: Mapping[str, Any]) -> str:
    """What a device is known by from look to look: ``nvidia:0``, ``nvidia:0:1`` a MIG device of it, ``amd:0``.

    Unlike ``device``, which is for people, it is the same whatever other GPUs there are.
    """
    number = str(device["device"]).removeprefix(MAKERS.get(str(device.get("kind")), " "))
    return f"{device.get('kind')}:{number}"


def tell_apart(devices: Iterable[Device], processes: Iterable[dict[str, Any]] = ()) -> None:
    """Where GPUs of several makers are, set the maker before each number: in ``device``, and in processes' ``gpu``.

    Both are changed in place, once or again; processes have the ``kind`` of their GPU.
    """
    devices = [d for d in devices if d["kind"] in MAKERS]
    if len({d["kind"] for d in devices}) < 2:
        return
    for record, name in [(d, "device") for d in devices] + [(p, "gpu") for p in processes]:
        maker = MAKERS.get(record["kind"], "")
        record[name] = maker + str(record[name]).removeprefix(maker)
