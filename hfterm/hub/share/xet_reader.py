"""Contents out of Xet, through the client's own library: it asks this server for the parts and unpacks them."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hfterm.hub.share.sending import Content

# Bytes asked for at once: the library unpacks them all before the first is taken.
WINDOW = 8 * 2**20
# The library's own limits are for a machine that does nothing else: gigabytes of read-ahead.
_SETTINGS = {
    "telemetry.enabled": False,
    "reconstruction.min_reconstruction_fetch_size": 64 * 2**20,
    "reconstruction.max_reconstruction_fetch_size": 128 * 2**20,
    "reconstruction.download_buffer_size": 192 * 2**20,
    "reconstruction.download_buffer_perfile_size": 96 * 2**20,
    "reconstruction.download_buffer_limit": 384 * 2**20,
    "reconstruction.min_prefetch_buffer": 64 * 2**20,
}


def available() -> bool:
    """Whether the library is installed."""
    import importlib.util

    return importlib.util.find_spec("hf_xet") is not None


class XetReader:
    """Reads files by their Xet hash from the server at ``address``; ``token`` makes a token for it."""

    def __init__(self, address: str, token: Callable[[], tuple[str, int]]) -> None:
        self._address, self._token = address, token
        self._lock = threading.Lock()
        self._session: Any = None

    def _group(self) -> Any:
        import hf_xet  # type: ignore[import-untyped]

        with self._lock:
            if self._session is None:
                for name in ("NO_PROXY", "no_proxy"):  # what is here must not be asked for elsewhere
                    os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1,localhost,::1")))
                config = hf_xet.XetConfig().with_config(_SETTINGS)
                self._session = hf_xet.XetSession(config=config)
        token, expires = self._token()
        return self._session.new_download_stream_group(
            endpoint=self._address, token=token, token_expiry_unix_secs=expires
        )

    def __call__(self, name: str, size: int, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` to before ``end`` of a file of ``size`` bytes."""
        import hf_xet

        if start >= end:
            return
        group = self._group()
        while start < end:
            stream = group.download_stream(hf_xet.XetFileInfo(name, size), start, min(start + WINDOW, end))
            try:
                for piece in stream:
                    start += len(piece)
                    yield bytes(piece)
            finally:
                stream.cancel()


class XetContent(Content):
    """A content that only Xet has."""

    def __init__(self, reader: Any, name: str, size: int) -> None:
        super().__init__(Path(name))
        self._reader, self._name, self._size = reader, name, size

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` to before ``end``, in pieces of about a megabyte."""
        for block in self._reader(self._name, self._size, start, end):
            for at in range(0, len(block), 2**20):
                yield block[at : at + 2**20]
