"""Folders that a killed merge left half-written, found by a lock that its process no longer holds."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from hfterm import files

MARK = ".hfterm-merging"


@contextlib.contextmanager
def claimed(temporary: Path) -> Iterator[None]:
    """Mark a temporary folder as in use for as long as this process lives; the mark is gone at the end."""
    mark = temporary / MARK
    with files.lock(mark):
        try:
            yield
        finally:
            mark.unlink(missing_ok=True)


def sweep(target: Path) -> list[Path]:
    """Remove what killed merges left beside ``target``; returns the folders."""
    removed: list[Path] = []
    for path in sorted(target.parent.glob(".*.tmp")) if target.parent.is_dir() else ():
        if (path / MARK).is_file():
            with contextlib.suppress(files.Locked, OSError), files.lock(path / MARK):
                shutil.rmtree(path)
                removed.append(path)
    return removed
