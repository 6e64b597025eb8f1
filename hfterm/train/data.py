"""The data file of a run: small ones are copied into the run, larger ones are remembered by their digest.

Either way a resumed run sees the records it began with, or says that they have changed.
"""

import hashlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import refs
from hfterm.errors import HftermError, NotFoundError
from hfterm.output import Output
from hfterm.records import format_of
from hfterm.runs import Run

COPY_UP_TO = 32 * 2**20


@dataclass(frozen=True)
class DataFile:
    """A file of records. ``name`` is what the user called it, ``keep`` whether the run keeps a copy."""

    path: Path
    name: str
    size: int
    sha256: str
    keep: bool

    def copy_to(self, folder: Path, stem: str) -> dict[str, Any]:
        """What ``run.json`` says about it; a copy is put into ``folder`` where that is called for."""
        facts: dict[str, Any] = {"name": self.name, "path": str(self.path), "size": self.size, "sha256": self.sha256}
        if self.keep:
            kind = format_of(self.path.name)
            # Named by its format, so that it is read the same way again.
            facts["path"] = f"{stem}.{ {'text': 'txt'}.get(kind, kind) }" if kind else stem
            shutil.copyfile(self.path, folder / facts["path"])
        return facts


def take(reference: str, spool: Path, out: Output | None = None) -> DataFile:
    """Find the data that ``reference`` names; standard input (``-``) is written to the folder ``spool`` first.

    Raises:
        NotFoundError, NetworkError, AccessError: as :func:`hfterm.refs.resolve`.
        HftermError: it cannot be read.
    """
    if reference == "-":
        path = spool / "stdin"
        with path.open("wb") as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream)
        return _file(path, "standard input", keep=True)
    path = refs.resolve(reference, "dataset", note=out.note if out else None)
    if path.is_dir():
        raise HftermError(f"cannot read {reference}: it is a folder", "name a file of records in it")
    return _file(path.absolute(), reference)


def _file(path: Path, name: str, *, keep: bool = False) -> DataFile:
    size = path.stat().st_size
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return DataFile(path, name, size, digest, keep or size <= COPY_UP_TO)


def of_run(run: Run, facts: dict[str, Any]) -> DataFile:
    """The data that a run began with.

    Raises:
        NotFoundError: it is gone. HftermError: it has changed since.
    """
    path = run.path / facts["path"]  # an absolute path stays itself
    if not path.is_file():
        raise NotFoundError(f"run {run.name!r} cannot resume: its data {str(path)!r} is gone", "put the file back")
    found = _file(path, facts["name"])
    if found.sha256 != facts["sha256"]:
        raise HftermError(
            f"run {run.name!r} cannot resume: its data {str(path)!r} has changed since it began",
            "put the file back as it was, or start a new run",
        )
    return found
