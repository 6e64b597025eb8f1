"""A thread for one pane's reading: it does what was asked last, and holds up neither the screen nor the exit."""

import threading
import time
from collections.abc import Callable

# Gets a question to ask now and then: has something newer been asked meanwhile?
Errand = Callable[[Callable[[], bool]], None]


class Errands:
    """Does the newest errand; one that has not begun when a newer one comes is dropped.

    The thread is a daemon: a disk that does not answer must not keep the program from ending.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._next: Errand | None = None
        self._asked = threading.Condition()
        self._since: float | None = None
        self._ended = False
        self._thread: threading.Thread | None = None

    def ask(self, errand: Errand) -> None:
        """Do this next, instead of what has been waiting."""
        with self._asked:
            if self._ended:
                return
            self._next = errand
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=f"hfterm-{self._name}", daemon=True)
                self._thread.start()
            self._asked.notify()

    @property
    def busy(self) -> bool:
        """Whether something is being done or waits."""
        return self._since is not None or self._next is not None

    @property
    def waited(self) -> float:
        """For how many seconds the errand at hand has been taking."""
        since = self._since
        return time.monotonic() - since if since is not None else 0.0

    def end(self) -> None:
        """Do nothing more."""
        with self._asked:
            self._ended, self._next = True, None
            self._asked.notify()

    def _newer(self) -> bool:
        return self._ended or self._next is not None

    def _work(self) -> None:
        while True:
            with self._asked:
                self._since = None
                self._asked.wait_for(self._newer)
                errand, self._next = self._next, None
                if errand is None:
                    return
                self._since = time.monotonic()
            errand(self._newer)
