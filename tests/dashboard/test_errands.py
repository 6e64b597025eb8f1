"""The thread behind a pane: the newest errand, one at a time, and no way to hold up the exit."""

import threading
from collections.abc import Callable

from hfterm.dashboard.errands import Errands


def test_the_newest_errand_is_done_and_older_ones_are_dropped() -> None:
    errands, done, go = Errands("test"), [], threading.Event()
    ended, begun = threading.Event(), threading.Event()

    def first(newer: Callable[[], bool]) -> None:
        begun.set()
        assert not newer()
        go.wait(20)
        assert newer()
        done.append("first")

    assert not errands.busy and errands.waited == 0
    errands.ask(first)
    assert begun.wait(20) and errands.busy
    errands.ask(lambda newer: done.append("second"))
    errands.ask(lambda newer: (done.append("third"), ended.set()))  # type: ignore[func-returns-value]
    assert errands.waited > 0
    go.set()
    assert ended.wait(20)
    assert done == ["first", "third"]
    errands.end()
    errands.ask(lambda newer: done.append("too late"))
    assert done == ["first", "third"]


def test_the_end_lets_go_of_the_thread() -> None:
    errands, begun, go = Errands("test"), threading.Event(), threading.Event()

    def stuck(newer: Callable[[], bool]) -> None:
        begun.set()
        go.wait(20)

    errands.ask(stuck)
    assert begun.wait(20)
    thread = errands._thread
    assert thread is not None and thread.daemon
    errands.ask(stuck)
    errands.end()
    go.set()
    thread.join(20)
    assert not thread.is_alive()
