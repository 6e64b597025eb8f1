"""The folders hfterm and the libraries write to: room and permission."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hfterm import paths
from hfterm.monitor.checks import Check

GROUP = "Storage"
GB = 10**9
FAIL_BELOW, WARN_BELOW = 1 * GB, 10 * GB


def checks() -> list[Check]:
    """Rows of this subject."""
    move = "point {} at a larger disk, or free some space"
    rows = [
        folder("Hub cache", paths.hub_cache(), move.format("HF_HOME") + " ('hf cache prune')"),
        folder("state", paths.state_dir(), move.format("HFTERM_HOME")),
    ]
    if paths.hf_home() not in paths.hub_cache().parents:
        rows.insert(0, folder("HF_HOME", paths.hf_home(), move.format("HF_HOME")))
    if paths.state_dir() not in paths.cache_dir().parents:
        rows.append(folder("cache", paths.cache_dir(), move.format("XDG_CACHE_HOME")))
    try:
        rows.append(folder("temporary", Path(tempfile.gettempdir()), move.format("TMPDIR")))
    except FileNotFoundError:
        rows.append(Check(GROUP, "temporary", "fail", "no writable folder", None, "set TMPDIR to one"))
    return rows


def folder(name: str, path: Path, remedy: str, usage: Callable[[Path], Any] = shutil.disk_usage) -> Check:
    """Whether ``path`` (or where it will be made) is writable and how much room its disk has."""
    place = path.absolute()
    try:
        while not place.exists():
            place = place.parent
        if not place.is_dir():
            return Check(GROUP, name, "fail", str(path), f"{place} is in the way: not a folder", "remove or rename it")
        _write(place)
        free = usage(place).free
    except OSError as exc:
        why = (exc.strerror or str(exc)).lower()
        return Check(GROUP, name, "fail", str(path), f"cannot write there: {why}", remedy)
    room = f"{free / GB:.1f} GB free"
    if free < FAIL_BELOW:
        return Check(GROUP, name, "fail", str(path), f"only {room}", remedy)
    if free < WARN_BELOW:
        return Check(GROUP, name, "warn", str(path), f"only {room}; a 7B model takes 15 GB", remedy)
    return Check(GROUP, name, "ok", str(path), room)


def _write(place: Path) -> None:
    """Write a file that has no name and is gone at once; access bits alone do not tell of read-only disks."""
    with tempfile.TemporaryFile(dir=place) as stream:
        stream.write(b"x" * 4096)
        stream.flush()
        os.fsync(stream.fileno())
