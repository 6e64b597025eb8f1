"""Folders of files as trees: what lies in a snapshot or a plain folder now, looked at again when it changes."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hfterm.hub.share.names import check_path
from hfterm.hub.share.refusal import Refusal
from hfterm.hub.share.tree import EMPTY, Entry, Memory, changed

# Fewer files are looked at for every request.
MANY = 1000

# Two changes that are closer can bear the same time (the kernel's clock ticks every 1 to 10 ms).
TICK_NS = 50_000_000

# Given a file's path in the tree, its place and what is there: its entry; None leaves it out.
MakeEntry = Callable[[str, str, os.stat_result], Entry | None]


@dataclass
class Scan:
    """A folder's files at one moment: the id of their tree and where each lies."""

    root: str = EMPTY
    places: dict[str, str] = field(default_factory=dict)
    # The folders looked at and when they last changed; and the same of files that may be written in place.
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    # Something had changed so shortly before that another change could bear the same time.
    young: bool = False
    # Until then (time.monotonic) it is taken to be fresh.
    _until: float = 0.0

    def fresh(self) -> bool:
        """Whether nothing came, went or changed since; of many files this is found out only now and then."""
        began = time.monotonic()
        if self.young:
            return False
        if began < self._until:
            return True
        try:
            same = all(mark_of(os.stat(path)) == mark for path, mark in self.marks.items())
        except OSError:
            return False
        if len(self.marks) > MANY:  # else every one of ten thousand downloads would look at ten thousand files
            ended = time.monotonic()
            self._until = ended + 20 * (ended - began)
        return same


def mark_of(stat: os.stat_result) -> tuple[int, int]:
    """What differs once a file or folder was changed."""
    return stat.st_mtime_ns, stat.st_size


def scan(
    folder: Path,
    folders: Memory,
    make: MakeEntry,
    *,
    inside: tuple[str, ...],
    hidden: bool = True,
    watch_files: bool = False,
) -> Scan:
    """Look at every file below a folder; the tree goes into ``folders``.

    Links are followed to files that lie inside one of the folders ``inside`` (real paths), to folders never.
    Names that are no text are left out, and hidden folders unless ``hidden``. ``watch_files``: a file
    that is written in place makes the scan stale, too.

    Raises:
        FileNotFoundError: the folder is gone.
    """
    found, began = Scan(), time.time_ns()
    entries: dict[str, Entry | None] = {}
    pending = [(os.fspath(folder), "")]
    while pending:
        place, under = pending.pop()
        found.marks[place] = mark_of(os.stat(place))
        with os.scandir(place) as rows:
            for row in sorted(rows, key=lambda r: r.name):
                path = f"{under}/{row.name}" if under else row.name
                try:
                    check_path(path)
                    if row.is_dir(follow_symlinks=False):
                        if hidden or not row.name.startswith("."):
                            pending.append((row.path, path))
                        continue
                    real = os.path.realpath(row.path)
                    if not row.is_file() or not _is_inside(real, inside):
                        continue
                    stat = os.stat(real)
                    entry = make(path, row.path, stat)
                except (Refusal, OSError):
                    continue
                if entry is not None:
                    entries[path] = entry
                    found.places[path] = real
                    if watch_files:
                        found.marks[real] = mark_of(stat)
    found.root = changed(folders, EMPTY, entries)
    found.young = max((mtime for mtime, _ in found.marks.values()), default=0) > began - TICK_NS
    return found


def _is_inside(real: str, folders: tuple[str, ...]) -> bool:
    return any(real.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)
