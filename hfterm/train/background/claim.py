"""Take a run's name before the run itself is there, and keep what is said of it."""

import contextlib
import dataclasses
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from hfterm import paths, runs, supervised
from hfterm.errors import HftermError, UsageError
from hfterm.processes import now, redact_words, this_process
from hfterm.supervised import ENDED
from hfterm.train.background.wishes import Order

# What has not changed is written again only as a sign of life.
BEAT_SECONDS = 15.0


class Claim:
    """The folder of :mod:`hfterm.supervised` for one run, and who writes it: this process."""

    def __init__(self, order: Order) -> None:
        self.order, self.name = order, order.name
        self.facts: dict[str, Any] = supervised.read(order.name)
        self._written = -BEAT_SECONDS

    def with_stdin(self, path: str) -> Order:
        """The order, with the file of what was piped in."""
        self.order = dataclasses.replace(self.order, stdin=path)
        return self.order

    def take_over(self) -> "Claim":
        """Say that this process watches now."""
        self.facts |= this_process()
        self.say("starting")
        return self

    def say(self, phase: str, waits_for: str | None = None, **facts: Any) -> None:
        """Write down what is being done: "waiting", "starting", "working" or "ended"; nothing once it is not ours."""
        said = {"phase": phase, "waits_for": waits_for, **facts}
        if time.monotonic() - self._written < BEAT_SECONDS and said.items() <= self.facts.items():
            return
        self._written = time.monotonic()
        self.facts |= {**said, "heartbeat": now()}
        with contextlib.suppress(OSError):  # a full disk, or it was removed: the run is what counts
            if supervised.read(self.name).get("claim") == self.facts.get("claim"):
                supervised.write(self.name, self.facts)

    def beat(self) -> None:
        """Say that this process lives."""
        self.say(self.facts.get("phase", "working"), self.facts.get("waits_for"))

    def end(self, state: str, code: int, error: str | None) -> None:
        """Say how it ended."""
        self.say(ENDED, state=state, exit_code=code, error=error, ended=now())

    def forget(self) -> None:
        """Remove the folder, if it still is this claim's."""
        if supervised.read(self.name).get("claim") == self.facts.get("claim"):
            supervised.remove(self.name)


def claim(order: Order, *, resume: bool) -> Claim:
    """Take the name ``order.name``; this process holds it from then on. With ``resume`` the run may be there already.

    Raises:
        UsageError: the name is taken, or that run is at work or waits.
    """
    name = order.name
    facts = {
        "name": name, "method": order.method, "model": order.model, "created": now(),
        "command": redact_words(order.command), "cwd": str(Path.cwd()), "retries": order.wishes.retries,
        "attempt": 0, "claim": os.urandom(8).hex(), "phase": "starting", "waits_for": None, **this_process(),
    }  # fmt: skip
    supervised.root().mkdir(parents=True, exist_ok=True)
    with _alone():
        check_free(name, resume=resume)
        supervised.remove(name)  # of one that has ended
        supervised.folder(name).mkdir()
        supervised.write(name, facts)
        try:
            _make_way(name, resume=resume)
        except BaseException:
            supervised.remove(name)
            raise
    return Claim(order)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Nobody else on this machine takes a name meanwhile."""
    import fcntl

    with (supervised.root() / ".claim.lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _make_way(name: str, *, resume: bool) -> None:
    """Remove an earlier run of that name, which has nothing to keep."""
    folder = paths.runs_dir() / name
    if resume or not folder.is_dir():
        return
    with runs.Run(name, folder).lock():
        shutil.rmtree(folder)


def check_free(name: str, *, resume: bool = False) -> None:
    """Refuse a name that a run has, or one that waits to begin.

    Raises:
        UsageError: it is taken.
    """
    if held := supervised.waiting(name):
        why = held.get("waits_for")
        raise UsageError(
            f"a run named {name!r} {f'is queued: it waits for {why}' if why else 'is about to begin'}",
            f"end it with 'hfterm train stop {name}', or choose another --name",
        )
    if not (paths.runs_dir() / name).is_dir():
        return
    run = runs.get(name)
    state = run.state()
    if resume and state == "running":
        raise UsageError(f"run {name!r} is running already", f"follow it with 'hfterm train attach {name}'")
    if not resume and (
        state not in ("failed", "stopped", "lost") or run.checkpoints() or (run.path / "output").exists()
    ):
        raise runs.taken(name)


def spool(name: str, stream: IO[bytes]) -> str:
    """Keep what is piped in until the run begins, and begins again; returns the file.

    Raises:
        HftermError: the disk is full.
    """
    target = supervised.folder(name) / "stdin"
    try:
        with target.open("xb") as file:
            shutil.copyfileobj(stream, file, 1 << 20)
    except OSError as exc:
        raise HftermError(f"cannot keep what is piped in: {exc.strerror or exc}") from exc
    return str(target)
