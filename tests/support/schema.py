"""The fields of the installed libraries, read once per test session."""

import functools
import os
import shutil
import tempfile
from pathlib import Path

from hfterm.train.schema import stored


@functools.cache
def _made() -> Path:
    """A folder that holds the cache's file."""
    home = Path(tempfile.mkdtemp(prefix="hfterm-schema-"))
    before = os.environ.get("HFTERM_HOME")
    os.environ["HFTERM_HOME"] = str(home)
    try:
        stored.load()
        return stored.folder()
    finally:
        if before is None:
            del os.environ["HFTERM_HOME"]
        else:
            os.environ["HFTERM_HOME"] = before


def lay(home: Path) -> Path:
    """Put the file into the cache of an hfterm whose ``HFTERM_HOME`` is ``home``; returns it."""
    folder = home / "cache" / "train-schema"
    shutil.copytree(_made(), folder, dirs_exist_ok=True)
    return next(folder.glob("*.json"))
