"""Push the checkpoints of a run while it works, from a process of their own: see :mod:`hfterm.train.pusher`."""

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import IO, Any

from hfterm import paths
from hfterm.runs import Run
from hfterm.train import push, pusher

# How long the end of a run waits for uploads under way and tried again before it goes on without them.
MOST_SECONDS = 6 * 3600.0
_POLL = 0.5


class Along:
    """Waits until the run is there, then starts the process that pushes its checkpoints, if its recipe asks so."""

    def __init__(self, name: str, goal: push.Goal, strategy: str | None = None) -> None:
        self.run, self.goal, self.strategy = Run(name, paths.runs_dir() / name), goal, strategy
        self._child: subprocess.Popen[str] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="hfterm-push", daemon=True)

    def start(self) -> None:
        """Begin to wait for the run."""
        self._thread.start()

    def _wait(self) -> None:
        while not self._ended.wait(_POLL):
            if self.run.state() == "running":
                self._begin()
                return

    def _begin(self) -> None:
        facts: dict[str, Any] = self.run.facts().get("recipe") or {}
        strategy = self.strategy or facts.get("hub_strategy") or "end"
        order = pusher.Order(self.goal.repo, self.goal.private, strategy)
        if order.strategy == "end":
            pusher.write(self.run, {**pusher.told(self.run), **asdict(order)})
            return
        with contextlib.suppress(OSError), (self.run.path / "push.log").open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "hfterm.train.pusher", self.run.name],
                stdin=subprocess.PIPE, stdout=log, stderr=log, text=True, start_new_session=True,
            )  # fmt: skip
            self._tell(json.dumps(asdict(order)))

    def _tell(self, line: str) -> None:
        stream: IO[str] | None = self._child.stdin if self._child else None
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.write(line + "\n")
                stream.flush()

    def finish(self) -> None:
        """Let it try once more what could not be sent, and wait for it."""
        self._ended.set()
        self._thread.join()
        if self._child is not None:
            self._tell("finish")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(MOST_SECONDS)
        self.stop()

    def stop(self) -> None:
        """End it now, whatever it does."""
        self._ended.set()
        self._thread.join()
        if self._child is not None:
            with contextlib.suppress(OSError, ValueError):
                self._child.stdin.close()  # type: ignore[union-attr]
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(10)
            self._child.kill()
            self._child.wait()

    def missing(self) -> dict[int, str]:
        """Steps whose checkpoints were to be sent and are not, with the reason."""
        failed: dict[str, str] = pusher.told(self.run).get("failed") or {}
        return {int(step): why for step, why in failed.items()}


@contextlib.contextmanager
def along(name: str, goal: push.Goal, strategy: str | None, say: Callable[[str], None]) -> Iterator[None]:
    """Context: the checkpoints of the run ``name`` are pushed by ``strategy`` (None: as its recipe asks).

    Those that are not are named after it. A run that does not end well does not wait for uploads.
    """
    beside = Along(name, goal, strategy)
    beside.start()
    try:
        yield
    except BaseException:
        beside.stop()
        _name(beside, say)
        raise
    beside.finish()
    _name(beside, say)


def _name(beside: Along, say: Callable[[str], None]) -> None:
    if missing := beside.missing():
        which = "; ".join(f"step {step}: {why}" for step, why in sorted(missing.items()))
        some = "a checkpoint was" if len(missing) == 1 else f"{len(missing)} checkpoints were"
        say(f"{some} not pushed to {beside.goal.repo}: {which}")
