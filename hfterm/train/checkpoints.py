"""Checkpoints that are whole or ignored: a marker with every file's size and digest is written last.

The Trainer writes a checkpoint file by file, and a kill in between leaves a folder that it would resume from all
the same, silently without what is missing. The marker is a JSON object::

    files     name -> bytes; all that an older marker has
    digests   name -> SHA-256 (see hfterm.train.whole)
    chunk     bytes of the chunks that digests of larger files are made of
"""

import contextlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hfterm import files
from hfterm.errors import AccessError, HftermError
from hfterm.runs import MARKER, Run
from hfterm.text import to_json
from hfterm.train import whole

_DAMAGED = re.compile(r"damaged-(\d+)")
# What a run cannot go on without, and where the Trainer, FSDP and DeepSpeed (a folder of all) put it.
_NEEDED = {
    "trainer state": ("trainer_state.json",),
    "weights": ("*.safetensors", "*.bin", "pytorch_model_fsdp_*", "global_step*"),
    "optimizer state": ("optimizer*", "global_step*"),
    "scheduler state": ("scheduler.pt", "global_step*"),
    "random state": ("rng_state*",),
}
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Start:
    """Where a run goes on: the ``folder`` of the newest whole checkpoint, None at step 0.

    ``torn``: names of half-written checkpoints that were removed. ``damaged``: name -> what is wrong with it, of
    those that were whole once.
    """

    folder: Path | None
    torn: list[str] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)

    @property
    def step(self) -> int:
        """The step it goes on from."""
        return int(self.folder.name.rpartition("-")[2]) if self.folder else 0


def seal(folder: Path) -> int:
    """Check a checkpoint that was just written, force it to disk, then write the marker; return the bytes in it.

    Raises:
        HftermError: it lacks something that a run needs to go on, or a file was not written whole.
        OSError: a file cannot be read, or the disk is full.
    """
    sizes, folders = {}, []
    for parent, _, names in os.walk(folder):
        folders.append(parent)
        for name in names:
            path = Path(parent) / name
            if path.name == MARKER:
                continue
            if said := whole.flaw(path, thorough=False):
                raise HftermError(f"{folder.name} was not saved whole: {name} {said}", "look at the disk")
            _sync(path)
            sizes[path.relative_to(folder).as_posix()] = path.stat().st_size
    if lacks := lacking(folder):
        raise HftermError(f"{folder.name} was not saved whole: it has no {' and no '.join(lacks)}")
    found = whole.digests(folder, sizes)
    for each in [*map(Path, folders), folder.parent]:
        with contextlib.suppress(OSError):  # some file systems cannot sync a folder
            _sync(each)
    marker = {"files": sizes, "digests": found, "chunk": whole.CHUNK}
    files.write_text(folder / MARKER, to_json(marker) + "\n")
    return sum(sizes.values())


def lacking(folder: Path) -> list[str]:
    """What a checkpoint has no file for, in words: optimizer state, random state, ..."""
    return [what for what, globs in _NEEDED.items() if not any(any(folder.glob(glob)) for glob in globs)]


def problems(folder: Path, advance: Advance | None = None) -> list[str]:
    """Why a checkpoint must not be resumed from, a line a file; empty when it is as it was saved.

    Raises:
        AccessError: a file may not be read.
    """
    try:
        return _problems(folder, advance)
    except PermissionError as exc:
        raise AccessError(f"cannot read the checkpoint: permission denied: {str(exc.filename)!r}") from exc


def _problems(folder: Path, advance: Advance | None) -> list[str]:
    marker = _marker(folder)
    if marker is None:
        return [f"{MARKER} is missing or damaged"]
    found: list[str] = []
    present = []
    for name, size in sorted(marker["files"].items()):
        path = folder / name
        try:
            held = path.stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            found.append(f"{name} is missing")
            continue
        if held != size:
            found.append(f"{name} is empty" if not held else f"{name} has {held} bytes, not {size}")
        else:
            present.append(name)
    known = marker.get("digests") or {}
    for name in present:
        try:
            if name not in known:
                said = whole.flaw(folder / name)
            else:
                now = whole.digests(folder, [name], chunk=marker.get("chunk") or whole.CHUNK, advance=advance)
                said = None if now[name] == known[name] else "is not what was saved: its digest differs"
        except PermissionError:
            raise
        except OSError as exc:
            said = f"cannot be read: {exc.strerror or exc}"
        if said:
            found.append(f"{name} {said}")
    return found or [f"it has no {what}" for what in lacking(folder)]


def _marker(folder: Path) -> dict[str, Any] | None:
    try:
        marker = json.loads((folder / MARKER).read_text("utf-8"))
    except PermissionError:
        raise
    except (OSError, ValueError):
        return None
    listed = marker.get("files") if isinstance(marker, dict) else None
    good = isinstance(listed, dict) and listed and all(isinstance(size, int) for size in listed.values())
    return marker if good else None


def start(run: Run, advance: Advance | None = None) -> Start:
    """Find where a run goes on, and clear away what is of no use.

    What was never whole is removed. What was whole once and is damaged is renamed to ``damaged-STEP``: somebody may
    want what is left in it until the run has passed that step again.

    Raises:
        HftermError: every checkpoint is damaged; nothing is touched then. AccessError: one may not be read.
    """
    torn = sweep(run)
    damaged: dict[str, str] = {}
    good = None
    for _, folder in reversed(run.checkpoint_folders().items()):
        found = problems(folder, advance)
        if not found:
            good = folder
            break
        damaged[folder.name] = _few(found)
    if damaged and good is None:
        which = "; ".join(f"{name}: {why}" for name, why in damaged.items())
        raise HftermError(
            f"run {run.name!r} cannot resume: no checkpoint of it is whole ({which})",
            f"put the files back, or remove {str(run.path / 'checkpoints')!r} to begin at step 0",
        )
    for name in damaged:
        aside = run.path / "checkpoints" / f"damaged-{name.rpartition('-')[2]}"
        if aside.exists():
            shutil.rmtree(aside, ignore_errors=True)
        (run.path / "checkpoints" / name).rename(aside)
    return Start(good, torn, damaged)


def _few(found: list[str]) -> str:
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def any_sealed(run: Run) -> bool:
    """Whether any checkpoint of a run was whole once, whatever became of it."""
    return any((folder / MARKER).exists() for folder in run.checkpoint_folders().values()) or bool(damaged(run))


def damaged(run: Run) -> list[tuple[int, Path]]:
    """Checkpoints put aside by :func:`start`, by step."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        for folder in (run.path / "checkpoints").iterdir():
            if (match := _DAMAGED.fullmatch(folder.name)) and folder.is_dir():
                found.append((int(match[1]), folder))
    return sorted(found)


def sweep(run: Run) -> list[str]:
    """Remove what a kill or a full disk left half-written; return the names of torn checkpoints.

    One with a marker is left alone, whatever became of its files.
    """
    torn = [folder for folder in run.checkpoint_folders().values() if not (folder / MARKER).exists()]
    for folder in torn:
        remove(folder)
    for rest in (*run.path.glob(".output.*.tmp"), *(run.path / "checkpoints").glob("tmp-*")):
        shutil.rmtree(rest, ignore_errors=True)
    return [folder.name for folder in torn]


def remove(folder: Path) -> None:
    """Remove a checkpoint. The marker goes first: a kill in mid-removal must not leave a folder that looks whole."""
    (folder / MARKER).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
