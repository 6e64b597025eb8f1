"""Run all checks side by side, and never wait for one that hangs."""

import queue
import threading
import time
from collections.abc import Callable, Collection, Iterator

from hfterm.errors import one_line
from hfterm.monitor.checks import Check, accelerators, hub, libraries, python, storage, system, terminal
from hfterm.text import redact

# Longer than any time-out within a check: only what hangs in the system itself (a dead network disk,
# a stuck driver) meets it.
DEADLINE_SECONDS = 30.0

Job = tuple[str, Callable[[], list[Check]]]


SUBJECTS = ("python", "libraries", "accelerators", "storage", "hub", "system", "terminal")


def jobs(only: Collection[str] = (), *, offline: bool = False) -> list[Job]:
    """The subjects in the order they are shown; ``only`` some of ``SUBJECTS``, or all."""
    everything: list[Job] = [
        (python.GROUP, python.checks),
        (libraries.GROUP, libraries.checks),
        (accelerators.GROUP, accelerators.checks),
        (storage.GROUP, storage.checks),
        (hub.GROUP, lambda: hub.checks(offline)),
        (system.GROUP, system.checks),
        (terminal.GROUP, terminal.checks),
    ]
    return [job for job in everything if not only or job[0].lower() in only]


def examine(todo: list[Job], *, deadline: float = DEADLINE_SECONDS) -> Iterator[Check]:
    """Findings, subject by subject, as soon as all before are there; no later than ``deadline`` seconds.

    What a check raises becomes a row of it, what does not answer in time a warning.
    """
    until = time.monotonic() + deadline
    answers: list[queue.Queue[list[Check]]] = [queue.Queue() for _ in todo]
    for (group, call), answer in zip(todo, answers, strict=True):
        # Daemons: one stuck in the system does not keep the process from ending.
        threading.Thread(target=_answer, args=(group, call, answer), daemon=True).start()
    for (group, _), answer in zip(todo, answers, strict=True):
        try:
            yield from answer.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            detail = f"nothing heard in {deadline:.0f} s: a network disk or a driver may be stuck"
            yield Check(group, group.lower(), "warn", "no answer", detail, "look at 'dmesg' and 'df'")


def _answer(group: str, call: Callable[[], list[Check]], answer: "queue.Queue[list[Check]]") -> None:
    try:
        answer.put(call())
    except Exception as exc:  # a check must not take the others down; this one is reported
        detail = redact(f"the check itself failed: {type(exc).__name__}: {one_line(exc)}")
        answer.put([Check(group, group.lower(), "warn", "unknown", detail, "please report this")])
