"""Signals while a library loads: some swallow the KeyboardInterrupt and complain of something else instead."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any


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
