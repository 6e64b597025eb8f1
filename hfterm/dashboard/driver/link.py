"""How far the terminal is behind what was written to it.

Between us and a terminal at the end of an SSH connection lie megabytes of buffers: the kernel takes our bytes long
before anyone sees them. So the paint carries a question now and then, DSR (``ESC [ 5 n``), which every terminal
answers (``ESC [ 0 n``) when it has come that far. What is unanswered is under way; how much may be under way grows
while answers come promptly and shrinks when they are held up, as in LEDBAT (RFC 6817), so that a key never waits
behind more than about a tenth of a second of old paint.
"""

from __future__ import annotations

import time
from collections import deque

ASK, ANSWER = "\x1b[5n", "\x1b[0n"
UNLIMITED = 1 << 30

_TARGET = 0.1  # seconds of paint that may wait in the way
_LEAST, _FIRST, _MOST = 512, 8192, 65536  # bytes under way
_ASK_EVERY, _ASK_BYTES = 1.0, 256
_MUTE_AFTER = 0.4  # seconds without a first answer: this terminal does not answer
_LOST_AFTER = 5.0  # seconds without a further answer: it was lost


class Link:
    """The state of the way to the terminal; its owner holds a lock around calls that change it."""

    def __init__(self) -> None:
        self.bytes_written = 0
        self.frames_painted = 0
        self.frames_skipped = 0
        self.delay_ms = 0.0
        self._asked: deque[tuple[float, int]] = deque(maxlen=64)
        self._first_asked: float | None = None
        self._arrived = 0
        self._answers = 0
        self._least_delay = float("inf")
        self._window = _FIRST
        self._limited = False
        self._judged = 0
        self._last_asked = (float("-inf"), 0)
        self._writing_since: float | None = None

    @property
    def behind(self) -> bool:
        """Whether what was written longer ago than the link's own delay has not been shown yet."""
        return self.is_behind(time.monotonic())

    def is_behind(self, now: float) -> bool:
        """:attr:`behind` at a time of the monotonic clock."""
        if self._writing_since is not None and now - self._writing_since > _TARGET:
            return True
        if not self._answers:
            return False
        try:
            oldest = self._asked[0][0]
        except IndexError:  # none, or the last was answered just now in another thread
            return False
        return now - oldest > self._least_delay + 1.5 * _TARGET

    @property
    def answering(self) -> bool:
        """Whether the terminal is known to answer, or may still turn out to."""
        return self._answers > 0 or not self._mute(time.monotonic())

    @property
    def unanswered(self) -> int:
        """Questions under way."""
        return len(self._asked)

    def _mute(self, now: float) -> bool:
        return self._answers == 0 and self._first_asked is not None and now - self._first_asked > _MUTE_AFTER

    def writing(self, since: float | None) -> None:
        """A write has begun, or ended (None)."""
        self._writing_since = since

    def wrote(self, size: int) -> None:
        """``size`` bytes were handed to the system."""
        self.bytes_written += size

    def wants_question(self, size: int, now: float) -> bool:
        """Whether a question should go along with the next ``size`` bytes."""
        if self._mute(now) and self._asked:
            return now - self._last_asked[0] > 30
        since = self.bytes_written + size - self._last_asked[1]
        if since >= max(_ASK_BYTES, self._window // 4):
            return len(self._asked) < 16
        return not self._asked and (since >= _ASK_BYTES or now - self._last_asked[0] >= _ASK_EVERY)

    def asked(self, size: int, now: float) -> None:
        """A question was put at the end of the next ``size`` bytes."""
        self._last_asked = (now, self.bytes_written + size)
        self._asked.append(self._last_asked)
        if self._first_asked is None:
            self._first_asked = now

    def answered(self, now: float) -> None:
        """The terminal answered the oldest question."""
        self._answers += 1
        if not self._asked:
            return
        when, self._arrived = self._asked.popleft()
        delay = now - when
        self.delay_ms = delay * 1000 if self._answers == 1 else self.delay_ms + 0.3 * (delay * 1000 - self.delay_ms)
        # Let it rise slowly: the way may have become longer.
        self._least_delay = min(self._least_delay * 1.002, delay)
        held_up = delay - self._least_delay
        if held_up > _TARGET:
            if self._arrived > self._judged:
                self._window = max(_LEAST, int(self._window * max(0.25, _TARGET / held_up)))
                self._judged = self.bytes_written
        elif held_up < _TARGET / 2 and self._limited:
            self._window = min(_MOST, self._window * 2)
            self._limited = False

    def room(self, now: float) -> int:
        """Bytes that may be written now; 0: wait for an answer."""
        if self._mute(now) or not self._asked:
            return UNLIMITED if self._mute(now) else max(self._window, _LEAST)
        under_way = self.bytes_written - self._arrived
        if under_way < self._window:
            return max(self._window - under_way, _LEAST // 2)
        if now - self._asked[0][0] > max(_LOST_AFTER, 8 * self.delay_ms / 1000):
            self._asked.clear()
            self._arrived = self.bytes_written
            return _LEAST
        self._limited = True
        return 0
