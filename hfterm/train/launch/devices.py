"""Which GPUs a launch may use, and how many processes it makes."""

import os
from collections.abc import Mapping, Sequence

from hfterm.errors import UsageError

# The variable that shows a process only some of the machine's accelerators.
VISIBLE = {"cuda": "CUDA_VISIBLE_DEVICES", "xpu": "ZE_AFFINITY_MASK"}


def here() -> tuple[str, int]:
    """The kind of accelerator that torch sees ("cuda", "xpu", "mps", or "cpu") and how many; imports torch."""
    import torch

    if not torch.accelerator.is_available():
        return "cpu", 0
    found = torch.accelerator.current_accelerator()
    return (found.type, torch.accelerator.device_count()) if found is not None else ("cpu", 0)


def choose(asked: str | None, count: int) -> list[int]:
    """The indices that ``--gpus`` means among ``count`` that are visible: none, all, so many, or a list.

    Raises:
        UsageError: it cannot be read, or names more than there are.
    """
    text = (asked or "all").strip().lower()
    if text == "all":
        return list(range(count))
    if text == "none":
        return []
    if text == "0":
        raise UsageError("--gpus 0 may mean no GPU, or the first", "write none, or '0,'")
    try:
        if text.isdecimal():
            chosen = list(range(int(text)))
        else:
            chosen = [int(word) for word in text.split(",") if word.strip()]
    except ValueError:
        chosen = []
    if not chosen or min(chosen) < 0 or len(set(chosen)) < len(chosen) or not text.isascii():
        raise UsageError(f"--gpus {asked}: not all, none, a number of GPUs, or a list such as 0,1")
    if max(chosen) >= count:
        there = "this machine has none" if not count else f"this machine shows {count}"
        raise UsageError(f"--gpus {asked}: {there}", "leave it out to use all there are")
    return chosen


def visible(kind: str, chosen: Sequence[int], count: int, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment that shows only ``chosen`` of ``count`` devices; nothing where it is all of them.

    Indices count within what is visible already, as torch counts: Slurm shows a job its own GPUs only.
    """
    name = VISIBLE.get(kind)
    if name is None or len(chosen) == count:
        return {}
    shown = [word.strip() for word in environ.get(name, "").split(",") if word.strip()]
    return {name: ",".join(shown[i] if i < len(shown) else str(i) for i in chosen)}


def cores() -> int:
    """Processor cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0)) or 1
    except AttributeError:
        return os.cpu_count() or 1
