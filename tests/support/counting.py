"""A wire between a client and a server: counts what goes up, and holds it back where one wants.

with Wire(hub.url, hold=2_000_000) as wire:
    with hfterm.popen("hub", "put", ..., env=hub.env() | {"HF_ENDPOINT": wire.url}) as process:
        wire.held()
        process.kill()
    wire.release()
    sent = wire.settle()
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from urllib.parse import urlsplit

PIECE = 1 << 14


class Wire:
    """A port on loopback that passes everything on to ``url``; ``up`` counts bytes from clients.

    ``hold``: once so many have gone up, no more do until :meth:`release`.
    """

    def __init__(self, url: str, hold: int | None = None) -> None:
        there = urlsplit(url)
        assert there.hostname and there.port
        self._target = (there.hostname, there.port)
        self.up = 0
        self._hold = hold
        self._free = threading.Event()
        if hold is None:
            self._free.set()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> "Wire":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        self._listening.close()
        self._free.set()
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def held(self, seconds: float = 120) -> None:
        """Until so much has gone up that the rest is held back."""
        self._until(lambda: self.up >= (self._hold or 0), seconds)

    def release(self) -> None:
        """Hold nothing back any more."""
        self._free.set()

    def settle(self, seconds: float = 120) -> int:
        """Until every client has gone, and what they had sent has, too; the bytes counted, which start anew."""
        self._until(lambda: not self._open, seconds)
        count, self.up = self.up, 0
        return count

    @staticmethod
    def _until(done: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, f"nothing came of it in {seconds} s"
            time.sleep(0.005)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._target)
            except OSError:
                return
            with self._lock:
                self._open |= {client, server}
            threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(PIECE):
                if up:
                    with self._lock:
                        self.up += len(data)
                    if self._hold is not None and self.up >= self._hold:
                        self._free.wait()
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open.discard(source)
        source.close()
