"""All runs there are: hfterm's own, and those in folders that were named."""

import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from hfterm import paths, runs
from hfterm.tracking.discover import Found, runs_in
from hfterm.tracking.followed import Followed
from hfterm.tracking.foreign import ForeignRun
from hfterm.tracking.own import OwnRun

# Runs get different colours while there are at most so many.
COLORS = 8
# How often the folders are searched, and how long a run that has disappeared is still listed.
LOOK_SECONDS = 5.0
GONE_SECONDS = 10.0
# Metrics of so many of the newest runs are read unasked; of the others once somebody asks for them.
EAGER = 12


class Book:
    """Keeps a :class:`Followed` for each run from poll to poll.

    ``folders`` are runs, files of metrics, or hold runs up to two levels down. ``more``: not all metrics that
    are wanted have been read yet.
    """

    def __init__(self, folders: Sequence[Path] = (), clock: Callable[[], float] = time.time) -> None:
        self.folders, self.clock = tuple(folders), clock
        self.more = False
        self._runs: dict[str, Followed] = {}
        self._found: dict[str, Found] = {}
        self._looked = -LOOK_SECONDS
        self._gone: dict[str, float] = {}

    def poll(self, budget: float = 0.5) -> list[Followed]:
        """All runs, the newest first; metrics are read for about ``budget`` seconds, running ones' first."""
        self._notice()
        everyone = sorted(self._runs.values(), key=lambda run: (run.created, run.name), reverse=True)
        until = time.monotonic() + budget
        for run in everyone:
            run.refresh()
        self.more = False
        first = [run for run in everyone if run.state in ("running", "live")]
        rest = [run for run in everyone if run.state not in ("running", "live")]
        first += [run for run in rest if run.wanted]
        first += [run for run in rest[:EAGER] if not run.wanted]
        for run in first:
            if run.log is not None:
                run.log.poll()
            if (left := until - time.monotonic()) > 0:
                run.read(left)
                self.more = self.more or run.more
            else:
                self.more = True
        return self._without_gone(everyone)

    def find(self, key: str) -> Followed | None:
        """The run of that key, as of the last poll."""
        return self._runs.get(key)

    def _notice(self) -> None:
        """Take in runs that are new."""
        new: list[Followed] = []
        for name in runs.names():
            if f"run:{name}" not in self._runs:
                new.append(OwnRun(runs.Run(name, paths.runs_dir() / name), self.clock))
        if self.folders and time.monotonic() - self._looked >= LOOK_SECONDS:
            self._looked = time.monotonic()
            new += self._look({run.name for run in new})
        for run in new:
            run.refresh()
        for run in sorted(new, key=lambda run: (run.created, run.name)):
            run.color = self._color(run.name)
            self._runs[run.key] = run

    def _look(self, names: set[str]) -> list[Followed]:
        """Runs in the folders that are not known yet; ``names`` are taken, too."""
        new: list[Followed] = []
        names = names | {run.name for run in self._runs.values()}
        home = paths.runs_dir().resolve()
        for folder in self.folders:
            for found in runs_in(folder):
                path = found.path.resolve()
                key = f"path:{path}"
                if key in self._runs or (found.kind == "hfterm" and path.parent == home):
                    continue
                if found.name in names:
                    found = found._replace(name=f"{path.parent.name}/{found.name}")
                if found.name in names:
                    found = found._replace(name=str(path))
                names.add(found.name)
                run = follow(found._replace(path=path), self.clock)
                if run.key not in {other.key for other in new}:
                    new.append(run)
        return new

    def _color(self, name: str) -> int:
        """The colour that a name asks for, or the next one that no other run has."""
        wanted = zlib.crc32(name.encode()) % COLORS
        taken = {run.color for run in self._runs.values()}
        return next((color for n in range(COLORS) if (color := (wanted + n) % COLORS) not in taken), wanted)

    def _without_gone(self, everyone: list[Followed]) -> list[Followed]:
        """The runs to show; one that has disappeared is among them for a while, marked."""
        now = self.clock()
        for run in everyone:
            if run.gone:
                if now - self._gone.setdefault(run.key, now) > GONE_SECONDS:
                    del self._runs[run.key], self._gone[run.key]
            else:
                self._gone.pop(run.key, None)
        return [run for run in everyone if run.key in self._runs]


def follow(found: Found, clock: Callable[[], float] = time.time) -> Followed:
    """Follow one run that was found in a folder."""
    if found.kind == "hfterm":
        return OwnRun(runs.Run(found.name, found.path), clock, key=f"path:{found.path}")
    return ForeignRun(found, clock)
