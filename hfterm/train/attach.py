"""Look on while a run works, as if it had been started here."""

import contextlib
import json
from typing import Any

from hfterm import supervised, tail
from hfterm.output import Output
from hfterm.progress import Progress, Task
from hfterm.runs import Run
from hfterm.text import human_seconds
from hfterm.train import control

_UNDER_WAY = ("queued", "running")


def attach(run: Run, out: Output, *, lines: int = 10, poll: float = 0.25) -> None:
    """Show the run's progress, the ``lines`` last lines of its log, and those that come, until it has ended.

    Raises:
        HftermError: it failed, was stopped or is lost; the exit code is the run's own.
    """
    if run.state() in _UNDER_WAY:
        _look_on(run, out, lines, poll)
    status = run.status()
    control.check_done(run)
    step, seconds = status.get("step"), status.get("seconds")
    far = f" {step} runs" if _counts_runs(run) else f" step {step}" if step is not None else ""
    spent = f" after {human_seconds(seconds)} at work" if isinstance(seconds, int | float) else ""
    loss = status.get("loss")
    said = f", loss {loss:.4g}" if isinstance(loss, int | float) else ""
    out.note(f"run {run.name!r} is done{':' if far or said else ''}{far}{said}{spent}")


def _counts_runs(run: Run) -> bool:
    """Whether its steps are runs: it is a sweep."""
    return run.facts().get("method") == "sweep"


def _look_on(run: Run, out: Output, lines: int, poll: float) -> None:
    with contextlib.suppress(_NotDone), Progress(out).task("training", None, "steps") as task:
        view = _View(run, out, task)
        for line in tail.follow(run.path / "log.txt", last=lines, ended=view.ended, poll=poll):
            out.note(line.decode("utf-8", "replace"))
        if run.state() != "done":
            raise _NotDone


class _NotDone(Exception):
    """The task did not come to its end."""


class _View:
    """What is shown of a run, each time it is looked at."""

    def __init__(self, run: Run, out: Output, task: Task) -> None:
        self.run, self.out, self.task = run, out, task
        self._waited_for: str | None = None
        self._before: tuple[float, float] | None = None
        self._events = tail.last_lines(run.path / "events.jsonl", 0)[1]

    def ended(self) -> bool:
        """Show how far it is; whether it has ended."""
        status = self.run.status()
        state = self.run.state(status)
        if state == "queued" and (what := supervised.waiting_for(self.run.path)) != self._waited_for:
            self._waited_for = what
            self.out.note(f"run {self.run.name!r} is queued: it waits for {what}")
        step, most = status.get("step"), status.get("max_steps")
        fields: dict[str, Any] = {}
        if isinstance(status.get("loss"), int | float):
            fields["loss"] = float(status["loss"])
        if (speed := self._speed()) is not None:
            fields["tokens/s"] = speed
        if isinstance(step, int):
            self.task.update(step, total=most if isinstance(most, int) else None, **fields)
        return state not in _UNDER_WAY

    def _speed(self) -> int | None:
        """Tokens a second between the last two events that tell; None until there are two."""
        speed = None
        lines, offset = _lines_from(self.run, self._events)
        self._events = offset
        for line in lines:
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                at, tokens = event.get("t"), event.get("tokens")
                if isinstance(at, int | float) and isinstance(tokens, int | float):
                    if self._before and at > self._before[0] and tokens > self._before[1]:
                        speed = round((tokens - self._before[1]) / (at - self._before[0]))
                    self._before = at, tokens
        return speed


def _lines_from(run: Run, offset: int) -> tuple[list[bytes], int]:
    """Whole lines of the run's events from a byte on, and the byte behind them."""
    with contextlib.suppress(OSError), (run.path / "events.jsonl").open("rb") as stream:
        stream.seek(offset)
        data = stream.read(1 << 20)
        whole = data[: data.rfind(b"\n") + 1]
        return whole.splitlines(), offset + len(whole)
    return [], offset
