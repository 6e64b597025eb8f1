"""Several files at once: who gets which, what to do about failures, and how far it is."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

from hfterm.errors import AccessError, HftermError, NetworkError
from hfterm.hub.fetch.hub import Entry, Hub
from hfterm.hub.fetch.lanes import LEAST_LEFT, Climb
from hfterm.hub.fetch.locks import Lock
from hfterm.hub.fetch.partial import LEAST_SPAN, Partial
from hfterm.hub.fetch.plan import Plan, State
from hfterm.hub.fetch.retry import Refused, Stopped, passes
from hfterm.hub.fetch.transfer import Place, Transfer, adopt, sweep

TICK_SECONDS = 0.1
# So long it is waited for connections to break off when all is called off.
END_SECONDS = 5.0
# So often it is tried again to get a lock that another process holds.
WAIT_SECONDS = 0.2
# From then on it is said that another process is waited for.
SAY_WAITING_SECONDS = 2.0
MOST_CONNECTIONS = 8


class Crew:
    """``workers`` threads that bring ``entries`` to a place.

    ``connections``: a file's; None: one, and more as measuring shows that they help.
    """

    def __init__(
        self, hub: Hub, place: Place, plan: Plan, entries: Iterable[Entry], workers: int, connections: int | None
    ) -> None:
        self.hub, self.place, self.plan = hub, place, plan
        # The largest first: what is left for the end is short.
        listed = sorted(entries, key=lambda entry: -entry.size)
        self.failed: dict[str, HftermError] = {}
        self.fetched = self._have = self.done = 0
        self.total, self.files = sum(entry.size for entry in listed), len(listed)
        self._waiting = deque(listed)
        self._deferred: list[tuple[float, Entry]] = []
        self._running: dict[str, Transfer] = {}
        self._lock = threading.Condition()
        self._fatal: BaseException | None = None
        self._alive = 0
        self._connections = connections
        self._climb = Climb(MOST_CONNECTIONS)
        self._workers = min(max(1, workers), len(listed))
        self._since = time.monotonic()
        self._said = False

    def run(self, tick: Callable[[State], None]) -> None:
        """Do it all; ``tick`` is called now and then, in this thread.

        Raises:
            HftermError: nothing more can be had. What failed alone is in ``failed``.
        """
        try:
            for _ in range(self._workers):
                self._start(self._work)
            while self._wait(TICK_SECONDS):
                tick(self.state())
                self._consider()
        except BaseException:
            self._stop()
            raise
        finally:
            self._wait(END_SECONDS)
        if self._fatal is not None:
            raise self._fatal

    def _start(self, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            finally:
                with self._lock:
                    self._alive -= 1
                    self._lock.notify_all()

        with self._lock:
            self._alive += 1
        threading.Thread(target=run, daemon=True).start()

    def _wait(self, seconds: float) -> bool:
        """Whether threads are still at work after so long; ``Thread.join`` loses count when a signal breaks it off."""
        with self._lock:
            return not self._lock.wait_for(lambda: not self._alive, seconds)

    def state(self) -> State:
        """How far it is."""
        with self._lock:
            running = list(self._running.values())
            have, done = self._have, self.done
        now = [(t.entry.path, t.partial.have, t.partial.size) for t in running]
        return State(have + sum(part for _, part, _ in now), self.total, done, self.files, now)

    def _stop(self) -> None:
        self.hub.patience.stop.set()
        self.hub.wire.abort()
        with self._lock:
            self._lock.notify_all()

    # --- in the workers ---------------------------------------------------------------------

    def _work(self) -> None:
        while (entry := self._next()) is not None:
            finished = True
            try:
                finished = self._one(entry)
            except Stopped:
                pass
            except BaseException as exc:
                if not self.hub.patience.stop.is_set():
                    self._fail(entry, exc)
            with self._lock:
                # In one go, so that what is said of it never goes back.
                if (transfer := self._running.pop(entry.path, None)) is not None:
                    self.fetched += transfer.came
                    self._climb.again()
                if self.hub.patience.stop.is_set() and not self.place.there(entry):
                    return
                if finished:
                    self.done += 1
                    self._have += entry.size if entry.path not in self.failed else 0
                else:
                    self._deferred.append((time.monotonic() + WAIT_SECONDS, entry))
                self._lock.notify_all()

    def _next(self) -> Entry | None:
        """The next file; one that another process is at comes again later. None: there is none left."""
        with self._lock:
            while not self.hub.patience.stop.is_set():
                now = time.monotonic()
                if self._waiting:
                    return self._waiting.popleft()
                if not self._deferred:
                    return None
                self._deferred.sort(key=lambda pair: pair[0])
                when, entry = self._deferred[0]
                if when <= now:
                    del self._deferred[0]
                    return entry
                if not self._said and now - self._since > SAY_WAITING_SECONDS and not self._running:
                    self._said = True
                    self.hub.patience.say(f"another process is getting {entry.path}; waiting for it")
                self._lock.wait(when - now)
        return None

    def _one(self, entry: Entry) -> bool:
        """Bring one file; False: another process is at it."""
        lock = self.place.lock(entry)
        if not lock.acquire():
            return False
        try:
            if self.place.there(entry):
                self.place.settle(entry)
            elif not self.place.take(entry):
                self._get(entry, lock)
            sweep(self.place, entry, lock)
        finally:
            lock.release()
        return True

    def _get(self, entry: Entry, lock: Lock) -> None:
        adopt(self.place, entry, lock)
        path = self.place.partial(entry)
        try:
            partial = Partial(path, entry.size)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            partial = Partial(path, entry.size)
        transfer = Transfer(self.hub, self.hub.url(self.plan.repo, self.plan.sha, entry.path), entry, partial)
        with self._lock:
            self._running[entry.path] = transfer
        try:
            for _ in range(1, self._connections or 1):
                if transfer.left >= 2 * LEAST_SPAN:
                    self._help(transfer)
            transfer.run()
        finally:
            partial.close()
        self.place.publish(entry)

    def _fail(self, entry: Entry, exc: BaseException) -> None:
        """Keep what one file failed of; what would fail all others too ends everything."""
        error = exc
        if isinstance(exc, Exception) and (isinstance(exc, Refused) or passes(exc)):
            error = self.hub.error(exc, self.plan.repo._replace(path=entry.path, revision=self.plan.sha))
        with self._lock:
            if isinstance(error, HftermError) and not isinstance(error, AccessError | NetworkError):
                self.failed[entry.path] = error
                return
            self._fatal = self._fatal or error
        self._stop()

    # --- more connections -------------------------------------------------------------------

    def _consider(self) -> None:
        """Give large files more connections, if that has made things faster so far."""
        if self._connections is not None or self._climb.settled:
            return
        with self._lock:
            running, idle = list(self._running.values()), not self._waiting
            came = self.fetched + sum(transfer.came for transfer in running)
        large = [t for t in running if t.several and t.left >= LEAST_LEFT and t.came]
        if not idle or not large:
            return
        for _ in range(self._climb.step(time.monotonic(), came, sum(t.lanes for t in running))):
            self._help(max(large, key=lambda t: t.left / t.lanes))

    def _help(self, transfer: Transfer) -> None:
        transfer.lanes += 1
        self._start(transfer.help)
