"""A Textual driver that sends changed cells only, never waits for the terminal, and always gives it back.

Loaded by ``TEXTUAL_DRIVER=hfterm.dashboard.driver.driver:CellDriver``. Textual 8.2 calls ``write`` once a frame, with
mode 2026 around it where the terminal has that; everything else it writes is a control sequence.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
import termios
import tty
from typing import Any

from textual import constants, events
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from hfterm.dashboard.driver.ascii import to_ascii
from hfterm.dashboard.driver.keyboard import Keyboard, drain_answers
from hfterm.dashboard.driver.link import Link
from hfterm.dashboard.driver.painter import Painter
from hfterm.dashboard.driver.signals import EndSignals
from hfterm.dashboard.driver.surface import Surface
from hfterm.dashboard.driver.writer import SYNC_BEGIN, SYNC_END, Writer
from hfterm.dashboard.terminal import unapply

# A frame begins with the cursor's place; one without any changed line with a line feed.
_FRAME = re.compile(r"\x1b\[\d+;\d+H|\n")
# Control sequences that leave cells, cursor and style alone: modes, queries, keyboard, titles, clipboard, bell.
_HARMLESS = re.compile(
    r"(?:\x1b\[\?(?:25|7|12|1000|1002|1003|1004|1006|1015|1016|2004|2026|2031|2048)[hl]|\x1b\[[<=>]?[\d;]*u"
    r"|\x1b\[\??[\d;]*(?:\$p|[cnt]| q)|\x1b\](?!8;)[^\x07\x1b]*(?:\x07|\x1b\\)|\x07)*\Z"
)
# The shape of the mouse's pointer (OSC 22): nobody sees it without a mouse.
_POINTER = "\x1b]22;"
_KITTY_KEYS = 0b11001  # disambiguate, report all keys, report the text


class CellDriver(LinuxDriver):
    """Paints to stdout if that is a terminal, else to stderr. ``link`` tells how the terminal keeps up."""

    def __init__(
        self, app: Any, *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        unapply()  # Textual has read its settings; what we start has its own
        streams = [stream for stream in (sys.__stdout__, sys.__stderr__) if stream is not None]
        self._file: Any = next((stream for stream in streams if stream.isatty()), streams[-1])
        self._out = self._file.fileno()
        self.link = Link()
        width, height = self._get_terminal_size()
        self._size = self._size or (width, height)
        self._told: tuple[int, int] | None = None
        surface = Surface(width, height, self._painter(), colours=not os.environ.get("NO_COLOR"))
        self._writer = Writer(self._out, surface, self.link, self._gone, self._failed, self._file.encoding or "utf-8")
        # The app may have been told to (``--ascii``), whatever the locale says.
        self._ascii = bool(getattr(app, "ascii", False)) or not encodes_unicode(self._file)
        self._keyboard: Keyboard | None = None
        self._ends = EndSignals(self._loop, self._end, self._last_words)
        self._active = False
        self._resizing = False

    def _painter(self) -> Painter:
        return Painter(bce=erases_in_colour())

    # Size.

    def _get_terminal_size(self) -> tuple[int, int]:
        """Columns and rows: of the terminal painted to, else COLUMNS and LINES, else 80 by 24."""
        try:
            width, height = os.get_terminal_size(self._out)
        except OSError:
            width = height = 0
        if not (width and height):
            with contextlib.suppress(ValueError):
                width, height = int(os.environ.get("COLUMNS", 0)), int(os.environ.get("LINES", 0))
        return (width, height) if width > 0 and height > 0 else (80, 24)

    def _on_winch(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._soon_resized)

    def _soon_resized(self) -> None:
        # A storm of signals while a window edge is dragged becomes a few resizes.
        if not self._resizing and not self._in_band_window_resize:
            self._resizing = True
            self._loop.call_later(0.02, self._look_at_size)

    def _look_at_size(self) -> None:
        self._resizing = False
        if self._active:
            self._tell_size(*self._get_terminal_size())

    def _tell_size(self, width: int, height: int, *, always: bool = False) -> None:
        if always or (width, height) != self._told:
            self._told = (width, height)
            self._writer.change(lambda surface: surface.resize(width, height))
            size = Size(width, height)
            self.send_message(events.Resize(size, size))

    # Writing.

    def write(self, data: str) -> None:
        """Take a frame or a control sequence; never blocks."""
        if data in (SYNC_BEGIN, SYNC_END):
            self._writer.sync = True
        elif _FRAME.match(data):
            self._writer.frame(self._legible(data))
        elif data and (self._mouse or not data.startswith(_POINTER)):
            self._writer.control(data)
            if not _HARMLESS.match(data):
                self._writer.change(Surface.forget)

    def _legible(self, frame: str) -> str:
        return to_ascii(frame) if self._ascii else frame

    def flush(self) -> None:
        """Nothing is buffered here."""

    def forget(self) -> None:
        """Paint everything anew: the screen was disturbed from outside."""
        self._writer.change(Surface.forget)

    # Modes.

    def start_application_mode(self) -> None:
        """Take the terminal: raw keys, the alternate screen, and the questions a terminal is asked at the start."""
        if os.isatty(self.fileno) and not self._in_foreground():
            return
        with contextlib.suppress(termios.error):
            self.attrs_before = termios.tcgetattr(self.fileno)
            self._set_raw(self.attrs_before)
        self._active = True
        signal.signal(signal.SIGWINCH, self._on_winch)
        self._ends.install()
        self._keyboard = Keyboard(
            self.fileno, self.process_message, self._writer.answered, self._gone, self._failed, debug=self._debug
        )
        self._writer.start()
        self._enter()
        if self._must_signal_resume:
            self._must_signal_resume = False
            asyncio.run_coroutine_threadsafe(self._app._post_message(self.SignalResume()), loop=self._loop)

    def _enter(self, *, again: bool = False) -> None:
        modes = "\x1b[?1049h\x1b[m\x1b[H\x1b[2J\x1b[?25l\x1b[?7l\x1b[?1004h\x1b[?2004h"
        if not constants.DISABLE_KITTY_KEY:
            modes += f"\x1b[>{_KITTY_KEYS}u"
        if self._mouse:
            modes += "\x1b[?1000h\x1b[?1002h\x1b[?1006h"
        if self.input_tty and os.environ.get("TERM_PROGRAM") != "Apple_Terminal":  # which prints the p
            modes += "\x1b[?2026$p"
            if constants.SMOOTH_SCROLL:
                modes += "\x1b[?2048$p"
        if again:
            modes = f"\x1b[<u{modes}"
        self._writer.change(Surface.cleared)
        self._writer.control(modes, ask=self.input_tty)
        self._writer.painting = True
        self._tell_size(*self._get_terminal_size(), always=True)

    def _leave(self) -> str:
        mouse = "\x1b[?1000l\x1b[?1002l\x1b[?1006l" + "\x1b[?1016l" * self._mouse_pixels if self._mouse else ""
        keys = "" if constants.DISABLE_KITTY_KEY else "\x1b[<u"
        in_band = "\x1b[?2048l" if self._in_band_window_resize else ""
        return f"{mouse}{in_band}\x1b[?2004l\x1b[?1004l\x1b[?7h{keys}\x1b[m\x1b[H\x1b[J\x1b[?1049l\x1b[?25h"

    def disable_input(self) -> None:
        """Stop reading keys."""
        if self._keyboard is not None:
            self._keyboard.stop()
            self._keyboard = None

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was, with nothing of ours in its input."""
        if not self._active:
            return
        self._active = False
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        self.disable_input()
        try:
            self._give_back()
        finally:
            with contextlib.suppress(termios.error):
                termios.tcflush(self.fileno, termios.TCIFLUSH)
            if self.attrs_before is not None:
                with contextlib.suppress(termios.error):
                    termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            self._ends.restore()

    def _give_back(self) -> None:
        """Switch our modes off, and wait for what the terminal still has to say."""
        writer, link = self._writer, self.link
        writer.painting = False
        if writer.dead:
            return
        ask = self.input_tty and link.answering
        writer.control(self._leave(), ask=ask)
        patience = max(0.5, min(3.0, 4 * link.delay_ms / 1000))
        if writer.drain(patience) and ask:
            drain_answers(self.fileno, link, patience)

    def close(self) -> None:
        """Stop the writing thread; one that hangs in a dead terminal is left behind."""
        self._writer.close()

    def _set_raw(self, before: list[Any]) -> None:
        raw = [*before[:6], list(before[6])]
        raw[tty.LFLAG] = self._patch_lflag(raw[tty.LFLAG])
        raw[tty.IFLAG] = self._patch_iflag(raw[tty.IFLAG])
        raw[tty.CC][termios.VMIN] = 1
        termios.tcsetattr(self.fileno, termios.TCSANOW, raw)

    def _in_foreground(self) -> bool:
        """Whether this process may use the terminal; if not, it is stopped here until a shell continues it."""

        def stop_again(*_: object) -> None:
            os.kill(os.getpid(), signal.SIGSTOP)

        before = [signal.signal(number, stop_again) for number in (signal.SIGTTOU, signal.SIGTTIN)]
        try:
            termios.tcsetattr(self.fileno, termios.TCSANOW, termios.tcgetattr(self.fileno))
        except termios.error:
            return False
        finally:
            for number, handler in zip((signal.SIGTTOU, signal.SIGTTIN), before, strict=True):
                signal.signal(number, handler)
        return True

    # Messages from the terminal.

    def process_message(self, message: Message) -> None:
        """Pass a message on; a size that the terminal reports itself (mode 2048) is noted first."""
        if isinstance(message, events.Resize):
            width, height = message.size
            self._told = (width, height)
            self._writer.change(lambda surface: surface.resize(width, height))
        super().process_message(message)

    def _failed(self, error: Exception) -> None:
        """A thread of ours failed: the application ends as with a failure of its own."""
        with contextlib.suppress(RuntimeError):
            self._app.call_later(self._app._handle_exception, error)

    # Suspending.

    def _sigtstp_application(self, *_: object) -> None:
        """Stop for the shell: at once when the terminal is not ours, else after giving it back."""
        if self._active and self._auto_restart:
            self._loop.call_soon_threadsafe(self._stop_for_shell)
        else:
            os.kill(os.getpid(), signal.SIGSTOP)

    def _stop_for_shell(self) -> None:
        if self._active:
            self.suspend_application_mode()
            self._must_signal_resume = True
        os.kill(os.getpid(), signal.SIGSTOP)

    def _sigcont_application(self, *_: object) -> None:
        """Come back; after a stop that we were not told of, the shell has had the terminal as well."""
        if self._auto_restart and (self._active or self._must_signal_resume):
            self._loop.call_soon_threadsafe(self._come_back)

    def _come_back(self) -> None:
        if not self._active:
            self.resume_application_mode()
        elif self.attrs_before is not None:
            with contextlib.suppress(termios.error):
                self._set_raw(self.attrs_before)
            self._enter(again=True)

    # Ends.

    def _gone(self) -> None:
        """The terminal was closed (called in any thread)."""
        self._writer.dead = True
        self._ends.come(signal.SIGHUP)

    def _end(self, number: int) -> None:
        """Leave the application because of a signal, with the code that shells give for it."""
        self._app.exit(return_code=128 + number)

    def _last_words(self) -> None:
        """Give the terminal back from outside a loop that hangs."""
        if self._active and not self._writer.dead:
            with contextlib.suppress(OSError):
                os.write(self._out, self._leave().encode())
        if self._active and self.attrs_before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)


def erases_in_colour() -> bool:
    """Whether this terminal erases with the background that is set (terminfo's ``bce``)."""
    try:
        import curses

        curses.setupterm(os.environ.get("TERM", "dumb"), 1)
        return curses.tigetflag("bce") == 1
    except Exception:
        return False


def encodes_unicode(stream: Any) -> bool:
    """Whether what is written to a stream may hold any character."""
    return (stream.encoding or "utf-8").lower().replace("-", "") in ("utf8", "cp65001")
