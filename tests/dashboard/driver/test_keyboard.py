"""The thread that reads keys."""

import os
import threading
from collections.abc import Callable

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.message import Message

from hfterm.dashboard.driver.keyboard import Keyboard, _patience


def test_it_wakes_up_when_an_escape_key_is_sure() -> None:
    parser = XTermParser(False)
    assert _patience(parser) is None, "nothing is waited for"
    list(parser.feed("\x1b"))
    wait = _patience(parser)
    assert wait is not None and 0 <= wait <= constants.ESCAPE_DELAY
    list(parser.feed("[A"))
    assert _patience(parser) is None


def test_escape_alone_and_a_sequence() -> None:
    read, write = os.pipe()
    keys: list[str] = []
    came = threading.Condition()

    def deliver(message: Message) -> None:
        if isinstance(message, events.Key):
            with came:
                keys.append(message.key)
                came.notify_all()

    def wait_for(done: Callable[[], bool]) -> bool:
        with came:
            return came.wait_for(done, 60)

    failed: list[Exception] = []
    keyboard = Keyboard(read, deliver, lambda: None, lambda: None, failed.append)
    try:
        os.write(write, b"\x1b")
        assert wait_for(lambda: keys == ["escape"])
        os.write(write, b"\x1b[A")
        assert wait_for(lambda: keys == ["escape", "up"])
    finally:
        keyboard.stop()
        os.close(write)
        os.close(read)
    assert failed == []
