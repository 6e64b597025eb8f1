"""Checkpoints that are whole or ignored: a marker with every file's size is written last.

The Trainer writes a checkpoint file by file, and a kill in between leaves a folder that it would
resume from all the same, silently without what is missing.
"""

import os
import shutil
from pathlib import Path

from hfterm import files
from hfterm.runs import MARKER, Run
from hfterm.text import to_json

KEEP_LAST = 2


def seal(folder: Path) -> int:
    """Force every file of a checkpoint to disk, then write the marker; return the bytes in it."""
    sizes = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent) / name
            if path.name == MARKER:
                continue
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
            sizes[path.relative_to(folder).as_posix()] = path.stat().st_size
    files.write_text(folder / MARKER, to_json({"files": sizes}) + "\n")
    return sum(sizes.values())


def prune(run: Run) -> list[int]:
    """Remove all complete checkpoints but the newest two and the best; return the removed steps."""
    saved = run.checkpoints()
    keep = {*list(saved)[-KEEP_LAST:], run.best()}
    gone = [step for step in saved if step not in keep]
    for step in gone:
        _remove(saved[step])
    return gone


def sweep(run: Run) -> list[str]:
    """Remove what a kill or a full disk left half-written; return the names of torn checkpoints."""
    whole = run.checkpoints()
    torn = [folder for step, folder in run.checkpoint_folders().items() if step not in whole]
    for folder in torn:
        _remove(folder)
    for rest in (*run.path.glob(".output.*.tmp"), *(run.path / "checkpoints").glob("tmp-*")):
        shutil.rmtree(rest, ignore_errors=True)
    return [folder.name for folder in torn]


def _remove(folder: Path) -> None:
    # The marker first: a kill in mid-removal must not leave a folder that looks whole.
    (folder / MARKER).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
