"""Which GPUs ``CUDA_VISIBLE_DEVICES`` and its AMD relatives let a program see.

Source: CUDA C++ Programming Guide, "CUDA Environment Variables": a sequence of indices or UUIDs (a
leading part of one will do); what follows an invalid entry is hidden too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

NVIDIA = ("CUDA_VISIBLE_DEVICES",)
AMD = ("ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES")


def setting(environ: Mapping[str, str], names: Sequence[str]) -> str | None:
    """The first of the variables that is set, None when none is (everything is visible)."""
    return next((environ[name] for name in names if name in environ), None)


def mark(devices: Sequence[dict[str, Any]], value: str | None) -> None:
    """Set ``visible`` on every device; a GPU and its MIG devices share an index."""
    for device in devices:
        device["visible"] = value is None
    for entry in (value or "").split(","):
        named = [d for d in devices if _names(entry.strip(), d)]
        if not named:
            return
        for device in named:
            device["visible"] = True
            if device["mig"] is not None:
                _parent(devices, device)["visible"] = True


def _names(entry: str, device: dict[str, Any]) -> bool:
    if entry.isdecimal():
        return bool(int(entry) == device["index"])
    return len(entry) > 4 and str(device["uuid"] or "").lower().startswith(entry.lower())


def _parent(devices: Sequence[dict[str, Any]], mig: dict[str, Any]) -> dict[str, Any]:
    return next(d for d in devices if d["index"] == mig["index"] and d["mig"] is None)
