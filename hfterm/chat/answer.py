"""An answer that is saved while it grows."""

import threading
from collections.abc import Iterator

from hfterm.chat.message import BROKEN, Message
from hfterm.chat.session import Session
from hfterm.errors import HftermError
from hfterm.inference.engine import Done, Engine, Event, Piece

SAVE_SECONDS = 1.0


class Answering:
    """Has ``engine`` answer a conversation's last question (or ``to``), and saves what comes within a second.

    Iterate over it for the engine's events, in any thread. An answer that is left, stopped or broken off is
    kept as far as it came; one that never began leaves nothing. Asked ``to`` a question that has an answer
    already, the new one stands beside it.

    ``message`` is the saved answer (None before its first piece), ``text`` and ``thinking`` what has come so far.
    """

    def __init__(
        self, session: Session, engine: Engine, to: Message | None = None, *, save_seconds: float = SAVE_SECONDS
    ) -> None:
        self.session, self.engine = session, engine
        self.question = session.question(to)
        self.text = self.thinking = ""
        self.message: Message | None = None
        self._every = save_seconds
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._ended = False
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End it soon; what has come is kept. From any thread or signal handler, before it has begun too."""
        self._stopped.set()
        self.engine.stop()

    def __iter__(self) -> Iterator[Event]:
        done: Done | None = None
        stop = "stopped"
        messages = self.session.messages(self.question)
        events = self.engine.answer(messages, self.session.sampling, self._stopped.is_set)
        try:
            for event in events:
                if isinstance(event, Piece):
                    self._take(event)
                elif isinstance(event, Done):
                    done = event
                    # Saved before it is told: whoever looks now finds it.
                    self._end(event.stop, event)
                yield event
        except HftermError:
            stop = BROKEN
            raise
        finally:
            if (close := getattr(events, "close", None)) is not None:
                close()  # leaving a generator early stops its engine
            if done is None:
                self._end(stop, None)

    def _take(self, piece: Piece) -> None:
        with self._lock:
            if piece.thinking:
                self.thinking += piece.text
            else:
                self.text += piece.text
            if self.message is None:
                self.message = self.session.add(
                    "assistant", self.text, parent=self.question, model=self.engine.name, thinking=self.thinking or None
                )
            elif self._timer is None:
                self._timer = threading.Timer(self._every, self._save)
                self._timer.daemon = True
                self._timer.start()

    def _save(self) -> None:
        """What has come since the last time, in the timer's thread."""
        with self._lock:
            self._timer = None
            if self.message is not None and not self._ended:
                # A full disk now may not be full at the end: the last save tells.
                try:
                    self.message = self.session.grow(self.message, self.text, thinking=self.thinking)
                except HftermError:
                    return

    def _end(self, stop: str, done: Done | None) -> None:
        with self._lock:
            self._ended = True
            if self._timer is not None:
                self._timer.cancel()
            if self.message is None:
                if done is None or stop == "stopped":
                    return
                self.message = self.session.add("assistant", "", parent=self.question, model=self.engine.name)
            stats = done.stats() if done is not None else None
            self.message = self.session.grow(self.message, self.text, stop=stop, stats=stats, thinking=self.thinking)
