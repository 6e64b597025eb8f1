"""The locks of downloads: ``.locks/models--org--name/ETAG.lock``, held with ``flock`` while a file comes.

On file systems without ``flock`` none counts as held.
"""

import contextlib
import os
from collections.abc import Iterator

from hfterm.errors import HftermError
from hfterm.hub.cache import layout

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


def folder(root: str, name: str) -> str:
    """Where the locks of a repository's folder lie (it need not exist)."""
    return os.path.join(root, layout.LOCKS, name)


def files(root: str, name: str) -> list[str]:
    """The lock files of a repository, held or not."""
    try:
        with os.scandir(folder(root, name)) as rows:
            return sorted(row.path for row in rows if row.name.endswith(".lock"))
    except OSError:
        return []


def half_refs(root: str, name: str) -> list[str]:
    """References that ended downloads left half written among a repository's locks."""
    from hfterm.processes import is_alive

    try:
        with os.scandir(folder(root, name)) as rows:
            found = [(row.path, layout.HALF_REF.fullmatch(row.name)) for row in rows]
    except OSError:
        return []
    return sorted(path for path, match in found if match and not is_alive(int(match[1])))


def of_partial(root: str, name: str, partial: str) -> str:
    """The lock of the download that a partial file (``ETAG[.anything].incomplete``) belongs to."""
    return os.path.join(folder(root, name), f"{partial.partition('.')[0]}.lock")


def is_held(path: str) -> bool:
    """Whether another process holds a lock."""
    try:
        with taken([path]):
            return False
    except Held:
        return True


class Held(Exception):
    """A lock is held by another process; ``path`` is the lock's, ``pid`` the holder's where that is known."""

    def __init__(self, path: str, pid: int | None) -> None:
        super().__init__(path)
        self.path, self.pid = path, pid


@contextlib.contextmanager
def taken(paths: list[str], *, remove: bool = False) -> Iterator[None]:
    """Hold locks while the block runs, so that no download starts meanwhile; ``remove`` deletes their files at the end.

    A lock's file that is not there, or may not be opened, is left out.

    Raises:
        Held: one is held by another process.
    """
    held: list[tuple[int, str]] = []
    try:
        for path in paths:
            try:
                fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0))
            except OSError:
                continue
            held.append((fd, path))
            if fcntl is not None:
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except (BlockingIOError, PermissionError):
                    raise Held(path, _holder(fd)) from None
                except OSError:  # no flock here
                    continue
        yield
        if remove:
            for _, path in held:
                with contextlib.suppress(OSError):
                    os.unlink(path)
    finally:
        for fd, _ in held:
            os.close(fd)


@contextlib.contextmanager
def idle(root: str, name: str, ref: str, *, remove: bool = False) -> Iterator[None]:
    """Like :func:`taken`, with all locks of a repository.

    Raises:
        HftermError: another process downloads to it; the message names both.
    """
    try:
        with taken(files(root, name), remove=remove):
            yield
    except Held as exc:
        raise busy(ref, exc) from exc


class Busy(HftermError):
    """Another process downloads to a repository, or prunes it."""


def busy(ref: str, held: Held) -> Busy:
    """The error that says who keeps a repository."""
    who = f"process {held.pid}" if held.pid else "another process"
    return Busy(f"{ref} is being downloaded by {who}", "wait for it, or end it")


def _holder(fd: int) -> int | None:
    """The process that holds a file's lock (``/proc/locks``: ``1: FLOCK ADVISORY WRITE PID MAJ:MIN:INODE 0 EOF``)."""
    try:
        inode = str(os.fstat(fd).st_ino)
        with open("/proc/locks", encoding="ascii") as stream:
            for line in stream:
                words = line.split()
                if len(words) > 5 and words[1] == "FLOCK" and words[5].rpartition(":")[2] == inode:
                    return int(words[4]) if int(words[4]) > 0 else None
    except (OSError, ValueError):
        pass
    return None
