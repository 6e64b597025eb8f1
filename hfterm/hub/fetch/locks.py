"""One writer a file: the very locks that the Hub client takes (``flock``), so that either waits for the other."""

import contextlib
import errno
import os

_TAKEN = (errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK)


class Lock:
    """The lock file at ``path``. Where the file system knows no locks it is always free."""

    def __init__(self, path: str) -> None:
        self.path, self._fd = path, -1

    def acquire(self) -> bool:
        """Take it, if nobody has it; the file stays when it is released, as the client leaves it.

        Raises:
            OSError: it cannot be made.
        """
        fd = _opened(self.path)
        if not _flocked(fd):
            os.close(fd)
            return False
        self._fd = fd
        return True

    def honoured(self) -> bool:
        """Whether the lock that we hold keeps others out; some network file systems let everybody have it."""
        with contextlib.suppress(OSError):
            fd = os.open(self.path, os.O_RDWR)
            try:
                return not _flocked(fd)
            finally:
                os.close(fd)
        return False

    def release(self) -> None:
        """Leave it to others."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _opened(path: str) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        return os.open(path, flags, 0o644)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, flags, 0o644)


def _flocked(fd: int) -> bool:
    import fcntl

    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        return exc.errno not in _TAKEN
    return True
