"""SIGHUP, SIGTERM and SIGINT end the application in good order, and in any case."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

_PATIENCE = 5.0  # seconds that an ordered end may take


class EndSignals:
    """Calls ``end(number)`` in the loop when the terminal hangs up or someone asks us to terminate.

    When the process is still there some seconds later, ``last_words`` is called and it ends at once.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, end: Callable[[int], None], last_words: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._end = end
        self._last_words = last_words
        self._before: dict[int, Any] = {}
        self._hurrying = False

    def install(self) -> None:
        """Catch the signals; one that is ignored (nohup) stays ignored."""
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            if number not in self._before and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._caught)

    def restore(self) -> None:
        """Give the signals back to whoever had them."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def _caught(self, number: int, frame: object) -> None:
        self.come(number)

    def come(self, number: int) -> None:
        """End as signal ``number`` asks; in any thread."""
        if not self._hurrying:
            self._hurrying = True
            watch = threading.Timer(_PATIENCE, self._give_up, (number,))
            watch.daemon = True
            watch.start()
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end, number)

    def _give_up(self, number: int) -> None:
        self._last_words()
        os._exit(128 + number)
