"""What answers a conversation, wherever the model runs, and what it says while it does.

=================  ===============================  ==========================================
``LocalEngine``    :mod:`hfterm.inference.local`    a model here, in a process of its own
``RemoteEngine``   :mod:`hfterm.inference.remote`   a server that speaks OpenAI's protocol
``DirectEngine``   :mod:`hfterm.inference.direct`   a model already loaded in this process
``PretendEngine``  :mod:`hfterm.inference.pretend`  no model at all, for the demo
=================  ===============================  ==========================================
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from hfterm.inference.sampling import Sampling

State = Literal["idle", "loading", "ready", "answering", "dead"]
Messages = Sequence[Mapping[str, Any]]
# Whether an answer was told to stop before it began.
Stopped = Callable[[], bool]
# Why an answer ended: the model ended it, the tokens ran out, the user, a filter of the server.
STOPS = ("end", "length", "stopped", "filtered")


@dataclass(frozen=True, slots=True)
class Loading:
    """What is waited for, in words: a stage of loading, a busy server."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something the user should know about this answer, such as a setting that the server refused."""

    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """More text of the answer, in whole characters; ``thinking``: of what the model thinks before it answers."""

    text: str
    thinking: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """The end of an answer, and what it cost; the last event.

    ``stop`` is one of ``STOPS``. Token counts are None where a server does not tell. ``seconds`` from the
    question (loading left out) to the end, ``first_token_seconds`` to the first piece; ``tokens_per_second``
    counts from the first piece on (over all the time when there was just one).
    """

    stop: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float = 0.0
    first_token_seconds: float | None = None
    tokens_per_second: float | None = None

    def stats(self) -> dict[str, Any]:
        """The numbers by name, without ``stop``."""
        return {name: value for name, value in asdict(self).items() if name != "stop"}


Event = Loading | Note | Piece | Done

# Who waits for events wakes up so often (seconds): Python runs a signal's handler between two waits, and one that
# comes just before a wait would be seen only after it.
WAKE_SECONDS = 0.5


def never() -> bool:
    """For an answer that is stopped by nobody before it begins."""
    return False


class Engine(Protocol):
    """One answer at a time. ``name`` is what is shown, ``state`` and ``detail`` what it is doing right now."""

    name: str

    @property
    def state(self) -> State:
        """What it is doing; after ``dead`` the next question begins anew."""

    @property
    def detail(self) -> str:
        """The same in words: the stage of loading, why it died; may be empty."""

    def start(self) -> None:
        """Begin to load ahead of the first question; returns at once."""

    def answer(self, messages: Messages, sampling: Sampling, stopped: Stopped = never) -> Iterator[Event]:
        """Answer a conversation; blocks between events, so run it in a thread where a screen must live.

        The last event is :class:`Done`. Leaving the iterator early stops the answer. ``stopped`` is asked once the
        answer listens to :meth:`stop`: true says that it was told to stop before that.

        Raises:
            HftermError: the model cannot be loaded or reached, does not take the conversation, or died.
        """

    def stop(self) -> None:
        """End the answer under way soon, with ``stop="stopped"``; from any thread or signal handler."""

    def close(self) -> None:
        """Let go of the model."""


class Meter:
    """Times one answer."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._began = clock, clock()
        self._first: float | None = None
        self._pieces = 0

    def piece(self) -> None:
        """A piece has come."""
        self._pieces += 1
        if self._first is None:
            self._first = self._clock()

    def done(self, stop: str, prompt_tokens: int | None, completion_tokens: int | None) -> Done:
        """The closing event."""
        now, first, made, rate = self._clock(), self._first, completion_tokens or 0, None
        if first is not None and self._pieces > 1 and made > 1 and now > first:
            rate = round((made - 1) / (now - first), 2)
        elif made and now > self._began:  # it came in one piece
            rate = round(made / (now - self._began), 2)
        return Done(
            stop,
            prompt_tokens,
            completion_tokens,
            round(now - self._began, 3),
            round(first - self._began, 3) if first is not None else None,
            rate,
        )


def is_url(text: str) -> bool:
    """Whether a model is named by a server's address."""
    return text.lower().startswith(("http://", "https://"))


def open_engine(model: str, *, device: str | None = None, key: str | None = None) -> Engine:
    """The engine for a reference or a server's URL; nothing is loaded or asked yet.

    A URL may name the model after ``#``: ``http://localhost:8000/v1#qwen3``. ``key`` is the server's API key
    (default: ``HFTERM_API_KEY``, then ``OPENAI_API_KEY``).

    Raises:
        UsageError: not a URL.
    """
    if is_url(model):
        from hfterm.inference.remote import RemoteEngine

        return RemoteEngine(model, key=key)
    from hfterm.inference.local import LocalEngine

    return LocalEngine(model, device)
