"""What the processes of one run do together: stop at the same step, wait for each other, agree on a value."""

from pathlib import Path
from typing import Any

from hfterm.train.watch import Stopper


class Together:
    """The process group of a run. With one process every word is its own, and nothing is waited for.

    Words go over the CPU (gloo), so that no GPU has to finish its work first.
    """

    def __init__(self) -> None:
        import torch.distributed as group

        there = group.is_available() and group.is_initialized()
        self.world = group.get_world_size() if there else 1
        self.rank = group.get_rank() if there else 0
        self._group = group.new_group(backend="gloo") if self.world > 1 else None

    @property
    def group(self) -> Any:
        """The group of all, which talks by gloo; None for one process alone."""
        return self._group

    @property
    def first(self) -> bool:
        """Whether this process writes the run's files."""
        return self.rank == 0

    def most(self, number: int) -> int:
        """The largest number that any process says; all must call this at the same point."""
        if self._group is None:
            return number
        import torch
        import torch.distributed as group

        word = torch.tensor([number])
        group.all_reduce(word, op=group.ReduceOp.MAX, group=self._group)
        return int(word.item())

    def heed(self, stopper: Stopper) -> bool:
        """Whether any process was asked to stop; then all were."""
        if self._group is None:
            return stopper.signal is not None
        # A signal that comes while the others are waited for is heeded the next time: none of them knows of it.
        if number := self.most(stopper.signal or 0):
            stopper.signal = number
        return bool(number)

    def wait(self) -> None:
        """Until all are here."""
        self.most(0)

    def bring(self, folder: Path) -> None:
        """See to it that the first process has all of a checkpoint that each wrote its part of into ``folder``."""

    def gather(self, value: Any) -> list[Any]:
        """What each process says, by rank."""
        if self._group is None:
            return [value]
        import torch.distributed as group

        box = [None] * self.world
        group.all_gather_object(box, value, group=self._group)
        return box

    def same(self, value: Any) -> Any:
        """What the first process says."""
        if self._group is None:
            return value
        import torch.distributed as group

        box = [value]
        group.broadcast_object_list(box, src=0, group=self._group)
        return box[0]
