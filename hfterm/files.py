"""Files and folders that appear whole or not at all."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from hfterm.errors import HftermError, UsageError
from hfterm.text import human_bytes


def _fsync_dir(folder: Path) -> None:
    # Some file systems (and Windows) cannot sync a folder: the rename still happened.
    with contextlib.suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def atomic_file(path: str | os.PathLike[str], mode: str = "w", *, fsync: bool = True) -> Iterator[IO[Any]]:
    """Open a temporary neighbour of ``path``; rename it into place when the block ends well.

    ``mode`` is ``"w"`` (UTF-8, ``\\n``) or ``"wb"``. On any exception, Ctrl-C included, the temporary
    file is removed and an older ``path`` stays as it was. Parent folders are made.
    A new file gets the usual permissions (umask), an existing one keeps its own; a symlink is followed.
    """
    target = Path(path)
    if target.is_symlink():
        target = target.resolve()
    if target.exists() and not target.is_file():
        # /dev/stdout, /dev/null, a FIFO: nothing to rename over.
        if target.is_dir():
            raise UsageError(f"cannot write {str(path)!r}: it is a folder")
        with target.open(mode, encoding=None if "b" in mode else "utf-8") as stream:
            yield stream
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    fd, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        kind = {} if "b" in mode else {"encoding": "utf-8", "newline": "\n"}
        with os.fdopen(fd, mode, **kind) as stream:  # type: ignore[call-overload]
            yield stream
            stream.flush()
            if fsync:
                os.fsync(stream.fileno())
        temporary.chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if fsync:
        _fsync_dir(target.parent)


def write_text(path: str | os.PathLike[str], text: str, *, fsync: bool = True) -> None:
    """Replace ``path`` by ``text`` atomically (UTF-8)."""
    with atomic_file(path, fsync=fsync) as stream:
        stream.write(text)


@contextlib.contextmanager
def atomic_dir(path: str | os.PathLike[str], *, overwrite: bool = False) -> Iterator[Path]:
    """Fill a temporary neighbour of the folder ``path``; rename it into place when the block ends well.

    Every file is fsynced before the rename. An existing non-empty folder is refused unless
    ``overwrite``; then it is swapped out and removed only after the new one is in place.

    Raises:
        UsageError: ``path`` exists and may not be replaced.
    """
    target = Path(path)
    require_free(target, overwrite=overwrite)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent))
    try:
        yield temporary
        for folder, _, names in os.walk(temporary):
            for name in names:
                path = Path(folder) / name
                # safetensors leaves its files readable by the owner alone.
                path.chmod(path.stat().st_mode | (0o666 & ~_umask()))
                with path.open("rb") as stream:
                    os.fsync(stream.fileno())
        temporary.chmod(0o777 & ~_umask())
        old = None
        if target.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".old", dir=target.parent))
            target.replace(old / target.name)
        try:
            temporary.replace(target)
        except BaseException:
            if old:
                (old / target.name).replace(target)
            raise
        finally:
            if old:
                shutil.rmtree(old, ignore_errors=True)
        _fsync_dir(target.parent)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def require_free(path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Check that an output folder may be made at ``path``, before any costly work.

    Raises:
        UsageError: a file, or a non-empty folder without ``overwrite``, is in the way.
    """
    target = Path(path)
    if target.is_dir():
        if any(target.iterdir()) and not overwrite:
            raise UsageError(f"{str(path)!r} exists and is not empty", "choose another folder or add --overwrite")
    elif target.exists() or target.is_symlink():
        raise UsageError(f"{str(path)!r} is in the way of the output folder")


def require_space(path: str | os.PathLike[str], nbytes: int) -> None:
    """Check that the disk of ``path`` has ``nbytes`` free, before any costly work.

    Raises:
        HftermError: it has not.
    """
    folder = Path(path).absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < nbytes:
        raise HftermError(
            f"not enough disk space at {str(folder)!r}: {human_bytes(nbytes)} needed, {human_bytes(free)} free",
            "free some space or point HFTERM_HOME / HF_HOME at another disk",
        )


class Locked(Exception):
    """Another process holds the lock; the text is what it wrote into the file."""


_HELD: set[IO[str]] = set()


@contextlib.contextmanager
def lock(path: str | os.PathLike[str]) -> Iterator[None]:
    """Hold a lock (flock) on the file ``path``, which then says by whom; it ends with this process at the latest.

    Raises:
        Locked: another process holds it.
    """
    import fcntl

    with open(path, "a+", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            stream.seek(0)
            raise Locked(stream.read().strip()) from exc
        stream.truncate(0)
        stream.write(f"pid {os.getpid()}\n")
        stream.flush()
        _HELD.add(stream)
        try:
            yield
        finally:
            _HELD.discard(stream)


def _let_go() -> None:
    for stream in _HELD:
        stream.close()
    _HELD.clear()


# A forked child (a data loader's worker) must not hold a lock on when its parent has been killed.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
