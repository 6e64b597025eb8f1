"""Which kind of store a folder is."""

from pathlib import Path

from hfterm.errors import NotFoundError, UsageError
from hfterm.hub.share.folder import FolderStore, is_store


def open_store(folder: Path, *, writable: bool | None = None, xet: bool = True) -> FolderStore:
    """Open a folder as what it is. ``writable`` None: a store is, a cache is not.

    Raises:
        NotFoundError: there is no such folder. UsageError: it cannot be written to.
    """
    if not folder.exists() and not writable:
        raise NotFoundError(f"no such folder: {str(folder)!r}", "make a new store there with --writable")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"not a folder: {str(folder)!r}")
    if is_store(folder) or writable:
        return FolderStore(folder, writable=writable is not False, xet=xet)
    raise UsageError("not yet")
