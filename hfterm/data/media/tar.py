"""Members of tar archives, one after another as they come; nothing is ever written to the disk.

The order and the choice of members are those of ``datasets`` (``iter_archive``): regular files whose names do not
begin with a dot or two underscores. Names are only names, also absolute ones and those with ``..`` in them.
"""

import lzma
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple, cast

from hfterm.data.media.files import MOST_BYTES
from hfterm.errors import HftermError, one_line


class Member(NamedTuple):
    """A file in a tar archive: its name and content; ``why``: it cannot be had, and why not."""

    name: str
    data: bytes
    why: str | None = None


class _Info(tarfile.TarInfo):
    """A header. Left to itself the library takes a damaged one for the end of the archive."""

    @classmethod
    def fromtarfile(cls, tar: tarfile.TarFile) -> "_Info":
        """The next header of an archive."""
        try:
            return super().fromtarfile(tar)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as exc:  # type: ignore[attr-defined]
            where = "" if tar.offset == 0 else f" behind {tar.offset} bytes"
            raise tarfile.ReadError(f"{exc}{where}") from exc
        except tarfile.EmptyHeaderError as exc:  # type: ignore[attr-defined]
            if tar.offset == 0:
                raise
            raise tarfile.ReadError(f"its end is missing behind {tar.offset} bytes") from exc


class _Coming:
    """A stream whose reads give what has come, and do not wait for more."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)

    def read(self, size: int) -> bytes:
        """At most so many bytes."""
        return self._read(size)


def members(stream: IO[bytes], label: str) -> Iterator[Member]:
    """The files of an archive that is read once, from its beginning.

    Raises:
        HftermError: it is no tar archive, or is cut off or damaged; the members before are had.
    """
    try:
        with tarfile.open(fileobj=cast(IO[bytes], _Coming(stream)), mode="r|", tarinfo=_Info) as tar:
            for info in tar:
                tar.members = []  # type: ignore[attr-defined]  # kept, they would fill the memory
                name = info.name.encode("utf-8", "backslashreplace").decode()
                if not info.isreg() or os.path.basename(name).startswith((".", "__")):
                    continue
                if info.size > MOST_BYTES or info.issparse():
                    why = "is sparse" if info.issparse() else f"has {info.size} bytes, more than {MOST_BYTES >> 20} MB"
                    yield Member(name, b"", why)
                    continue
                held = tar.extractfile(info)
                data = held.read() if held is not None else b""
                if len(data) != info.size:
                    raise tarfile.ReadError(f"{name!r} has {len(data)} of its {info.size} bytes")
                yield Member(name, data)
    except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError, ValueError, OverflowError) as exc:
        if isinstance(exc, tarfile.ReadError) and "empty file" in str(exc):
            return
        why = f"it is no tar archive, or damaged or cut off: {one_line(exc)}"
        raise HftermError(f"cannot read {label}: {why}", "keep the rows before that with --skip-bad") from exc
