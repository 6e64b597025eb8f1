"""Ctrl-C while a library loads: some swallow the KeyboardInterrupt and complain of something else instead."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def heeded() -> Iterator[None]:
    """Context: a SIGINT inside it ends in KeyboardInterrupt, whatever the code inside made of it.

    Where SIGINT is handled otherwise already, or outside the main thread, nothing is changed. A second SIGINT ends
    the process as usual.
    """
    seen = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal seen
        seen = True
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    try:
        signal.signal(signal.SIGINT, note)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    except Exception as exc:
        if seen:
            raise KeyboardInterrupt from exc
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if seen:
        raise KeyboardInterrupt
