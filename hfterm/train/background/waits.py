"""Wait until other runs have ended, and until there is memory."""

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import IO, Any

from hfterm import runs, supervised
from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.monitor.devices import Device, Survey
from hfterm.monitor.sizes import Amount, amount
from hfterm.text import human_bytes
from hfterm.train.background.wishes import Wishes

# How often runs and memory are looked at.
POLL_SECONDS = 2.0
# Memory must be free in so many looks in a row: a job between two of its steps frees some for a moment.
LOOKS = 3
_UNDER_WAY = ("queued", "running")

Pause = Callable[[float], None]
Say = Callable[[str], None]


def check(wishes: Wishes, name: str) -> None:
    """Refuse at once what no waiting can bring.

    Raises:
        NotFoundError: no such run. UsageError: two runs would wait for each other, or no device has the memory.
        HftermError: a run that must be done has failed, or was stopped or lost.
    """
    for other in (*wishes.after, *wishes.after_any):
        runs.get(other)
        if name in _awaited(other):
            raise UsageError(f"run {other!r} waits for run {name!r}: neither would ever begin")
    for other in wishes.after:
        _require_hope(other)
    if wishes.when_free is not None:
        free_devices(amount(wishes.when_free), wishes.gpus)


def _awaited(name: str, known: frozenset[str] = frozenset()) -> set[str]:
    """The runs that a queued run waits for, and those that they wait for."""
    direct = [str(other) for other in supervised.waiting(name).get("awaits") or []]
    found = set(direct)
    for other in direct:
        if other not in known:
            found |= _awaited(other, known | found)
    return found


def _require_hope(name: str) -> str:
    """The state of a run that must be done before another begins.

    Raises:
        HftermError: it never will be. NotFoundError: it is gone.
    """
    run = runs.get(name)
    status = run.status()
    if (state := run.state(status)) in (*_UNDER_WAY, "done"):
        return state
    why = run.ending(status) or state
    raise HftermError(f"run {name!r}, which must be done first, is not: {why}", "--after-any begins however it ends")


def for_runs(wishes: Wishes, pause: Pause, waiting: Say, say: Say = lambda text: None) -> None:
    """Wait until all runs of ``after`` are done and all of ``after_any`` have ended, however.

    ``waiting`` is told for which, when that changes.

    Raises:
        HftermError: one that must be done failed, was stopped or is lost. NotFoundError: it was removed.
    """
    told = ""
    while True:
        open_runs = [name for name in wishes.after if _require_hope(name) != "done"]
        for name in wishes.after_any:
            with contextlib.suppress(NotFoundError):  # removed: it has ended
                if runs.get(name).state() in _UNDER_WAY:
                    open_runs.append(name)
        if not open_runs:
            return
        words = f"run{'s' if len(open_runs) > 1 else ''} {', '.join(map(repr, open_runs))}"
        if words != told:
            waiting(words)
            say(f"waiting for {words}")
            told = words
        pause(POLL_SECONDS)


def free_devices(
    wanted: Amount, gpus: int = 1, look: Callable[[], Survey] | None = None
) -> tuple[list[Device] | None, str]:
    """Devices that are free enough now (None: none is), and how things stand. The machine, where it has no GPU.

    Raises:
        UsageError: no device here can ever be. HftermError: all GPUs are hidden from programs.
    """
    from hfterm.monitor import wait
    from hfterm.monitor.survey import survey

    found = (look or survey)()
    if found.gpus:
        try:
            return wait.wait_free(wanted, gpus, timeout=0, look=lambda: found), "free"
        except (UsageError, NotFoundError):
            raise
        except HftermError as exc:  # not now, or the driver has trouble now
            return None, exc.message
    machine = found.devices[0]
    total, free = machine["memory_total"], machine["memory_free"]
    if wanted.of(total) > total:
        raise UsageError(f"this machine has no GPU, and {human_bytes(total)} of memory: never {wanted} free")
    return ([machine], "free") if free >= wanted.of(total) else (None, f"{human_bytes(free)} free")


def for_memory(
    wishes: Wishes, pause: Pause, waiting: Say, say: Say = lambda text: None, look: Callable[[], Survey] | None = None
) -> tuple[dict[str, str], IO[Any] | None]:
    """Wait until devices are free, and stay so for a while.

    Returns variables for the trainer, which make it use those devices, and a file: while it is open no other queued
    run takes the same memory. Close it once the trainer has taken its own.

    Raises:
        As :func:`free_devices`.
    """
    if wishes.when_free is None:
        return {}, None
    wanted, told, turn = amount(wishes.when_free), False, None
    count, before = 0, ""
    try:
        while True:
            chosen, how = free_devices(wanted, wishes.gpus, look)
            if chosen is not None and turn is None and (turn := _take_turn()) is None:
                chosen, how = None, "another queued run is about to take it"
            if chosen is None:
                count = 0
                if turn is not None:
                    turn.close()
                    turn = None
            else:
                count = count + 1 if _names(chosen) == before else 1
                before = _names(chosen)
                if count >= LOOKS:
                    mine, turn = turn, None
                    return _variables(chosen), mine
            waiting(f"{wanted} of free memory ({how})")
            if not told:
                say(f"waiting for {wanted} of free memory: {how}")
                told = True
            pause(POLL_SECONDS)
    finally:
        if turn is not None:
            turn.close()


def _take_turn() -> IO[Any] | None:
    """The right to take free memory on this machine; None while another has it."""
    import fcntl
    import socket

    supervised.root().mkdir(parents=True, exist_ok=True)
    stream = (supervised.root() / f".memory-{socket.gethostname()}.lock").open("a")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stream.close()
        return None
    os.set_inheritable(stream.fileno(), False)
    return stream


def _names(chosen: list[Device]) -> str:
    return ",".join(sorted(str(device["device"]) for device in chosen))


def _variables(chosen: list[Device]) -> dict[str, str]:
    from hfterm.monitor import wait

    gpus = [device for device in chosen if device["kind"] != "cpu"]
    if not gpus:
        return {}
    key = "HIP_VISIBLE_DEVICES" if gpus[0]["kind"] == "amd" else "CUDA_VISIBLE_DEVICES"
    by_uuid = key == "CUDA_VISIBLE_DEVICES" and all(device["uuid"] for device in gpus)
    return {key: wait.names(gpus, uuid=by_uuid)}


@contextlib.contextmanager
def turn(stream: IO[Any] | None) -> Iterator[None]:
    """Holds the turn of :func:`for_memory`; closes it after."""
    try:
        yield
    finally:
        if stream is not None:
            stream.close()
