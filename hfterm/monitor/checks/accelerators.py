"""The GPU driver, and what torch makes of it. torch is imported in a child process: it is heavy and may hang."""

import importlib.util
import json
import math
import subprocess
import sys
from typing import Any

from hfterm.errors import HftermError, one_line
from hfterm.extras import install_line
from hfterm.monitor import amd, nvidia
from hfterm.monitor.checks import Check
from hfterm.monitor.devices import Device, tell_apart
from hfterm.text import human_bytes, redact

GROUP = "Accelerators"
TORCH_SECONDS = 25.0

_PROBE = """
import json, signal, sys
signal.alarm(int(sys.argv[1]))  # ends even when nobody waits any more
import torch
cuda = torch.cuda.is_available()
mps = getattr(torch.backends, "mps", None)
xpu = getattr(torch, "xpu", None)
print("\\n" + json.dumps({
    "version": str(torch.__version__), "cuda": torch.version.cuda, "hip": getattr(torch.version, "hip", None),
    "devices": [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())] if cuda else [],
    "mps": bool(mps and mps.is_available()), "xpu": bool(xpu and xpu.is_available()),
    "threads": torch.get_num_threads(), "bf16": bool(cuda and torch.cuda.is_bf16_supported()),
}))
"""


def checks() -> list[Check]:
    """Rows of this subject."""
    drivers, gpus = _drivers()
    return [*drivers, *_torch(gpus)]


def _drivers() -> tuple[list[Check], int]:
    try:
        found = nvidia.read()
    except HftermError as exc:
        return [Check(GROUP, "NVIDIA driver", "warn", "not usable", exc.message, exc.hint)], 0
    cards = [d for d in found.devices if d["mig"] is None]
    rows = []
    if cards:
        rows.append(Check(GROUP, "NVIDIA driver", "ok", cards[0]["driver"] or "runs", _cuda()))
    for note in found.notes:
        what, _, remedy = note.partition(": ")
        rows.append(Check(GROUP, "NVIDIA driver", "warn", "not running", what, remedy or None))
    cards += amd.devices()
    tell_apart(cards)
    rows += [_broken(d) for d in cards if d["error"]]
    alike: dict[tuple[Any, ...], list[str]] = {}
    for d in cards:
        if not d["error"]:
            alike.setdefault((d["name"], d["memory_total"], d["visible"]), []).append(d["device"])
    for (model, memory, visible), names in alike.items():
        value = f"{model}, {human_bytes(memory)}{' each' if len(names) > 1 else ''}"
        hidden = None if visible else "hidden by CUDA_VISIBLE_DEVICES"
        rows.append(Check(GROUP, f"GPU {','.join(names)}", "ok" if visible else "info", value, hidden))
    return rows or [Check(GROUP, "GPU", "info", "none found")], len(cards)


def _broken(device: Device) -> Check:
    return Check(GROUP, f"GPU {device['device']}", "warn", "cannot be read", device["error"], "see 'nvidia-smi'")


def _cuda() -> str | None:
    version = nvidia.ask(nvidia.nvml(), "nvmlSystemGetCudaDriverVersion_v2")
    return f"up to CUDA {version // 1000}.{version % 1000 // 10}" if version else None


def _torch(gpus: int) -> list[Check]:
    if importlib.util.find_spec("torch") is None:
        return [Check(GROUP, "torch", "info", "not installed", "training and chat need it", install_line("train"))]
    try:
        facts = probe(TORCH_SECONDS)
    except subprocess.TimeoutExpired:
        detail = f"importing it took over {TORCH_SECONDS:.0f} s"
        return [Check(GROUP, "torch", "warn", "no answer", detail, "try: python -c 'import torch'; see 'nvidia-smi'")]
    except (ValueError, OSError) as exc:
        return [Check(GROUP, "torch", "warn", "cannot be imported", redact(one_line(exc)), "install it again")]
    build = f"CUDA {facts['cuda']}" if facts["cuda"] else f"ROCm {facts['hip']}" if facts["hip"] else "CPU"
    rows = [Check(GROUP, "torch", "ok", facts["version"], f"{build} build, {facts['threads']} threads")]
    if facts["devices"]:
        names = ", ".join(dict.fromkeys(facts["devices"]))
        detail = "bfloat16 works" if facts["bf16"] else "no bfloat16: train in float16 or float32"
        rows.append(Check(GROUP, "torch devices", "ok", f"{len(facts['devices'])} x {names}", detail))
    elif facts["mps"] or facts["xpu"]:
        rows.append(Check(GROUP, "torch devices", "ok", "mps" if facts["mps"] else "xpu"))
    elif gpus and build == "CPU":
        remedy = "install a build of torch for this GPU (see pytorch.org, 'Get started')"
        rows.append(Check(GROUP, "torch devices", "warn", "cpu", f"{gpus} GPUs here, but a CPU build of torch", remedy))
    elif gpus:
        remedy = "is CUDA_VISIBLE_DEVICES empty, or the driver older than the build? update the driver"
        rows.append(Check(GROUP, "torch devices", "warn", "cpu", f"torch sees none of the {gpus} GPUs", remedy))
    else:
        rows.append(Check(GROUP, "torch devices", "info", "cpu"))
    return rows


def probe(seconds: float) -> dict[str, Any]:
    """What a fresh process finds out about torch.

    Raises:
        subprocess.TimeoutExpired: no answer in time. ValueError: the import fails; the reason.
    """
    done = subprocess.run(
        [sys.executable, "-P", "-c", _PROBE, str(math.ceil(seconds))],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds,
    )
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        reason = done.stderr.strip().splitlines()
        raise ValueError(reason[-1] if reason else f"exit code {done.returncode}")
    facts: dict[str, Any] = json.loads(lines[-1])
    return facts
