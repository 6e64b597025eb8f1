"""Drive a real process in a pseudo-terminal: answer what a terminal answers, press keys, read its screen."""

import codecs
import fcntl
import os
import re
import select
import signal
import struct
import termios
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from support.emulator import Screen

KEYS: dict[str, bytes] = {
    "up": b"\x1b[A", "down": b"\x1b[B", "right": b"\x1b[C", "left": b"\x1b[D",
    "tab": b"\t", "shift+tab": b"\x1b[Z", "enter": b"\r", "escape": b"\x1b", "space": b" ",
    "backspace": b"\x7f", "delete": b"\x1b[3~", "pageup": b"\x1b[5~", "pagedown": b"\x1b[6~",
    "home": b"\x1b[H", "end": b"\x1b[F", "f1": b"\x1bOP", "f5": b"\x1b[15~",
    "wheeldown": b"\x1b[<65;20;10M", "wheelup": b"\x1b[<64;20;10M",
}  # fmt: skip


def key_bytes(name: str) -> bytes:
    """The bytes a terminal sends for a key's name, or the literal text itself."""
    if name in KEYS:
        return KEYS[name]
    if name.startswith("ctrl+") and len(name) == 6:
        return bytes([ord(name[-1].upper()) & 0x1F])
    if name.startswith("alt+"):
        return b"\x1b" + key_bytes(name[4:])
    return name.encode()


class Pty:
    """A process in a pseudo-terminal of ``size`` (columns, rows), and the terminal in front of it.

    ``rate``: bytes a second that this terminal reads at most, 0 for no limit. ``sync``: whether it says that it
    knows mode 2026. ``in_band``: it tells its size by mode 2048. ``mute``: it answers nothing at all. ``answer_late``: seconds by which answers are held back.
    """

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        rate: int = 0,
        sync: bool = True,
        in_band: bool = False,
        mute: bool = False,
        answer_late: float = 0.0,
    ) -> None:
        self.columns, self.lines = size
        self.screen = Screen(*size)
        self.raw = bytearray()
        self.rate, self.sync, self.mute, self.answer_late = rate, sync, mute, answer_late
        self.in_band = in_band
        self.closed = False
        self.code: int | None = None
        self._tail = b""
        self._places: list[tuple[int, int]] = []
        self._answers: list[tuple[float, bytes]] = []
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        command = [str(word) for word in argv]
        with warnings.catch_warnings():
            # The child calls nothing but exec: other threads of this process cannot hold it up.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid, self.fd = os.forkpty()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
                if cwd is not None:
                    os.chdir(cwd)
                os.execvpe(command[0], command, dict(os.environ if env is None else env))
            finally:
                os._exit(127)
        self._set_size()

    def _set_size(self) -> None:
        size = struct.pack("HHHH", self.lines, self.columns, self.columns * 10, self.lines * 20)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, size)

    def _answer(self, data: bytes) -> bytes:
        """What a plain xterm-like terminal answers to the queries in ``data``."""
        out = b""
        known = {
            b"2026": b"2" if self.sync else b"0",
            b"2048": b"2" if self.in_band else b"0",
            b"2004": b"2",
            b"1006": b"2",
        }
        for found in re.finditer(rb"\x1b\[\?(\d+)\$p", data):
            out += b"\x1b[?" + found[1] + b";" + known.get(found[1], b"0") + b"$y"
        if re.search(rb"\x1b\[0?c", data):
            out += b"\x1b[?62;22c"
        if b"\x1b[?u" in data:
            out += b"\x1b[?0u"
        for found in re.finditer(rb"\x1b\](1[01]);\?(?:\x07|\x1b\\)", data):
            colour = b"c0c0/c0c0/c0c0" if found[1] == b"10" else b"0000/0000/0000"
            out += b"\x1b]" + found[1] + b";rgb:" + colour + b"\x1b\\"
        for x, y in self._places:
            out += b"\x1b[%d;%dR" % (y + 1, x + 1)
        self._places.clear()
        return out + b"\x1b[0n" * data.count(b"\x1b[5n")

    def pump(self, timeout: float = 0.02) -> bytes:
        """Read what is there within ``timeout`` seconds, show it, answer it; ``b""`` when there was nothing."""
        while self._answers and self._answers[0][0] <= time.monotonic():
            self.send(self._answers.pop(0)[1])
        if self.closed or not select.select([self.fd], [], [], timeout)[0]:
            return b""
        try:
            data = os.read(self.fd, min(65536, max(64, self.rate // 100)) if self.rate else 65536)
        except OSError:
            data = b""
        if not data:
            self.closed = True
            return b""
        self.raw += data
        if self.rate:
            time.sleep(len(data) / self.rate)
        for number, piece in enumerate(self._decode(data).split("\x1b[6n")):
            if number:
                self._places.append((min(self.screen.cursor.x, self.columns - 1), self.screen.cursor.y))
            self.screen.write(piece)
        joined = self._tail + data
        answer = b"" if self.mute else self._answer(joined)
        self._tail = b"" if answer else joined[-16:]
        if answer and self.answer_late:
            self._answers.append((time.monotonic() + self.answer_late, answer))
        elif answer:
            self.send(answer)
        return data

    def wait_until(self, happened: Callable[[], bool], what: str, timeout: float = 30.0) -> None:
        """Pump until ``happened()``; fail with the screen when it does not, or when the process ends before."""
        end = time.monotonic() + timeout
        while not happened():
            gone = self.closed and not self._answers
            assert not gone and time.monotonic() < end, (
                f"{what}: not seen\n{self.screen.text}\n{bytes(self.raw[-300:])!r}"
            )
            self.pump()

    def wait_for(self, text: str, timeout: float = 30.0) -> None:
        """Pump until ``text`` stands on the screen."""
        self.wait_until(lambda: text in self.screen.text, repr(text), timeout)

    def wait_gone(self, text: str, timeout: float = 30.0) -> None:
        """Pump until ``text`` no longer stands on the screen."""
        self.wait_until(lambda: text not in self.screen.text, f"{text!r} gone", timeout)

    def settle(self, quiet: float = 0.15, timeout: float = 10.0) -> None:
        """Pump until nothing came for ``quiet`` seconds."""
        end = time.monotonic() + timeout
        while not self.closed and self.pump(quiet) and time.monotonic() < end:
            pass

    def pump_for(self, seconds: float) -> int:
        """Pump for a time; return the number of bytes that came."""
        before, end = len(self.raw), time.monotonic() + seconds
        while not self.closed and (left := end - time.monotonic()) > 0:
            self.pump(min(0.02, left))
        return len(self.raw) - before

    def send(self, data: bytes | str) -> None:
        """Type raw bytes or text."""
        if not self.closed:
            os.write(self.fd, data.encode() if isinstance(data, str) else data)

    def press(self, *names: str) -> None:
        """Press keys by name (``down``, ``ctrl+q``, ``alt+x``) or type literal text."""
        for name in names:
            self.send(key_bytes(name))

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size; the process gets SIGWINCH."""
        self.columns, self.lines = columns, lines
        self.screen.resize(lines, columns)
        self._set_size()
        if self.in_band:
            self.send(f"\x1b[48;{lines};{columns};{lines * 20};{columns * 10}t")

    def signal(self, number: int) -> None:
        """Send a signal to the process alone."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the terminal, as a dropped connection does."""
        self.closed = True
        os.close(self.fd)
        self.fd = -1

    def wait_exit(self, timeout: float = 30.0) -> int:
        """Pump until the process ends; its exit code (``-N`` for signal N)."""
        end = time.monotonic() + timeout
        while self.code is None and time.monotonic() < end:
            if self.fd >= 0:
                self.pump(0.01)
            if self.closed:
                time.sleep(0.01)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        assert self.code is not None, f"still running after {timeout} s\n{self.screen.text}"
        while self.fd >= 0 and self.pump(0):
            pass
        return self.code

    def modes(self) -> list[int]:
        """The echo, canonical and signal flags of the terminal: what a shell needs to find switched on."""
        flags = termios.tcgetattr(self.fd)[3]
        return [flag for flag in (termios.ECHO, termios.ICANON, termios.ISIG) if flags & flag]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.code is None:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
