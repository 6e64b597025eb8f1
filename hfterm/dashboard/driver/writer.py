"""The thread that writes to the terminal: control sequences in order, and paint when the link has room for it.

The event loop never waits for it. While the terminal takes nothing, frames change the wanted screen only; when it
takes bytes again, one difference brings it up to date.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable

from hfterm.dashboard.driver.link import ASK, UNLIMITED, Link
from hfterm.dashboard.driver.surface import Surface

SYNC_BEGIN, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
# Less than this arrives in one piece anyway.
_WORTH_SYNC = 256
_SLICE = 4096


class Writer:
    """Writes a surface and control sequences to the file descriptor ``fd``.

    ``gone`` is called (in the writing thread, once) when the terminal turns out to be closed, ``failed`` with an
    exception of painting itself; control sequences still go out then, so that the terminal can be given back.
    """

    def __init__(
        self,
        fd: int,
        surface: Surface,
        link: Link,
        gone: Callable[[], None],
        failed: Callable[[Exception], None],
        encoding: str = "utf-8",
    ) -> None:
        self.fd = fd
        self.surface = surface
        self.link = link
        self.sync = False
        self.dead = False
        # Paint is held back while the terminal is someone else's.
        self.painting = False
        self._gone = gone
        self._failed = failed
        self._encoding = encoding
        self._queue: list[str] = []
        self._busy = False
        self._waited = False
        self._closing = False
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin writing."""
        if self._thread is None or not self._thread.is_alive():
            self._closing = False
            self._thread = threading.Thread(target=self._run, name="hfterm-terminal-output", daemon=True)
            self._thread.start()

    def control(self, data: str, *, ask: bool = False) -> None:
        """Write a control sequence after what is under way; with a question to the terminal at its end."""
        with self._change:
            if ask:
                # Counted where it will stand in the stream; what is queued before it goes out in the same write.
                queued = sum(map(len, self._queue)) + len(data) + len(ASK)
                self.link.asked(queued, time.monotonic())
                data += ASK
            self._queue.append(data)
            self._change.notify_all()

    def frame(self, data: str) -> None:
        """Take a frame; it is painted when there is room."""
        with self._change:
            self.surface.feed(data)
            self._change.notify_all()

    def change(self, what: Callable[[Surface], None]) -> None:
        """Do something to the surface (resize, forget) between two paints."""
        with self._change:
            what(self.surface)
            self._change.notify_all()

    def answered(self) -> None:
        """The terminal answered a question."""
        with self._change:
            self.link.answered(time.monotonic())
            self._change.notify_all()

    def drain(self, timeout: float) -> bool:
        """Wait until all control sequences are out; False when the terminal does not take them in time."""
        with self._change:
            return (
                self._change.wait_for(lambda: self.dead or not (self._queue or self._busy), timeout) and not self.dead
            )

    def close(self, timeout: float = 1.0) -> None:
        """Stop writing; a thread that hangs in a write to a dead terminal is left behind."""
        with self._change:
            self._closing = True
            self._change.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        self._thread = None

    def _run(self) -> None:
        while chunk := self._wait():
            try:
                self._put(chunk)
            except OSError:
                with self._change:
                    self.dead = True
                    self._queue.clear()
                self._gone()
                return
            finally:
                with self._change:
                    self._busy = False
                    self.link.writing(None)
                    self._change.notify_all()

    def _wait(self) -> bytes:
        """Wait for something to write; empty when it is time to stop."""
        with self._change:
            while not (chunk := self._next()):
                if self._closing:
                    return b""
                self._change.wait(0.1 if self._waited else None)
            self._busy = True
            self.link.writing(time.monotonic())
            return chunk

    def _next(self) -> bytes:
        """What to write now; empty when there is nothing, or no room."""
        if self._queue:
            controls = "".join(self._queue)
            self._queue.clear()
            return controls.encode(self._encoding, "replace")
        surface = self.surface
        now = time.monotonic()
        if not self.painting or not surface.pending:
            self._waited = False
            return b""
        room = self.link.room(now)
        if not room or (room == UNLIMITED and _unsent(self.fd) > _SLICE):
            self._waited = True
            return b""
        frames = surface.frames
        try:
            paint = surface.paint(room)
        except Exception as error:
            self.painting = False
            self._failed(error)
            return b""
        if not surface.frames:
            self.link.frames_painted += 1
            self.link.frames_skipped += max(0, frames - 1) if self._waited else 0
            self._waited = False
        if not paint:
            return b""
        if self.sync and len(paint) > _WORTH_SYNC:
            paint = f"{SYNC_BEGIN}{paint}{SYNC_END}"
        data = paint.encode(self._encoding, "replace")
        if self.link.wants_question(len(data), now):
            self.link.asked(len(data) + len(ASK), now)
            return data + ASK.encode()
        return data

    def _put(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            # A closed terminal counts as writable; the write then says so.
            if not select.select([], [self.fd], [], 0.2)[1]:
                if self._closing:
                    raise OSError("the terminal takes nothing more")
                continue
            try:
                size = os.write(self.fd, rest[:_SLICE])
            except BlockingIOError:  # someone made the shared terminal non-blocking
                time.sleep(0.01)
                continue
            rest = rest[size:]
            with self._change:
                self.link.wrote(size)


def _unsent(fd: int) -> int:
    """Bytes in the kernel's queue towards the terminal, where it counts them (serial lines; a pty says 0)."""
    import fcntl
    import struct
    import termios

    try:
        return int(struct.unpack("i", fcntl.ioctl(fd, termios.TIOCOUTQ, b"\0\0\0\0"))[0])
    except OSError:
        return 0
