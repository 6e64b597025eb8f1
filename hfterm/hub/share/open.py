"""Which kind of store a folder is."""

from collections.abc import Callable
from pathlib import Path

from hfterm.errors import NotFoundError, UsageError
from hfterm.hub.share.cache import CacheStore
from hfterm.hub.share.folder import FolderStore, is_store
from hfterm.hub.share.hashes import Hashes
from hfterm.hub.share.model import Store
from hfterm.hub.share.names import from_folder_name
from hfterm.hub.share.plain import PlainStore


def open_store(
    folder: Path, *, writable: bool | None = None, xet: bool = True, note: Callable[[str], None] | None = None
) -> Store:
    """Open a folder as what it is: a store, a Hub cache, or a plain folder of repositories.

    ``writable`` None: a store is, the others are not. ``note`` is told of what takes long.

    Raises:
        NotFoundError: there is no such folder. UsageError: it cannot be used so.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"not a folder: {str(folder)!r}")
    if is_store(folder):
        return FolderStore(folder, writable=writable is not False, xet=xet, note=note)
    cache = is_cache(folder)
    if writable:
        if cache:
            raise UsageError(
                f"{str(folder)!r} is a Hub cache, and caches are only read",
                "name another folder: hfterm hub share --dir STORE --writable",
            )
        return FolderStore(folder, writable=True, xet=xet, note=note)
    if not folder.exists():
        raise NotFoundError(f"no such folder: {str(folder)!r}", "make a new store there with --writable")
    if cache:
        return CacheStore(folder, Hashes(note))
    if (folder / "config.json").is_file() or (folder / "README.md").is_file():
        raise UsageError(f"{str(folder)!r} is one repository itself", "name the folder above it")
    return PlainStore(folder, Hashes(note))


def is_cache(folder: Path) -> bool:
    """Whether a folder is a Hub cache: it says so, or holds folders named as only a cache's are."""
    try:
        return (folder / "CACHEDIR.TAG").is_file() or any(from_folder_name(p.name) for p in folder.iterdir())
    except OSError:
        return False
