"""A writable store: repositories with their own history, in a folder that a kill at any moment leaves whole.

==============================  ==========================================================================
``hfterm-hub.json``             marks the folder and its format
``blobs/`` ``trees/``           contents and folders, named by what they hold, shared by all repositories
``incoming/``                   what is being received; emptied at the start
``garbage``                     a repository was deleted, so there may be contents that none needs
``repos/KINDs--OWNER--NAME/``   ``repo.json`` (settings), ``refs.json`` (branches, tags), ``commits/ID.json``
==============================  ==========================================================================

Nothing is overwritten but ``repo.json`` and ``refs.json``, and those by renaming. A commit exists once
``refs.json`` names it; everything it needs was written and synced before.
"""

import json
import os
import secrets
import shutil
import uuid
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError, UsageError
from hfterm.files import write_text
from hfterm.hub.share import cleaning
from hfterm.hub.share.attributes import ATTRIBUTES
from hfterm.hub.share.blobs import Blobs
from hfterm.hub.share.names import KINDS, folder_name, from_folder_name
from hfterm.hub.share.objects import DiskFolders
from hfterm.hub.share.refusal import conflict, no_repo, read_only
from hfterm.hub.share.repository import FolderRepo
from hfterm.hub.share.xet_reader import available as xet_available
from hfterm.hub.share.xet_store import XetStore
from hfterm.processes import now

MARK = "hfterm-hub.json"
FORMAT = 1


class FolderStore:
    """The repositories of such a folder.

    Args:
        folder: where it is; a new or empty one is made a store when ``writable``.
        writable: whether it may be changed. Only one process at a time may have it so.
        xet: whether large files are kept and served as Xet's, too; needs the library hf_xet.
        note: told of what takes long.

    Raises:
        UsageError: the folder is no store, of another format, or in use by another writer.
    """

    def __init__(
        self, folder: Path, *, writable: bool = False, xet: bool = True, note: Callable[[str], None] | None = None
    ) -> None:
        self.folder, self.writable, self.what = folder, writable, "store"
        if writable:
            self._prepare()
        elif not is_store(folder):
            raise UsageError(f"{str(folder)!r} is no store of 'hfterm hub share'", "make one with --writable")
        self._check_format()
        self.blobs, self.folders = Blobs(folder), DiskFolders(folder)
        self._open: dict[tuple[str, str], FolderRepo] = {}
        if writable and (folder / cleaning.MARK).exists():
            self._clean(note or (lambda text: None))
        self.xet: XetStore | None = self._open_xet() if xet else None

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not is_store(self.folder):
            if any(self.folder.iterdir()):
                raise UsageError(
                    f"{str(self.folder)!r} is not empty and no store of 'hfterm hub share'",
                    "name a new folder to write to, or serve this one with --readonly",
                )
            mark = {"format": FORMAT, "made_by": "hfterm hub share", "identity": secrets.token_hex(8)}
            write_text(self.folder / MARK, json.dumps(mark) + "\n")
        self._lock = _lock(self.folder / "lock")
        shutil.rmtree(self.folder / "incoming", ignore_errors=True)
        (self.folder / "repos").mkdir(exist_ok=True)

    def _check_format(self) -> None:
        try:
            self._mark = json.loads((self.folder / MARK).read_text("utf-8"))
            found = self._mark["format"]
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise HftermError(f"{str(self.folder / MARK)!r} cannot be read: {exc}") from exc
        if found != FORMAT:
            raise UsageError(f"{str(self.folder)!r} is a store of format {found}; this hfterm knows {FORMAT}")

    def _clean(self, note: Callable[[str], None]) -> None:
        everything = chain.from_iterable(self.repos(kind) for kind in KINDS)
        try:
            freed = cleaning.clean(self.folder, self.folders, everything)
        except (HftermError, OSError, ValueError) as exc:  # what is damaged may need what nothing else names
            note(f"nothing that deleted repositories left was removed: {exc}")
            return
        if freed.chunks:  # clients remember which chunks are here, by this name
            self._mark["identity"] = secrets.token_hex(8)
            write_text(self.folder / MARK, json.dumps(self._mark) + "\n")
        if not freed.later:
            (self.folder / cleaning.MARK).unlink()
        if freed.files:
            note(f"removed {freed.files} contents ({freed.size / 1e6:.1f} MB) of deleted repositories")

    def _open_xet(self) -> XetStore | None:
        known = (self.folder / "xet").exists()
        if not xet_available() or not (self.writable or known):
            return None
        return XetStore(self.folder, str(self._mark.get("identity") or "store"), alone=self.writable)

    def repos(self, kind: str) -> Iterator[FolderRepo]:
        """Every repository of a kind, by name."""
        try:
            names = sorted(os.listdir(self.folder / "repos"))
        except FileNotFoundError:
            return
        for name in names:
            if (known := from_folder_name(name)) is not None and known[0] == kind:
                yield self._repo(*known)

    def repo(self, kind: str, repo_id: str) -> FolderRepo:
        """One repository.

        Raises:
            Refusal: there is none.
        """
        repo = self._repo(kind, repo_id)
        if not repo.exists():
            raise no_repo(repo_id)
        return repo

    def _repo(self, kind: str, repo_id: str) -> FolderRepo:
        key = (kind, repo_id)
        if (repo := self._open.get(key)) is None:
            place = self.folder / "repos" / folder_name(kind, repo_id)
            repo = FolderRepo(self, kind, repo_id, place)
            if place.exists():
                repo = self._open.setdefault(key, repo)
        return repo

    def create(self, kind: str, repo_id: str, author: str, settings: dict[str, Any]) -> FolderRepo:
        """A new repository with a first commit, which holds ``.gitattributes``.

        Raises:
            Refusal: the name is taken.
        """
        self.require_writable()
        target = self.folder / "repos" / folder_name(kind, repo_id)
        making = self.blobs.incoming / f"new-{uuid.uuid4().hex}"
        making.mkdir(parents=True)
        try:
            write_text(making / "repo.json", json.dumps({"created": now(), **settings}, indent=2) + "\n", fsync=False)
            FolderRepo(self, kind, repo_id, making).begin(author, {".gitattributes": ATTRIBUTES.encode()})
            try:
                os.rename(making, target)
            except OSError as exc:
                if target.exists():
                    raise conflict(f"You already created this {kind} repo: {repo_id}") from exc
                raise
        finally:
            shutil.rmtree(making, ignore_errors=True)
        return self.repo(kind, repo_id)

    def delete(self, kind: str, repo_id: str) -> None:
        """Take a repository away.

        Raises:
            Refusal: there is none.
        """
        self.require_writable()
        repo = self.repo(kind, repo_id)
        self.blobs.incoming.mkdir(exist_ok=True)
        write_text(self.folder / cleaning.MARK, "")
        gone = self.blobs.incoming / f"gone-{uuid.uuid4().hex}"
        with repo.lock:
            self._open.pop((kind, repo_id), None)
            os.rename(repo.place, gone)
        shutil.rmtree(gone, ignore_errors=True)

    def move(self, kind: str, old: str, new: str) -> None:
        """Give a repository another id.

        Raises:
            Refusal: there is none, or the new name is taken.
        """
        self.require_writable()
        repo = self.repo(kind, old)
        target = self.folder / "repos" / folder_name(kind, new)
        with repo.lock:
            if target.exists():
                raise conflict(f"the name is taken: {new}")
            self._open.pop((kind, old), None)
            os.rename(repo.place, target)

    def require_writable(self) -> None:
        """Raise a Refusal unless this store may be changed."""
        if not self.writable:
            raise read_only()

    def close(self) -> None:
        """Let another process write to it."""
        if self.writable:
            self._lock.close()


def is_store(folder: Path) -> bool:
    """Whether a folder is a store of this kind."""
    return (folder / MARK).is_file()


def _lock(path: Path) -> Any:
    stream = path.open("a")
    try:
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        pass
    except BlockingIOError as exc:
        stream.close()
        raise UsageError(
            f"another 'hfterm hub share' writes to {str(path.parent)!r}", "stop it, or serve with --readonly"
        ) from exc
    except OSError:  # some network disks have no locks
        pass
    return stream
