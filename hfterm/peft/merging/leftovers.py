"""A half-written folder goes when its process is killed; what outlived its watcher too is found by a lock."""

import contextlib
import shutil
import subprocess
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


@contextlib.contextmanager
def folder(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """:func:`hfterm.files.atomic_dir` of gigabytes: not even SIGKILL leaves its temporary folder behind.

    Raises:
        UsageError: ``target`` exists and may not be replaced.
    """
    with contextlib.ExitStack() as after, files.atomic_dir(target, overwrite=overwrite) as temporary:
        after.enter_context(_watched(temporary))  # until the folder has its name
        with claimed(temporary):
            yield temporary


@contextlib.contextmanager
def _watched(temporary: Path) -> Iterator[None]:
    """Have a shell remove a folder if this process ends without a word: its end of the pipe closes then."""
    script = 'read -r word || exec rm -rf -- "$1"'
    argv = ["/bin/sh", "-c", script, "sh", str(temporary.absolute())]
    quiet = subprocess.DEVNULL
    try:
        shell = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, cwd="/", start_new_session=True
        )
    except OSError:  # the next one into the same folder sweeps
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            shell.communicate(b"done\n")


def sweep(target: Path) -> list[Path]:
    """Remove what killed merges left beside ``target``; returns the folders."""
    removed: list[Path] = []
    for path in sorted(target.parent.glob(".*.tmp")) if target.parent.is_dir() else ():
        if (path / MARK).is_file():
            with contextlib.suppress(files.Locked, OSError), files.lock(path / MARK):
                shutil.rmtree(path)
                removed.append(path)
    return removed
