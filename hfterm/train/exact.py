"""What the Trainer forgets between two lives of a run, so that a resumed one goes on to the bit.

By itself it saves weights, optimizer, scheduler, scaler and the random state. What is lost, and kept here:

- the sum behind the next logged loss, and TRL's other averages: written beside the checkpoint;
- the order of the data in samplers that draw from the global random state (grouping by length), or that count
  epochs in their own generator: seeded anew for each epoch;
- the epoch of a sampler that several processes share: accelerate does not hand it on after a resume;
- what a collator draws (masks): seeded for each batch, because batches are made ahead of the step that uses them.
"""

import contextlib
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hfterm import files

NAME = "hfterm-state"
_DEEPEST = 6


def install(trainer: Any, start: Path | None) -> "Exact":
    """Make a library's trainer resume exactly; ``start`` is the checkpoint it goes on from."""
    seed = trainer.args.data_seed if trainer.args.data_seed is not None else trainer.args.seed
    exact = Exact(trainer, start, seed)
    loader, sampler = trainer.get_train_dataloader, trainer._get_train_sampler

    def get_train_dataloader() -> Any:
        # Evaluation uses the same collator, as it is: how many batches it makes is no business of the training.
        before = trainer.data_collator
        exact.collator = trainer.data_collator = SteadyCollator(before, seed, trainer.args.process_index)
        try:
            return loader()
        finally:
            trainer.data_collator = before

    trainer.get_train_dataloader = get_train_dataloader
    trainer._get_train_sampler = lambda *args, **kwargs: steady(sampler(*args, **kwargs), seed)
    trainer.add_callback(exact)
    return exact


class Exact:
    """A callback of the Trainer; events that it has no method for are ignored."""

    def __init__(self, trainer: Any, start: Path | None, seed: int) -> None:
        self.trainer, self.start, self.seed = trainer, start, seed
        self.collator: SteadyCollator | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return lambda *args, **kwargs: None
        raise AttributeError(name)

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Take up the sums where the checkpoint left them."""
        if self.start is None:
            return
        with contextlib.suppress(FileNotFoundError):  # of an older run: the averages begin anew
            restore(self.trainer, json.loads(_file(self.start, args).read_text("utf-8")))

    def on_epoch_begin(self, args: Any, state: Any, control: Any, train_dataloader: Any = None, **kwargs: Any) -> None:
        """Tell samplers and collator which epoch it is, and how much of it is done."""
        epoch, batch = position(state.epoch, train_dataloader)
        set_epoch(train_dataloader, epoch)
        if self.collator is not None:
            self.collator.begin(epoch, batch)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Write the sums into the checkpoint, one file a process."""
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        files.write_text(_file(folder, args), json.dumps(carried(self.trainer)) + "\n")


def _file(folder: Path, args: Any) -> Path:
    return folder / (f"{NAME}_{args.process_index}.json" if args.world_size > 1 else f"{NAME}.json")


def carried(trainer: Any) -> dict[str, Any]:
    """What has been summed up since the last log, as plain data; what a trainer does not have is left out."""
    found: dict[str, Any] = {}
    if (loss := getattr(trainer, "_tr_loss", None)) is not None:
        found |= {
            "loss_sum": loss.item(),
            "loss_total": trainer._total_loss_scalar,
            "logged_step": trainer._globalstep_last_logged,
        }
    # TRL's: averages until the next log, tokens so far, and where GRPO is between two generations.
    if isinstance(metrics := getattr(trainer, "_metrics", None), dict):
        found["metrics"] = {k: [float(v) for v in values] for k, values in metrics.get("train", {}).items()}
    for key, name in (("tokens", "_total_train_tokens"), ("micro_step", "_step")):
        if isinstance(value := getattr(trainer, name, None), int):
            found[key] = value
    return found


def restore(trainer: Any, found: dict[str, Any]) -> None:
    """Give a trainer what :func:`carried` took from it."""
    if "loss_sum" in found and hasattr(trainer, "_tr_loss"):
        trainer._tr_loss.fill_(found["loss_sum"])
        trainer._total_loss_scalar = found["loss_total"]
        trainer._globalstep_last_logged = found["logged_step"]
    if isinstance(metrics := getattr(trainer, "_metrics", None), dict) and "train" in metrics:
        for name, values in found.get("metrics", {}).items():
            metrics["train"][name] = values
    for key, name in (("tokens", "_total_train_tokens"), ("micro_step", "_step")):
        if key in found and hasattr(trainer, name):
            setattr(trainer, name, found[key])


def position(epoch: float | None, loader: Any) -> tuple[int, int]:
    """The epoch under way, and the batches of it that are done, from the Trainer's fractional epoch."""
    done = epoch or 0.0
    try:
        length = len(loader)
    except TypeError:
        length = 0
    batch = round((done - int(done)) * length)
    # 2.9999999 epochs are 3.
    return (int(done) + 1, 0) if length and batch >= length else (int(done), batch)


def set_epoch(loader: Any, epoch: int) -> None:
    """Tell every sampler below a data loader which epoch it is, however deep it is wrapped."""
    seen: list[Any] = []

    def visit(thing: Any, depth: int) -> None:
        if thing is None or depth > _DEEPEST or any(thing is known for known in seen):
            return
        seen.append(thing)
        if thing is not loader and hasattr(thing, "set_epoch"):
            thing.set_epoch(epoch)
        for name in ("batch_sampler", "sampler"):
            visit(getattr(thing, name, None), depth + 1)

    visit(loader, 0)


def steady(sampler: Any, seed: int) -> Any:
    """A sampler whose order depends on seed and epoch alone; one that is so already comes back as it is."""
    from torch.utils.data import RandomSampler, SequentialSampler

    # accelerate gives a RandomSampler an order of its own for each epoch.
    if sampler is None or hasattr(sampler, "set_epoch") or isinstance(sampler, RandomSampler | SequentialSampler):
        return sampler
    return SteadySampler(sampler, seed)


class SteadySampler:
    """A sampler seeded anew for each epoch, whether it draws from a generator of its own or the global one."""

    def __init__(self, sampler: Any, seed: int) -> None:
        self.sampler, self.seed, self.epoch = sampler, seed, 0

    def __len__(self) -> int:
        return len(self.sampler)

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch the next order is for."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[Any]:
        if (generator := getattr(self.sampler, "generator", None)) is not None:
            generator.manual_seed(_mixed(self.seed, self.epoch))
            return iter(self.sampler)
        with _seeded(_mixed(self.seed, self.epoch)):
            return iter(list(self.sampler))


class SteadyCollator:
    """A collator whose draws depend on seed, epoch and the number of the batch alone, in workers too."""

    def __init__(self, collate: Callable[[Any], Any], seed: int, rank: int = 0) -> None:
        self.collate, self.seed, self.rank = collate, seed, rank
        self.epoch = self.batch = self.calls = 0

    def begin(self, epoch: int, batch: int) -> None:
        """Say where the batches begin that are to be made."""
        self.epoch, self.batch, self.calls = epoch, batch, 0

    def __call__(self, features: Any) -> Any:
        """As the collator, without a trace in the random state."""
        from torch.utils.data import get_worker_info

        worker = get_worker_info()
        # Workers take turns, and each counts its own.
        turn = self.calls if worker is None else self.calls * worker.num_workers + worker.id
        self.calls += 1
        with _seeded(_mixed(self.seed, self.epoch, self.batch + turn, self.rank)):
            return self.collate(features)


def _mixed(*numbers: int) -> int:
    """A seed from several numbers."""
    return int.from_bytes(hashlib.sha256(repr(numbers).encode()).digest()[:8], "big") >> 1


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """The random state of Python, NumPy and torch (on the CPU) seeded inside, and as it was after."""
    import numpy as np
    import torch

    before = random.getstate(), np.random.get_state(), torch.random.get_rng_state()
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed the GPUs as well
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])
        torch.random.set_rng_state(before[2])
