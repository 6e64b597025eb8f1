"""The content of values: their own bytes, or the file that a folder's row names."""

import io
import os
from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import IO, Any

from hfterm.data.media.errors import MediaError

# Values larger than this do not go through the engine's and Arrow's tables.
MOST_BYTES = 1 << 30

_opens: dict[str, Any] = {}
_folders: set[str] = set()


def named(paths: Iterable[str]) -> list[str]:
    """Allow files that the user named to be opened by their paths; the paths as texts that go into tables.

    Only such are opened: a table of somebody else's may name any file of this machine.
    """
    texts = []
    for path in paths:
        text = str(path).encode("utf-8", "backslashreplace").decode()
        if text != path or type(path) is not str:
            _opens[text] = path
        _folders.add(os.path.dirname(text))
        texts.append(text)
    return texts


def is_open(value: dict[str, Any]) -> bool:
    """Whether a value has bytes, or names a file that may be opened."""
    path = value.get("path")
    return value.get("bytes") is not None or bool(path and os.path.dirname(path) in _folders)


def content(value: dict[str, Any]) -> bytes:
    """The bytes of a value.

    Raises:
        MediaError: there are none, or they cannot be read.
    """
    held = value.get("bytes")
    if held is not None:
        return bytes(held)
    with opened(value) as stream:
        try:
            data = stream.read(MOST_BYTES + 1)
        except OSError as exc:
            raise MediaError(value.get("path"), f"cannot be read: {exc.strerror or exc}") from exc
    if len(data) > MOST_BYTES:
        raise MediaError(value.get("path"), f"has more than {MOST_BYTES >> 20} MB")
    return data


def opened(value: dict[str, Any]) -> IO[bytes]:
    """The content of a value as a stream that can be sought in.

    Raises:
        MediaError: as :func:`content`.
    """
    held, path = value.get("bytes"), value.get("path")
    if held is not None:
        return io.BytesIO(held)
    if not path or not is_open(value):
        raise MediaError(path, "holds no bytes" + (", only a path" if path else ""))
    real = _opens.get(path, path)
    opener: Callable[[], IO[bytes]] | None = getattr(real, "open", None)
    try:
        if opener is not None:
            return io.BytesIO(opener().read(MOST_BYTES))
        if not os.path.isfile(real):
            raise MediaError(path, "does not exist" if not os.path.lexists(real) else "is no file")
        return open(real, "rb")
    except OSError as exc:
        raise MediaError(path, f"cannot be read: {exc.strerror or exc}") from exc


def size(value: dict[str, Any]) -> int | None:
    """The bytes of a value, counted without reading them; None: not known."""
    held, path = value.get("bytes"), value.get("path")
    if held is not None:
        return len(held)
    real = _opens.get(path, path) if path and os.path.dirname(path) in _folders else None
    if real is None:
        return None
    known = getattr(real, "size", None)
    try:
        return int(known) if known is not None else os.path.getsize(real)
    except OSError:
        return None


def renamed(path: str | None, suffix: str) -> str | None:
    """The name of what was made of a file: its own without folders, with another suffix."""
    return PurePath(path).with_suffix(suffix).name if path and PurePath(path).name else None


def base(path: str | None) -> str | None:
    """The name of a file without its folders."""
    return os.path.basename(path) if path else path
