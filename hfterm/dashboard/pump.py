"""One thread a source: it looks when it is due and somebody watches, and a hanging source stalls nothing else."""

import threading
import time
from collections.abc import Callable, Collection
from typing import Any

# A source that has not answered for so long is said to hang.
HANGING_SECONDS = 5.0


class Sampler:
    """Calls ``poll`` every ``interval`` seconds while it is wanted, in a daemon thread.

    ``deliver`` gets ``(name, data, None)`` or ``(name, None, error)``; it is called in the sampler's thread.
    """

    def __init__(
        self,
        name: str,
        poll: Callable[[], Any],
        interval: float,
        deliver: Callable[[str, Any, Exception | None], Any],
    ) -> None:
        self.name, self.interval = name, interval
        self._poll, self._deliver = poll, deliver
        self._wanted = threading.Event()
        self._now = threading.Event()
        self._ended = False
        self._since: float | None = None
        self._thread: threading.Thread | None = None

    def want(self, wanted: bool) -> None:
        """Go on or pause; the first want starts the thread."""
        if not wanted:
            self._wanted.clear()
            return
        if not self._wanted.is_set():
            self._wanted.set()
            self._now.set()
        if self._thread is None:
            # A daemon thread: a source that hangs must not keep the program from ending.
            self._thread = threading.Thread(target=self._work, name=f"hfterm-{self.name}", daemon=True)
            self._thread.start()

    def now(self) -> None:
        """Look at once."""
        self._now.set()

    def end(self) -> None:
        """Deliver nothing more."""
        self._ended = True
        self._wanted.set()
        self._now.set()

    @property
    def hanging(self) -> float | None:
        """For how many seconds a look has been waiting for its answer, once that is too long."""
        since = self._since
        waited = time.monotonic() - since if since is not None else 0.0
        return waited if waited > HANGING_SECONDS else None

    def _over(self) -> bool:
        return self._ended

    def _work(self) -> None:
        while True:
            self._wanted.wait()
            if self._over():
                return
            self._now.clear()
            began = self._since = time.monotonic()
            data, error = None, None
            try:
                data = self._poll()
            except Exception as exc:
                error = exc
            self._since = None
            if self._over():
                return
            self._deliver(self.name, data, error)
            took = time.monotonic() - began
            # A slow source gets at most half of a core.
            self._now.wait(max(self.interval - took, took))


class Pump:
    """All samplers, and who wants which."""

    def __init__(self) -> None:
        self.samplers: dict[str, Sampler] = {}

    def add(self, sampler: Sampler) -> None:
        """Take a sampler in, paused."""
        self.samplers[sampler.name] = sampler

    def want(self, names: Collection[str]) -> None:
        """These go on, the others pause."""
        for name, sampler in self.samplers.items():
            sampler.want(name in names)

    def now(self) -> None:
        """Every wanted sampler looks at once."""
        for sampler in self.samplers.values():
            sampler.now()

    def every(self, seconds: float) -> None:
        """Set all intervals."""
        for sampler in self.samplers.values():
            sampler.interval = seconds

    def hanging(self) -> dict[str, float]:
        """Names of samplers that do not answer, and for how many seconds."""
        waits = {name: sampler.hanging for name, sampler in self.samplers.items()}
        return {name: seconds for name, seconds in waits.items() if seconds is not None}

    def end(self) -> None:
        """Deliver nothing more."""
        for sampler in self.samplers.values():
            sampler.end()
