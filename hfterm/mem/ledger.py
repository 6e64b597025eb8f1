"""A ledger of live storages: what a step of training holds at each moment, kept while it runs on fake tensors.

Storages are counted as torch's CUDA allocator does, in pieces of 512 bytes (c10/cuda/CUDACachingAllocator.cpp,
``kMinBlockSize``); a prediction is of what ``torch.cuda.max_memory_allocated`` would say.
"""

import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from hfterm.mem import fakes

PARTS = ("weights", "gradients", "optimizer", "activations", "temporary", "kv_cache")
# What sharding moves; the rest is the same on every device.
STATES = ("weights", "gradients", "optimizer")
BLOCK = 512


def rounded(size: float) -> int:
    """Bytes as the allocator hands them out."""
    return -(-int(size) // BLOCK) * BLOCK


@dataclass
class Segment:
    """What happened between two marks. ``peak`` are the bytes of each part when their sum was the most.

    ``other`` is the most that was held beside weights, gradients and optimizer states, ``begin`` what of it was held
    already when the segment began. ``label`` is the module at
    whose ``kind`` (``forward``, ``after``, ``backward``; of no module ``loss``, ``step``) it began; ``parameters``
    are the names of those it holds itself.
    """

    kind: str
    label: str
    half: str
    parameters: tuple[str, ...] = ()
    total: int = 0
    peak: dict[str, int] = field(default_factory=dict)
    other: int = 0
    begin: int = 0


class Ledger:
    """Counts storages as they come and go. ``part`` says what new ones are."""

    def __init__(self) -> None:
        self.part = "temporary"
        self.half = "forward"
        self.parts = dict.fromkeys(PARTS, 0)
        self.total = 0
        self.states = 0
        self.live: dict[int, tuple[int, str]] = {}
        self.segments: list[Segment] = []
        self.segment = Segment("start", "", "forward")
        self.mark("start", "")

    def mark(self, kind: str, label: str, parameters: tuple[str, ...] = ()) -> None:
        """Begin a segment."""
        self.segment = Segment(kind, label, self.half, parameters, begin=self.total - self.states)
        self.segments.append(self.segment)
        self._look()

    def add(self, tensor: Any, part: str | None = None) -> None:
        """Count a tensor's storage, unless it is counted already."""
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key in self.live:
            return
        size = rounded(storage.nbytes())
        if not size:
            return
        part = part or self.part
        self.live[key] = (size, part)
        self._change(part, size)
        weakref.finalize(storage, self._gone, key)
        self._look()

    def move(self, tensors: Iterable[Any], part: str) -> None:
        """Say that storages counted already are of ``part``; those that are not are counted."""
        for tensor in tensors:
            key = tensor.untyped_storage()._cdata
            if key not in self.live:
                self.add(tensor, part)
                continue
            size, old = self.live[key]
            if old != part:
                self.live[key] = (size, part)
                self._change(old, -size)
                self._change(part, size)

    def _gone(self, key: int) -> None:
        size, part = self.live.pop(key, (0, "temporary"))
        self._change(part, -size)

    def _change(self, part: str, size: int) -> None:
        self.parts[part] += size
        self.total += size
        if part in STATES:
            self.states += size

    def _look(self) -> None:
        segment = self.segment
        if self.total > segment.total or not segment.peak:
            segment.total = self.total
            segment.peak = dict(self.parts)
        segment.other = max(segment.other, self.total - self.states)

    def mode(self) -> Any:
        """A dispatch mode under which everything that operators return is counted."""
        return _counting(self.add)


def _counting(add: Callable[[Any], None]) -> Any:
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    device, quick = torch.ops.prim.device.default, fakes.quick()

    class Counting(TorchDispatchMode):  # type: ignore[misc]
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # nothing here is compiled; the wrapper that says so costs more than what is counted

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if func is device:  # two of three calls, which fakes answer slowly
                return args[0].fake_device if hasattr(args[0], "fake_device") else func(*args)
            result = quick(func, args, kwargs)
            if result is NotImplemented:
                result = func(*args, **(kwargs or {}))
            if isinstance(result, torch.Tensor):
                add(result)
            else:
                for leaf in tree_leaves(result):
                    if isinstance(leaf, torch.Tensor):
                        add(leaf)
            return result

    return Counting()
