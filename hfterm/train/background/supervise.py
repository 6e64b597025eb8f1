"""The light process above a trainer: waits, begins it, begins it again after a crash, and says how it ended.

It loads no library, and what it knows is in files: were it killed, the trainer would go on, and be listed.
"""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from hfterm import runs, supervised
from hfterm.errors import HftermError, NetworkError, Terminated
from hfterm.processes import now
from hfterm.train.background import notify, waits
from hfterm.train.background.claim import Claim
from hfterm.train.background.wishes import APART, VARIABLE

# Between a crash and the next try; twice as long each time, up to the most.
BACKOFF_SECONDS, MOST_BACKOFF_SECONDS = 5.0, 300.0
BEAT_SECONDS = 30.0
# After a start the memory that was waited for is kept from other queued runs for so long, or until the first step.
TURN_SECONDS = 120.0
# Exit codes that trying again cannot change: usage, not found, login, a missing extra, a check, partly done,
# out of memory with these very settings, Ctrl-C, a closed pipe, a request to end.
FINAL = (2, 3, 4, 5, 6, 7, 8, 130, 141, 143)

Say = Callable[[str], None]


class Supervisor:
    """Watches over one run; call :meth:`run` in the main thread.

    Args:
        detached: nobody is at a terminal: how it ended stays on file, and a hang-up is of no account.
        say: writes a line for whoever reads.
    """

    def __init__(self, claim: Claim, say: Say, *, detached: bool, backoff: float = BACKOFF_SECONDS) -> None:
        self.claim, self.order, self.say = claim, claim.order, say
        self.detached, self.backoff = detached, backoff
        self.child: subprocess.Popen[bytes] | None = None
        self._signals: list[int] = []
        self._pausing = False
        self._step: Any = None
        self._error: str | None = None

    def run(self) -> int:
        """Do all of it; returns the exit code of the run."""
        with self._signals_caught():
            try:
                code = self._live()
            except (KeyboardInterrupt, Terminated) as exc:
                code = 130 if isinstance(exc, KeyboardInterrupt) else 143
                if not self.detached:
                    self.say(f"hfterm: run {self.order.name!r} does not begin any more")
            except HftermError as exc:
                code, self._error = exc.exit_code, str(exc)
                self.say(f"hfterm: {exc}")
            state = self._settle(code)
            self.claim.end(state, code, self._error)
            if self.order.wishes.notify:
                with self._deaf():
                    facts = notify.facts(self.order.name, code, state, self._error)
                    notify.notify(self.order.wishes.notify, facts, lambda text: self.say(f"hfterm: warning: {text}"))
        begun = runs.Run(self.order.name, self._path).path.is_dir()
        if begun or not (self.detached or self.order.wishes.waits):
            self.claim.forget()
        return code

    # --- one life after the other ---------------------------------------------------------

    def _live(self) -> int:
        order, attempt = self.order, 0
        waits.for_runs(order.wishes, self._pause, self._waiting, self.say)
        while True:
            variables, turn = waits.for_memory(order.wishes, self._pause, self._waiting, self.say)
            with waits.turn(turn):
                code = self._train(attempt, variables, turn)
            if code == 0 or not self._again(code, attempt):
                return code
            attempt += 1
            seconds = min(MOST_BACKOFF_SECONDS, self.backoff * 2 ** (attempt - 1))
            tries = f"try {attempt} of {order.wishes.retries}"
            self.say(f"run {order.name!r} {self._how(code)}; it begins again in {seconds:g} s ({tries})")
            self._note_retry(code, attempt)
            self.claim.say("waiting", f"another start, {tries}", attempt=attempt)
            self._pause(seconds)

    def _train(self, attempt: int, variables: dict[str, str], turn: Any) -> int:
        """One life of the trainer; its exit code, 128 + the signal when one killed it."""
        order = self.order
        argv = [*order.argv, *(word for word in order.again if attempt and word not in order.argv)]
        self.claim.say("starting", attempt=attempt)
        self._step = runs.Run(order.name, self._path).status().get("step")
        with contextlib.ExitStack() as stack:
            stdin = stack.enter_context(open(order.stdin, "rb")) if order.stdin else subprocess.DEVNULL
            try:
                # In a group of its own a Ctrl-C reaches it once: through us. Detached, it ends with us when killed.
                self.child = subprocess.Popen(
                    argv,
                    stdin=stdin,
                    env={**os.environ, **variables, VARIABLE: order.name, **({APART: "1"} if self.detached else {})},
                    cwd=order.cwd,
                    process_group=None if self.detached else 0,
                )
            except OSError as exc:
                raise HftermError(f"cannot start the trainer: {exc.strerror or exc}") from exc
            for number in self._signals:  # came in between
                self.child.send_signal(number)
            self.claim.say("working", trainer=self.child.pid)
            try:
                code = self._watch(self.child, turn)
            finally:
                self.child = None
        return code if code >= 0 else 128 - code

    def _watch(self, child: "subprocess.Popen[bytes]", turn: Any) -> int:
        """Wait until it has ended, and let our heart beat."""
        began, ended = time.monotonic(), _end_of(child)
        while not ended(1.0 if turn is not None and not turn.closed else BEAT_SECONDS):
            self.claim.beat()
            if turn is not None and (time.monotonic() - began > TURN_SECONDS or self._has_stepped()):
                turn.close()
        return child.wait()

    def _has_stepped(self) -> bool:
        run = runs.Run(self.order.name, self._path)
        step = run.status().get("step")
        return bool(step) and step != self._step and run.state() == "running"

    def _again(self, code: int, attempt: int) -> bool:
        """Whether a run that ended so is begun again."""
        if attempt >= self.order.wishes.retries or code in FINAL:
            return False
        if code < 128 and code != NetworkError.exit_code and not self._path.is_dir():
            return False  # it was refused before it began: it would be again
        return not self._signals and not supervised.stop_asked(self.order.name)

    def _note_retry(self, code: int, attempt: int) -> None:
        run = runs.Run(self.order.name, self._path)
        if not run.path.is_dir():
            return
        status = run.status()
        why = status.get("error") if status.get("state") == "failed" else None
        with contextlib.suppress(OSError):
            run.append({
                "event": "retry", "step": status.get("step"), "attempt": attempt,
                "retries": self.order.wishes.retries, "exit_code": code, "reason": why or self._how(code),
            })  # fmt: skip

    def _how(self, code: int) -> str:
        if code > 128:
            with contextlib.suppress(ValueError):
                name = signal.Signals(code - 128).name
                more = ": the system kills so when memory runs out" if name == "SIGKILL" else ""
                return f"was killed by {name}{more}"
        return f"failed with exit code {code}"

    # --- its end --------------------------------------------------------------------------

    def _settle(self, code: int) -> str:
        """The run's state now that nobody begins it again; what nobody else could write down is written here."""
        asked = code in (130, 143) or supervised.stop_asked(self.order.name) or bool(self._signals)
        ours = "done" if code == 0 else "stopped" if asked else "failed"
        run = runs.Run(self.order.name, self._path)
        if not run.path.is_dir():
            return ours
        status = run.status()
        state = status.get("state")
        # Killed, the trainer left "running" behind; a failure that was to be tried again may now be stopped.
        if state == "running" or (state == "failed" and ours == "stopped"):
            if ours == "failed" and self._error is None:
                self._error = f"the trainer {self._how(code)}"
            with contextlib.suppress(OSError, HftermError), run.lock():
                error = {"error": self._error} if ours == "failed" else {}
                run.write_status({**status, "state": ours, "ended": now(), "exit_code": code, **error})
            return ours
        if state == "failed":
            self._error = status.get("error")
        return str(state or ours)

    @property
    def _path(self) -> Any:
        from hfterm import paths

        return paths.runs_dir() / self.order.name

    def _waiting(self, what: str) -> None:
        awaits = [*self.order.wishes.after, *self.order.wishes.after_any]
        self.claim.say("waiting", what, awaits=awaits)

    # --- signals --------------------------------------------------------------------------

    def _pause(self, seconds: float) -> None:
        """Sleep; a signal ends it, and the waiting with it."""
        self._pausing = True
        try:
            self._raise(self._signals[-1] if self._signals else None)
            if supervised.stop_asked(self.order.name):
                raise Terminated
            until = time.monotonic() + seconds
            while (left := until - time.monotonic()) > 0:
                self.claim.beat()
                time.sleep(min(left, BEAT_SECONDS))
        finally:
            self._pausing = False

    def _raise(self, number: int | None) -> None:
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        if number is not None:
            raise Terminated

    @contextlib.contextmanager
    def _signals_caught(self) -> Iterator[None]:
        """Requests to end go to the trainer, which then saves; Ctrl-Z halts both."""
        before: dict[int, Any] = {}
        heard: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        for number in heard:
            if signal.getsignal(number) is not signal.SIG_IGN:
                ignored = self.detached and number == signal.SIGHUP
                before[number] = signal.signal(number, signal.SIG_IGN if ignored else self._on_signal)
        if not self.detached:
            before[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, self._on_halt)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def _deaf(self) -> Iterator[None]:
        """A request to end must not keep the news of the end from anybody."""
        before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals.append(number)
        if self.child is not None:
            with contextlib.suppress(ProcessLookupError):
                self.child.send_signal(number)
        elif self._pausing:
            self._raise(number)

    def _on_halt(self, number: int, frame: FrameType | None) -> None:
        group = self.child.pid if self.child is not None else None
        with contextlib.suppress(ProcessLookupError):
            if group:
                os.killpg(group, signal.SIGSTOP)
            os.kill(os.getpid(), signal.SIGSTOP)
            if group:
                os.killpg(group, signal.SIGCONT)


def _end_of(child: "subprocess.Popen[bytes]") -> Callable[[float], bool]:
    """A function that waits for so many seconds, and says whether the child has ended."""
    try:
        handle = os.pidfd_open(child.pid)
    except (AttributeError, OSError):  # no Linux, or an old one: look now and then

        def look(seconds: float) -> bool:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(min(seconds, 1.0))
            return child.returncode is not None

        return look
    poll = select.poll()
    poll.register(handle, select.POLLIN)

    def ended(seconds: float) -> bool:
        if not poll.poll(seconds * 1000):
            return False
        with contextlib.suppress(OSError):
            os.close(handle)
        return True

    return ended


def supervise(claim: Claim, say: Say, *, detached: bool, backoff: float = BACKOFF_SECONDS) -> int:
    """Watch over a run until it has ended; its exit code. See :class:`Supervisor`."""
    return Supervisor(claim, say, detached=detached, backoff=backoff).run()
