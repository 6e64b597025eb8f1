"""A SIGINT that a library swallows is heeded all the same."""

import contextlib
import signal
import subprocess
import sys

import pytest

from hfterm.errors import Terminated
from hfterm.interrupts import heeded


def test_one_swallowed_into_another_error_ends_in_an_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt), heeded():
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ModuleNotFoundError("Could not import module 'LlamaConfig'") from None
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_one_swallowed_altogether_ends_in_an_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt), heeded(), contextlib.suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_so_is_what_another_signal_raises() -> None:
    def end(*_: object) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        with pytest.raises(Terminated), heeded(), contextlib.suppress(Terminated):
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is end
    finally:
        signal.signal(signal.SIGTERM, before)


def test_other_errors_and_none_stay_what_they_are() -> None:
    with heeded():
        pass
    with pytest.raises(ValueError, match="no"), heeded():
        raise ValueError("no")


def test_who_handles_it_already_goes_on_doing_so() -> None:
    seen = []
    before = signal.signal(signal.SIGINT, lambda *_: seen.append(1))
    try:
        with heeded():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [1]


def test_outside_the_main_thread_nothing_changes() -> None:
    code = (
        "import threading; from hfterm.interrupts import heeded\n"
        "def work():\n with heeded(): print('fine')\n"
        "t = threading.Thread(target=work); t.start(); t.join()"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "fine\n"
