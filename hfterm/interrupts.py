"""Signals: taken up by who is at work, and heeded where a library that loads would swallow them."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, Self

from hfterm.errors import Terminated


class Caught:
    """Context: signals are handed to :meth:`on_signal`; a subclass says what it does.

    A signal that is ignored (nohup) stays ignored. Outside the main thread signals are not ours to catch.
    """

    signals: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __enter__(self) -> Self:
        self._before: dict[int, Any] = {}
        with contextlib.suppress(ValueError):
            for number in self.signals:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self.on_signal)
        return self

    def __exit__(self, *exc: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """What is done about a signal."""
        raise NotImplementedError


def raise_for(number: int | None) -> None:
    """Raise what a signal means: KeyboardInterrupt for SIGINT, else Terminated; nothing for none."""
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    if number is not None:
        raise Terminated


@contextlib.contextmanager
def heeded() -> Iterator[None]:
    """Context: what a signal's handler raises inside it is raised in the end, whatever the code inside made of it.

    So Ctrl-C ends in KeyboardInterrupt, and SIGTERM in what its handler raises. Handlers that only take note are
    called as ever. Outside the main thread nothing is changed.
    """
    raised: list[BaseException] = []
    before: dict[int, Any] = {}

    def watched(handler: Callable[[int, FrameType | None], Any]) -> Callable[[int, FrameType | None], None]:
        def call(number: int, frame: FrameType | None) -> None:
            try:
                handler(number, frame)
            except BaseException as exc:
                raised.append(exc)
                raise

        return call

    with contextlib.suppress(ValueError):  # not the main thread
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if callable(handler := signal.getsignal(number)):
                before[number] = signal.signal(number, watched(handler))
    try:
        yield
    except Exception as exc:
        if raised:
            raise raised[0] from exc
        raise
    finally:
        for known, handler in before.items():
            signal.signal(known, handler)
    if raised:
        raise raised[0]
