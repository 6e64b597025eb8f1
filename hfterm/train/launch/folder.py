"""Where a launch leaves what it needs and what its processes said last: ``<state>/launches/ID``."""

import contextlib
import re
import shutil
import time
from pathlib import Path

from hfterm import paths

# Kept of those that failed.
KEEP = 20


def launches_dir() -> Path:
    """The folder that holds one folder a launch."""
    return paths.state_dir() / "launches"


def create(title: str) -> Path:
    """A new folder, named by the time (UTC) and the title; older ones beyond the newest few go.

    Raises:
        OSError: it cannot be made.
    """
    stem = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-").lower()[:40].strip("-") or "script"
    base = launches_dir().absolute() / f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{stem}"
    base.parent.mkdir(parents=True, exist_ok=True)
    prune()
    number, folder = 1, base
    while True:
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            return folder
        number += 1
        folder = base.with_name(f"{base.name}-{number}")


def prune(keep: int = KEEP) -> None:
    """Remove all but the ``keep`` newest; one in use is among those unless dozens run at once."""
    with contextlib.suppress(OSError):
        names = sorted(entry.name for entry in launches_dir().iterdir() if entry.name[:1].isdigit())
        for name in names[: max(0, len(names) - keep)]:
            shutil.rmtree(launches_dir() / name, ignore_errors=True)


def remove(folder: Path) -> None:
    """Remove the folder of a launch that went well."""
    shutil.rmtree(folder, ignore_errors=True)
