"""Room on the disk: checkpoints that need not stay are removed, sooner where the next one would not fit."""

import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from hfterm import files
from hfterm.runs import Run
from hfterm.train import checkpoints
from hfterm.train.keep import Keep


def prune(run: Run, policy: Keep, also: Collection[int | None] = ()) -> list[int]:
    """Remove the checkpoints that need not stay, and damaged ones that a whole one has followed; return the steps.

    ``also``: steps that stay besides.
    """
    saved = run.checkpoints()
    if not saved:
        return []
    stay = policy.stay(saved, run.best() if policy.best else None).union(also)
    gone = [step for step in saved if step not in stay]
    for step in gone:
        checkpoints.remove(saved[step])
    for step, folder in checkpoints.damaged(run):
        if step <= max(saved):
            checkpoints.remove(folder)
    return gone


def make_room(
    run: Run,
    policy: Keep,
    step: int,
    nbytes: int,
    also: Collection[int | None] = (),
    *,
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
) -> list[str]:
    """See that a checkpoint of ``nbytes`` can be saved at ``step``; return the names of those removed for it.

    What goes first is of no use any more: torn and damaged ones, then the oldest of those that would go once this
    one is saved. The newest whole one stays in any case. ``free``: bytes free on the disk of a folder.

    Raises:
        HftermError: the disk has no room even so. What is saved is as it was.
    """
    folder = run.path / "checkpoints"
    folder.mkdir(exist_ok=True)
    removed: list[str] = []
    if free(folder) >= nbytes:
        return removed
    saved = run.checkpoints()
    best = run.best() if policy.best else None
    stay = policy.stay([*saved, step], best).union(also, list(saved)[-1:])
    torn = [path for at, path in run.checkpoint_folders().items() if at not in saved and at != step]
    useless = [path for _, path in checkpoints.damaged(run)] if saved else []
    for path in [*torn, *useless, *(saved[at] for at in saved if at not in stay)]:
        checkpoints.remove(path)
        removed.append(path.name)
        if free(folder) >= nbytes:
            return removed
    files.require_space(folder, nbytes)
    return removed
