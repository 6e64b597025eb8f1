"""Progress on stderr: a bar on a terminal, a plain line now and then elsewhere, JSON Lines for programs."""

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hfterm.output import Output, is_terminal
from hfterm.text import human_bytes, human_seconds, redact, sanitize, to_json

MODES = ("auto", "bar", "plain", "jsonl", "none")
PLAIN_EVERY_SECONDS = 30.0
PLAIN_EVERY_FRACTION = 0.1
JSONL_EVERY_SECONDS = 1.0


class Task:
    """One piece of work under way. ``completed`` and ``total`` are in ``unit`` (total None: unknown).

    ``parts`` may hold what of it is being done right now, as (name, completed, total): shown with the next update.
    """

    def __init__(
        self,
        emit: Callable[["Task", bool], None],
        name: str,
        total: float | None,
        unit: str,
        clock: Callable[[], float],
    ) -> None:
        self._emit, self._clock = emit, clock
        self.name, self.total, self.unit = name, total, unit
        self.completed: float = 0
        self.fields: dict[str, Any] = {}
        self.parts: list[tuple[str, float, float]] = []
        self.started = clock()
        self.done = False

    def advance(self, amount: float = 1, **fields: Any) -> None:
        """Add to ``completed``; ``fields`` (such as ``loss``) are shown beside it."""
        self.update(self.completed + amount, **fields)

    def update(self, completed: float | None = None, *, total: float | None = None, **fields: Any) -> None:
        """Set ``completed``, ``total`` or fields."""
        if completed is not None:
            self.completed = completed
        if total is not None:
            self.total = total
        self.fields.update(fields)
        self._emit(self, False)

    @property
    def seconds(self) -> float:
        """Seconds since the task began."""
        return self._clock() - self.started

    def _amount(self, value: float | None) -> str:
        if value is None:
            return "?"
        if self.unit == "B":
            return human_bytes(value)
        return f"{value:.0f}" if float(value).is_integer() else f"{value:g}"

    def line(self) -> str:
        """The task as one plain line."""
        text = self.name
        if self.total is not None or self.completed:  # what has no amount is only timed
            text += f": {self._amount(self.completed)}"
            text += f"/{self._amount(self.total)}" if self.total is not None else ""
            text += f" {self.unit}" if self.unit and self.unit != "B" else ""
        fields = ", ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in self.fields.items())
        return f"{text}, {human_seconds(self.seconds)}" + (f", {fields}" if fields else "")


class Progress:
    """Makes tasks and shows them as the user wants; see :func:`progress_mode`."""

    def __init__(self, out: Output, mode: str | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.out, self._clock = out, clock
        self.mode = progress_mode(out, mode)

    @contextmanager
    def task(self, name: str, total: float | None = None, unit: str = "") -> Iterator[Task]:
        """Show ``name`` while the block runs; ``total`` may come later through :meth:`Task.update`.

        ``unit`` ``"B"`` shows bytes; any other word is shown as it is.
        """
        name = sanitize(name, cell=True)
        show = getattr(self, f"_{self.mode}")(name, total, unit)
        task = Task(lambda t, last: show(t, last), name, total, unit, self._clock)
        try:
            show(task, False)
            yield task
            task.done = True
        finally:
            show(task, True)

    def _none(self, name: str, total: float | None, unit: str) -> Callable[[Task, bool], None]:
        return lambda task, last: None

    def _plain(self, name: str, total: float | None, unit: str) -> Callable[[Task, bool], None]:
        said = {"at": self._clock(), "fraction": 0.0}

        def show(task: Task, last: bool) -> None:
            fraction = task.completed / task.total if task.total else 0.0
            now = self._clock()
            if last and not task.done and task.seconds < 1:
                return  # the error that follows says it all
            if last:
                self.out.note(task.line() + ("" if task.done else " (stopped)"))
            elif now - said["at"] >= PLAIN_EVERY_SECONDS or (
                fraction < 1 and fraction - said["fraction"] >= PLAIN_EVERY_FRACTION - 1e-9 and now - said["at"] >= 1
            ):
                said.update(at=now, fraction=fraction)
                self.out.note(task.line())

        return show

    def _jsonl(self, name: str, total: float | None, unit: str) -> Callable[[Task, bool], None]:
        said = {"at": -JSONL_EVERY_SECONDS}

        def show(task: Task, last: bool) -> None:
            now = self._clock()
            if last or now - said["at"] >= JSONL_EVERY_SECONDS:
                said["at"] = now
                row = {
                    "progress": task.name,
                    "completed": task.completed,
                    "total": task.total,
                    "unit": task.unit,
                    "seconds": round(task.seconds, 3),
                    "state": ("done" if task.done else "stopped") if last else "running",
                    **task.fields,
                }
                if task.parts:
                    row["parts"] = [{"name": n, "completed": done, "total": of} for n, done, of in task.parts]
                print(redact(to_json(row)), file=self.out.stderr, flush=True)

        return show

    def _bar(self, name: str, total: float | None, unit: str) -> Callable[[Task, bool], None]:
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        bars = RichProgress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[amount]}", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            console=self.out.console(),
            refresh_per_second=4,
            expand=True,
            # What libraries print is for whoever caught it, not for the bar's terminal.
            redirect_stdout=False,
            redirect_stderr=False,
        )
        bar = bars.add_task(name, total=total, amount="")
        below: dict[str, Any] = {}

        def show_parts(task: Task) -> None:
            for part in below.keys() - {name for name, _, _ in task.parts}:
                bars.remove_task(below.pop(part))
            for part, done, of in task.parts:
                if part not in below:
                    below[part] = bars.add_task(f"  {part}", total=of, amount="")
                bars.update(below[part], completed=done, amount=f"{task._amount(done)}/{task._amount(of)}")

        bars.start()
        self.out.above_bar = lambda line: bars.console.print(line, soft_wrap=True)

        def show(task: Task, last: bool) -> None:
            amount = task._amount(task.completed) if task.total is not None or task.completed else ""
            amount += f"/{task._amount(task.total)}" if task.total is not None else ""
            fields = " ".join(f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}" for k, v in task.fields.items())
            with contextlib.suppress(OSError):  # the terminal hung up; the work goes on
                bars.update(bar, completed=task.completed, total=task.total, amount=f"{amount} {fields}".strip())
                show_parts(task)
                if last and task.done and task.total is None:
                    bars.update(bar, completed=1, total=1)  # a full bar, not a pulse that stands still
                if last:
                    self.out.above_bar = None
                    bars.stop()

        return show


def progress_mode(out: Output, mode: str | None = None) -> str:
    """Resolve ``auto``: a bar when stderr is a terminal (and not dumb), else plain lines; none when quiet."""
    import os

    mode = mode or out.progress
    if mode != "auto":
        return mode
    if out.quiet:
        return "none"
    return "bar" if is_terminal(out.stderr) and os.environ.get("TERM") != "dumb" else "plain"
