"""An answer on its way: a thread listens to the engine, the screen takes what has come when it has time."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from hfterm.dashboard.widgets.message import MessageLines
from hfterm.inference.engine import Done, Event, Note, Piece

if TYPE_CHECKING:
    from hfterm.chat.answer import Answering


class Answer:
    """``lines`` is what is shown of it; ``tell`` is called in the thread when there is something to take."""

    def __init__(self, answering: "Answering", tell: "Callable[[Answer], None]") -> None:
        self.answering = answering
        self.lines = MessageLines(name=answering.engine.name)
        self.error: BaseException | None = None
        self._tell = tell
        self._events: deque[Event] = deque()
        self._waiting = threading.Event()  # told, and not taken yet
        self._ended = threading.Event()
        self._stopping = False
        self._asked, self._first, self._pieces = time.monotonic(), 0.0, 0
        self.done: Done | None = None

    @property
    def session_id(self) -> str:
        """Whose answer it is."""
        return self.answering.session.id

    # In the thread.

    def run(self) -> None:
        """Listen until the end; never raises."""
        try:
            for event in self.answering:
                self._events.append(event)
                self._wake()
        except BaseException as exc:
            self.error = exc
        finally:
            self._ended.set()
            self._waiting.clear()
            self._wake()

    def _wake(self) -> None:
        if not self._waiting.is_set():
            self._waiting.set()
            self._tell(self)

    # On the screen.

    def stop(self) -> None:
        """End it soon; what has come is kept."""
        self._stopping = True
        self.answering.stop()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within so many seconds."""
        return self._ended.wait(seconds)

    def take(self) -> bool:
        """Show what has come; whether that was all."""
        ended = self._ended.is_set()
        self._waiting.clear()
        texts: list[str] = []
        thoughts: list[str] = []
        while self._events:
            event = self._events.popleft()
            if isinstance(event, Piece):
                self._pieces += 1
                self._first = self._first or time.monotonic()
                (thoughts if event.thinking else texts).append(event.text)
            elif isinstance(event, Note):
                self.lines.note(event.text)
            elif isinstance(event, Done):
                self.done = event
        if texts or thoughts:
            self.lines.feed("".join(texts), "".join(thoughts))
        if ended:
            self.lines.end(self.answering.message)
        else:
            self.lines.say(self.status())
        return ended

    def status(self) -> str:
        """What is going on, in words."""
        engine, now = self.answering.engine, time.monotonic()
        if self._stopping:
            return "stopping"
        if engine.state == "loading":
            return f"loading: {engine.detail}" if engine.detail else "loading"
        if not self._pieces:
            return f"reading the conversation, {now - self._asked:.0f} s"
        seconds = now - self._first
        rate = f", {(self._pieces - 1) / seconds:.0f} tokens/s" if seconds > 0.5 else ""
        return f"answering{rate}; Esc stops"
