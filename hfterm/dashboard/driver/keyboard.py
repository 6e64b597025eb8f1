"""The thread that reads the terminal: keys and mouse to Textual's parser, answers to our questions to the link."""

from __future__ import annotations

import os
import re
import select
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable

from textual._parser import ParseError
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.message import Message

from hfterm.dashboard.driver.link import ANSWER, Link

# Answers to questions that someone asked before us and did not wait for: colours (OSC 10, 11), what it is (DA1, DA2).
_STRAY = re.compile(r"\x1b\]1[01];[^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[?>][\d;]*c")
# The beginning of an answer, torn by the end of a read. A lone Escape is a key and is not held back.
_TORN = re.compile(r"\x1b\[0?\Z")
_PATIENCE = 0.03


class Keyboard:
    """Reads ``fd`` and hands messages to ``deliver``, all in a thread of its own.

    ``answered`` is called for each answer to a question, ``gone`` when the terminal is closed, ``failed`` with an
    exception that ended the thread.
    """

    def __init__(
        self,
        fd: int,
        deliver: Callable[[Message], None],
        answered: Callable[[], None],
        gone: Callable[[], None],
        failed: Callable[[Exception], None],
        *,
        debug: bool = False,
    ) -> None:
        self.fd = fd
        self._deliver = deliver
        self._answered = answered
        self._gone = gone
        self._failed = failed
        self._debug = debug
        self._wake_read, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._run, name="hfterm-terminal-input", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop reading; what was not read stays with the terminal."""
        if self._wake >= 0:
            os.close(self._wake)
            self._wake = -1
            if self._thread is not threading.current_thread():
                self._thread.join(2.0)

    def _run(self) -> None:
        try:
            self._read()
        except Exception as error:
            self._failed(error)
        finally:
            os.close(self._wake_read)

    def _read(self) -> None:
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        held = ""
        while True:
            ready, _, _ = select.select([self.fd, self._wake_read], [], [], _PATIENCE if held else _patience(parser))
            if self._wake_read in ready:
                break
            text = ""
            if self.fd in ready:
                try:
                    data = os.read(self.fd, 4096)
                except OSError:
                    data = b""
                if not data:
                    if not os.isatty(self.fd):
                        return
                    self._gone()
                    return
                text = decode(data)
            text, held = held + text, ""
            for _ in range(text.count(ANSWER)):
                self._answered()
            text = _STRAY.sub("", text.replace(ANSWER, ""))
            if ready and (torn := _TORN.search(text)):
                held, text = torn[0], text[: torn.start()]
            if text:
                for message in parser.feed(text):
                    self._deliver(message)
            for message in parser.tick():
                self._deliver(message)
        try:
            for _ in parser.feed(""):
                pass
        except (EOFError, ParseError):
            pass


def _patience(parser: XTermParser) -> float | None:
    """How long to wait: Textual's parser tells an Escape key from a sequence by time; else for ever.

    Waking up no later than at that moment is what an Escape key's answer waits for.
    """
    try:
        until = parser._timeout_time
    except AttributeError:
        return _PATIENCE
    return None if until is None else max(0.0, until - get_time())


def drain_answers(fd: int, link: Link, timeout: float) -> None:
    """Read and drop what the terminal still says until it has answered all questions, so that no shell sees it."""
    end = time.monotonic() + timeout
    tail = ""
    while link.unanswered and (left := end - time.monotonic()) > 0:
        try:
            if not select.select([fd], [], [], left)[0]:
                return
            data = os.read(fd, 4096)
        except OSError:
            return
        if not data:
            return
        tail += data.decode("ascii", "replace")
        for _ in range(tail.count(ANSWER)):
            link.answered(time.monotonic())
        tail = tail[tail.rfind(ANSWER) + len(ANSWER) :][-8:] if ANSWER in tail else tail[-8:]
