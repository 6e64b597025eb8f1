"""Delete files and empty folders one by one, and count what that really frees."""

import os
import stat
from collections.abc import Iterable

from hfterm.errors import AccessError, HftermError, translate


class Eraser:
    """``freed``: bytes that the disk got back; ``gone``: how many files were deleted by us.

    What is gone already is no error: another process may do the same.
    """

    def __init__(self) -> None:
        self.freed = 0
        self.gone = 0

    def file(self, path: str) -> int:
        """Delete a file or a link; the bytes that this frees (none while another hard link keeps them).

        Raises:
            HftermError: it cannot be deleted.
        """
        try:
            found = os.lstat(path)
            os.unlink(path)
        except (FileNotFoundError, NotADirectoryError):
            return 0
        except OSError as exc:
            raise problem(exc, path) from exc
        size = found.st_size if stat.S_ISREG(found.st_mode) and found.st_nlink == 1 else 0
        self.freed += size
        self.gone += 1
        return size

    def files(self, paths: Iterable[str]) -> None:
        """Delete several."""
        for path in paths:
            self.file(path)

    def below(self, folder: str) -> None:
        """Delete the files that are in a folder now, links never followed, and the folders that this empties."""
        if os.path.islink(folder):
            self.file(folder)
            return
        self.files(listed(folder))
        self.empties(folder)

    def empty(self, folder: str) -> None:
        """Delete a folder if nothing is in it."""
        try:
            os.rmdir(folder)
        except OSError:
            return

    def empties(self, folder: str, *, itself: bool = True) -> None:
        """Delete the empty folders in a folder, deepest first."""
        for place, names, _ in os.walk(folder, topdown=False):
            for name in names:
                self.empty(os.path.join(place, name))
        if itself:
            self.empty(folder)


def listed(folder: str) -> list[str]:
    """The files and links below a folder."""
    found = []
    for place, names, files in os.walk(folder):
        found += [os.path.join(place, name) for name in files]
        found += [path for name in names if os.path.islink(path := os.path.join(place, name))]
    return found


def problem(exc: OSError, path: str) -> HftermError:
    """What keeps us from changing something in the cache."""
    import errno

    if exc.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return AccessError(f"cannot change {path!r}: {(exc.strerror or 'not permitted').lower()}")
    return translate(exc) or HftermError(f"cannot change {path!r}: {exc}")
