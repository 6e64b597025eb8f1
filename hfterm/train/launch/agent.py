"""Run a plan by torch's elastic launcher in this process, and say in one line how it ended.

The processes write to our own streams. What the launcher itself says goes to ``torchrun.log`` in the
launch's folder. A first SIGINT, SIGTERM or SIGHUP is passed on to all processes once, and they get time to
save; a second ends them at once. SIGUSR1 and SIGUSR2 are passed on.
"""

import contextlib
import logging
import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from hfterm.errors import HftermError, NetworkError, one_line
from hfterm.interrupts import Caught, raise_for
from hfterm.output import Output
from hfterm.train.launch import failures
from hfterm.train.launch.child import FOLDER, PARENT, SHOW
from hfterm.train.launch.plan import Plan

_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PASSED_ON = (signal.SIGUSR1, signal.SIGUSR2)
_KEEP_ALL_TIMEOUTS = "SIGQUIT"  # the signals left to torch: it takes at least one


class Failed(Exception):
    """Processes ended badly: ``first`` is the one that began it."""

    def __init__(self, first: failures.Failure, world: int | None, log: Path, host: str | None = None) -> None:
        super().__init__(failures.sentence(first, world))
        self.first, self.world, self.log, self.host = first, world, log, host

    def error(self) -> HftermError:
        """As the error of a command."""
        return failures.error(self.first, self.world, self.log, self.host)


def run(plan: Plan, folder: Path, out: Output, *, announce: bool = True, heed: "type[Signals] | None" = None) -> None:
    """Start the processes, and wait until all have ended well. ``announce``: say that a signal is passed on.

    ``heed``: what is made of signals, if not :class:`Signals`.

    Raises:
        Failed: one ended otherwise. NetworkError: the nodes did not find each other.
        KeyboardInterrupt, Terminated: stopped by a signal, after the processes had ended.
    """
    from torch.distributed.elastic.multiprocessing import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.elastic.rendezvous.api import RendezvousError
    from torch.distributed.run import config_from_args, parse_args

    log = folder / "torchrun.log"
    killed = failures.killed_for_memory()
    env = {**plan.env, FOLDER: str(folder), PARENT: str(os.getpid()), **({SHOW: "1"} if out.verbose else {})}
    caught = (heed or Signals)(out if announce else None)
    with _environment(env), _logged(log, _Restarts(plan, folder, out)), caught as signals:
        from torch.distributed.launcher.api import elastic_launch

        asked = parse_args(plan.words())
        if asked.standalone:  # as torch.distributed.run.run() does
            asked.rdzv_backend, asked.rdzv_endpoint, asked.rdzv_id = "c10d", "127.0.0.1:0", folder.name
        asked.log_dir = asked.log_dir or str(folder / "torchrun")  # else it leaves a folder in /tmp each time
        config, command, arguments = config_from_args(asked)
        config.signals_to_handle = _KEEP_ALL_TIMEOUTS
        try:
            elastic_launch(config, command)(*arguments)
        except SignalException:
            signals.raise_it()
            raise
        except ChildFailedError as exc:
            signals.raise_it()
            raise Failed(_first(exc.failures, folder, killed), plan.world, log) from exc
        except (RendezvousError, TimeoutError, OSError) as exc:
            raise _apart(plan, exc) from exc
        except RuntimeError as exc:
            if not isinstance(exc, _network_errors()):
                raise
            raise _apart(plan, exc) from exc
        signals.raise_it()


def _network_errors() -> tuple[type[BaseException], ...]:
    import torch.distributed

    return (torch.distributed.DistError,)


def _apart(plan: Plan, exc: BaseException) -> HftermError:
    where = plan.asked.rdzv or "the meeting point"
    return NetworkError(
        f"the {plan.nodes} nodes did not come together at {where}: {one_line(exc)[:300]}",
        "check that it is the same on each node, reachable from all, and free on the first",
    )


def _first(failed: Mapping[int, Any], folder: Path, killed_before: int) -> failures.Failure:
    life = max(lives(folder), default=0)
    for_memory = failures.killed_for_memory() > killed_before
    return failures.first(
        failures.read(folder, life, rank, one.exitcode, float(one.timestamp), killed_for_memory=for_memory)
        for rank, one in failed.items()
    )


def lives(folder: Path) -> list[int]:
    """The lives that the processes of a launch have had: 0, and one more a restart."""
    names = [entry.name.partition("-")[2] for entry in folder.glob("life-*")]
    return sorted(int(name) for name in names if name.isdecimal())


@contextlib.contextmanager
def _environment(env: Mapping[str, str]) -> Iterator[None]:
    """``env`` over our own variables, which the processes inherit; as before afterwards."""
    before = dict(os.environ)
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _logged(path: Path, restarts: logging.Handler) -> Iterator[None]:
    """What the launcher says goes to ``path``."""
    logger = logging.getLogger("torch.distributed")
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    before = logger.handlers[:], logger.propagate
    logger.handlers[:], logger.propagate = [handler, restarts], False
    try:
        yield
    finally:
        logger.handlers[:], logger.propagate = before
        handler.close()


class _Restarts(logging.Handler):
    """Says why the processes are started anew."""

    def __init__(self, plan: Plan, folder: Path, out: Output) -> None:
        super().__init__(logging.ERROR)
        self.plan, self.folder, self.out = plan, folder, out
        self.left = plan.asked.max_restarts or 0

    def emit(self, record: logging.LogRecord) -> None:
        """Take the launcher's word that a process failed: exit code and local rank are its arguments."""
        if not record.msg.startswith("failed (exitcode:") or not isinstance(record.args, tuple) or not self.left:
            return
        with contextlib.suppress(OSError, ValueError, IndexError, TypeError):
            code, local = int(str(record.args[0])), int(str(record.args[1]))
            life = max(lives(self.folder), default=0)
            names = (self.folder / f"life-{life}").glob("rank-*.txt")
            ranks = sorted(int(name.stem.partition("-")[2]) for name in names) or [local]
            found = failures.read(self.folder, life, ranks[min(local, len(ranks) - 1)], code, time.time())
            self.left, most = self.left - 1, self.plan.asked.max_restarts or 0
            self.out.warn(
                f"{failures.sentence(found, self.plan.world)}; all start again (restart {most - self.left} of {most})"
            )


class Signals(Caught):
    """Context: the first signal to stop is passed on by the launcher, the second ends the processes."""

    signals = (*_STOP, *_PASSED_ON)

    def __init__(self, out: Output | None) -> None:
        self._out = out
        self.first: int | None = None

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Pass it on, or tell all to stop; the second one ends them."""
        if number in _PASSED_ON:
            for pid in processes():
                with contextlib.suppress(OSError):
                    os.kill(pid, number)
            return
        if self.first is not None:
            self.again()
            return
        self.first = number
        if self._out is not None:
            with contextlib.suppress(RuntimeError):
                self._out.note("told the processes to stop; once more to end them at once")
        from torch.distributed.elastic.multiprocessing import SignalException

        passed = signal.SIGINT if number == signal.SIGINT else signal.SIGTERM
        raise SignalException(f"signal {number}", sigval=passed)

    def again(self) -> None:
        """One more has come: end the processes at once."""
        for pid in processes():
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)

    def raise_it(self) -> None:
        """Raise what the signal means; nothing where there was none."""
        raise_for(self.first)


def processes() -> list[int]:
    """The launched processes that live: our children that lead a session of their own."""
    import psutil

    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(OSError):
            if os.getsid(child.pid) == child.pid:
                found.append(child.pid)
    return found
